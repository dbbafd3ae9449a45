"""The grid of months: which cells are marked, nil or blank, drawn by hand."""

from datetime import date

import pytest

from credit.codes import Mark
from credit.grid import Marked, Row, rows, shift, together, window

LETTERS = {
    Mark.PAID: "P", Mark.GRACE: "G", Mark.LATE: "L", Mark.NONE: "-", Mark.RELIEF: "A", Mark.RELIEF_LATE: "B",
    Mark.PENDING: "?", Mark.VARIED: "V", Mark.CLOSED: "C", Mark.BAD_DEBT: "X",
}  # fmt: skip


def drawn(grid: tuple[Row, ...]) -> list[str]:
    """A year as one line: a letter per mark, `.` for nil, a space for blank."""
    return [
        f"{row.year} "
        + "".join(LETTERS[cell.marked.mark] if cell.marked else "." if cell.is_nil else " " for cell in row.cells)
        for row in grid
    ]


def paid(first: date, count: int) -> dict[date, Marked]:
    return {shift(first, number): Marked(Mark.PAID) for number in range(count)}


def test_the_window_is_the_24_months_that_end_with_the_last_complete_one() -> None:
    assert window(date(2026, 6, 1)) == (date(2024, 6, 1), date(2026, 5, 1))
    assert window(date(2026, 6, 30)) == (date(2024, 6, 1), date(2026, 5, 1))
    assert window(date(2026, 1, 31)) == (date(2024, 1, 1), date(2025, 12, 1))


def test_a_month_recorded_early_moves_the_window_on() -> None:
    assert window(date(2026, 6, 16), latest=date(2026, 6, 1)) == (date(2024, 7, 1), date(2026, 6, 1))
    assert window(date(2026, 6, 16), latest=date(2026, 4, 1)) == (date(2024, 6, 1), date(2026, 5, 1))


def test_24_months_lie_in_three_calendar_years() -> None:
    months = paid(date(2024, 6, 1), 24)
    grid = rows(months, first=date(2024, 6, 1), last=date(2026, 5, 1), opened_on=date(2023, 3, 8))
    assert drawn(grid) == ["2024      PPPPPPP", "2025 PPPPPPPPPPPP", "2026 PPPPP       "]
    assert grid[0].cells[5].month == date(2024, 6, 1)


def test_months_before_the_account_was_opened_are_blank_and_so_are_those_to_come() -> None:
    grid = rows(paid(date(2026, 2, 1), 3), first=date(2024, 6, 1), last=date(2026, 5, 1), opened_on=date(2026, 2, 3))
    assert drawn(grid) == ["2026  PPP        "]


def test_months_after_the_account_was_closed_are_nil_to_the_end_of_the_window() -> None:
    months = {**paid(date(2025, 1, 1), 7), date(2025, 8, 1): Marked(Mark.CLOSED)}
    grid = rows(
        months, first=date(2024, 6, 1), last=date(2025, 11, 1), opened_on=date(2025, 1, 5), closed_on=date(2025, 8, 20)
    )
    assert drawn(grid) == ["2025 PPPPPPPC... "]


def test_a_year_after_the_one_in_which_it_was_closed_is_left_out() -> None:
    months = {date(2024, 11, 1): Marked(Mark.PAID), date(2024, 12, 1): Marked(Mark.CLOSED)}
    grid = rows(
        months, first=date(2024, 6, 1), last=date(2026, 5, 1), opened_on=date(2024, 1, 5), closed_on=date(2024, 12, 20)
    )
    assert drawn(grid) == ["2024      .....PC"]


def test_a_month_that_nobody_furnished_is_nil() -> None:
    months = paid(date(2026, 1, 1), 4)
    del months[date(2026, 3, 1)]
    grid = rows(months, first=date(2024, 6, 1), last=date(2026, 5, 1), opened_on=date(2026, 1, 9))
    assert drawn(grid) == ["2026 PP.P        "]


def test_what_lies_before_the_window_is_not_shown() -> None:
    grid = rows(paid(date(2024, 4, 1), 4), first=date(2024, 6, 1), last=date(2026, 5, 1), opened_on=date(2024, 4, 9))
    assert drawn(grid) == ["2024      PP     "]
    assert rows(paid(date(2020, 4, 1), 4), first=date(2024, 6, 1), last=date(2026, 5, 1)) == ()


@pytest.mark.parametrize(
    "several, shown",
    [
        ([Marked(Mark.PAID), Marked(Mark.LATE, 5)], Marked(Mark.LATE, 5)),
        ([Marked(Mark.LATE, 5), Marked(Mark.LATE, 40)], Marked(Mark.LATE, 40)),
        ([Marked(Mark.PAID), Marked(Mark.RELIEF)], Marked(Mark.RELIEF)),
        ([Marked(Mark.RELIEF), Marked(Mark.LATE, 5)], Marked(Mark.RELIEF_LATE, 5)),
        ([Marked(Mark.RELIEF_LATE, 31), Marked(Mark.BAD_DEBT, 204), Marked(Mark.PAID)], Marked(Mark.BAD_DEBT, 204)),
        ([Marked(Mark.RELIEF_LATE, 31), Marked(Mark.LATE, 5)], Marked(Mark.RELIEF_LATE, 31)),
        ([Marked(Mark.LATE), Marked(Mark.PAID)], Marked(Mark.LATE)),
        ([Marked(Mark.PENDING), Marked(Mark.PAID)], Marked(Mark.PENDING)),
        ([Marked(Mark.GRACE), Marked(Mark.PAID)], Marked(Mark.GRACE)),
        ([Marked(Mark.CLOSED), Marked(Mark.PAID)], Marked(Mark.PAID)),
        ([Marked(Mark.CLOSED), Marked(Mark.NONE)], Marked(Mark.CLOSED)),
        ([Marked(Mark.NONE)], Marked(Mark.NONE)),
    ],
)
def test_all_accounts_together_show_the_worst_and_the_relief(several: list[Marked], shown: Marked) -> None:
    may = date(2026, 5, 1)
    assert together([{may: each} for each in several]) == {may: shown}
    assert together([{may: each} for each in reversed(several)]) == {may: shown}


def test_every_mark_alone_stands_for_itself() -> None:
    may = date(2026, 5, 1)
    for mark in Mark:
        assert together([{may: Marked(mark)}]) == {may: Marked(mark)}


def test_together_keeps_months_apart_and_in_order() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    both = together([{may: Marked(Mark.PAID)}, {april: Marked(Mark.LATE, 2)}])
    assert list(both.items()) == [(april, Marked(Mark.LATE, 2)), (may, Marked(Mark.PAID))]
