"""Making bills: every one whose day has come and that was not made yet, oldest first. The system's work.

It is safe to repeat, and catches up: before anything else happens on an account, the bills
that are due by then are made, so that no entry is ever older than a bill.
"""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Lender, User
from loans.bill_facts import (
    balances,
    followed,
    moved,
    oldest_unpaid,
    statement_columns,
    statement_hash,
    terms_of,
)
from loans.engine.revolving import Account as Standing
from loans.engine.revolving import bill_days
from loans.errors import DateRefused
from loans.ledger import post
from loans.models import Account, AccountEntry, Bill, JournalEntry, RevolvingAccount
from loans.services.bill_head import change_account, each_account, entries_of, lock_account

DAY = timedelta(days=1)
LEAST_DAYS_BETWEEN = 28


@transaction.atomic
def close_bill(*, account: RevolvingAccount, on: date | None = None, acting_user: User | None) -> list[Bill]:
    """Make the bills whose day is `on` (today) or before, and return those that were made now.

    A month in which nothing was bought and nothing is owed has none.
    """
    account = lock_account(account)
    if acting_user is not None:
        raise NotPermitted("bills are made when their day comes")
    today = account.lender.today()
    if on is not None and on > today:
        raise DateRefused("in_future")
    return make_bills(account, on or today)


def bill_all(*, lender: Lender, on: date | None = None) -> dict[str, int]:
    """Make the bills of every account of a lender, each account in a transaction of its own. Safe to repeat.

    An account whose bill cannot be made keeps no other from it; see `each_account`.
    """
    on = on or lender.today()
    earlier = Q(billed_to_on__isnull=True) | Q(billed_to_on__lte=on - timedelta(days=LEAST_DAYS_BETWEEN))
    accounts = RevolvingAccount.objects.active().filter(earlier, lender=lender).order_by("pk")
    made = each_account(accounts, lambda account: len(close_bill(account=account, on=on, acting_user=None)))
    return {"accounts": sum(map(bool, made)), "bills": sum(made)}


def make_bills(account: RevolvingAccount, on: date) -> list[Bill]:
    """The bills of a locked account that are due by `on` and were not made yet."""
    if account.state != RevolvingAccount.State.ACTIVE:
        return []
    done_on = account.billed_to_on
    waiting = [day for day in bill_days(account.opened_on, account.bill_day, on) if done_on is None or day > done_on]
    rows = entries_of(account) if waiting else []
    made = (_make(account, rows, bill_on) for bill_on in waiting)
    return [bill for bill in made if bill is not None]


def _make(account: RevolvingAccount, rows: list[AccountEntry], bill_on: date) -> Bill | None:
    written = terms_of(account)
    before, after = followed(written, rows, bill_on - DAY), followed(written, rows, bill_on)
    held = balances(rows, after)
    bill = _bill(account, rows, after, bill_on, written)
    if bill is not None:
        used = moved(balances(rows, before), held)
        if used:  # what had been paid ahead
            bill.journal_entry = post(
                lender=account.lender,
                loan=None,
                kind=JournalEntry.Kind.BILL,
                key=f"bill:{account.number}:{bill_on:%Y-%m-%d}",
                lines=used,
                value_on=bill_on,
            )
        bill.save(force_insert=True)
        audit.record(
            lender=account.lender,
            verb="bill",
            subject=account.number,
            after={"bill_on": bill_on.isoformat(), "balance_minor": bill.balance_minor, "sha256": bill.sha256},
            acting_user=None,
        )
    change_account(
        account,
        billed_to_on=bill_on,
        principal_left_minor=held.get(Account.BILLS, 0),
        oldest_unpaid_due_on=oldest_unpaid(after),
    )
    return bill


def _bill(
    account: RevolvingAccount, rows: list[AccountEntry], state: Standing, bill_on: date, written: dict[str, Any]
) -> Bill | None:
    """The bill of a day, before it is saved; None where there is nothing to bill."""
    statement = next((one for one in state.bills if one.bill_on == bill_on), None)
    if statement is None:
        return None
    columns = statement_columns(statement)
    last = Bill.objects.filter(account=account).order_by("-bill_on").first()
    opening_minor = last.to_pay_minor if last is not None else 0
    planned_minor = sum(
        row.amount_minor or 0
        for row in rows
        if row.kind == AccountEntry.Kind.INSTALMENTS and last is not None and row.value_on >= last.bill_on
    )
    return Bill(
        lender=account.lender,
        account=account,
        opening_minor=opening_minor,
        planned_minor=planned_minor,
        settled_minor=opening_minor - planned_minor - statement.carried_minor - statement.overdue_minor,
        terms=written,
        last_sequence=len(rows),
        sha256=statement_hash(columns, written, len(rows)),
        **columns,
    )
