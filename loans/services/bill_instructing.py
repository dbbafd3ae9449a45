"""Collecting monthly bills on their due day: at most one debit of an account at a time (R16)."""

from collections import Counter
from datetime import date, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import audit
from accounts.models import Lender, User
from loans.debit_times import turn
from loans.models import Hold, PaymentOrder, RevolvingAccount
from loans.selectors.bill_debits import bill_debit_of
from loans.selectors.debits import is_in_question
from loans.services.bill_head import change_account, check_open, check_owner, entries_of, lock_account
from loans.services.taking_turns import Turn, order_in_turn

Direction = PaymentOrder.Direction


def instruct_bill_debits(*, lender: Lender, on: date, at: time) -> Counter[str]:
    """Write the debits of bills whose turn it is on that day at that time; counts by what came of each account.

    What `instructing.instruct_debits` is for loans, with the same counts. What is collected is
    the whole bill or the minimum payment, as the borrower chose. Raises `NoGateway`.
    """
    under_way = PaymentOrder.objects.open().filter(bill_account=OuterRef("pk"), direction=Direction.DEBIT)
    unpaid = Q(oldest_unpaid_due_on__lte=on) | Q(bills__due_on=on)
    due = RevolvingAccount.objects.active().filter(unpaid, lender=lender).distinct()
    pks = due.filter(~Exists(under_way)).order_by("pk").values_list("pk", flat=True)
    counts = Counter({"waiting": due.filter(Exists(under_way)).count()})
    for pk in list(pks):
        counts += _instruct(pk, on, at)
    return +counts


@transaction.atomic
def choose_collected(*, account: RevolvingAccount, collected: str, acting_user: User) -> RevolvingAccount:
    """The borrower says what may be collected on the due day: the whole bill, or the minimum payment.

    An order that is written already is looked at again before it is sent. Raises `BillRefused`
    on a closed account, `NotPermitted`.
    """
    account = lock_account(account)
    check_owner(account, acting_user)
    check_open(account)
    before = account.collected
    chosen = RevolvingAccount.Collected(collected).value
    if chosen != before:
        change_account(account, collected=chosen)
        audit.record(
            lender=account.lender,
            verb="choose_collected",
            subject=account.number,
            before={"collected": str(before)},
            after={"collected": chosen},
            acting_user=acting_user,
        )
    return account


@transaction.atomic
def _instruct(pk: int, on: date, at: time) -> Counter[str]:
    account = lock_account(RevolvingAccount(pk=pk))
    due = bill_debit_of(account, entries_of(account), on)
    if due is None:
        return Counter(not_yet=1)
    product = account.product
    slot = turn(product.debit_times, due_on=due.due_on, on=on, at=at, until_dpd=product.debit_until_dpd)
    if slot is None:
        return Counter(not_yet=1)
    if PaymentOrder.objects.open().filter(bill_account=account, direction=Direction.DEBIT).exists():
        return Counter(waiting=1)
    if is_in_question(account):
        return Counter(in_question=1)
    if Hold.objects.active(bill_account=account, kind=Hold.Kind.AUTO_DEBIT, on=on):
        return Counter(held=1)
    return order_in_turn(account.lender, [Turn(account, due.number, due.amount_minor, slot)], on)
