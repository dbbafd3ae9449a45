"""Arithmetic as text, without a word of any language: what a page shows under "how is this computed?".

    9,159.05 × 1.2% = 109.9086 ≈ 109.91        "≈" where a figure was rounded to the smallest unit
    12,000.00 × 14.4% ÷ 365 × 31 = 146.7616… ≈ 146.76       "…" where it goes on
    12,956.45 ÷ 3 = 4,318.8166… ≈ 4,318.82; 12,956.45 − 4,318.82 × 2 = 4,318.81

Steps stand in order, parted by "; ", and the last figure is the amount. Everything is
worked out in fractions and written only if it gives the amount that it explains.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from loans.engine.calendar import months_between
from loans.engine.day_count import DayCount, days_by_year, ticks
from loans.engine.interest import interest_minor
from loans.engine.profile import InterestPeriod, Profile

# Digits shown of a figure before it is rounded, beyond those of the currency.
_MORE_DIGITS = 2


class Line(NamedTuple):
    """One step of a calculation: a code for its label, its formula, and the amount."""

    label_code: str
    formula: str
    amount_minor: int


def amount_text(amount_minor: int, digits: int = 2) -> str:
    """Return an amount with thousands commas and its decimals, minus sign in front.

    >>> amount_text(915905), amount_text(-28132), amount_text(5), amount_text(1200, 0)
    ('9,159.05', '−281.32', '0.05', '1,200')
    """
    whole, rest = divmod(abs(amount_minor), 10**digits)
    decimals = f".{rest:0{digits}}" if digits else ""
    return f"{'−' if amount_minor < 0 else ''}{whole:,}{decimals}"


def percent_text(rate: Decimal) -> str:
    """Return a fraction as a percentage without idle zeros.

    >>> percent_text(Decimal("0.1440000000")), percent_text(Decimal("0.1")), percent_text(Decimal(0))
    ('14.4%', '10%', '0%')
    """
    return f"{(rate * 100).normalize():f}%"


def given(label_code: str, amount_minor: int, digits: int) -> Line:
    """Return the line of a figure that was agreed and not computed."""
    return Line(label_code, amount_text(amount_minor, digits), amount_minor)


def equated(formula: str, exact_minor: Fraction, shown_minor: int, digits: int) -> str:
    """Return a formula with its value and, if that had to be rounded, the amount.

    >>> equated("9,159.05 × 1.2%", Fraction(915905 * 12, 1000), 10991, 2)
    '9,159.05 × 1.2% = 109.9086 ≈ 109.91'
    """
    shown = amount_text(shown_minor, digits)
    if exact_minor == shown_minor:
        return f"{formula} = {shown}"
    scaled = exact_minor * 10**_MORE_DIGITS
    whole = abs(scaled.numerator) // scaled.denominator
    sign, rest = "−" if exact_minor < 0 else "", "" if scaled.denominator == 1 else "…"
    return f"{formula} = {sign}{amount_text(whole, digits + _MORE_DIGITS)}{rest} ≈ {shown}"


def interest(
    label_code: str,
    principal_minor: int,
    shown_minor: int,
    start: date,
    end: date,
    rate_annual: Decimal,
    profile: Profile,
    digits: int,
    anchor_day: int | None = None,
) -> Line:
    """Return the line of simple interest; a figure that no formula gives stands alone."""
    if start >= end or interest_minor(principal_minor, rate_annual, profile, start, end, anchor_day) != shown_minor:
        return given(label_code, shown_minor, digits)
    length = ticks(profile.day_count, start, end, anchor_day)
    if profile.interest_period is InterestPeriod.INSTALMENT and length != 30 * months_between(start, end):
        # A week is a 52nd of a year there, whatever its days.
        return given(label_code, shown_minor, digits)
    factors = _time_factors(rate_annual, profile.day_count, start, end, length)
    formula = f"{amount_text(principal_minor, digits)} × {factors}"
    exact_minor = principal_minor * Fraction(rate_annual) * Fraction(length, profile.ticks_per_year)
    return Line(label_code, equated(formula, exact_minor, shown_minor, digits), shown_minor)


def difference(label_code: str, minuend_minor: int, subtrahend_minor: int, digits: int) -> Line:
    """Return "1,079.71 − 109.91 = 969.80"."""
    rest_minor = minuend_minor - subtrahend_minor
    terms = [amount_text(amount_minor, digits) for amount_minor in (minuend_minor, subtrahend_minor, rest_minor)]
    return Line(label_code, f"{terms[0]} − {terms[1]} = {terms[2]}", rest_minor)


def total(label_code: str, parts_minor: Sequence[int], digits: int) -> Line:
    """Return "969.80 + 109.91 = 1,079.71"; equal neighbours are counted, parts of nothing left out."""
    runs: list[tuple[int, int]] = []
    for part_minor in parts_minor:
        if runs and runs[-1][0] == part_minor:
            runs[-1] = (part_minor, runs[-1][1] + 1)
        elif part_minor:
            runs.append((part_minor, 1))
    shown = ((amount_text(part_minor, digits), count) for part_minor, count in runs)
    sum_minor = sum(parts_minor)
    addends = " + ".join(text if count == 1 else f"{text} × {count}" for text, count in shown)
    formula = f"{addends} = {amount_text(sum_minor, digits)}" if addends else amount_text(0, digits)
    return Line(label_code, formula, sum_minor)


def share(label_code: str, total_minor: int, parts: Sequence[int], index: int, digits: int) -> Line:
    """Return how one of equal parts of a sum was found; the last takes what rounding leaves.

    >>> share("arrears", 215942, (35990,) * 5 + (35992,), 5, 2).formula
    '2,159.42 − 359.90 × 5 = 359.92'
    """
    shown_minor, whole, count = parts[index], amount_text(total_minor, digits), len(parts)
    if count == 1:
        return given(label_code, shown_minor, digits)
    if index < count - 1:
        exact_minor = Fraction(total_minor, count)
        if abs(exact_minor - shown_minor) > Fraction(1, 2):
            # Rounded down, because rounded up they would be more than there is.
            return given(label_code, shown_minor, digits)
        return Line(label_code, equated(f"{whole} ÷ {count}", exact_minor, shown_minor, digits), shown_minor)
    others = amount_text(parts[0], digits) + (f" × {count - 1}" if count > 2 else "")
    return Line(label_code, f"{whole} − {others} = {amount_text(shown_minor, digits)}", shown_minor)


def annuity(
    label_code: str, principal_minor: int, each: Sequence[int], year: int, instalment_minor: int, digits: int
) -> Line | None:
    """Return how an equal instalment was solved, or None where it was agreed otherwise.

    The divisor is what one unit paid with every instalment is worth on the first day:
    Σ 1 / Π(1 + f), with as many decimals as it takes.

    >>> annuity("instalment", 1200000, [12] * 12, 1000, 107971, 2).formula
    '12,000.00 ÷ 11.1141 = 1,079.7095… ≈ 1,079.71'
    """
    worth, grown = Fraction(0), Fraction(1)
    for factor in each:
        grown /= 1 + Fraction(factor, year)
        worth += grown
    for decimals in range(4, 30):
        divisor = Fraction(round(worth * 10**decimals), 10**decimals)
        exact_minor = principal_minor / divisor
        if abs(exact_minor - instalment_minor) < Fraction(1, 2):
            break
    else:
        return None
    shown = f"{round(worth * 10**decimals) // 10**decimals:,}.{round(worth * 10**decimals) % 10**decimals:0{decimals}}"
    formula = f"{amount_text(principal_minor, digits)} ÷ {shown}"
    return Line(label_code, equated(formula, exact_minor, instalment_minor, digits), instalment_minor)


def _time_factors(rate_annual: Decimal, convention: DayCount, start: date, end: date, length: int) -> str:
    """Return rate and time as they are multiplied: "14.4% ÷ 365 × 31", or "1.2%" for a month."""
    rate = percent_text(rate_annual)
    if convention in (DayCount.ACTUAL_ACTUAL, DayCount.ACTUAL_ACTUAL_END):
        later = timedelta(days=1 if convention is DayCount.ACTUAL_ACTUAL_END else 0)
        years = " + ".join(f"{days} ÷ {year}" for days, year in days_by_year(start + later, end + later))
        return f"{rate} × ({years})"
    if convention is DayCount.THIRTY_360 and length == 30 * months_between(start, end):
        months, monthly = length // 30, rate_annual / 12
        # A monthly rate is shown only if it can be written out in full.
        is_short = monthly == monthly.quantize(Decimal("1E-6"))
        times = "" if months == 1 else f" × {months}"
        return f"{percent_text(monthly) if is_short else f'{rate} ÷ 12'}{times}"
    year = 360 if convention in (DayCount.ACTUAL_360, DayCount.THIRTY_360) else 365
    return f"{rate} ÷ {year} × {length}"
