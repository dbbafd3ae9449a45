"""What is said of a monthly bill about one month: facts, from its entries and dates alone.

What a loan's instalment is to the record, the minimum payment is here: who pays it in time
is on time, whatever is carried over. A month is decided at its end + the days of grace, so
that a running grace is decided first; the days past due are those of the month's end.

    minimum unpaid since 10 June, grace 3   Jun  Jul  Aug
    days past due at the end                 20   51   82

Nothing gets worse under a hold of the credit record, as with loans: at a month's end under a
hold the days stay those of the day on which it began, and held days use up no grace. The file
says nothing of the hold itself: nobody has asked for anything.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from credit.facts import MonthFacts, StatusEnd
from loans.bill_facts import Kind, balances, counting, followed
from loans.engine.calendar import month_end
from loans.engine.revolving import Left
from loans.models import Account, AccountEntry
from loans.months import Span, last_in_time

DAY = timedelta(days=1)


def bill_month_facts(
    written: Mapping[str, Any],
    rows: Sequence[AccountEntry],
    month: date,
    closed_on: date | None,
    holds: Sequence[Span] = (),
) -> MonthFacts:
    """The facts of the month whose first day is `month`; entries after the day of record are ignored.

    `holds` are those of the credit record.

    Raises ValueError for a month before the opening or after the closing.
    """
    end = month_end(month)
    if end < date.fromisoformat(written["opened_on"]) or (closed_on is not None and closed_on < month):
        raise ValueError(f"{month:%Y-%m} is outside the life of the account")
    as_of = end + written["grace_days"] * DAY
    known, ended = followed(written, rows, as_of), followed(written, rows, end)
    last_on = {one.number: _last_on(one, holds, as_of) for one in known.left}
    held_since = min((hold.from_on for hold in holds if hold.covers(end)), default=None)
    if held_since is not None:
        is_late = {one.number: last_on[one.number] < held_since for one in known.left}
    else:
        is_late = {one.number: one.due_on < end and (one.whole_on or as_of) > last_on[one.number] for one in known.left}
    late = [one for one in ended.left if one.asked_minor and is_late[one.number]]
    scheduled_minor = sum(one.minimum.total_minor for one in known.bills if month <= one.due_on <= end)
    oldest_on = min((one.due_on for one in late), default=None)
    return MonthFacts(
        month=month,
        as_of=as_of,
        had_obligation=scheduled_minor > 0 or any(_is_behind(one, month) for one in known.left),
        scheduled_minor=scheduled_minor,
        paid_minor=sum(
            row.amount_minor or 0 for row in counting(rows) if row.kind == Kind.PAYMENT and month <= row.value_on <= end
        ),
        arrears_minor=sum(one.asked_minor for one in late),
        balance_minor=max(balances(rows, ended).get(Account.BILLS, 0), 0),
        days_past_due=((held_since or end) - oldest_on).days if oldest_on is not None else 0,
        paid_in_grace=any(
            month <= one.due_on <= end and one.whole_on is not None and one.due_on < one.whole_on <= last_on[one.number]
            for one in known.left
        ),
        paid_late=any(
            one.whole_on is not None and month <= one.whole_on <= end and one.whole_on > last_on[one.number]
            for one in known.left
        ),
        first_delinquency_on=oldest_on + DAY if oldest_on is not None else None,
        status_end=StatusEnd.CLOSED if closed_on is not None and closed_on <= end else StatusEnd.OPEN,
    )


def _last_on(one: Left, holds: Sequence[Span], as_of: date) -> date:
    """The last day on which its minimum is paid in time."""
    grace_days = (one.grace_until - one.due_on).days if one.grace_until is not None else 0
    return last_in_time(one.due_on, grace_days, holds, as_of)


def _is_behind(one: Left, month: date) -> bool:
    return one.due_on < month and (one.whole_on is None or one.whole_on >= month)
