"""Collecting what is due: at most one debit of an instalment at a time, the oldest first (R16)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, time

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import BankAccount, Lender
from accounts.selectors import debit_sources
from credit.models.consent import Purpose
from credit.selectors import live_consent
from loans.debit_times import turn
from loans.models import Hold, Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import Bill, barred, bill_of, is_in_question
from loans.services.head import lock
from loans.services.ordering import write_order


def instruct_debits(*, lender: Lender, on: date, at: time) -> Counter[str]:
    """Write the debits whose turn it is on that day at that time; counts by what came of each loan.

    Running it again writes nothing twice: the key of a debit names loan, instalment, day, time
    and account. Counts: `ordered`; `not_yet` (or not any more), `waiting` for an answer,
    `in_question` where staff have money of the loan or a report about it to look at, `held`,
    `no_mandate`, `no_account`, `barred` where every bank has refused for good (a new mandate
    begins anew), `tried` on every account. Raises `NoGateway`.
    """
    under_way = PaymentOrder.objects.open().filter(loan=OuterRef("pk"), direction=PaymentOrder.Direction.DEBIT)
    due = Loan.objects.running().filter(lender=lender, oldest_unpaid_due_on__lte=on)
    pks = due.filter(~Exists(under_way)).order_by("pk").values_list("pk", flat=True)
    counts = Counter({"waiting": due.filter(Exists(under_way)).count()})
    return counts + Counter(_instruct(pk, on, at) for pk in list(pks))


@transaction.atomic
def _instruct(pk: int, on: date, at: time) -> str:
    loan = lock(Loan(pk=pk))
    bill = bill_of(loan, on)
    if bill is None:
        return "not_yet"
    product = loan.product
    slot = turn(product.debit_times, due_on=bill.due_on, on=on, at=at, until_dpd=product.debit_until_dpd)
    if slot is None:
        return "not_yet"
    if reason := _stands_still(loan, on):
        return reason
    mandate = live_consent(loan.borrower, loan.lender, Purpose.DEBIT, on)
    if mandate is None:
        return "no_mandate"
    refused = barred(loan, since=mandate.given_at)
    sources = [source for source in debit_sources(loan.borrower) if source.pk not in refused]
    if not sources:
        return "barred" if refused else "no_account"
    return _order(loan, bill, on, slot, sources)


def _stands_still(loan: Loan, on: date) -> str:
    """Why nothing may be collected on this loan now; empty if it may."""
    if PaymentOrder.objects.open().filter(loan=loan, direction=PaymentOrder.Direction.DEBIT).exists():
        return "waiting"
    if is_in_question(loan):
        return "in_question"
    if Hold.objects.active(loan=loan, kind=Hold.Kind.AUTO_DEBIT, on=on):
        return "held"
    return ""


def _order(loan: Loan, bill: Bill, on: date, slot: str, sources: Sequence[BankAccount]) -> str:
    """Order the debit from the first account that has not been tried at this time."""
    keys = {key_of(loan, bill.number, on, slot, source): source for source in sources}
    key = untried(loan.lender, keys)
    if key is None:
        return "tried"
    write_order(
        loan,
        keys[key],
        direction=PaymentOrder.Direction.DEBIT,
        amount_minor=bill.left_minor,
        key=key,
        instalment_number=bill.number,
        may_be_partial=loan.product.allow_partial_debit,
        on=on,
        acting_user=None,
    )
    return "ordered"


def untried(lender: Lender, keys: Iterable[str]) -> str | None:
    """The first of the keys under which nothing was ordered yet. One query."""
    tried = set(PaymentOrder.objects.filter(lender=lender, key__in=list(keys)).values_list("key", flat=True))
    return next((key for key in keys if key not in tried), None)


def key_of(debt: Loan | RevolvingAccount, number: int, on: date, slot: str, source: BankAccount) -> str:
    """The key of one attempt, at most 50 characters: loan, instalment, day, time, account (or monthly bill, bill, ...).

    The gateway and staff read it, so it holds nothing that counts the loans of all lenders.
    """
    return f"d{debt.public_id.hex[:12]}-{number}-{on:%Y%m%d}{slot.replace(':', '')}-{source.public_id.hex[:12]}"
