"""Monthly bills as their owner reads them: what is due, what it costs to carry it over, every bill, every purchase."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts.chain import digest
from accounts.wording import DIGITS
from loans.bill_contracts import carried_cost_minor
from loans.bill_facts import bill_terms, followed, still_open, terms_of
from loans.engine.formulas import Line
from loans.engine.revolving import Account as Standing
from loans.engine.revolving import explain_bill, next_day
from loans.engine.schedule import Row
from loans.engine.waterfall import Component
from loans.limits import Use
from loans.models import (
    AccountEntry,
    Bill,
    BillContract,
    BillPlan,
    Hold,
    PaymentOrder,
    RevolvingAccount,
    SettlementCertificate,
)
from loans.reversal_words import reason_parts
from loans.selectors.bill_holds import holds_on
from loans.selectors.debits import is_in_question
from loans.selectors.limit_use import use_of
from loans.selectors.refunds import is_refund_in_question

Kind = AccountEntry.Kind
ENTRIES = 30


@dataclass(frozen=True, slots=True)
class BillNow:
    """What is to be done about an account today. `now` is the answer in one word, pages choose the sentence.

    `whole_minor` is all that was billed and is unpaid, `minimum_minor` what of it must be paid,
    by `due_on`; `oldest_on` is the due date of the oldest minimum that is unpaid. Whoever pays
    the minimum only carries `carried_minor` over, which costs `carrying_minor` in thirty days.
    """

    now: str
    on: date
    whole_minor: int
    minimum_minor: int
    due_on: date | None
    oldest_on: date | None
    grace_until_on: date | None
    days_late: int
    carried_minor: int
    carrying_minor: int
    payoff_minor: int
    unbilled_minor: int
    credit_minor: int
    next_bill_on: date

    @property
    def days_left(self) -> int:
        return (self.due_on - self.on).days if self.due_on else 0

    @property
    def is_late(self) -> bool:
        return self.now in ("overdue", "grace")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list: of the home, of the loans."""

    account: RevolvingAccount
    now: BillNow


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan that was agreed to, and what of it waits for bills to come."""

    plan: BillPlan
    left: tuple[Row, ...]

    @property
    def left_minor(self) -> int:
        return sum(row.due_minor for row in self.left)


@dataclass(frozen=True, slots=True)
class AccountPage:
    account: RevolvingAccount
    now: BillNow
    use: Use
    bill: Bill | None
    bills: tuple[Bill, ...]
    entries: tuple[AccountEntry, ...]
    plans: tuple[PlanLine, ...]
    under_way: tuple[PaymentOrder, ...]
    refund: PaymentOrder | None
    open_reasons: tuple[str, ...]
    plannable_minor: int
    contract: BillContract
    certificate: SettlementCertificate | None
    holds: tuple[Hold, ...]

    @property
    def is_contact_held(self) -> bool:
        """Whether nobody gets in touch about what is late."""
        return any(hold.kind == Hold.Kind.CONTACT for hold in self.holds)


@dataclass(frozen=True, slots=True)
class StatementPage:
    """One bill: `steps` say how each figure was reached, `entries` are those of its period, oldest first."""

    account: RevolvingAccount
    bill: Bill
    steps: Mapping[str, Line]
    entries: tuple[AccountEntry, ...]
    carried_minor: int
    carrying_minor: int
    is_whole: bool

    @property
    def owed_again_minor(self) -> int:
        """What older bills ask for beyond what was left of them: a payment of them was taken back since."""
        return max(-self.bill.settled_minor, 0)


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What a payment was for: `(bill day, sum)` by bill, and what no bill asked for.

    `taken_back` is the entry that took it back, if one did; then it was for nothing.
    """

    account: RevolvingAccount
    entry: AccountEntry
    shares: tuple[tuple[date, int], ...]
    kept_minor: int
    now: BillNow
    taken_back: AccountEntry | None = None

    @property
    def why_taken_back(self) -> tuple[str, str]:
        """What the bank said, and what a person wrote."""
        return reason_parts(self.taken_back.reason) if self.taken_back else ("", "")


def own_accounts(user: Any) -> Any:
    return RevolvingAccount.objects.of(user).select_related("lender", "product__lender", "limit__product", "borrower")


def account_lines(user: Any) -> tuple[AccountLine, ...]:
    """The accounts in use, the most pressing first. Two queries, one where there are none."""
    accounts = list(RevolvingAccount.objects.of(user).active().select_related("lender", "product"))
    rows: dict[int, list[AccountEntry]] = defaultdict(list)
    if accounts:
        for row in AccountEntry.objects.filter(account__in=accounts).order_by("account", "sequence"):
            rows[row.account_id].append(row)
    lines = (AccountLine(account, bill_now(account, state_of(account, rows[account.pk]))) for account in accounts)
    return tuple(sorted(lines, key=lambda line: (not line.now.is_late, line.now.due_on or date.max, line.account.pk)))


def state_of(account: RevolvingAccount, rows: Sequence[AccountEntry]) -> Standing:
    """Where it stands today. No queries."""
    return followed(terms_of(account), rows, account.closed_on or account.lender.today())


def bill_now(account: RevolvingAccount, state: Standing) -> BillNow:
    """No queries."""
    unpaid = [one for one in state.left if one.asked_minor]
    oldest = min(unpaid, key=lambda one: one.due_on, default=None)
    due_on = max((one.due_on for one in state.left if one.total_minor), default=None)
    minimum_minor = state.minimum_left_minor
    late_on = oldest.due_on if oldest is not None and oldest.due_on < state.on else None
    carried_minor = max(state.billed_minor - minimum_minor, 0)
    return BillNow(
        now=_word(account, state, late_on, due_on),
        on=state.on,
        whole_minor=state.billed_minor,
        minimum_minor=minimum_minor,
        due_on=due_on,
        oldest_on=oldest.due_on if oldest is not None else None,
        grace_until_on=state.position.in_grace_until if late_on else None,
        days_late=(state.on - late_on).days if late_on else 0,
        carried_minor=carried_minor,
        carrying_minor=carried_cost_minor(terms_of(account), carried_minor) if carried_minor else 0,
        payoff_minor=state.payoff_minor,
        unbilled_minor=state.unbilled_minor,
        credit_minor=state.credit_minor,
        next_bill_on=next_day(state.on, account.bill_day),
    )


def _word(account: RevolvingAccount, state: Standing, late_on: date | None, due_on: date | None) -> str:
    if account.state == RevolvingAccount.State.CLOSED:
        return "closed"
    if late_on is not None:
        return "grace" if state.position.in_grace_until else "overdue"
    if not state.billed_minor:
        return "nothing"
    if not state.minimum_left_minor:
        return "carried"
    return "due_today" if due_on == state.on else "coming"


def account_page(account: RevolvingAccount) -> AccountPage:
    """About seventeen queries, however much there is."""
    rows = list(account.entries.order_by("sequence"))
    state = state_of(account, rows)
    bills = tuple(account.bills.order_by("-bill_on"))
    numbers: dict[int | None, int] = {row.pk: row.sequence for row in rows}
    agreed = account.plans.filter(state=BillPlan.State.AGREED).select_related("entry")
    orders = PaymentOrder.objects.open().filter(bill_account=account).select_related("bank_account")
    open_orders = tuple(orders.order_by("created_at", "pk"))
    debits = tuple(order for order in open_orders if order.direction == PaymentOrder.Direction.DEBIT)
    refund = next((order for order in open_orders if order.direction == PaymentOrder.Direction.REFUND), None)
    plans = (PlanLine(plan, state.plans.get(numbers[plan.entry_id], ())) for plan in agreed)
    return AccountPage(
        account=account,
        now=bill_now(account, state),
        use=use_of(account.limit, account.lender.today()),
        bill=bills[0] if bills else None,
        bills=bills,
        entries=tuple(reversed(rows))[:ENTRIES],
        plans=tuple(plans),
        under_way=debits,
        refund=refund,
        open_reasons=(
            *still_open(state),
            *(["under_way"] if debits else []),
            *(["refund"] if refund else []),
            *(["in_question"] if is_in_question(account) or is_refund_in_question(account) else []),
        ),
        plannable_minor=plannable_minor(account, state),
        contract=BillContract.objects.get(account=account),
        certificate=SettlementCertificate.objects.filter(account=account).first(),
        holds=holds_on(account, account.lender.today()),
    )


def plannable_minor(account: RevolvingAccount, state: Standing) -> int:
    """How much of the running bill can become instalments today: what is unpaid of its purchases."""
    is_late = any(one.asked_minor and one.due_on < state.on for one in state.left)
    if not state.left or is_late or not account.product.plan_fees or account.closed_on is not None:
        return 0
    last, bill = state.left[-1], state.bills[-1]
    if last.due_on < state.on:
        return 0
    paid_minor = sum(
        line.amount_minor
        for allocation in state.allocations.values()
        for line in allocation.lines
        if line.number == last.number and line.component is Component.PRINCIPAL
    )
    # Instalments are paid before purchases.
    return last.principal_minor - max(bill.instalments_principal_minor - paid_minor, 0)


def statement_page(account: RevolvingAccount, bill: Bill) -> StatementPage:
    """One query."""
    rows = list(account.entries.order_by("sequence"))
    known = [row for row in rows if row.sequence <= bill.last_sequence]
    terms = bill_terms(bill.terms)
    made = {one.bill_on: one for one in followed(bill.terms, known, bill.bill_on).bills}[bill.bill_on]
    steps = explain_bill(made, terms, DIGITS.get(account.currency, 2))
    carried_minor = max(bill.to_pay_minor - bill.minimum_minor, 0)
    return StatementPage(
        account=account,
        bill=bill,
        steps={step.label_code: step for step in steps},
        entries=tuple(row for row in known if bill.opens_on <= row.value_on < bill.bill_on),
        carried_minor=carried_minor,
        carrying_minor=carried_cost_minor(bill.terms, carried_minor) if carried_minor else 0,
        is_whole=made.balance_minor == bill.balance_minor,
    )


def receipt_page(account: RevolvingAccount, entry: AccountEntry) -> ReceiptPage:
    """Two queries. What was kept is what it is now: a later bill may have used it since."""
    rows = list(account.entries.order_by("sequence"))
    state = state_of(account, rows)
    days = {one.number: one.bill_on for one in state.bills}
    taken_back = next((row for row in rows if row.kind == Kind.TAKEN_BACK and row.about_id == entry.pk), None)
    if taken_back is not None:
        return ReceiptPage(account, entry, (), 0, bill_now(account, state), taken_back)
    allocation = state.allocations[entry.sequence]
    sums: dict[date, int] = defaultdict(int)
    for line in allocation.lines:
        sums[days[line.number]] += line.amount_minor
    returned_minor = state.returned.get(entry.sequence, 0)
    return ReceiptPage(
        account=account,
        entry=entry,
        shares=tuple(sorted(sums.items())),
        kept_minor=allocation.unapplied_minor + returned_minor,
        now=bill_now(account, state),
    )


def entry_by_key(account: RevolvingAccount, key: UUID | None) -> AccountEntry | None:
    """What was sent on this account under this key. One query."""
    return account.entries.filter(key=str(key)).first() if key else None


def own_bill_contracts(user: Any) -> Any:
    return BillContract.objects.of(user).select_related("lender", "account", "borrower")


def is_whole_contract(contract: BillContract) -> bool:
    """Whether the contract is still, letter by letter, what was signed."""
    return digest(contract.content()) == contract.sha256
