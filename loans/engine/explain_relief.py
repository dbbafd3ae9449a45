"""How relief came to its figures: each instalment after it, and the sums beside them.

Everything is found again from the projection and the components, and written only if it
gives the figure; the codes for labels are those of `explain`, and

    arrears       the part of an arrears plan that lies on this instalment, or all of them
    earned        interest of one stretch of a pause, or of days to another due day
    capitalised   interest of one month that a pause adds to the debt
    unpaid        interest that one reduced instalment leaves unpaid
    compounded    what interest on interest costs
    waived        what is forgiven
    balloon       the last instalment with the others in it
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.engine.arrears_plan import parts_of
from loans.engine.components import ArrearsSplit, Collect, Component, InterestOnly, Pause, Reduced
from loans.engine.draft import shares
from loans.engine.earning import Rates, Stretch
from loans.engine.explain import added, explain_cost, rest_of_row
from loans.engine.formulas import Line, annuity, difference, given, interest, share, total
from loans.engine.profile import Profile
from loans.engine.projection import Projection
from loans.engine.schedule import Row
from loans.engine.terms import Method


@dataclass(frozen=True, slots=True)
class _Found:
    """What the lines of every row need: the rows after relief, their bearing principal, and how parts were shared."""

    projection: Projection
    rates: Rates
    method: Method
    digits: int
    components: Sequence[Component]
    as_of: date

    def one(self, kind: type[Component]) -> Component | None:
        return next((component for component in self.components if isinstance(component, kind)), None)

    @property
    def bearing(self) -> list[int]:
        """The principal that bears interest in each row after relief, that row's own included."""
        idle, left_minor, found = dict(self.projection.idle), 0, []
        for row in reversed(self.projection.after):
            left_minor += row.principal_minor - idle.get(row.number, 0)
            found.append(left_minor)
        return found[::-1]

    @property
    def arrears(self) -> tuple[int, list[int], list[int]]:
        """What is overdue, its parts, and the interest in each."""
        split = self.one(ArrearsSplit)
        late = [row for row in self.projection.before if row.due_on <= self.as_of]
        if not isinstance(split, ArrearsSplit) or not late:
            return 0, [], []
        parts = parts_of(late, split.parts)
        wholes = [part.principal_minor + part.interest_minor + part.fee_minor for part in parts]
        return sum(wholes), wholes, [part.interest_minor for part in parts]


def explain_after(
    projection: Projection,
    components: Sequence[Component],
    *,
    rate_annual: Decimal,
    profile: Profile,
    method: Method,
    as_of: date,
    digits: int = 2,
    anchor_day: int | None = None,
) -> tuple[tuple[Line, ...], ...]:
    """Return how each row of `projection.after` was computed, one group of lines per row."""
    rates = _rates(projection, rate_annual, profile, anchor_day)
    found = _Found(projection, rates, Method(method), digits, components, as_of)
    bearing, beside = found.bearing, _beside(found)
    usual = projection.after[-2] if len(projection.after) > 1 and found.method is Method.LEVEL else None
    usual_minor = usual.principal_minor + usual.interest_minor if usual and usual.principal_minor else None
    groups = []
    for index, row in enumerate(projection.after):
        own = [_interest(found, row, bearing[index])]
        solved = _solved(found, index, bearing)
        principal = difference("principal", row.principal_minor + row.interest_minor, row.interest_minor, digits)
        if not row.balance_minor or not row.interest_minor:
            principal = given("principal", row.principal_minor, digits)
        if solved:
            own.append(solved)
        before_minor = row.balance_minor + row.principal_minor
        groups.append((*own, principal, *rest_of_row(row, before_minor, usual_minor, digits, beside[index])))
    return tuple(groups)


def explain_relief(
    projection: Projection,
    components: Sequence[Component],
    *,
    rate_annual: Decimal,
    profile: Profile,
    as_of: date,
    digits: int = 2,
    anchor_day: int | None = None,
) -> tuple[Line, ...]:
    """Return how the sums of relief came about: interest it brings, what is forgiven, and what it costs."""
    rates = _rates(projection, rate_annual, profile, anchor_day)
    found = _Found(projection, rates, Method.LEVEL, digits, components, as_of)
    lines = [_stretch(stretch, found) for stretch in projection.stretches]
    if len(lines) > 1:
        lines.append(total("pause_interest", [line.amount_minor for line in lines], digits))
    if projection.compounded_extra_minor:
        simple_minor = projection.capitalised_minor - projection.compounded_extra_minor
        lines.append(difference("compounded", projection.capitalised_minor, simple_minor, digits))
    lines += [given("waived", waiver.amount_minor, digits) for waiver in projection.waivers]
    overdue_minor, parts, _ = found.arrears
    if parts:
        late = [row.due_minor for row in projection.before if row.due_on <= as_of]
        lines += [
            added("arrears", late, digits),
            *(share("arrears", overdue_minor, parts, k, digits) for k in range(len(parts))),
        ]
    if projection.balloon_minor:
        last, moved_minor = projection.before[-1].due_minor, projection.balloon_minor - projection.before[-1].due_minor
        lines.append(added("balloon", (last, moved_minor), digits))
    return (*lines, *explain_cost(projection, digits))


def _rates(projection: Projection, rate_annual: Decimal, profile: Profile, anchor_day: int | None) -> Rates:
    cut = (projection.cut_rate_annual, projection.cut_until)
    return Rates(rate_annual, profile, *cut, projection.due_day or anchor_day)


def _interest(found: _Found, row: Row, bearing_minor: int) -> Line:
    """Return the line of a row's own interest; less where part of it was paid, forgiven or left unpaid."""
    whole = _over("interest", found, bearing_minor, row.opens_on, row.due_on)
    if row.interest_minor == whole.amount_minor:
        return whole
    if 0 < row.interest_minor < whole.amount_minor and "=" in whole.formula:
        less = difference("interest", whole.amount_minor, whole.amount_minor - row.interest_minor, found.digits)
        return less._replace(formula=f"{whole.formula}; {less.formula}")
    for old in found.projection.before:
        # An appended instalment: simple interest from its old due date on, on its own principal.
        if old.principal_minor == row.principal_minor and old.due_on < row.due_on:
            line = _over("interest", found, row.principal_minor, old.due_on, row.due_on)
            if line.amount_minor == row.interest_minor:
                return line
    return given("interest", row.interest_minor, found.digits)


def _over(label_code: str, found: _Found, principal_minor: int, start: date, end: date) -> Line:
    """Return the line of interest at the rate of the time, or at both where it changes inside."""
    rates, until = found.rates, found.rates.cut_until
    if until is not None and start < until < end:
        parts = [_over(label_code, found, principal_minor, *part) for part in ((start, until), (until, end))]
        both = added(label_code, [part.amount_minor for part in parts], found.digits)
        steps = [part.formula for part in parts if "=" in part.formula]
        return both._replace(formula="; ".join([*steps, both.formula]))
    amount_minor = rates.interest(principal_minor, start, end)
    return interest(
        label_code,
        principal_minor,
        amount_minor,
        start,
        end,
        rates.on(start),
        rates.profile,
        found.digits,
        rates.anchor_day,
    )


def _solved(found: _Found, index: int, bearing: Sequence[int]) -> Line | None:
    """Return how the equal instalment of a row was solved, if this row has one that relief solved."""
    rows, rates = found.projection.after, found.rates
    row = rows[index]
    if (
        found.method is not Method.LEVEL
        or not row.balance_minor
        or bearing[index] != row.balance_minor + row.principal_minor
    ):
        return None
    rate_annual = rates.on(row.opens_on)
    # From the first row at this rate on, after those of interest alone or of a reduced amount.
    first = (
        next(
            k
            for k, one in enumerate(rows)
            if one.opens_on < one.due_on and rates.on(one.opens_on) == rate_annual and k >= _eased(found)
        )
        if index >= _eased(found)
        else index
    )
    numerator, denominator = rate_annual.as_integer_ratio()
    each = [numerator * rates.ticks(one.opens_on, one.due_on) for one in rows[first:]]
    year = denominator * rates.profile.ticks_per_year
    own_minor = row.principal_minor + row.interest_minor
    return annuity("instalment", bearing[first], each, year, own_minor, found.digits)


def _eased(found: _Found) -> int:
    """Return how many rows of interest alone or of a reduced amount stand first."""
    for kind in (InterestOnly, Reduced):
        one = found.one(kind)
        if isinstance(one, InterestOnly | Reduced):
            return one.n if found.projection.resume_on > found.projection.after[0].due_on else 0
    return 0


def _beside(found: _Found) -> list[tuple[Line, ...]]:
    """Return the lines of each row for interest of pauses and parts of arrears."""
    rows, digits = found.projection.after, found.digits
    overdue_minor, wholes, interests = found.arrears
    is_alone = bool(wholes) and rows[0].opens_on == rows[0].due_on
    left = [row.relief_interest_minor - (interests[k] if k < len(interests) else 0) for k, row in enumerate(rows)]
    first = len(wholes) if is_alone else _eased(found)
    idle = dict(found.projection.idle)
    behind = sum(1 for row in rows if idle.get(row.number) == row.principal_minor and not is_alone)
    shared = range(first, len(rows) - (0 if wholes else behind))
    pause = found.one(Pause)
    collect = pause.collect if isinstance(pause, Pause) else Collect.SPREAD
    sum_minor = sum(left[k] for k in shared)
    parts = shares(sum_minor, len(shared), collect) if shared else ()
    is_shared = [left[k] for k in shared] == list(parts) and collect is Collect.SPREAD
    groups: list[tuple[Line, ...]] = []
    for k in range(len(rows)):
        lines = []
        if left[k] and is_shared and k in shared:
            lines.append(share("pause_interest", sum_minor, parts, k - first, digits))
        elif left[k]:
            lines.append(given("pause_interest", left[k], digits))
        if k < len(wholes):
            lines.append(share("arrears", overdue_minor, wholes, k, digits))
        groups.append(tuple(lines))
    return groups


def _stretch(stretch: Stretch, found: _Found) -> Line:
    """Return how a stretch earns its interest, beyond what its own instalment asks for."""
    label_code = "capitalised" if stretch.is_added else "unpaid" if stretch.own_minor else "earned"
    whole_minor = stretch.interest_minor + stretch.own_minor
    whole = _over(label_code, found, stretch.principal_minor, stretch.opens_on, stretch.ends_on)
    if whole.amount_minor != whole_minor:
        rate_annual, profile = found.rates.annual, found.rates.profile
        stretch_ = (stretch.opens_on, stretch.ends_on, rate_annual, profile, found.digits, found.rates.anchor_day)
        whole = interest(label_code, stretch.principal_minor, whole_minor, *stretch_)
    if not stretch.own_minor:
        return whole
    less = difference(label_code, whole_minor, stretch.own_minor, found.digits)
    return less._replace(formula=f"{whole.formula}; {less.formula}" if "=" in whole.formula else less.formula)
