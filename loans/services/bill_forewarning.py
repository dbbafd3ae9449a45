"""Telling a borrower before a late month of a monthly bill is reported (R32), as `forewarning` does for loans."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Lender
from credit.codes import is_adverse
from loans.bill_facts import terms_of
from loans.bill_months import bill_month_facts
from loans.models import Forewarning, Hold, RevolvingAccount
from loans.selectors.bill_holds import bills_with, bureau_holds, held_bills
from loans.selectors.held_months import untold
from loans.services.bill_head import entries_of
from loans.services.forewarning import ADVERSE, adverse_on_file, is_untold, write_forewarnings


@transaction.atomic
def tell_of_late_bills(*, lender: Lender, on: date) -> int:
    """Tell every borrower whose minimum payment is unpaid past its grace, once a run of late months; return how many.

    Months that wait because nobody was told count as well, while they are late; nobody is told of an account on
    which the credit record stands still. `on` is the lender's today. Five queries, and those of
    writing, however many accounts.
    """
    held = _held_back(lender)
    due = RevolvingAccount.objects.overdue(on).filter(lender=lender) | RevolvingAccount.objects.filter(pk__in=held)
    silent = bills_with(held_bills(lender, on), Hold.Kind.BUREAU)
    accounts = list(due.exclude(pk__in=silent).select_related("borrower", "product").order_by("pk"))
    adverse = adverse_on_file(lender, [account.number for account in accounts])
    told = _told(accounts)
    rows = []
    for account in accounts:
        held_on, month = held.get(account.pk, (None, on))
        due_on = _late_since(account, on)
        if is_untold(due_on, held_on, adverse[account.number], told[account.pk], on):
            about_on = due_on or month
            rows.append(Forewarning(lender=lender, bill_account=account, kind=ADVERSE, about_on=about_on, told_on=on))
    write_forewarnings(lender, rows, acting_user=None)
    return len(rows)


def _held_back(lender: Lender) -> dict[int, tuple[date, date]]:
    """By account, since when its late months wait for a notice, and the last of them; a month paid in time is none.

    One query, and three for each account with months that wait: they are judged by what is known now.
    """
    waiting = untold(lender, "bill_account")
    found = {}
    for account in RevolvingAccount.objects.filter(pk__in=waiting):
        rows = waiting[account.pk]
        with suppress(ValueError):
            late_in = _late_in(account, {month for month, _ in rows})
            if late := [row for row in rows if row[0] in late_in]:
                found[account.pk] = max(held_on for _, held_on in late), max(month for month, _ in late)
    return found


def _late_in(account: RevolvingAccount, months: set[date]) -> set[date]:
    """Those of the months that tell against the borrower by what is known now. Three queries."""
    written, rows, holds = terms_of(account), entries_of(account), bureau_holds(account)
    return {month for month in months if is_adverse(bill_month_facts(written, rows, month, account.closed_on, holds))}


def _late_since(account: RevolvingAccount, on: date) -> date | None:
    """The due date of the oldest minimum that is unpaid after its grace."""
    oldest_on = account.oldest_unpaid_due_on
    is_over = oldest_on is not None and oldest_on + timedelta(days=account.product.grace_days) < on
    return oldest_on if is_over else None


def _told(accounts: list[RevolvingAccount]) -> dict[int, list[date]]:
    """Days on which borrowers were told of late months, by account. One query."""
    found: dict[int, list[date]] = defaultdict(list)
    rows = Forewarning.objects.filter(bill_account__in=accounts, kind=ADVERSE)
    for pk, told_on in rows.values_list("bill_account", "told_on"):
        found[pk].append(told_on)
    return found
