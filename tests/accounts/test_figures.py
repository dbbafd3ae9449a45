"""How sums, days and rates are written, and where the lines of a picture stand.

Expected figures are derived by hand: the balance picture is 316 units wide and 134 tall
above (34, 150), the schedules picture has slots of 27 units from 36 and bars of 100.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.utils import translation

from accounts import pictures, wording
from accounts.templatetags import figures

DAY = date(2026, 5, 27)
WORDS = pictures.Words(now="Now", relief="on relief", resume="payments resume", settled="paid off")
LANGUAGES = ("en", "zh-hans", "zh-hant")


@pytest.mark.parametrize(
    "language, day, weekday, short, month",
    [
        ("en", "27 May 2026", "Wednesday 27 May 2026", "27 May", "May 2026"),
        ("zh-hans", "2026年5月27日", "2026年5月27日 周三", "5月27日", "2026年5月"),
        ("zh-hant", "2026年5月27日", "2026年5月27日 週三", "5月27日", "2026年5月"),
    ],
)
def test_a_day_is_written_in_the_language_of_the_page(
    language: str, day: str, weekday: str, short: str, month: str
) -> None:
    with translation.override(language):
        assert figures.day(DAY) == f'<time datetime="2026-05-27">{day}</time>'
        assert figures.weekday(DAY) == f'<time datetime="2026-05-27">{weekday}</time>'
        assert figures.shortday(DAY) == f'<time datetime="2026-05-27">{short}</time>'
        assert figures.month(DAY) == f'<time datetime="2026-05">{month}</time>'


def test_an_instant_falls_on_the_day_of_the_house() -> None:
    half_past_midnight = datetime(2026, 5, 8, 16, 30, tzinfo=UTC)
    with translation.override("en"):
        assert figures.day(half_past_midnight) == '<time datetime="2026-05-09">9 May 2026</time>'
        assert figures.moment(half_past_midnight) == (
            '<time datetime="2026-05-09T00:30+08:00">9 May 2026, 00:30</time>'
        )
        assert "8 May 2026, 16:30" in figures.moment(half_past_midnight, "UTC")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        wording.moment_text(datetime(2026, 5, 8, 21, 14), "en")  # noqa: DTZ001  (what is tested)


@pytest.mark.parametrize(
    "minor, money, amount, signed",
    [
        (111_635, "¥1,116.35", "1,116.35", "+1,116.35"),
        (-28_132, "−¥281.32", "−281.32", "−281.32"),
        (0, "¥0.00", "0.00", "0.00"),
        (7, "¥0.07", "0.07", "+0.07"),
        (123_456_789_01, "¥123,456,789.01", "123,456,789.01", "+123,456,789.01"),
    ],
)
def test_a_sum_is_written_one_way(minor: int, money: str, amount: str, signed: str) -> None:
    assert figures.money(minor) == f'<span class="money">{money}</span>'
    assert figures.amount(minor) == amount
    assert figures.signed(minor) == f'<span class="money">{signed}</span>'


@pytest.mark.parametrize("wrong", [1116.35, Decimal("1116.35"), "111635", True])
def test_money_that_is_no_whole_number_of_minor_units_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        figures.money(wrong)


@pytest.mark.parametrize(
    "rate, places, text",
    [("0.144", 2, "14.40%"), ("0.141485", 3, "14.149%"), ("-0.1293", 1, "−12.9%"), ("12", 0, "1,200%")],
)
def test_a_rate_is_rounded_half_up(rate: str, places: int, text: str) -> None:
    assert figures.percent(Decimal(rate), places) == f'<span class="whole">{text}</span>'


def test_a_rate_as_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        figures.percent(0.144)  # type: ignore[arg-type]


def test_a_rise_carries_its_plus() -> None:
    assert "+3.4%" in figures.change(Decimal("0.034"))


@pytest.mark.parametrize(
    "filter_", [figures.money, figures.amount, figures.day, figures.moment, figures.percent, figures.ref]
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_there_is_not_written(filter_: Any, nothing: Any) -> None:
    assert filter_(nothing) == ""


def test_a_reference_is_escaped() -> None:
    assert figures.ref("<b>R</b>") == '<span class="ref">&lt;b&gt;R&lt;/b&gt;</span>'


def balance(**given: Any) -> pictures.BalancePicture:
    """¥1,000 lent on 1 January, ¥500 left from the 11th, nothing from the 21st; today the 1st."""
    told: dict[str, Any] = {
        "past": [(date(2026, 1, 1), 100_000)],
        "new": [(date(2026, 1, 11), 50_000), (date(2026, 1, 21), 0)],
        "today": date(2026, 1, 1),
        "language": "en",
        "words": WORDS,
    }
    return pictures.balance_picture(**{**told, **given})


def test_a_balance_falls_in_steps() -> None:
    assert balance().new == "M34.0 16.0H192.0V83.0H350.0V150.0"


def test_the_past_runs_on_to_today() -> None:
    picture = balance(
        past=[(date(2026, 1, 1), 100_000), (date(2026, 1, 11), 50_000)],
        new=[(date(2026, 1, 21), 0)],
        today=date(2026, 1, 16),
    )
    assert picture.past == "M34.0 16.0H192.0V83.0H271.0"
    assert picture.area == "M34.0 16.0H192.0V83.0H271.0V150.0H34.0Z"
    assert picture.now == ("271.0", "83.0")
    assert picture.new == "M192.0 83.0H350.0V150.0"


def test_a_paused_month_is_a_diamond_on_the_line_within_a_band() -> None:
    # 100 days, 3.16 units each: day 50 stands at 34 + 158 = 192; the band reaches 15 days to both sides.
    picture = balance(new=[(date(2026, 4, 11), 0)], paused=[date(2026, 2, 20)])
    assert picture.diamonds == ("M192.0 10.0l6.0 6.0-6.0 6.0-6.0-6.0z",)
    assert picture.relief == pictures.Bar("144.6", "16.0", "94.8", "134.0")
    assert {"Feb", "on relief"} <= {label.text for label in picture.labels}


def test_a_loan_without_a_rest_is_drawn_too() -> None:
    picture = balance(past=[(date(2026, 1, 1), 0)], new=[], today=date(2026, 1, 1))
    assert (picture.past, picture.new, picture.now) == ("M34.0 150.0H34.0", "", ("34.0", "150.0"))


@pytest.mark.parametrize(
    "largest, top",
    [(0, 100), (100, 100), (1_00_01, 1_20_00), (1_079_71, 1_200_00), (12_000_00, 12_000_00), (99_99, 100_00)],
)
def test_the_scale_ends_at_a_round_sum(largest: int, top: int) -> None:
    assert pictures.scale_top(largest) == top


def foot_extents(labels: tuple[pictures.Label, ...], row: str) -> list[tuple[Decimal, Decimal]]:
    """Left and right ends of the words of one row under the base line."""
    extents = []
    for label in labels:
        if label.y == row:
            width, x = Decimal(pictures.text_width(label.text)) / 10, Decimal(label.x)
            left = x - width if "t-end" in label.kind else x - width / 2
            extents.append((left, left + width))
    return sorted(extents)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 12, 24, 36, 60])
@pytest.mark.parametrize("paused_from", [0, 1, 11, 58])
def test_words_under_a_balance_never_run_into_each_other(language: str, count: int, paused_from: int) -> None:
    start = date(2026, 1, 15)
    dues = [start + timedelta(days=30 * (i + 1)) for i in range(count)]
    paused = dues[paused_from : paused_from + 3]
    new = [(day, 1_200_000 * (count - i) // (count + 1) if i < count - 1 else 0) for i, day in enumerate(dues)]
    picture = balance(past=[(start, 1_200_000)], new=new, paused=paused, language=language)
    for row in ("168.0", "182.0"):
        extents = foot_extents(picture.labels, row)
        assert all(left[1] <= right[0] for left, right in pairwise(extents))
        assert all(left >= 0 for left, _ in extents)


@pytest.mark.parametrize("passed", range(1, 12))
def test_the_word_of_today_stays_inside_the_picture(passed: int) -> None:
    past = [(date(2026, 1 + i, 1), 1_200_000 - 100_000 * i) for i in range(passed + 1) if i < 12]
    picture = balance(past=past, new=[(date(2027, 1, 1), 0)], today=past[-1][0])
    label = next(label for label in picture.labels if label.text.startswith("Now"))
    width = Decimal(pictures.text_width(label.text)) / 10
    left = Decimal(label.x) - (width if "t-end" in label.kind else 0)
    assert left >= 34
    assert left + width <= 360


def test_old_and_new_instalments_share_a_slot_for_each_month() -> None:
    picture = pictures.schedules_picture(
        [(date(2026, 1, 15), 50_000), (date(2026, 2, 15), 50_000)],
        [(date(2026, 2, 15), 100_000), (date(2026, 3, 15), 100_000)],
        [date(2026, 1, 15)],
        language="en",
    )
    bar = pictures.Bar
    assert picture.old == (bar("38.0", "70.0", "9.0", "50.0"), bar("65.0", "70.0", "9.0", "50.0"))
    assert picture.new == (bar("76.0", "20.0", "9.0", "100.0"), bar("103.0", "20.0", "9.0", "100.0"))
    assert picture.diamonds == ("M53.5 110.0l5.0 5.0-5.0 5.0-5.0-5.0z",)


def test_payments_of_one_month_stand_in_one_bar() -> None:
    fortnights = [(date(2026, 1, 2), 25_000), (date(2026, 1, 16), 25_000)]
    picture = pictures.schedules_picture(fortnights, [(date(2026, 1, 30), 100_000)], language="en")
    assert [bar.height for bar in picture.old] == ["50.0"]


def test_a_month_with_nothing_to_pay_has_no_bar() -> None:
    picture = pictures.schedules_picture([(date(2026, 1, 15), 0)], [(date(2026, 2, 15), 100)], language="en")
    assert picture.old == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 9, 12, 13, 24, 36, 60])
def test_months_under_a_schedule_never_run_into_each_other(language: str, count: int) -> None:
    dues = [(date(2025 + (10 + i) // 12, (10 + i) % 12 + 1, 15), 107_971) for i in range(count)]
    picture = pictures.schedules_picture(dues, dues, language=language)
    for row in ("136.0", "150.0"):
        extents = foot_extents(picture.labels, row)
        assert extents
        assert all(left[1] <= right[0] for left, right in pairwise(extents))
    assert len(picture.new) == count
    assert all(Decimal(bar.x) + Decimal(bar.width) <= 358 for bar in picture.new)


def test_the_parts_of_a_calendar_bar_meet() -> None:
    # Of 300 at most: 100 and 200 are 333 and 667 thousandths, 50 alone is 166.
    segment = pictures.Segment
    assert pictures.calendar_bars([[100, 200], [50, 0], [0, 0]]) == (
        (segment(0, 333), segment(333, 667)),
        (segment(0, 166), segment(166, 0)),
        (segment(0, 0), segment(0, 0)),
    )
