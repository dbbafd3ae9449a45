"""Writing a loan off: when it may be proposed and approved, and when it may be taken back.

    ground       what must be so
    late         180 days past due or more; both letters written in this delay, the last of them
                 14 days ago or more, which means that a person has taken it before legal steps
    death        the borrower has died
    insolvency   a court has opened insolvency, or found nothing to enforce against

For each ground principal must be left, nothing may stand still on the loan (an open request or
a running arrangement holds it), and no debit may be under way. For the last two a person says
in words what it rests on; lateness and letters are not asked for. Two people act, one proposes
and another decides, and both times the same is asked.

A write-off is about the lender's books. The claim stays: principal, interest and penalty interest
up to the day are owed as before, and nothing is added to them from then on.

Source: R41 (a person and a reason), spec reliability 6.12 (two people). The 180 days are those
after which the credit record has no worse code for lateness (`7`); the letters' days are those
of `loans/stages.py`.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from loans.stages import LETTER_DAYS, Facts, Letter

LATE_DAYS = 180
LONGEST_WORDS = 300


class Ground(StrEnum):
    LATE = "late"
    DEATH = "death"
    INSOLVENCY = "insolvency"


class Hindrance(StrEnum):
    """What stands in the way of writing off, or of taking it back."""

    NOTHING_LEFT = "nothing_left"
    HELD = "held"
    DEBIT_UNDER_WAY = "debit_under_way"
    NOT_SO_LATE = "not_so_late"
    NO_LETTER = "no_letter"
    LETTER_TOO_NEW = "letter_too_new"
    PAID_SINCE = "paid_since"


@dataclass(frozen=True, slots=True)
class Case:
    """A loan on the day of a proposal or a decision; `late` says how late it is and what was written."""

    ground: Ground
    late: Facts
    principal_left_minor: int
    has_open_debit: bool = False


def hindrances(case: Case) -> tuple[Hindrance, ...]:
    """Everything that stands in the way of writing off, the gravest first; empty where it may be done.

    Due 10 June 2026, 180 days past due on 7 December; the last letter was written on 23 November:

    >>> from datetime import date
    >>> from loans.stages import Stage
    >>> letters = {Letter.DEMAND: date(2026, 9, 1), Letter.SUIT: date(2026, 11, 23)}
    >>> late = Facts(date(2026, 12, 7), Stage.PRE_LEGAL, date(2026, 6, 10), 3, letters=letters)
    >>> hindrances(Case(Ground.LATE, late, 1_000_000))
    ()
    >>> day_before = Facts(date(2026, 12, 6), Stage.PRE_LEGAL, date(2026, 6, 10), 3, letters=letters)
    >>> [each.value for each in hindrances(Case(Ground.LATE, day_before, 1_000_000))]
    ['not_so_late', 'letter_too_new']
    """
    found = [
        reason
        for reason, is_so in (
            (Hindrance.NOTHING_LEFT, case.principal_left_minor <= 0),
            (Hindrance.HELD, bool(case.late.held)),
            (Hindrance.DEBIT_UNDER_WAY, case.has_open_debit),
        )
        if is_so
    ]
    return (*found, *_of_lateness(case.late)) if case.ground is Ground.LATE else tuple(found)


def _of_lateness(late: Facts) -> tuple[Hindrance, ...]:
    found = [Hindrance.NOT_SO_LATE] if late.days < LATE_DAYS else []
    written = [late.letter_on(letter) for letter in Letter]
    if None in written:
        found.append(Hindrance.NO_LETTER)
    elif late.on < max(on for on in written if on is not None) + timedelta(days=LETTER_DAYS):
        found.append(Hindrance.LETTER_TOO_NEW)
    return tuple(found)
