"""Where the lines, bars and words of a picture stand, in whole tenths of a unit.

A picture is arithmetic on dates and sums: it is computed here in integers, given as text
with one decimal ("97.2"), and drawn by a template of `templates/components/chart_*.html`
inside a fixed view box. Time runs to the right by days, money upwards from a base line.
Words are laid out by their estimated width (a Chinese character 11 units, anything else
6.2, at 11 px), and a word that would run into another is left out, never overprinted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from accounts import wording

Point = tuple[date, int]  # a day and a sum in minor units

# Balance over time: view box 360 × 196, in tenths.
LEFT, RIGHT, TOP, BASE = 340, 3500, 160, 1500
# Old beside new schedule: view box 360 × 156, in tenths.
BARS_LEFT, BARS_RIGHT, BARS_BASE, BARS_TALL, WIDEST = 360, 3580, 1200, 1000, 270
STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)  # tops of a scale, in tenths of a power of ten


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place. `kind` is the CSS class that says its weight and anchor."""

    x: str
    y: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a balance picture, in the language of the page."""

    now: str
    relief: str
    resume: str
    settled: str


@dataclass(frozen=True, slots=True)
class BalancePicture:
    """Paths of `components/chart_balance.html`; an empty string is not drawn."""

    grid: str
    area: str
    past: str
    new: str
    old: str
    relief: Bar | None
    now: tuple[str, str]
    diamonds: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class SchedulesPicture:
    """Bars of `components/chart_schedules.html`."""

    grid: str
    old: tuple[Bar, ...]
    new: tuple[Bar, ...]
    diamonds: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a calendar bar that is 1000 wide."""

    x: int
    width: int


def units(tenths: int) -> str:
    """Tenths of a unit as SVG writes it.

    >>> units(972), units(-5), units(340)
    ('97.2', '-0.5', '34.0')
    """
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}.{rest}"


def text_width(text: str) -> int:
    """Estimated width of `text` at 11 px, in tenths.

    >>> text_width("May"), text_width("5月")
    (186, 172)
    """
    return sum(110 if ord(character) >= 0x2E80 else 62 for character in text)


def scale_top(largest_minor: int) -> int:
    """The round sum at the top of a scale that holds `largest_minor`; half of it is round too.

    >>> scale_top(1_200_000), scale_top(111_635), scale_top(0)
    (1200000, 120000, 100)
    """
    power = 100
    while power * 10 < largest_minor:
        power *= 10
    return next(power * step // 10 for step in STEPS if power * step >= largest_minor * 10)


def scale_text(minor: int, language: str) -> str:
    """A round sum, short enough for the edge of a picture (two minor digits assumed).

    >>> [scale_text(1_200_000, language) for language in ("en", "zh-hans", "zh-hant")]
    ['12k', '1.2万', '1.2萬']
    >>> scale_text(600_000, "zh-hans"), scale_text(120_000, "zh-hans"), scale_text(0, "en")
    ('6千', '1,200', '0')
    """
    if wording.is_english(language):
        steps = ((100_000_000, 10, "m"), (100_000, 10, "k"))
    else:
        steps = ((1_000_000, 10, "萬" if language == "zh-hant" else "万"), (100_000, 1, "千"))
    for size, parts, word in steps:
        if minor >= size and minor * parts % size == 0:
            return f"{_plain(minor, size)}{word}"
    return _plain(minor, 100)


def _plain(minor: int, size: int) -> str:
    quotient = (Decimal(minor) / size).quantize(Decimal("0.01")).normalize()
    return f"{quotient:,f}"


def months_text(first: date, last: date, language: str) -> str:
    """The months of a pause, as short as they can be said.

    >>> months_text(date(2026, 5, 15), date(2026, 7, 15), "zh-hans")
    '5–7月'
    >>> months_text(date(2026, 12, 15), date(2027, 2, 15), "en")
    'Dec–Feb'
    """
    start, end = (wording.month_name_text(day, language, short=True) for day in (first, last))
    if start == end:
        return start
    if wording.is_english(language) or first.year != last.year:
        return f"{start}–{end}"
    return f"{first.month}–{end}"


@dataclass(frozen=True, slots=True)
class _Plane:
    """Dates to x and sums to y, for one balance picture."""

    first: date
    days: int
    top_minor: int

    def x(self, day: date) -> int:
        return LEFT + (RIGHT - LEFT) * (day - self.first).days // self.days

    def y(self, minor: int) -> int:
        return BASE - (BASE - TOP) * minor // self.top_minor

    def steps(self, points: Sequence[Point]) -> str:
        """A staircase: along to each day, then down (or up) to its sum."""
        if not points:
            return ""
        (start, minor), *rest = points
        path = [f"M{units(self.x(start))} {units(self.y(minor))}"]
        path += [f"H{units(self.x(day))}V{units(self.y(sum_minor))}" for day, sum_minor in rest]
        return "".join(path)


def balance_picture(
    past: Sequence[Point],
    new: Sequence[Point],
    old: Sequence[Point] = (),
    *,
    paused: Sequence[date] = (),
    today: date,
    language: str,
    words: Words,
    currency: str = "CNY",
) -> BalancePicture:
    """The principal left over time: what has been, what is to come, what would have been.

    Each list holds a day and the principal left after it, oldest first. `past` begins with
    the disbursement and is never empty; `new` and `old` hold only what lies ahead, `old`
    only where a new plan replaced it. `paused` are the due dates with nothing to pay.
    """
    last_day = max(today, *(day for day, _ in (*past, *new, *old)))
    plane = _Plane(past[0][0], max(1, (last_day - past[0][0]).days), scale_top(max(minor for _, minor in past)))
    left_minor = past[-1][1]
    now_x, now_y = plane.x(today), plane.y(left_minor)
    travelled = plane.steps(past) + f"H{units(now_x)}"
    middle = (TOP + BASE) // 2
    return BalancePicture(
        grid=f"M{units(LEFT)} {units(TOP)}H{units(RIGHT)}M{units(LEFT)} {units(middle)}H{units(RIGHT)}",
        area=f"{travelled}V{units(BASE)}H{units(LEFT)}Z",
        past=travelled,
        new=plane.steps([past[-1], *new]) if new else "",
        old=plane.steps([past[-1], *old]) if old else "",
        relief=_relief_band(plane, paused),
        now=(units(now_x), units(now_y)),
        diamonds=_diamonds([plane.x(day) for day in paused], now_y, 60),
        labels=(
            *_scale_labels(plane.top_minor, middle, language),
            _now_label(plane, past, today, f"{words.now} {wording.money_text(left_minor, currency)}"),
            *_foot_labels(plane, [*past, *new], paused, language, words),
        ),
    )


def _relief_band(plane: _Plane, paused: Sequence[date]) -> Bar | None:
    if not paused:
        return None
    half_month = timedelta(days=15)
    start = max(LEFT, plane.x(paused[0] - half_month))
    end = min(RIGHT, plane.x(paused[-1] + half_month))
    return Bar(units(start), units(TOP), units(end - start), units(BASE - TOP))


def _diamonds(centres: Sequence[int], y: int, reach: int) -> tuple[str, ...]:
    """Diamonds around the centres, `reach` from the middle to a corner; one that would touch another is left out."""
    drawn: list[str] = []
    free_from = -reach
    r = units(reach)
    for x in centres:
        if x - reach >= free_from:
            drawn.append(f"M{units(x)} {units(y - reach)}l{r} {r}-{r} {r}-{r}-{r}z")
            free_from = x + reach
    return tuple(drawn)


def _scale_labels(top_minor: int, middle: int, language: str) -> tuple[Label, ...]:
    marks = ((top_minor, TOP), (top_minor // 2, middle), (0, BASE))
    return tuple(Label(units(280), units(y + 40), scale_text(minor, language), "t-end") for minor, y in marks)


def _now_label(plane: _Plane, past: Sequence[Point], today: date, text: str) -> Label:
    """Right of the point where there is room, else above whatever line runs under the words."""
    x, y = plane.x(today), plane.y(past[-1][1])
    width = text_width(text)
    if x + 80 + width <= RIGHT + 60:
        return Label(units(x + 80), units(y - 80), text, "t-strong")
    ends = [plane.x(day) for day, _ in past[1:]] + [x]
    under = [plane.y(minor) for (_, minor), end in zip(past, ends, strict=True) if end >= RIGHT - width]
    return Label(units(RIGHT), units(max(120, min(under) - 80)), text, "t-strong t-end")


def _foot_labels(
    plane: _Plane, points: Sequence[Point], paused: Sequence[date], language: str, words: Words
) -> tuple[Label, ...]:
    """What stands under the base line, in two rows; the more telling word wins a place."""
    first, last = points[0][0], points[-1][0]
    wanted = [(RIGHT, "t-end", wording.day_text(last, language), words.settled if points[-1][1] == 0 else "")]
    if paused:
        centre = (plane.x(paused[0]) + plane.x(paused[-1])) // 2
        wanted.append((centre, "t-accent t-mid", months_text(paused[0], paused[-1], language), words.relief))
        back = next((day for day, _ in points if day > paused[-1]), None)
        if back and back != last:
            wanted.append((plane.x(back), "t-mid", wording.short_day_text(back, language), words.resume))
    wanted.append((LEFT, "t-mid", wording.month_text(first, language), ""))
    placed: list[Label] = []
    taken: list[tuple[int, int]] = []
    for x, kind, above, below in wanted:
        width = max(text_width(above), text_width(below))
        start = x - width if kind == "t-end" else max(0, x - width // 2)
        if all(start >= end + 60 or start + width + 60 <= begin for begin, end in taken):
            taken.append((start, start + width))
            at = x if kind == "t-end" else start + width // 2
            rows = ((above, BASE + 180), (below, BASE + 320))
            placed += [Label(units(at), units(y), text, kind) for text, y in rows if text]
    return tuple(placed)


def schedules_picture(
    before: Sequence[Point], after: Sequence[Point], paused: Sequence[date] = (), *, language: str
) -> SchedulesPicture:
    """Old beside new instalments, one slot for each calendar month from the first to the last.

    Sums of one month stand in one bar. A month of `paused` carries a diamond on the side
    of the new plan. Under the slots stands every k-th month, the closest that fits.
    """
    numbers = [_month_number(day) for day, _ in (*before, *after)] + [_month_number(day) for day in paused]
    first, slots = min(numbers), max(numbers) - min(numbers) + 1
    slot = min(WIDEST, (BARS_RIGHT - BARS_LEFT) // slots)
    sums = (_by_month(before, first, slots), _by_month(after, first, slots))
    top_minor = scale_top(max(*sums[0], *sums[1]))
    offsets = (slot * 2 // 27, slot * 13 // 27)
    old, new = (
        tuple(
            _bar(BARS_LEFT + slot * i + offset, max(1, slot // 3), BARS_TALL * minor // top_minor)
            for i, minor in enumerate(side)
            if minor > 0
        )
        for side, offset in zip(sums, offsets, strict=True)
    )
    reach = max(15, slot * 5 // 27)
    centres = [BARS_LEFT + slot * (_month_number(day) - first) + offsets[1] + slot // 6 for day in paused]
    lines = [(minor, BARS_BASE - BARS_TALL * minor // top_minor) for minor in (top_minor, top_minor // 2, 0)]
    return SchedulesPicture(
        grid="".join(f"M{units(340)} {units(y)}H{units(BARS_RIGHT)}" for _, y in lines),
        old=old,
        new=new,
        diamonds=_diamonds(centres, BARS_BASE - 50, reach),
        labels=(
            *(Label(units(290), units(y + 40), scale_text(minor, language), "t-end") for minor, y in lines),
            *_month_labels(first, slots, slot, language),
        ),
    )


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _by_month(points: Sequence[Point], first: int, slots: int) -> list[int]:
    sums = [0] * slots
    for day, minor in points:
        sums[_month_number(day) - first] += minor
    return sums


def _bar(x: int, width: int, height: int) -> Bar:
    return Bar(units(x), units(BARS_BASE - height), units(width), units(height))


def _month_labels(first: int, slots: int, slot: int, language: str) -> tuple[Label, ...]:
    days = [date((first + i) // 12, (first + i) % 12 + 1, 1) for i in range(slots)]
    names = [wording.month_name_text(day, language, short=True) for day in days]
    every = -(-(max(map(text_width, names)) + 20) // slot)
    placed: list[Label] = []
    year_free_until = BARS_RIGHT + 300
    shown = range(0, slots, every)
    for i in reversed(shown):
        centre = BARS_LEFT + slot * i + slot * 12 // 27
        placed.append(Label(units(centre), units(BARS_BASE + 160), names[i], "t-mid"))
        year = f"{days[i].year}" if wording.is_english(language) else f"{days[i].year}年"
        half = text_width(year) // 2
        if (i == 0 or days[i - every].year != days[i].year) and centre + half + 20 <= year_free_until:
            placed.append(Label(units(centre), units(BARS_BASE + 300), year, "t-mid"))
            year_free_until = centre - half
    return tuple(reversed(placed))


def calendar_bars(months: Sequence[Sequence[int]]) -> tuple[tuple[Segment, ...], ...]:
    """One bar for each month, a part for each lender, the fullest month 1000 wide.

    `months` holds, for each month, what is due to each lender in minor units, the lenders
    always in the same order. Parts meet without a gap.

    >>> calendar_bars([[53309, 0], [53309, 111635]])[1]
    (Segment(x=0, width=323), Segment(x=323, width=677))
    """
    top_minor = max((sum(parts) for parts in months), default=0) or 1
    bars = []
    for parts in months:
        edges = [1000 * sum(parts[:i]) // top_minor for i in range(len(parts) + 1)]
        bars.append(tuple(Segment(a, b - a) for a, b in pairwise(edges)))
    return tuple(bars)
