"""What days cost: interest on what is carried over, penalty interest on an unpaid minimum.

    interest = sum carried over x annual rate x days / days of the year
    penalty  = unpaid minimum x annual rate x (1 + uplift) x days / days of the year

The first day charged is the one after the due date, and the day of payment is charged
too: due on the 10th and paid on the 20th is ten days. A bill has the days up to the day
before it is made. Only principal bears interest, never interest or fees; penalty takes
the place of interest and is not added to it. On a day that is held, an unpaid minimum
bears interest like the rest.

Days on which nothing changes are one stretch, so there is never a row for each day. A
stretch costs an exact fraction; the stretches of a bill are added up and rounded once.

The cap of a day's cost is that of `penalty`; the principal it is a part of is that
which is past its due date, since what is not yet due costs nothing. What is beyond the
cap is not charged.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from loans.engine.day_count import DayCount, days_by_year
from loans.engine.profile import Profile
from loans.engine.revolving.terms import BillTerms


class Stretch(NamedTuple):
    """Days, `opens_on` counted and `ends_on` not, on which a sum bore one rate.

    `beyond_cap` is what the cap kept from being charged of it, in exact minor units.
    """

    base_minor: int
    opens_on: date
    ends_on: date
    beyond_cap: Fraction = Fraction(0)

    @property
    def days(self) -> int:
        """How many days are charged."""
        return (self.ends_on - self.opens_on).days


def years(profile: Profile, opens_on: date, ends_on: date) -> Fraction:
    """Return how long a stretch is: actual days over 365, 360 or those of each year.

    >>> from loans.engine.profile import PROFILES
    >>> years(PROFILES["consumer-cn"], date(2028, 2, 11), date(2028, 3, 1))
    Fraction(19, 365)
    """
    if profile.ticks_per_year == 360:
        return Fraction((ends_on - opens_on).days, 360)
    if profile.day_count is DayCount.ACTUAL_365:
        return Fraction((ends_on - opens_on).days, 365)
    parts = (Fraction(days, year) for days, year in days_by_year(opens_on, ends_on))
    return sum(parts, Fraction(0))


def cost(stretches: Sequence[Stretch], rate: Fraction, profile: Profile) -> Fraction:
    """Return what stretches cost at an annual rate, exactly, what is beyond the cap left out.

    900.00 for the twenty days from 11 to 30 June at 0.05 % a day:

    >>> from loans.engine.profile import PROFILES
    >>> june = Stretch(90000, date(2026, 6, 11), date(2026, 7, 1))
    >>> cost([june], Fraction(1825, 10000), PROFILES["consumer-cn"])
    Fraction(900, 1)
    """
    whole = (rate * one.base_minor * years(profile, one.opens_on, one.ends_on) - one.beyond_cap for one in stretches)
    return sum(whole, Fraction(0))


def interest_minor(stretches: Sequence[Stretch], terms: BillTerms) -> int:
    """Return the interest of a bill, rounded once."""
    return terms.profile.rounded(*cost(stretches, terms.interest_rate, terms.profile).as_integer_ratio())


def penalty_minor(stretches: Sequence[Stretch], terms: BillTerms) -> int:
    """Return the penalty interest of a bill, rounded once; where the cap cut it, rounded down."""
    whole = cost(stretches, terms.penalty_rate, terms.profile)
    if any(one.beyond_cap for one in stretches):
        return int(whole)
    return terms.profile.rounded(*whole.as_integer_ratio())


def joined(stretches: Sequence[Stretch], one: Stretch) -> list[Stretch]:
    """Return stretches with one more, which prolongs the last where nothing has changed."""
    if not one.base_minor:
        return list(stretches)
    last = stretches[-1] if stretches else None
    if last is None or (last.base_minor, last.ends_on) != (one.base_minor, one.opens_on):
        return [*stretches, one]
    beyond = last.beyond_cap + one.beyond_cap
    return [*stretches[:-1], Stretch(last.base_minor, last.opens_on, one.ends_on, beyond)]


def capped(
    terms: BillTerms,
    penal: Sequence[int],
    ordinary_minor: int,
    principal_minor: int,
    fees_minor: int,
    opens_on: date,
    ends_on: date,
) -> list[Stretch]:
    """Return a stretch for each penal base, oldest first, within the cap on all that its days cost.

    `ordinary_minor` bears interest on these days, `principal_minor` is all that is past
    due. 1,000.00 for 73 days, a fifth of a year, at 20 % and half as much again, with
    24 % at most: 60.00 is asked for, and 12.00 of it is too much.

    >>> from decimal import Decimal
    >>> terms = BillTerms(date(2026, 1, 1), Decimal("0.2"))
    >>> [one] = capped(terms, [100000], 0, 100000, 0, date(2026, 1, 1), date(2026, 3, 15))
    >>> one.beyond_cap
    Fraction(1200, 1)
    """
    cap, length = terms.penalty.cap_annual, years(terms.profile, opens_on, ends_on)
    if cap is None:
        return [Stretch(base_minor, opens_on, ends_on) for base_minor in penal]
    allowed = Fraction(*cap.as_integer_ratio()) * principal_minor - terms.interest_rate * ordinary_minor
    room, stretches = max(allowed * length - fees_minor, Fraction(0)), []
    for base_minor in penal:
        asked = terms.penalty_rate * base_minor * length
        given = min(asked, room)
        room -= given
        stretches.append(Stretch(base_minor, opens_on, ends_on, asked - given))
    return stretches
