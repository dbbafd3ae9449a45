"""Collecting what is due: at most one debit of an instalment at a time, the oldest first (R16)."""

from collections import Counter
from datetime import date, time

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import BankAccount, Lender
from accounts.selectors import debit_sources
from credit.models.consent import Purpose
from credit.selectors import live_consent
from loans.debit_times import turn
from loans.models import Hold, Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import barred, bill_of, is_in_question
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
    return order_in_turn(loan, number=bill.number, amount_minor=bill.left_minor, on=on, slot=slot)


def _stands_still(loan: Loan, on: date) -> str:
    """Why nothing may be collected on this loan now; empty if it may."""
    if PaymentOrder.objects.open().filter(loan=loan, direction=PaymentOrder.Direction.DEBIT).exists():
        return "waiting"
    if is_in_question(loan):
        return "in_question"
    if Hold.objects.active(loan=loan, kind=Hold.Kind.AUTO_DEBIT, on=on):
        return "held"
    return ""


def order_in_turn(debt: Loan | RevolvingAccount, *, number: int, amount_minor: int, on: date, slot: str) -> str:
    """Order what is due from the first bank account that was not tried at this time; say what came of it.

    For a debt that the caller has locked, and on which nothing stands still.
    """
    mandate = live_consent(debt.borrower, debt.lender, Purpose.DEBIT, on)
    if mandate is None:
        return "no_mandate"
    refused = barred(debt, since=mandate.given_at)
    sources = [source for source in debit_sources(debt.borrower) if source.pk not in refused]
    if not sources:
        return "barred" if refused else "no_account"
    keys = {key_of(debt, number, on, slot, source): source for source in sources}
    tried = set(PaymentOrder.objects.filter(lender=debt.lender, key__in=list(keys)).values_list("key", flat=True))
    key = next((key for key in keys if key not in tried), None)
    if key is None:
        return "tried"
    write_order(
        debt,
        keys[key],
        direction=PaymentOrder.Direction.DEBIT,
        amount_minor=amount_minor,
        key=key,
        instalment_number=number,
        may_be_partial=debt.product.allow_partial_debit,
        on=on,
        acting_user=None,
    )
    return "ordered"


def key_of(debt: Loan | RevolvingAccount, number: int, on: date, slot: str, source: BankAccount) -> str:
    """The key of one attempt, at most 50 characters: loan, instalment, day, time, account (or monthly bill, bill, ...).

    The gateway and staff read it, so it holds nothing that counts the loans of all lenders.
    """
    return f"d{debt.public_id.hex[:12]}-{number}-{on:%Y%m%d}{slot.replace(':', '')}-{source.public_id.hex[:12]}"
