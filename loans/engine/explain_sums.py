"""How a payoff, penalty interest and an effective annual rate were reached.

principal          what is owed; what a pause adds for days to come is taken off
due_interest       unpaid interest of instalments already due
running_interest   interest of the period running, to the day
earned             interest of a pause, or left unpaid by reduced instalments, to the day
earlier_interest   interest beside the rows from times before all that is remembered
paid_interest      what was already paid of the two above
fee                fees of instalments already due
penalty            overdue sums times their days, at the penalty rate
beyond_cap         what the cap keeps from being charged
worth              what an instalment is worth on the first day, at the annual rate
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from loans.engine.arrears import Held
from loans.engine.day_count import DayCount
from loans.engine.earning import Earning, Rates, Stretch
from loans.engine.formulas import Line, amount_text, difference, equated, given, interest, percent_text, total
from loans.engine.payoff import NOTHING_PAID, Payoff
from loans.engine.penalty import InstalmentPenalty, PenaltyBase, PenaltyRules, RowPayment
from loans.engine.present_value import present_value
from loans.engine.profile import Profile
from loans.engine.schedule import PaidRow, Row

_GROWTH_DECIMALS = 12


def explain_payoff(
    owed: Payoff,
    rows: Sequence[Row],
    paid: Mapping[int, PaidRow],
    on: date,
    rates: Rates,
    *,
    disbursed_on: date | None = None,
    earning: Earning | None = None,
    digits: int = 2,
) -> tuple[Line, ...]:
    """Return how a payoff came about; the amounts of all lines add up to it, and those of nothing are left out.

    `owed` is what `payoff` says of the same rows on the same day.
    """
    starts_on = disbursed_on or rows[0].opens_on
    until = on + timedelta(days=1) if on == starts_on else on
    stretches = earning.stretches if earning else ()
    to_come_minor = sum(one.interest_minor - one.earned(until, rates) for one in stretches if one.is_added)
    principal = difference("principal", owed.principal_minor + to_come_minor, to_come_minor, digits)
    if not to_come_minor:
        principal = given("principal", owed.principal_minor, digits)
    due = [
        max(row.interest_minor - paid.get(row.number, NOTHING_PAID).interest_minor, 0)
        for row in rows
        if row.due_on <= on
    ]
    earned = [_earned(one, until, rates, digits) for one in stretches if not one.is_added]
    beside = [one.interest_minor for one in stretches if not one.is_added]
    asked_minor = sum(row.relief_interest_minor for row in rows)
    paid_minor = sum(max(paid.get(row.number, NOTHING_PAID).interest_minor - row.interest_minor, 0) for row in rows)
    earlier_minor = asked_minor - sum(beside) if earning else 0
    known_minor = sum(due) + sum(line.amount_minor for line in earned) + earlier_minor - paid_minor
    lines = [
        total("due_interest", due, digits),
        _running(rows, on, until, owed.interest_minor - known_minor, rates, earning, digits),
        *earned,
        given("earlier_interest", earlier_minor, digits),
        given("paid_interest", -paid_minor, digits),
        given("fee", owed.fee_minor, digits),
    ]
    return (principal, *(line for line in lines if line.amount_minor))


def explain_penalty(
    charged: InstalmentPenalty,
    row: Row,
    payments: Sequence[RowPayment],
    on: date,
    rate_annual: Decimal,
    profile: Profile,
    rules: PenaltyRules,
    *,
    held: Held = (),
    digits: int = 2,
) -> tuple[Line, ...]:
    """Return how the penalty interest of one instalment came about, and what the cap takes off it.

    500.00 for four days and 300.00 for six, at 18.25 % and half as much again:

    >>> from loans.engine.profile import PROFILES
    >>> june = Row(1, date(2026, 5, 10), date(2026, 6, 10), 50000, 0, 0)
    >>> part = RowPayment(date(2026, 6, 14), 1, 20000, 0)
    >>> explain_penalty(InstalmentPenalty(1, 10, 285, 0), june, [part], date(2026, 6, 20), Decimal("0.1825"),
    ...                 PROFILES["consumer-cn"], PenaltyRules())[0].formula
    '(500.00 × 4 + 300.00 × 6) × 18.25% × 150% ÷ 365 = 2.85'
    """
    asked_minor = charged.amount_minor + charged.beyond_cap_minor
    days: dict[int, int] = {}
    for number in range(1, (on - row.due_on).days + 1):
        day = row.due_on + timedelta(days=number)
        base_minor = _overdue(row, payments, day, rules)
        if base_minor and not any(first <= day <= last for first, last in held):
            days[base_minor] = days.get(base_minor, 0) + 1
    year = 360 if profile.ticks_per_year == 360 else 365
    uplift = 1 + rules.uplift
    exact_minor = sum(base * count for base, count in days.items()) * Fraction(rate_annual) * Fraction(uplift) / year
    line = given("penalty", asked_minor, digits)
    by_calendar = profile.day_count in (DayCount.ACTUAL_ACTUAL, DayCount.ACTUAL_ACTUAL_END)
    if days and not by_calendar and profile.rounded(exact_minor.numerator, exact_minor.denominator) == asked_minor:
        parts = " + ".join(f"{amount_text(base_minor, digits)} × {count}" for base_minor, count in days.items())
        bases = f"({parts})" if len(days) > 1 else parts
        formula = f"{bases} × {percent_text(rate_annual)} × {percent_text(uplift)} ÷ {year}"
        line = line._replace(formula=equated(formula, exact_minor, asked_minor, digits))
    if not charged.beyond_cap_minor:
        return (line,)
    return line, difference("beyond_cap", asked_minor, charged.beyond_cap_minor, digits)


def explain_rate(
    rows: Sequence[Row],
    days: Sequence[date],
    profile: Profile,
    rate_annual: Decimal,
    digits: int = 2,
    anchor_day: int | None = None,
) -> tuple[Line, ...]:
    """Return what each instalment is worth on `days[0]` at an annual rate, and all of them together.

    At the effective annual rate they are worth what was lent, but for the rounding of each.
    """
    lines = []
    for row in rows:
        # One unit on that day, turned over, is what one unit of the first day grows to.
        unit = Row(row.number, row.opens_on, row.due_on, 1, 0, 0)
        with localcontext(prec=34):
            growth = round(1 / present_value([unit], days, profile, anchor_day)(rate_annual), _GROWTH_DECIMALS)
        exact_minor = row.due_minor / Fraction(growth)
        worth_minor = profile.rounded(exact_minor.numerator, exact_minor.denominator)
        formula = f"{amount_text(row.due_minor, digits)} ÷ {growth:f}"
        lines.append(Line("worth", equated(formula, exact_minor, worth_minor, digits), worth_minor))
    return (*lines, total("worth", [line.amount_minor for line in lines], digits))


def _earned(stretch: Stretch, until: date, rates: Rates, digits: int) -> Line:
    """Return what a stretch has earned so far; what its own instalment asks for is taken off."""
    amount_minor, end = stretch.earned(until, rates), min(until, stretch.ends_on)
    whole_minor = amount_minor + (stretch.own_minor if amount_minor else 0)
    rate_annual = rates.on(stretch.opens_on)
    if end <= stretch.opens_on:
        return given("earned", amount_minor, digits)
    line = interest(
        "earned",
        stretch.principal_minor,
        whole_minor,
        stretch.opens_on,
        end,
        rate_annual,
        rates.profile,
        digits,
        rates.anchor_day,
    )
    if whole_minor == amount_minor:
        return line
    less = difference("earned", whole_minor, stretch.own_minor, digits)
    return less._replace(formula=f"{line.formula}; {less.formula}") if "=" in line.formula else less


def _running(
    rows: Sequence[Row], on: date, until: date, amount_minor: int, rates: Rates, earning: Earning | None, digits: int
) -> Line:
    """Return interest of the running period; a figure that its principal does not give stands alone."""
    row = next((row for row in reversed(rows) if row.opens_on <= on < row.due_on), None)
    if row is None:
        return given("running_interest", amount_minor, digits)
    idle = earning.idle if earning else {}
    bearing_minor = sum(one.principal_minor - idle.get(one.number, 0) for one in rows if one.due_on > on)
    stretch = (row.opens_on, until, rates.on(row.opens_on), rates.profile, digits, rates.anchor_day)
    return interest("running_interest", bearing_minor, amount_minor, *stretch)


def _overdue(row: Row, payments: Sequence[RowPayment], day: date, rules: PenaltyRules) -> int:
    """Return what bears penalty interest when a day begins."""
    known = [payment for payment in payments if payment.number == row.number and payment.on < day]
    principal_minor = row.principal_minor - sum(payment.principal_minor for payment in known)
    if rules.base is PenaltyBase.PRINCIPAL:
        return principal_minor
    interest_minor = row.interest_minor + row.relief_interest_minor
    return principal_minor + interest_minor - sum(payment.interest_minor for payment in known)
