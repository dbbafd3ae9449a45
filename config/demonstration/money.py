"""Money on the move in the demonstration: contracts, orders in every state, and what waits for the staff."""

from dataclasses import dataclass, replace
from datetime import timedelta

from accounts.models import Lender, User
from config import clock
from config.demonstration.stage import Stage
from loans import services as lending
from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.models import Loan, PaymentOrder
from loans.selectors.standing import standing
from loans.services import drawing

READING = timedelta(seconds=30)


@dataclass(slots=True)
class Bank:
    """A gateway that says one thing; with no outcome it does not answer."""

    outcome: Outcome | None
    reason: str = ""
    name: str = "callback"
    calls_out: bool = False

    def send_debit(self, instruction: Instruction) -> Report:
        if self.outcome is None:
            raise NoAnswer("time-out")
        return Report(
            key=instruction.key,
            outcome=self.outcome,
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
            reason=self.reason,
        )

    def send_payout(self, instruction: Instruction) -> Report:
        return self.send_debit(instruction)

    def query(self, key: str) -> Report:
        raise NotReceived(key)


PAYS, FAILS, SILENT = Bank(Outcome.SUCCEEDED), Bank(Outcome.FAILED, "AC04"), Bank(None)
ASKED, EMPTY = Bank(Outcome.PENDING), Bank(Outcome.FAILED, "AM04")


def draw(user: User, lender: Lender, *, yuan: int, bank: Bank = PAYS) -> Loan:
    """Somebody draws from their limit, reads, signs, and the bank is told to pay out."""
    limit = (
        user.borrower.limits.active()
        .select_related("lender", "product__lender", "borrower")
        .get(lender=lender, product__kind="instalment")
    )
    account = user.borrower.bank_accounts.filter(verified_at__isnull=False, is_active=True).earliest("position")
    asked = drawing.ask_to_draw(
        limit=limit, amount_minor=yuan * 100, instalment_count=6, method="level", account=account, acting_user=user
    )
    with clock.at(clock.now() + READING):
        read = drawing.confirm_reading(draw_down=asked, acting_user=user)
        signature = drawing.Signature(typed_name=user.borrower.name, method="demonstration", language=user.language)
        contract = drawing.sign_contract(
            draw_down=read, shown_hash=read.schedule_hash, signature=signature, acting_user=user
        )
        lending.send_orders(lender=lender, gateway=bank, orders=contract.loan.orders.all())
    return contract.loan


def pay(loan: Loan, *, key: str, bank: Bank | None) -> PaymentOrder:
    """Somebody asks for what is due next to be collected; without a bank it waits to be sent."""
    user = loan.borrower.user
    assert user is not None
    account = loan.borrower.bank_accounts.filter(verified_at__isnull=False, is_active=True).earliest("position")
    row = standing(loan, loan.lender.today()).unpaid_rows[0]
    order = lending.order_debit(
        loan=loan, bank_account=account, amount_minor=row.due_minor, key=f"demo-{key}", acting_user=user
    )
    if bank is not None:
        lending.send_orders(lender=loan.lender, gateway=bank, orders=[order])
    return order


def unplaced(lender: Lender, loan: Loan) -> None:
    """Money that nobody knows, and a return of another sum than was collected: both wait for a person."""
    came = Report(
        key="B-20260004711", outcome=Outcome.SUCCEEDED, amount_minor=88_800, currency="CNY", reference="转账 王女士"
    )
    lending.take_report(lender=lender, gateway="callback", event_id="demo-1", report=came)
    order = pay(loan, key="part-back", bank=PAYS)
    back = replace(came, key=order.key, outcome=Outcome.RETURNED, amount_minor=order.amount_minor - 100, reason="MD06")
    lending.take_report(lender=lender, gateway="callback", event_id="demo-2", report=back)


def tell(stage: Stage) -> None:
    """A contract paid out, one whose payout failed, and a debit in each state."""
    days, today = timedelta, stage.today
    qinghe = stage.lenders["qinghe"]

    def drawn(user: User, lender: Lender) -> None:
        stage.loans["liqiang-drawn"] = draw(user, lender, yuan=2_000)

    def stuck(user: User, lender: Lender) -> None:
        draw(user, lender, yuan=1_000, bank=FAILS)

    stage.person("liqiang", "qinghe", drawn, on=today - days(9))
    stage.person("liqiang", "qinghe", stuck, on=today - days(1))
    stage.on(today, lambda: _pay(stage, "qianfeng", EMPTY))
    stage.on(today, lambda: _pay(stage, "liuyang-j", ASKED))
    stage.on(today, lambda: _pay(stage, "zhiming", SILENT))
    stage.on(today, lambda: _pay(stage, "xiaoyu-j", None))
    stage.on(today, lambda: unplaced(qinghe, _fresh(stage, "liqiang")))


def _pay(stage: Stage, key: str, bank: Bank | None) -> None:
    pay(_fresh(stage, key), key=key, bank=bank)


def _fresh(stage: Stage, key: str) -> Loan:
    loan = stage.loans[key]
    loan.refresh_from_db()
    return loan
