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
    old_interest  what an instalment moved behind the others asks for of its old period
    waiting       simple interest on its principal while it waits
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.engine.arrears_plan import parts_of
from loans.engine.components import Append, ArrearsSplit, Collect, Component, InterestOnly, Pause, Reduced
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
        moved = [old for olds in self.moved.values() for old in olds]
        for row in reversed(self.projection.after):
            left_minor += row.principal_minor - idle.get(row.number, 0)
            # What was moved bears interest until its old due date.
            waiting_minor = sum(old.principal_minor for old in moved if row.due_on <= old.due_on)
            found.append(left_minor + waiting_minor)
        return found[::-1]

    @property
    def moved(self) -> dict[int, list[Row]]:
        """The instalments that were moved behind the others, as they were, by the place where they are now."""
        append, rows = self.one(Append), self.projection.after
        olds = [row for row in self.projection.before if isinstance(append, Append) and row.number in append.numbers]
        if not olds or len({row.number for row in olds}) < len(olds):
            return {}
        if self.projection.balloon_minor:
            return {len(rows) - 1: olds}
        moved = {len(rows) - len(olds) + place: [old] for place, old in enumerate(olds)}
        is_theirs = all(rows[place].principal_minor == old.principal_minor for place, (old,) in moved.items())
        return moved if is_theirs else {}

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
    bearing, beside, moved = found.bearing, _beside(found), found.moved
    # What rounding leaves is in the last of those that stayed; with the others in it, it is no longer told apart.
    last = (
        -1 if projection.balloon_minor else max((k for k in range(len(projection.after)) if k not in moved), default=0)
    )
    usual = projection.after[last - 1] if last > 0 and found.method is Method.LEVEL else None
    usual_minor = usual.principal_minor + usual.interest_minor if usual and usual.principal_minor else None
    groups = []
    for index, row in enumerate(projection.after):
        own = [_interest(found, row, bearing[index], moved.get(index, []))]
        if solved := _solved(found, index, bearing):
            own.append(solved)
        is_last = index == last and (not row.balance_minor or row.principal_minor + row.interest_minor != usual_minor)
        own.append(_principal(found, row, moved.get(index, []), is_last=is_last))
        rest = (row.balance_minor + row.principal_minor, usual_minor, digits, beside[index])
        groups.append((*own, *rest_of_row(row, *rest, is_last=is_last)))
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
        label_code = "old_interest" if {line.label_code for line in lines} == {"old_interest"} else "pause_interest"
        lines.append(total(label_code, [line.amount_minor for line in lines], digits))
    lines += _waiting(found)
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


def _principal(found: _Found, row: Row, moved: Sequence[Row], *, is_last: bool) -> Line:
    """Return the line of a row's principal: what its interest leaves, or what was agreed."""
    if moved and found.projection.balloon_minor:
        moved_minor = [old.principal_minor for old in moved]
        return added("principal", (row.principal_minor - sum(moved_minor), *moved_minor), found.digits)
    if moved or is_last or not row.interest_minor:
        return given("principal", row.principal_minor, found.digits)
    return difference("principal", row.principal_minor + row.interest_minor, row.interest_minor, found.digits)


def _interest(found: _Found, row: Row, bearing_minor: int, moved: Sequence[Row]) -> Line:
    """Return the line of a row's own interest; less where part of it was paid, forgiven or left unpaid."""
    whole = _over("interest", found, bearing_minor, row.opens_on, row.due_on)
    if row.interest_minor == whole.amount_minor:
        return whole
    # Simple interest on the principal of what was moved, from its old due date on.
    waited = [_over("interest", found, old.principal_minor, old.due_on, row.due_on) for old in moved]
    both = [line for line in (whole, *waited) if line.amount_minor]
    if waited and row.interest_minor == sum(line.amount_minor for line in both):
        return _steps(both, found.digits)
    if 0 < row.interest_minor < whole.amount_minor and "=" in whole.formula:
        less = difference("interest", whole.amount_minor, whole.amount_minor - row.interest_minor, found.digits)
        return less._replace(formula=f"{whole.formula}; {less.formula}")
    return given("interest", row.interest_minor, found.digits)


def _over(label_code: str, found: _Found, principal_minor: int, start: date, end: date) -> Line:
    """Return the line of interest at the rate of the time, or at both where it changes inside."""
    rates, until = found.rates, found.rates.cut_until
    if until is not None and start < until < end:
        parts = [_over(label_code, found, principal_minor, *part) for part in ((start, until), (until, end))]
        return _steps(parts, found.digits)
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


def _steps(parts: Sequence[Line], digits: int) -> Line:
    """Return how parts were reached, one after another, and their sum."""
    if len(parts) == 1:
        return parts[0]
    both = added(parts[0].label_code, [part.amount_minor for part in parts], digits)
    steps = [part.formula for part in parts if "=" in part.formula]
    return both._replace(formula="; ".join([*steps, both.formula]))


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
    moved = found.moved
    for k in range(len(rows)):
        lines = []
        if left[k] and is_shared and k in shared:
            lines.append(share("pause_interest", sum_minor, parts, k - first, digits))
        elif left[k] and k in moved:
            lines.append(_of_old_periods(found, moved[k], left[k]))
        elif left[k]:
            lines.append(given("pause_interest", left[k], digits))
        if k < len(wholes):
            lines.append(share("arrears", overdue_minor, wholes, k, digits))
        groups.append(tuple(lines))
    return groups


def _of_old_periods(found: _Found, moved: Sequence[Row], amount_minor: int) -> Line:
    """Return how the interest of their old periods was reached that moved instalments carry."""
    lines = [_stretch(one, found) for one in found.projection.stretches if _is_old_period(one, moved)]
    if not lines or sum(line.amount_minor for line in lines) != amount_minor:
        return given("old_interest", amount_minor, found.digits)
    return _steps(lines, found.digits)


def _waiting(found: _Found) -> list[Line]:
    """Return the interest of moved instalments on their principal from their old due dates to their new ones."""
    if found.projection.balloon_minor:
        return []
    rows = [(found.projection.after[place], old) for place, (old,) in found.moved.items()]
    lines = [
        _over("waiting", found, old.principal_minor, old.due_on, row.due_on) for row, old in rows if row.interest_minor
    ]
    if len(lines) > 1:
        lines.append(added("waiting", [line.amount_minor for line in lines], found.digits))
    return lines


def _is_old_period(stretch: Stretch, moved: Sequence[Row]) -> bool:
    return (stretch.opens_on, stretch.ends_on) in {(old.opens_on, old.due_on) for old in moved}


def _stretch(stretch: Stretch, found: _Found) -> Line:
    """Return how a stretch earns its interest, beyond what its own instalment asks for."""
    label_code = "capitalised" if stretch.is_added else "unpaid" if stretch.own_minor else "earned"
    if _is_old_period(stretch, [old for olds in found.moved.values() for old in olds]):
        label_code = "old_interest"
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
