"""Penalty interest on what is overdue, within a cap on all that a day may cost.

    penalty of a day = overdue base x annual rate x (1 + uplift) / days of the year

It takes the place of ordinary interest on that principal and is never added to it
(PBoC notice 2003 no. 251: 30 to 50 % above the contract's rate). The base is what is
unpaid of the instalment's principal, or of principal and interest; penalty itself never
bears any. The first day charged is the one after the due date and the last is the day
asked about, or the day of payment; grace that was kept charges none, grace that ran out
all of its days. Held days are never charged.

The cap is on interest, penalty and fees of each day together:

    interest + penalty + fees of a day <= cap x principal outstanding / days of the year

What is beyond it is not charged, and reported as such; where several instalments are
overdue, the youngest gives way first. Days on which nothing changes are counted as one
stretch, so there is never a row for each day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from loans.engine.arrears import Held, InstalmentState, grace_ends
from loans.engine.calendar import days_in_month
from loans.engine.day_count import DayCount
from loans.engine.profile import Profile
from loans.engine.schedule import PaidRow, Row

HIGHEST_UPLIFT = Decimal("0.5")
DEFAULT_CAP_ANNUAL = Decimal("0.24")
_ONE_DAY = timedelta(days=1)


class PenaltyError(ValueError):
    """The rules of a penalty are impossible; `field` says which: `uplift`, `base`, `cap_annual`, `grace_days`."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PenaltyBase(StrEnum):
    """What of an overdue instalment bears penalty interest."""

    PRINCIPAL = "principal"
    PRINCIPAL_AND_INTEREST = "principal_and_interest"


@dataclass(frozen=True, slots=True)
class PenaltyRules:
    """A product's rules: 0.5 of uplift is half as much again. Without `cap_annual` nothing is capped.

    Raises PenaltyError.
    """

    uplift: Decimal = HIGHEST_UPLIFT
    base: PenaltyBase = PenaltyBase.PRINCIPAL
    cap_annual: Decimal | None = DEFAULT_CAP_ANNUAL
    grace_days: int = 0
    grace_needs_clean_previous: bool = True

    def __post_init__(self) -> None:
        """Refuse what no product may charge."""
        if not isinstance(self.uplift, Decimal) or not 0 <= self.uplift <= HIGHEST_UPLIFT:
            raise PenaltyError("uplift")
        if self.cap_annual is not None and (not isinstance(self.cap_annual, Decimal) or not 0 <= self.cap_annual <= 1):
            raise PenaltyError("cap_annual")
        if type(self.grace_days) is not int or not 0 <= self.grace_days <= 7:
            raise PenaltyError("grace_days")
        try:
            object.__setattr__(self, "base", PenaltyBase(self.base))
        except ValueError:
            raise PenaltyError("base") from None


class RowPayment(NamedTuple):
    """What of one payment went to one instalment; interest includes interest of a pause."""

    on: date
    number: int
    principal_minor: int
    interest_minor: int


@dataclass(frozen=True, slots=True)
class InstalmentPenalty:
    """What an instalment has been charged for being late, and what the cap kept from being charged."""

    number: int
    days: int
    amount_minor: int
    beyond_cap_minor: int


@dataclass(frozen=True, slots=True)
class _Late:
    """An instalment that is charged: from the day after `due_on`."""

    row: Row
    payments: Sequence[RowPayment]

    def unpaid(self, on: date) -> tuple[int, int]:
        """Return principal and interest unpaid when a day begins."""
        paid = [payment for payment in self.payments if payment.on < on]
        interest_minor = self.row.interest_minor + self.row.relief_interest_minor
        return (
            self.row.principal_minor - sum(payment.principal_minor for payment in paid),
            interest_minor - sum(payment.interest_minor for payment in paid),
        )

    def base(self, on: date, rules: PenaltyRules) -> int:
        if on <= self.row.due_on:
            return 0
        principal_minor, interest_minor = self.unpaid(on)
        return principal_minor + (interest_minor if rules.base is PenaltyBase.PRINCIPAL_AND_INTEREST else 0)


@dataclass(frozen=True, slots=True)
class _Rates:
    """The contract's rate, and how long the year of a day is."""

    annual: Fraction
    year: int
    rules: PenaltyRules

    @property
    def penal(self) -> Fraction:
        return self.annual * (1 + Fraction(*self.rules.uplift.as_integer_ratio()))


class _Charge(NamedTuple):
    """What some days charge one instalment, before rounding, and what they would without the cap."""

    number: int
    days: int
    asked: Fraction
    given: Fraction


def penalties(
    rows: Sequence[Row],
    payments: Iterable[RowPayment],
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    rules: PenaltyRules,
    held: Held = (),
    fees: Mapping[date, int] | None = None,
    since: date | None = None,
) -> tuple[InstalmentPenalty, ...]:
    """Return what each late instalment has been charged up to the end of a day, oldest first.

    `rows` is the whole schedule, `payments` everything paid on it by that day, `fees`
    what was charged otherwise, by day. Only days from `since` on are charged, all of them
    without it; days before still count for grace. Each instalment is rounded once.

    500.00 of principal ten days overdue at 0.05 % a day:

    >>> from loans.engine.profile import PROFILES
    >>> june = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 0, 0)
    >>> charged = penalties([june], [], date(2026, 6, 20), Decimal("0.1825"), PROFILES["consumer-cn"],
    ...                     PenaltyRules(cap_annual=None))
    >>> charged[0].days, charged[0].amount_minor
    (10, 375)
    """
    known: dict[int, list[RowPayment]] = {row.number: [] for row in rows}
    for payment in payments:
        if payment.on <= on and payment.number in known:
            known[payment.number].append(payment)
    instalments = [_Late(row, known[row.number]) for row in rows]
    late = _late(instalments, on, rules, held)
    if not late:
        return ()
    charges: list[_Charge] = []
    room_of_all = Fraction(0)
    for first, after in pairwise(_changes(instalments, on, held, fees or {}, since)):
        is_before = since is not None and first < since
        if is_before or _is_held(first, held) or not any(one.base(first, rules) for one in late):
            continue
        rates = _Rates(Fraction(*rate_annual.as_integer_ratio()), _days_of_year(profile, first), rules)
        room = _room(instalments, first, rates, (fees or {}).get(first, 0))
        room_of_all += (after - first).days * (room or 0)
        charges += _charged(late, first, (after - first).days, rates, room)
    return _rounded(late, charges, profile, None if rules.cap_annual is None else room_of_all)


def may_charge(
    rows: Iterable[Row],
    paid: Mapping[int, PaidRow],
    paid_off_on: Mapping[int, date],
    on: date,
    grace_days: int,
) -> bool:
    """Whether `penalties` could charge anything by the end of a day: False is certain, True is to be reckoned.

    `paid` and `paid_off_on`, the day of the last money of a row that is whole, are by number.
    Whoever paid all that was due within its grace, one by one, is charged nothing: grace is
    kept as long as the instalment before kept its own.

    >>> june = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 600, 0)
    >>> whole = {1: PaidRow(50000, 600)}
    >>> [may_charge([june], whole, {1: date(2026, 6, day)}, date(2026, 7, 9), 3) for day in (13, 14)]
    [False, True]
    """
    unpaid = late = 0
    for row in rows:
        if row.due_on >= on:
            continue
        end = paid_off_on.get(row.number)
        if end is None:
            unpaid, end = unpaid + 1, on
        elif not _is_whole(row, paid.get(row.number)):
            return True
        if (end - row.due_on).days > grace_days:
            return True
        # Of those before, an instalment that runs in its grace now takes nothing any more.
        late += end > row.due_on and (on - row.due_on).days <= grace_days
    # Who owes one does not keep the grace of the next, paid or not.
    return unpaid > 0 and late > 1


def _is_whole(row: Row, paid: PaidRow | None) -> bool:
    """Whether principal and interest are paid, each by itself."""
    if paid is None:
        return row.principal_minor == row.interest_minor == row.relief_interest_minor == 0
    interest_minor = row.interest_minor + row.relief_interest_minor
    return paid.principal_minor == row.principal_minor and paid.interest_minor == interest_minor


def _charged(late: Sequence[_Late], first: date, days: int, rates: _Rates, room: Fraction | None) -> list[_Charge]:
    """Return what some days on which nothing changes charge, the oldest instalment first."""
    charges = []
    for one in late:
        base_minor = one.base(first, rates.rules)
        asked = rates.penal * base_minor / rates.year
        given = asked if room is None else min(asked, room)
        room = None if room is None else room - given
        charges.append(_Charge(one.row.number, days if base_minor else 0, days * asked, days * given))
    return charges


def _late(instalments: Sequence[_Late], on: date, rules: PenaltyRules, held: Held) -> list[_Late]:
    """Return the instalments that are charged: due, and not paid within their grace."""
    paid_off = {one.row.number: _paid_off_on(one) for one in instalments}
    states = [
        InstalmentState(one.row.number, one.row.due_on, one.row.due_minor, 0, paid_off[one.row.number])
        for one in instalments
    ]
    last_days = grace_ends(states, rules.grace_days, rules.grace_needs_clean_previous, held)
    late = []
    for one in instalments:
        number = one.row.number
        end = paid_off[number] or on
        if one.row.due_on < on and end > last_days[number]:
            late.append(one)
    return late


def _paid_off_on(one: _Late) -> date | None:
    """Return the day on which principal and interest became whole."""
    if not one.payments:
        return None
    days = sorted({payment.on for payment in one.payments})
    if len(days) == 1:
        return None if any(one.unpaid(days[0] + _ONE_DAY)) else days[0]
    return next((day for day in days if not any(one.unpaid(day + _ONE_DAY))), None)


def _changes(
    instalments: Sequence[_Late], on: date, held: Held, fees: Mapping[date, int], since: date | None
) -> list[date]:
    """Return the days from which something is different, from the first that can be charged to the last."""
    first, after = min(one.row.due_on for one in instalments) + _ONE_DAY, on + _ONE_DAY
    days = {one.row.due_on + _ONE_DAY for one in instalments}
    days |= {payment.on + _ONE_DAY for one in instalments for payment in one.payments}
    # A hold without an end is written with the last day there is, which has none after it.
    days |= {day for start, end in held for day in (start, min(end, on) + _ONE_DAY)}
    days |= {day for fee_on in fees for day in (fee_on, fee_on + _ONE_DAY)}
    days |= {date(year, 1, 1) for year in range(first.year + 1, after.year + 1)}
    days |= {since} if since else set()
    return [*sorted({first} | {day for day in days if first < day < after}), after] if first < after else []


def _is_held(on: date, held: Held) -> bool:
    return any(first <= on <= last for first, last in held)


def _days_of_year(profile: Profile, on: date) -> int:
    if profile.ticks_per_year == 360:
        return 360
    is_leap = days_in_month(on.year, 2) == 29
    by_calendar = profile.day_count is not DayCount.ACTUAL_365
    return 366 if by_calendar and is_leap else 365


def _room(instalments: Sequence[_Late], on: date, rates: _Rates, fee_minor: int) -> Fraction | None:
    """Return what of the cap a day leaves for penalty, after ordinary interest and fees."""
    if rates.rules.cap_annual is None:
        return None
    unpaid = [(one.row.due_on < on, one.unpaid(on)[0]) for one in instalments]
    outstanding_minor = sum(minor for _, minor in unpaid)
    ordinary_minor = sum(minor for is_due, minor in unpaid if not is_due)
    cap = Fraction(*rates.rules.cap_annual.as_integer_ratio())
    return max((cap * outstanding_minor - rates.annual * ordinary_minor) / rates.year - fee_minor, Fraction(0))


def _rounded(
    late: Sequence[_Late], charges: Sequence[_Charge], profile: Profile, room: Fraction | None
) -> tuple[InstalmentPenalty, ...]:
    """Return whole minor units; all together never more than the room there was."""
    left_minor = None if room is None else int(room)
    charged = []
    for number in (one.row.number for one in late):
        own = [charge for charge in charges if charge.number == number]
        asked_minor, amount_minor = (
            profile.rounded(*sum(parts, Fraction(0)).as_integer_ratio())
            for parts in ((charge.asked for charge in own), (charge.given for charge in own))
        )
        if left_minor is not None:
            amount_minor = min(amount_minor, left_minor)
            left_minor -= amount_minor
        days = sum(charge.days for charge in own)
        charged.append(InstalmentPenalty(number, days, amount_minor, asked_minor - amount_minor))
    return tuple(charged)
