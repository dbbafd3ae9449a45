"""Upright bars side by side, one for each month or class, in whole tenths of a unit like `pictures`.

Drawn by `components/chart_columns.html` in a view box of 360 × 156. A sum below zero has no
bar: the table beside the picture says it. Words under the bars are left out where they would
run into each other, evenly from the last one back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.pictures import (
    BARS_BASE,
    BARS_LEFT,
    BARS_RIGHT,
    BARS_TALL,
    WIDEST,
    Bar,
    Label,
    scale_text,
    scale_top,
    text_width,
    units,
)

GRID_FROM = 340


@dataclass(frozen=True, slots=True)
class ColumnPicture:
    grid: str
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]


def column_picture(sums: Sequence[int], names: Sequence[str], language: str) -> ColumnPicture:
    """One bar for each sum (in minor units), its name under it; there is at least one.

    >>> picture = column_picture([500_000, 0, 1_000_000], ["Jan", "Feb", "Mar"], "en")
    >>> [(bar.x, bar.y, bar.height) for bar in picture.bars]
    [('40.5', '70.0', '50.0'), ('94.5', '20.0', '100.0')]
    >>> [label.text for label in picture.labels]
    ['10k', '5k', '0', 'Jan', 'Feb', 'Mar']
    """
    slot = min(WIDEST, (BARS_RIGHT - BARS_LEFT) // len(sums))
    top_minor = scale_top(max((1, *sums)))
    wide = slot * 2 // 3
    starts = [BARS_LEFT + slot * place + (slot - wide) // 2 for place in range(len(sums))]
    bars = []
    for x, minor in zip(starts, sums, strict=True):
        if minor > 0:
            tall = max(5, BARS_TALL * minor // top_minor)
            bars.append(Bar(units(x), units(BARS_BASE - tall), units(wide), units(tall)))
    lines = [(minor, BARS_BASE - BARS_TALL * minor // top_minor) for minor in (top_minor, top_minor // 2, 0)]
    every = -(-(max(map(text_width, names)) + 20) // slot)
    shown = sorted(range(len(names) - 1, -1, -every))
    return ColumnPicture(
        grid="".join(f"M{units(GRID_FROM)} {units(y)}H{units(BARS_RIGHT)}" for _, y in lines),
        bars=tuple(bars),
        labels=(
            *(Label(units(290), units(y + 40), scale_text(minor, language), "t-end") for minor, y in lines),
            *(Label(units(starts[i] + wide // 2), units(BARS_BASE + 160), names[i], "t-mid") for i in shown),
        ),
    )
