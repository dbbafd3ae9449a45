"""May a month go to the credit file? What must have happened before it does.

    consent     the borrower's consent to reporting, given by now and not taken back, must
                reach the last day of the account in that month (R32; regulation on credit
                reporting, article 29)
    told        a month that tells against the borrower waits until they were told of it, and
                NOTICE days more (R32, article 15: "beforehand"). Late months in a row are one
                run, and telling once is enough for all of it; telling counts from the first
                day of the run's first month

        run           Jun  Jul  Aug        told on 19 June: June is reported from 22 June on,
        due 15 June   15   46   77         July and August without telling again

What is held back is not lost: it goes as soon as nothing stands in its way.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.engine.calendar import add_months, month_end

DAY = timedelta(days=1)


class Hindrance(StrEnum):
    """Why a month is held back."""

    NO_CONSENT = "no_consent"
    NOT_TOLD = "not_told"
    JUST_TOLD = "just_told"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a loan's months may be reported on.

    `consents` are first and last days (None: it goes on), `told_on` the days on which the
    borrower was told, `notice_days` how long a month waits after that.
    """

    consents: Collection[tuple[date, date | None]]
    told_on: Collection[date]
    notice_days: int


def run_began(month: date, adverse: Collection[date]) -> date:
    """The first month of the run of late months that `month` belongs to, itself included.

    >>> run_began(date(2026, 8, 1), {date(2026, 7, 1), date(2026, 6, 1), date(2026, 4, 1)})
    datetime.date(2026, 6, 1)
    """
    while (before := add_months(month, -1)) in adverse:
        month = before
    return month


def has_consent(month: date, permission: Permission, *, closed_on: date | None, on: date) -> bool:
    """Whether reporting was agreed to by `on`, and holds for the whole month.

    Given on 8 May 2025 for twelve months, the account closed on 20 May 2026: the consent lasts with it.

    >>> may = Permission([(date(2025, 5, 8), date(2026, 5, 20))], (), 3)
    >>> has_consent(date(2026, 5, 1), may, closed_on=date(2026, 5, 20), on=date(2026, 6, 8))
    True
    """
    last_on = month_end(month) if closed_on is None else min(month_end(month), closed_on)
    return any(given_on <= on and (until is None or until >= last_on) for given_on, until in permission.consents)


def told_since(began: date, told_on: Iterable[date]) -> date | None:
    """The first day on or after `began` on which the borrower was told, or None."""
    return min((day for day in told_on if day >= began), default=None)


def hindrance(
    month: date, adverse: Collection[date], permission: Permission, *, closed_on: date | None, on: date
) -> Hindrance | None:
    """What stands in the way of reporting `month` on that day; `adverse` are all late months known, it included or not.

    Unpaid since 15 June, told on the 19th; the three days are over on the 22nd:

    >>> june, ok = date(2026, 6, 1), Permission([(date(2026, 1, 1), None)], [date(2026, 6, 19)], 3)
    >>> hindrance(june, {june}, ok, closed_on=None, on=date(2026, 6, 21)), hindrance(
    ...     june, {june}, ok, closed_on=None, on=date(2026, 6, 22))
    (<Hindrance.JUST_TOLD: 'just_told'>, None)
    """
    if not has_consent(month, permission, closed_on=closed_on, on=on):
        return Hindrance.NO_CONSENT
    if month not in adverse:
        return None
    told_on = told_since(run_began(month, adverse), permission.told_on)
    if told_on is None:
        return Hindrance.NOT_TOLD
    return Hindrance.JUST_TOLD if on < told_on + permission.notice_days * DAY else None
