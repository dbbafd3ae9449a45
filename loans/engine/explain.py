"""How each figure of a schedule was reached, without a word of any language.

A line is a code for its label, a formula with the real digits, and the amount, so
that a page in any language can answer "how is this computed?":

    interest    9,159.05 × 14.4% ÷ 365 × 31 = 112.0165… ≈ 112.02
    principal   1,079.71 − 112.02 = 967.69

A formula is shown only if it gives the amount; a figure that was agreed otherwise
(interest kept on a partly paid instalment, for one) stands alone.

Label codes of a row: `interest`, `instalment` (how the equal instalment was solved),
`principal`, `pause_interest`, `fee`, `residue` (what the last one is more or less than the
others, from rounding), `due`, `balance`; of a pause: `pause_interest`, `collected`,
`left`, `cost`.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from loans.engine.earning import Rates, Stretch
from loans.engine.formulas import Line, amount_text, annuity, difference, given, interest, percent_text, share, total
from loans.engine.money import split
from loans.engine.periods import factors
from loans.engine.profile import Profile
from loans.engine.projection import Projection
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered
from loans.engine.schedule import Row, schedule
from loans.engine.terms import Method, Terms

__all__ = ["Line", "amount_text", "explain_pause", "explain_row", "explain_rows", "explain_terms", "percent_text"]


def explain_row(
    row: Row,
    *,
    principal_before_minor: int,
    rate_annual: Decimal,
    profile: Profile,
    digits: int = 2,
    usual_minor: int | None = None,
    anchor_day: int | None = None,
    bearing_minor: int | None = None,
    is_last: bool | None = None,
) -> tuple[Line, ...]:
    """Return how an instalment was computed, from its interest to the principal left after it.

    `digits` is the currency's number of decimals, `usual_minor` the equal instalment of
    the others, without interest of pauses and fees: the last one is told apart from it.
    `bearing_minor` is what bears interest, where that is not all of the principal.

    >>> from datetime import date
    >>> from loans.engine.profile import PROFILES
    >>> row = Row(4, date(2026, 4, 15), date(2026, 5, 15), 96980, 10991, 818925)
    >>> for line in explain_row(row, principal_before_minor=915905, rate_annual=Decimal("0.144"),
    ...                         profile=PROFILES["30-360"]):
    ...     print(line.label_code, line.formula)
    interest 9,159.05 × 1.2% = 109.9086 ≈ 109.91
    principal 1,079.71 − 109.91 = 969.80
    due 969.80 + 109.91 = 1,079.71
    balance 9,159.05 − 969.80 = 8,189.25
    """
    own_minor, stretch = row.principal_minor + row.interest_minor, (row.opens_on, row.due_on)
    bearing_minor = principal_before_minor if bearing_minor is None else bearing_minor
    is_last = not row.balance_minor if is_last is None else is_last
    of_balance = interest(
        "interest", bearing_minor, row.interest_minor, *stretch, rate_annual, profile, digits, anchor_day
    )
    lines = [of_balance]
    if usual_minor is None or not is_last:
        lines.append(difference("principal", own_minor, row.interest_minor, digits))
    else:
        lines.append(given("principal", row.principal_minor, digits))
    return (*lines, *rest_of_row(row, principal_before_minor, usual_minor, digits, is_last=is_last))


def explain_rows(
    rows: Sequence[Row],
    *,
    rate_annual: Decimal,
    profile: Profile,
    method: Method,
    digits: int = 2,
    anchor_day: int | None = None,
    remembered: Remembered = NOTHING_REMEMBERED,
) -> tuple[tuple[Line, ...], ...]:
    """Return how each row was computed from the rows and what is remembered with them, one group of lines per row.

    Of a level loan the last is told apart from the one before it; interest of pauses that
    was shared out says so. What bears no interest stands behind the last that does.
    """
    idle = remembered.earning.idle if remembered.earning else {}
    rates = Rates(
        rate_annual, profile, remembered.cut_rate_annual, remembered.cut_until, remembered.due_day or anchor_day
    )
    bearing = [row.principal_minor - idle.get(row.number, 0) for row in rows]
    # What waits at the end, and parts of arrears, say nothing about rounding.
    stayed = [row for row, own_minor in zip(rows, bearing, strict=True) if own_minor or not row.principal_minor]
    plain = [row for row in stayed if not idle.get(row.number)]
    last = plain[-1] if plain and plain[-1] == stayed[-1] else None
    is_level = len(plain) > 1 and Method(method) is Method.LEVEL
    usual_minor = plain[-2].principal_minor + plain[-2].interest_minor if is_level else None
    parts = [row.relief_interest_minor for row in rows if row.relief_interest_minor]
    is_shared = len(parts) > 1 and tuple(parts) == split(sum(parts), len(parts))
    groups, index = [], 0
    moved = {row.number: _moved_from(row, remembered) for row in rows if idle.get(row.number) == row.principal_minor}
    for place, row in enumerate(rows):
        before_minor, waited = row.balance_minor + row.principal_minor, moved.get(row.number)
        # What was moved bears interest until it was due before, and then none, or simple interest of its own.
        waits = [one for one in rows[place:] if (from_ := moved.get(one.number)) and from_.ends_on > row.opens_on]
        lines = explain_row(
            row._replace(opens_on=waited.ends_on) if waited else row,
            principal_before_minor=before_minor,
            rate_annual=rates.on(row.opens_on),
            profile=profile,
            digits=digits,
            usual_minor=row.principal_minor + row.interest_minor if waited else usual_minor,
            anchor_day=rates.anchor_day,
            bearing_minor=row.principal_minor if waited else sum(bearing[place:]) + _principal_of(waits),
            is_last=row == last or bool(waited),
        )
        if is_shared and row.relief_interest_minor:
            shared = share("pause_interest", sum(parts), parts, index, digits)
            lines = tuple(shared if line.label_code == "pause_interest" else line for line in lines)
            index += 1
        if waited:
            stretch = (waited.opens_on, waited.ends_on, rates.on(waited.opens_on), profile, digits, rates.anchor_day)
            old = interest("old_interest", waited.principal_minor, waited.interest_minor, *stretch)
            lines = tuple(old if line.label_code == "pause_interest" else line for line in lines)
        groups.append(lines)
    return tuple(groups)


def _moved_from(row: Row, remembered: Remembered) -> Stretch | None:
    """Return the time in which a moved row was due before: its interest of that time is what it asks for beside."""
    known = remembered.earning.stretches if remembered.earning else ()
    found = (one for one in known if one.interest_minor == row.relief_interest_minor and one.ends_on <= row.opens_on)
    return next((one for one in found if not one.own_minor and not one.is_added), None)


def _principal_of(rows: Sequence[Row]) -> int:
    return sum(row.principal_minor for row in rows)


def rest_of_row(
    row: Row,
    principal_before_minor: int,
    usual_minor: int | None,
    digits: int,
    beside: Sequence[Line] = (),
    *,
    is_last: bool | None = None,
) -> tuple[Line, ...]:
    """Return the lines of a row after those of its interest and principal.

    `beside` stands in place of the bare line of interest of pauses. `is_last` says that it
    takes what rounding left of the others; that is the one that repays the rest, unless given.
    """
    is_last = not row.balance_minor if is_last is None else is_last
    own_minor = row.principal_minor + row.interest_minor
    lines = list(beside)
    if row.relief_interest_minor and not beside:
        lines.append(given("pause_interest", row.relief_interest_minor, digits))
    if row.fee_minor:
        lines.append(given("fee", row.fee_minor, digits))
    if usual_minor is not None and is_last and own_minor != usual_minor:
        lines.append(difference("residue", own_minor, usual_minor, digits))
    parts = (row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor)
    lines.append(added("due", parts, digits))
    lines.append(difference("balance", principal_before_minor, row.principal_minor, digits))
    return tuple(lines)


def added(label_code: str, parts_minor: Sequence[int], digits: int) -> Line:
    """Return a sum of different things, each written out; parts of nothing are left out."""
    sum_minor = sum(parts_minor)
    addends = " + ".join(amount_text(part_minor, digits) for part_minor in parts_minor if part_minor)
    formula = f"{addends} = {amount_text(sum_minor, digits)}" if addends else amount_text(0, digits)
    return Line(label_code, formula, sum_minor)


def explain_terms(terms: Terms, digits: int = 2) -> tuple[tuple[Line, ...], ...]:
    """Return how each instalment of a loan as agreed was computed, one group of lines per row.

    Two months at 1.2 % a month, all at the end:

    >>> from datetime import date
    >>> from loans.engine.profile import PROFILES
    >>> asked = Terms(1200000, Decimal("0.144"), Method.BULLET, 2, date(2026, 1, 15), profile=PROFILES["30-360"])
    >>> explain_terms(asked)[-1][0].formula
    '12,000.00 × 1.2% × 2 = 288.00'
    """
    rows = schedule(terms)
    usual = _equal_instalment(terms, rows, digits)
    usual_minor = usual.amount_minor if usual else None
    explained, before_minor = [], terms.principal_minor
    principal = _agreed_principal(terms, rows, digits)
    for row, interest_, principal_ in zip(rows, _agreed_interest(terms, rows, digits), principal, strict=True):
        conventions = (row.opens_on, row.due_on, terms.rate_annual, terms.profile, digits)
        first = interest_ or interest("interest", before_minor, row.interest_minor, *conventions)
        is_equal = usual is not None and usual_minor == row.principal_minor + row.interest_minor
        if principal_ is None:
            principal_ = difference("principal", row.principal_minor + row.interest_minor, row.interest_minor, digits)
            if not row.balance_minor:
                principal_ = given("principal", row.principal_minor, digits)
        solved = (usual,) if usual is not None and is_equal and terms.method is Method.LEVEL else ()
        explained.append((first, *solved, principal_, *rest_of_row(row, before_minor, usual_minor, digits)))
        before_minor = row.balance_minor
    return tuple(explained)


def explain_pause(
    projection: Projection, *, rate_annual: Decimal, profile: Profile, digits: int = 2, anchor_day: int | None = None
) -> tuple[Line, ...]:
    """Return how the interest of a pause was computed, how it is collected and what it costs.

    `collected` is there only if there is interest to collect; "36.64 × 8 + 36.61"
    says eight instalments carry 36.64 more and the last 36.61.
    """
    before, after = projection.before, projection.after
    owed_minor = sum(row.principal_minor for row in before)
    pause_minor = projection.pause_interest_minor
    pause = (before[0].opens_on, after[0].opens_on)
    lines = [interest("pause_interest", owed_minor, pause_minor, *pause, rate_annual, profile, digits, anchor_day)]
    shares = [new.relief_interest_minor - old.relief_interest_minor for old, new in zip(before, after, strict=True)]
    if pause_minor:
        lines.append(total("collected", shares, digits))
    return (*lines, *explain_cost(projection, digits))


def explain_cost(projection: Projection, digits: int = 2) -> tuple[Line, Line]:
    """Return what is left to pay after relief, and what that is more than before."""
    cost_minor, left_minor = projection.cost_to_borrower_minor, projection.left_after_minor
    before, more = amount_text(projection.left_before_minor, digits), amount_text(abs(cost_minor), digits)
    sign = "−" if cost_minor < 0 else "+"
    left = Line("left", f"{before} {sign} {more} = {amount_text(left_minor, digits)}", left_minor)
    return left, difference("cost", left_minor, projection.left_before_minor, digits)


def _equal_instalment(terms: Terms, rows: Sequence[Row], digits: int) -> Line | None:
    """Return how the equal instalment of a level loan was solved; None where no two rows are equal."""
    first = next(
        (index for index, row in enumerate(rows) if row.due_on > terms.disbursed_on and row.principal_minor), 0
    )
    if terms.method is not Method.LEVEL or terms.grace_on_interest_instalments or len(rows) - first < 2:
        return None
    row = rows[first]
    bounds = (row.opens_on, *(one.due_on for one in rows[first:]))
    made = factors(terms.rate_annual, terms.profile, bounds, terms.every, terms.unit)
    instalment_minor, left_minor = row.principal_minor + row.interest_minor, row.principal_minor + row.balance_minor
    solved = annuity("instalment", left_minor, made.solving, made.year, instalment_minor, digits)
    return solved or given("instalment", instalment_minor, digits)


def _agreed_principal(terms: Terms, rows: Sequence[Row], digits: int) -> list[Line | None]:
    """Return the line of each row's principal where it is not what the equal instalment leaves."""
    if terms.method is Method.LEVEL:
        return [None] * len(rows)
    lines: list[Line | None] = [given("principal", row.principal_minor, digits) for row in rows]
    if terms.method not in (Method.EQUAL_PRINCIPAL, Method.FLAT):
        return lines
    first = len(rows) - terms.instalments + terms.grace_on_principal_instalments
    parts = [row.principal_minor for row in rows[first:]]
    shared_minor = sum(parts)
    lines[first:] = [share("principal", shared_minor, parts, index, digits) for index in range(len(parts))]
    return lines


def _agreed_interest(terms: Terms, rows: Sequence[Row], digits: int) -> list[Line | None]:
    """Return the line of each row's interest where it is not simply that of the balance."""
    put_off = terms.grace_on_interest_instalments
    plain = schedule(replace(terms, grace_on_interest_instalments=0)) if put_off else rows
    due = plain[bool(terms.down_payment_minor) :]
    lines: list[Line | None] = [None] * len(due)
    term = (due[0].opens_on, due[-1].due_on, terms.rate_annual, terms.profile, digits)
    parts = [row.interest_minor for row in due]
    if terms.method is Method.FLAT:
        whole = interest("interest", terms.principal_minor, sum(parts), *term)
        lines = _shared_after(whole, parts, digits)
    elif terms.method is Method.BULLET:
        lines[-1] = interest("interest", terms.financed_minor, sum(parts), *term)
    if put_off:
        nothing = given("interest", 0, digits)
        lines[: put_off + 1] = [*[nothing] * put_off, added("interest", parts[: put_off + 1], digits)]
    return [None] * (len(rows) - len(due)) + lines


def _shared_after(whole: Line, parts: Sequence[int], digits: int) -> list[Line | None]:
    """Return the line of each part of a sum, after the step that found the sum."""
    if len(parts) == 1:
        return [whole]
    first = f"{whole.formula}; " if "=" in whole.formula else ""
    lines = (share(whole.label_code, whole.amount_minor, parts, index, digits) for index in range(len(parts)))
    return [line._replace(formula=first + line.formula) if "=" in line.formula else line for line in lines]
