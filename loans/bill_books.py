"""Are monthly bills what their entries say, and the journal too? Three of the checks of `loans/books.py`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from accounts.models import Lender
from credit.models import Tradeline
from loans.bill_facts import (
    balances,
    followed,
    oldest_unpaid,
    principal_left,
    statement_columns,
    statement_hash,
    terms_of,
)
from loans.engine.revolving import BillError, bill_days
from loans.models import Account, AccountEntry, Bill, Posting, RevolvingAccount

Found = Iterator[tuple[str, str]]


def bills_are_as_derived(lender: Lender) -> Found:
    """Each bill comes out again from what it was made from, to the cent, and goes on from the one before."""
    for account, rows in _accounts(lender):
        last: Bill | None = None
        for bill in Bill.objects.filter(account=account).order_by("bill_on"):
            for detail in _faults_of_bill(bill, rows, last):
                yield str(bill), detail
            last = bill


def _faults_of_bill(bill: Bill, rows: Sequence[AccountEntry], last: Bill | None) -> Iterator[str]:
    known = [row for row in rows if row.sequence <= bill.last_sequence]
    try:
        made = {one.bill_on: one for one in followed(bill.terms, known, bill.bill_on).bills}.get(bill.bill_on)
    except BillError as error:
        yield f"it cannot be made up again: {error}"
        return
    columns = statement_columns(made) if made is not None else {}
    for name, value in columns.items():
        if getattr(bill, name) != value:
            yield f"{name} is {getattr(bill, name)}, derived {value}"
    if statement_hash(columns, bill.terms, bill.last_sequence) != bill.sha256:
        yield "the hash is not that of the bill"
    opening = last.to_pay_minor if last is not None else 0
    if bill.opening_minor != opening:
        yield f"it goes on from {bill.opening_minor}, the bill before left {opening}"


def bills_are_posted(lender: Lender) -> Found:
    """The journal of each account holds what its entries come to; cached columns and state say the same."""
    posted = _posted(lender)
    for account, rows in _accounts(lender):
        try:
            state = followed(terms_of(account), rows, _judged_on(account))
        except BillError as error:
            yield account.number, f"its entries do not fit: {error}"
            continue
        meant = balances(rows, state)
        if posted[account.pk] != meant:
            yield account.number, f"posted {posted[account.pk]}, meant {meant}"
        left = meant.get(Account.BILLS, 0)
        if account.principal_left_minor != left:
            yield account.number, f"principal left is {account.principal_left_minor}, derived {left}"
        has_ended = any(row.kind == AccountEntry.Kind.PLAN_ENDED for row in rows)
        if not has_ended and principal_left(state) != left:
            yield account.number, f"bills, plans and purchases have {principal_left(state)}, the journal {left}"
        if account.oldest_unpaid_due_on != oldest_unpaid(state):
            yield account.number, f"oldest unpaid is {account.oldest_unpaid_due_on}, derived {oldest_unpaid(state)}"
        if account.closed_on is not None and (state.payoff_minor or state.credit_minor):
            yield account.number, f"it is closed, but {state.payoff_minor} is owed and {state.credit_minor} owed back"


def bill_accounts_are_on_file(lender: Lender) -> Found:
    """Each account is on the credit file, opened and closed on its days."""
    own = Tradeline.objects.filter(lender=lender).values_list("reference", "opened_on", "closed_on", "portfolio")
    on_file = {reference: facts for reference, *facts in own}
    for account in RevolvingAccount.objects.filter(lender=lender):
        if on_file.get(account.number) != [account.opened_on, account.closed_on, "revolving"]:
            yield account.number, "its account on the credit file is missing or says otherwise"


def _accounts(lender: Lender) -> Iterator[tuple[RevolvingAccount, list[AccountEntry]]]:
    rows: dict[int, list[AccountEntry]] = defaultdict(list)
    for row in AccountEntry.objects.filter(lender=lender).order_by("account", "sequence"):
        rows[row.account_id].append(row)
    for account in RevolvingAccount.objects.filter(lender=lender).select_related("lender", "product"):
        yield account, rows[account.pk]


def _judged_on(account: RevolvingAccount) -> date:
    """Today; where a bill is due and not made yet, the day before it, up to which the books are."""
    today = max(account.lender.today(), account.opened_on)
    if account.closed_on is not None:
        return account.closed_on
    done_on = account.billed_to_on or account.opened_on
    waiting = (day for day in bill_days(account.opened_on, account.bill_day, today) if day > done_on)
    return next((day - timedelta(days=1) for day in waiting), today)


def _posted(lender: Lender) -> dict[int, dict[Any, int]]:
    """Sums of the journal by account, over the entries that its own rows name."""
    found: dict[int, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for path in ("entry__account_entry__account", "entry__bill__account"):
        lines = Posting.objects.filter(lender=lender, **{f"{path}__isnull": False}).order_by()
        for pk, book, amount in lines.values_list(path, "account").annotate(Sum("amount_minor")):
            found[pk][Account(book)] += amount
    return defaultdict(dict, {pk: {book: sum_ for book, sum_ in own.items() if sum_} for pk, own in found.items()})
