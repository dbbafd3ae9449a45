"""How each figure was reached, without a word of any language.

A line is a code for its label, a formula with the real digits, and the amount, so
that a page in any language can answer "how is this computed?":

    interest    9,159.05 × 14.4% ÷ 365 × 31 = 112.02
    principal   1,079.71 − 112.02 = 967.69

A formula is shown only if it gives the amount; a figure that was agreed otherwise
(interest kept on a partly paid instalment, for one) stands alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from loans.engine.calendar import months_between
from loans.engine.day_count import DayCount, days_by_year, ticks
from loans.engine.interest import interest_minor
from loans.engine.profile import InterestPeriod, Profile
from loans.engine.projection import Projection
from loans.engine.schedule import Row, schedule
from loans.engine.terms import Method, Terms


class Line(NamedTuple):
    """One step of a calculation.

    Label codes of a row: `interest`, `principal`, `pause_interest`, `fee`, `due`,
    `balance`; of a pause: `pause_interest`, `collected`, `left`, `cost`.
    """

    label_code: str
    formula: str
    amount_minor: int


def explain_row(
    row: Row, *, principal_before_minor: int, rate_annual: Decimal, profile: Profile, digits: int = 2
) -> tuple[Line, ...]:
    """Return how an instalment was computed, from its interest to the principal left after it.

    `digits` is the currency's number of decimals.

    >>> from loans.engine.profile import PROFILES
    >>> row = Row(4, date(2026, 4, 15), date(2026, 5, 15), 96980, 10991, 818925)
    >>> for line in explain_row(row, principal_before_minor=915905, rate_annual=Decimal("0.144"),
    ...                         profile=PROFILES["30-360"]):
    ...     print(line.label_code, line.formula)
    interest 9,159.05 × 1.2% = 109.91
    principal 1,079.71 − 109.91 = 969.80
    due 969.80 + 109.91 = 1,079.71
    balance 9,159.05 − 969.80 = 8,189.25
    """

    def text(amount_minor: int) -> str:
        return amount_text(amount_minor, digits)

    own_minor = row.principal_minor + row.interest_minor
    lines = [
        _interest_line(
            "interest",
            principal_before_minor,
            row.interest_minor,
            row.opens_on,
            row.due_on,
            rate_annual,
            profile,
            digits,
        ),
        _difference("principal", own_minor, row.interest_minor, digits),
    ]
    if row.relief_interest_minor:
        lines.append(Line("pause_interest", text(row.relief_interest_minor), row.relief_interest_minor))
    if row.fee_minor:
        lines.append(Line("fee", text(row.fee_minor), row.fee_minor))
    parts = [row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor]
    addends = " + ".join(text(part) for part in parts if part)
    lines.append(Line("due", f"{addends} = {text(row.due_minor)}" if addends else text(0), row.due_minor))
    lines.append(_difference("balance", principal_before_minor, row.principal_minor, digits))
    return tuple(lines)


def explain_terms(terms: Terms, digits: int = 2) -> tuple[tuple[Line, ...], ...]:
    """Return how each instalment of a loan as agreed was computed, one group of lines per row.

    Two months at 1.2 % a month, all at the end:

    >>> from loans.engine.profile import PROFILES
    >>> asked = Terms(1200000, Decimal("0.144"), Method.BULLET, 2, date(2026, 1, 15), profile=PROFILES["30-360"])
    >>> explain_terms(asked)[-1][0].formula
    '12,000.00 × 1.2% × 2 = 288.00'
    """
    rows = schedule(terms)
    explained, before_minor = [], terms.principal_minor
    for row, interest in zip(rows, _agreed_interest(terms, rows, digits), strict=True):
        lines = explain_row(
            row,
            principal_before_minor=before_minor,
            rate_annual=terms.rate_annual,
            profile=terms.profile,
            digits=digits,
        )
        explained.append((interest, *lines[1:]) if interest else lines)
        before_minor = row.balance_minor
    return tuple(explained)


def explain_pause(
    projection: Projection, *, rate_annual: Decimal, profile: Profile, digits: int = 2
) -> tuple[Line, ...]:
    """Return how the interest of a pause was computed, how it is collected and what it costs.

    `collected` is there only if there is interest to collect; "36.64 × 8 + 36.61"
    says eight instalments carry 36.64 more and the last 36.61.
    """

    def text(amount_minor: int) -> str:
        return amount_text(amount_minor, digits)

    before, after = projection.before, projection.after
    owed_minor = sum(row.principal_minor for row in before)
    pause_minor = projection.pause_interest_minor
    lines = [
        _interest_line(
            "pause_interest",
            owed_minor,
            pause_minor,
            before[0].opens_on,
            after[0].opens_on,
            rate_annual,
            profile,
            digits,
        )
    ]
    added = [new.relief_interest_minor - old.relief_interest_minor for old, new in zip(before, after, strict=True)]
    if pause_minor:
        lines.append(Line("collected", f"{_runs(added, digits)} = {text(pause_minor)}", pause_minor))
    cost_minor, left_minor = projection.cost_to_borrower_minor, projection.left_after_minor
    sign = "−" if cost_minor < 0 else "+"
    total = f"{text(projection.left_before_minor)} {sign} {text(abs(cost_minor))} = {text(left_minor)}"
    lines.append(Line("left", total, left_minor))
    lines.append(_difference("cost", left_minor, projection.left_before_minor, digits))
    return tuple(lines)


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


def _agreed_interest(terms: Terms, rows: Sequence[Row], digits: int) -> list[Line | None]:
    """Return the line of each row's interest where it is not simply that of the balance."""
    put_off = terms.grace_on_interest_instalments
    plain = schedule(replace(terms, grace_on_interest_instalments=0)) if put_off else rows
    due = plain[bool(terms.down_payment_minor) :]
    lines: list[Line | None] = [None] * len(due)
    whole = (due[0].opens_on, due[-1].due_on, terms.rate_annual, terms.profile, digits)
    total_minor = sum(row.interest_minor for row in due)
    if terms.method is Method.FLAT:
        each_minor = due[0].interest_minor
        shared = f"{amount_text(total_minor, digits)} ÷ {len(due)} = {amount_text(each_minor, digits)}"
        total = _interest_line("interest", terms.principal_minor, total_minor, *whole).formula
        lines = [Line("interest", f"{total}; {shared}", each_minor) for _ in due[:-1]]
        others = f"{amount_text(each_minor, digits)} × {len(due) - 1}"
        rest = f"{total}; {amount_text(total_minor, digits)} − {others} = {amount_text(due[-1].interest_minor, digits)}"
        lines.append(Line("interest", rest if len(due) > 1 else total, due[-1].interest_minor))
    elif terms.method is Method.BULLET:
        lines[-1] = _interest_line("interest", terms.financed_minor, total_minor, *whole)
    if put_off:
        parts = [row.interest_minor for row in due[: put_off + 1]]
        addends, collected_minor = " + ".join(amount_text(part, digits) for part in parts), sum(parts)
        nothing = Line("interest", amount_text(0, digits), 0)
        collected = Line("interest", f"{addends} = {amount_text(collected_minor, digits)}", collected_minor)
        lines[: put_off + 1] = [*[nothing] * put_off, collected]
    return [None] * (len(rows) - len(due)) + lines


def _interest_line(
    label_code: str,
    principal_minor: int,
    shown_minor: int,
    start: date,
    end: date,
    rate_annual: Decimal,
    profile: Profile,
    digits: int,
) -> Line:
    shown = amount_text(shown_minor, digits)
    if start == end or interest_minor(principal_minor, rate_annual, profile, start, end) != shown_minor:
        return Line(label_code, shown, shown_minor)
    months = 30 * months_between(start, end)
    if profile.interest_period is InterestPeriod.INSTALMENT and ticks(profile.day_count, start, end) != months:
        # A week is a 52nd of a year there, whatever its days.
        return Line(label_code, shown, shown_minor)
    factors = _time_factors(rate_annual, profile.day_count, start, end)
    return Line(label_code, f"{amount_text(principal_minor, digits)} × {factors} = {shown}", shown_minor)


def _time_factors(rate_annual: Decimal, convention: DayCount, start: date, end: date) -> str:
    """Return rate and time as they are multiplied: "14.4% ÷ 365 × 31", or "1.2%" for a month."""
    rate, length = percent_text(rate_annual), ticks(convention, start, end)
    if convention in (DayCount.ACTUAL_ACTUAL, DayCount.ACTUAL_ACTUAL_END):
        later = timedelta(days=1 if convention is DayCount.ACTUAL_ACTUAL_END else 0)
        years = " + ".join(f"{days} ÷ {year}" for days, year in days_by_year(start + later, end + later))
        return f"{rate} × ({years})"
    if convention is DayCount.THIRTY_360 and length == 30 * months_between(start, end):
        months, monthly = length // 30, rate_annual / 12
        # A monthly rate is shown only if it can be written out in full.
        is_short = monthly == monthly.quantize(Decimal("1E-6"))
        times = f" × {months}" if months > 1 else ""
        return f"{percent_text(monthly) if is_short else f'{rate} ÷ 12'}{times}"
    year = 360 if convention in (DayCount.ACTUAL_360, DayCount.THIRTY_360) else 365
    return f"{rate} ÷ {year} × {length}"


def _difference(label_code: str, minuend_minor: int, subtrahend_minor: int, digits: int) -> Line:
    rest_minor = minuend_minor - subtrahend_minor
    terms = [amount_text(amount_minor, digits) for amount_minor in (minuend_minor, subtrahend_minor, rest_minor)]
    return Line(label_code, f"{terms[0]} − {terms[1]} = {terms[2]}", rest_minor)


def _runs(amounts: list[int], digits: int) -> str:
    """Return a sum with equal neighbours counted: "36.64 × 8 + 36.61"."""
    runs: list[tuple[int, int]] = []
    for amount_minor in amounts:
        if runs and runs[-1][0] == amount_minor:
            runs[-1] = (amount_minor, runs[-1][1] + 1)
        elif amount_minor:
            runs.append((amount_minor, 1))
    shown = ((amount_text(amount_minor, digits), count) for amount_minor, count in runs)
    return " + ".join(text if count == 1 else f"{text} × {count}" for text, count in shown)
