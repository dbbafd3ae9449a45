"""How a month of facts is written: the repayment status code, and our own mark.

The code is that of the second-generation personal credit report of the People's Bank of
China: `N` paid on time; `M` paid after the due date and before the month's end; `*`
nothing due and nothing in arrears; `1` 1-30 days past due, `2` 31-60, `3` 61-90,
`4` 91-120, `5` 121-150, `6` 151-180, `7` more than 180; `B` bad debt, written off by the
lender and still owed; `C` settled. The guarantor and asset codes (`D Z G`) follow from
special transactions, which are not furnished. The reading of `M` and `*` is ours: grace is
part of the contract, so a payment within it is `N`; a month without an obligation during agreed relief is `*`.

The mark is what the borrower sees; it tells relief from lateness, which the code cannot.
"""

from enum import StrEnum

from credit.facts import MonthFacts, Relief, StatusEnd

DAYS_PER_BUCKET = 30
WORST_BUCKET = 7


class Mark(StrEnum):
    """A month as the borrower's page shows it: a shape, a letter and a word."""

    PAID = "paid"
    GRACE = "grace"
    LATE = "late"
    NONE = "none"
    RELIEF = "relief"
    RELIEF_LATE = "relief_late"
    PENDING = "pending"
    VARIED = "varied"
    CLOSED = "closed"
    BAD_DEBT = "bad_debt"


def bucket(days_past_due: int) -> int:
    """The bucket of calendar days past due, 0 when nothing is.

    >>> bucket(0), bucket(1), bucket(30), bucket(31), bucket(180), bucket(181), bucket(900)
    (0, 1, 1, 2, 6, 7, 7)
    """
    return min(WORST_BUCKET, -(-days_past_due // DAYS_PER_BUCKET))


def pboc(facts: MonthFacts) -> str:
    """The repayment status code: one of `N M * 1 2 3 4 5 6 7 B C`.

    Due 10 June and unpaid at the end of July is 51 days past due, the second bucket:

    >>> from datetime import date
    >>> pboc(MonthFacts(month=date(2026, 7, 1), as_of=date(2026, 8, 3), had_obligation=True, days_past_due=51))
    '2'
    """
    if facts.status_end is StatusEnd.CLOSED:
        return "C"
    if facts.status_end is StatusEnd.CHARGED_OFF:
        return "B"
    if facts.days_past_due:
        return str(bucket(facts.days_past_due))
    if facts.relief_kind is Relief.TEMPORARY or not facts.had_obligation:
        return "*"
    return "M" if facts.paid_late else "N"


def is_adverse(facts: MonthFacts) -> bool:
    """Whether the code tells against the borrower, so that it needs telling them beforehand: `M`, `1` to `7`, `B`.

    >>> from datetime import date
    >>> june = MonthFacts(month=date(2026, 6, 1), as_of=date(2026, 7, 3), had_obligation=True, paid_late=True)
    >>> pboc(june), is_adverse(june)
    ('M', True)
    """
    return pboc(facts) not in ("N", "*", "C")


def is_bad_debt(facts: MonthFacts) -> bool:
    """Whether the month says that the lender gave the account up, which is graver than being late."""
    return pboc(facts) == "B"


def mark(facts: MonthFacts) -> Mark:
    """The mark of the month; relief comes before lateness, and shows a frozen lateness beside itself.

    A month paid after grace is `LATE` though nothing was overdue when it ended: the mark says
    what happened, and the days past due beside it are then none.
    """
    if facts.status_end is StatusEnd.CLOSED:
        return Mark.CLOSED
    if facts.status_end is StatusEnd.CHARGED_OFF:
        return Mark.BAD_DEBT
    if facts.relief_kind is Relief.TEMPORARY:
        return Mark.RELIEF_LATE if facts.days_past_due else Mark.RELIEF
    if facts.relief_kind is Relief.PENDING_HOLD:
        return Mark.PENDING
    if facts.days_past_due or facts.paid_late:
        return Mark.LATE
    if facts.relief_kind is Relief.VARIATION:
        return Mark.VARIED
    if not facts.had_obligation:
        return Mark.NONE
    return Mark.GRACE if facts.paid_in_grace else Mark.PAID
