"""A contract whose money never came: sent to another account, or given up."""

from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import BankAccount, User
from accounts.roles import Verb
from config import clock
from loans.errors import CancelRefused, OrderOpen, WordsNeeded
from loans.models import ContractCancellation, Loan, PaymentOrder
from loans.selectors.payout import Payout, Stage, payout
from loans.services.head import change, is_borrower, lock, permit
from loans.services.ordering import order_payout

LONGEST_WORDS = 300


@transaction.atomic
def cancel_contract(*, loan: Loan, words: str = "", acting_user: User) -> ContractCancellation:
    """Give up a contract on which nothing was paid out: nothing is owed, and the limit is free again.

    The borrower may once the payout failed or was not sent in `PAYOUT_DAYS`; staff as long as
    it is not with the gateway, with a reason in words. Called again it returns the cancellation
    that stands. Raises `CancelRefused`, `WordsNeeded`, `NotPermitted`.
    """
    loan = lock(loan)
    is_own = is_borrower(loan, acting_user)
    if not is_own:
        permit(loan, Verb.DISBURSE_LOAN, acting_user)
    if stored := ContractCancellation.objects.filter(loan=loan).first():
        return stored
    today = loan.lender.today()
    found = payout(loan, today)
    if found.contract is None or not (found.may_cancel if is_own else found.may_be_cancelled_by_staff):
        raise CancelRefused(found.stage.value)
    words = words.strip()
    if len(words) > LONGEST_WORDS or not (words or is_own):
        raise WordsNeeded
    PaymentOrder.objects.filter(
        loan=loan, direction=PaymentOrder.Direction.PAYOUT, state=PaymentOrder.State.CREATED
    ).update(state=PaymentOrder.State.FAILED, reason="cancelled", ended_at=clock.now())
    change(loan, state=Loan.State.CANCELLED)
    made = ContractCancellation.objects.create(
        lender=loan.lender,
        borrower=loan.borrower,
        contract=found.contract,
        loan=loan,
        reason=_reason(found),
        words=words,
        cancelled_on=today,
        cancelled_by=acting_user,
    )
    audit.record(
        lender=loan.lender,
        verb="cancel_contract",
        subject=found.contract.number,
        before={"state": Loan.State.PENDING.value},
        after={"loan": loan.number, "state": str(loan.state), "reason": str(made.reason), "words": words},
        acting_user=acting_user,
    )
    return made


@transaction.atomic
def pay_out_to(*, loan: Loan, bank_account: BankAccount, acting_user: User) -> PaymentOrder:
    """After a payout that failed, the borrower has it sent to this account of theirs.

    Raises `OrderOpen` where it is under way or looked at, `CancelRefused` where it cannot be
    sent any more, `AccountRefused`, `NoGateway`.
    """
    loan = lock(loan)
    if not is_borrower(loan, acting_user):
        raise NotPermitted("the borrower chooses where the money goes")
    found = payout(loan, loan.lender.today())
    if found.stage in (Stage.UNDER_WAY, Stage.WAITING, Stage.STUCK, Stage.LOOKED_AT):
        raise OrderOpen(loan.number)
    if not found.may_choose:
        raise CancelRefused(found.stage.value)
    # Whose wish it is stands in the order; that a contract leads to a payout is the system's doing.
    order = order_payout(loan=loan, bank_account=bank_account, acting_user=None)
    audit.record(
        lender=loan.lender,
        verb="choose_payout_account",
        subject=loan.number,
        after={"key": order.key, "account": str(bank_account.public_id)},
        acting_user=acting_user,
    )
    return order


def _reason(found: Payout) -> str:
    is_failed = found.stage is Stage.FAILED
    return ContractCancellation.Reason.PAYOUT_FAILED if is_failed else ContractCancellation.Reason.NEVER_SENT
