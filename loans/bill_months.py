"""What is said of a monthly bill about one month: facts, from its entries and dates alone.

What a loan's instalment is to the record, the minimum payment is here: who pays it in time
is on time, whatever is carried over. A month is decided at its end + the days of grace, so
that a running grace is decided first; the days past due are those of the month's end.

    minimum unpaid since 10 June, grace 3   Jun  Jul  Aug
    days past due at the end                 20   51   82
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from credit.facts import MonthFacts, StatusEnd
from loans.bill_facts import Kind, balances, counting, followed
from loans.engine.calendar import month_end
from loans.engine.revolving import Left
from loans.models import Account, AccountEntry

DAY = timedelta(days=1)


def bill_month_facts(
    written: Mapping[str, Any], rows: Sequence[AccountEntry], month: date, closed_on: date | None
) -> MonthFacts:
    """The facts of the month whose first day is `month`; entries after the day of record are ignored.

    Raises ValueError for a month before the opening or after the closing.
    """
    end = month_end(month)
    if end < date.fromisoformat(written["opened_on"]) or (closed_on is not None and closed_on < month):
        raise ValueError(f"{month:%Y-%m} is outside the life of the account")
    as_of = end + written["grace_days"] * DAY
    known, ended = followed(written, rows, as_of), followed(written, rows, end)
    made_whole = {one.number: one for one in known.left}
    late = [one for one in ended.left if one.asked_minor and _is_late(made_whole[one.number], end)]
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
        days_past_due=(end - oldest_on).days if oldest_on is not None else 0,
        paid_in_grace=any(
            month <= one.due_on <= end and one.whole_on is not None and one.due_on < one.whole_on <= _last_on(one)
            for one in known.left
        ),
        paid_late=any(
            one.whole_on is not None and month <= one.whole_on <= end and one.whole_on > _last_on(one)
            for one in known.left
        ),
        first_delinquency_on=oldest_on + DAY if oldest_on is not None else None,
        status_end=StatusEnd.CLOSED if closed_on is not None and closed_on <= end else StatusEnd.OPEN,
    )


def _last_on(one: Left) -> date:
    """The last day on which its minimum is paid in time."""
    return one.grace_until or one.due_on


def _is_late(one: Left, end: date) -> bool:
    """Whether its minimum was due before the month's end and was not, or will not have been, paid in time."""
    return one.due_on < end and (one.whole_on is None or one.whole_on > _last_on(one))


def _is_behind(one: Left, month: date) -> bool:
    return one.due_on < month and (one.whole_on is None or one.whole_on >= month)
