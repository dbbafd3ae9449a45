"""Numbers of identity documents: the standard's own examples, changed ones, dates and ages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity_number import age, birth_date, check_character, masked, normalised, problems

ON = date(2026, 5, 8)
# Check characters worked out on paper: sum of digit x weight, remainder by 11, character.
GOOD = {
    "11010519491231002X": "GB 11643-1999, its own example: 167, 2, X",
    "440524188001010014": "GB 11643-1999, its other example, born in 1880: 195, 8, 4",
    "110105199003070017": "a place of Beijing: 170, 5, 7",
    "810000199003071237": "residence permit, Hong Kong: 214, 5, 7",
    "83000019881112456X": "residence permit, Taiwan: 266, 2, X",
    "931156198808080019": "permanent-residence card of a foreigner: 366, 3, 9",
}


@pytest.mark.parametrize("number", GOOD)
def test_a_good_number_has_no_problem(number: str) -> None:
    assert problems(number, ON) == ()


@pytest.mark.parametrize("number", GOOD)
def test_every_other_last_character_is_refused(number: str) -> None:
    for last in set("0123456789X") - {number[-1]}:
        assert problems(number[:-1] + last, ON) == ("check",), last


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "length"),
        ("11010519491231002", "length"),
        ("11010519491231002X0", "length"),
        ("110105491231002", "length"),  # the 15 digits of cards before 1999
        ("1101051949123100ZX", "characters"),
        ("1101051949X231002X", "characters"),
        ("11010519491231002Y", "characters"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "characters"),  # Arabic-Indic digits
        ("110105²94912310020", "characters"),
        ("10010519491231002X", "place"),
        ("84010519491231002X", "place"),
        ("11010519490231002X", "birth_date"),
        ("11010519491331002X", "birth_date"),
        ("11010520260509002X", "birth_date"),  # tomorrow
        ("11010518750101002X", "birth_date"),  # 151 years ago
        ("11010500001231002X", "birth_date"),
    ],
)
def test_what_is_wrong_is_named(number: str, code: str) -> None:
    assert problems(number, ON)[0] == code


def test_several_faults_are_named_together() -> None:
    assert problems("100105194913310020", ON) == ("place", "birth_date", "check")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        ("11010519491231002ｘ", "11010519491231002X"),
        (" 110105 1949-1231 002X\u3000", "11010519491231002X"),
    ],
)
def test_people_may_write_it_as_they_like(text: str, number: str) -> None:
    assert normalised(text) == number


@pytest.mark.parametrize(
    ("born", "years"),
    [
        (date(2008, 5, 8), 18),  # the birthday counts
        (date(2008, 5, 9), 17),
        (date(2008, 4, 30), 18),
        (date(2008, 6, 1), 17),
        (date(1949, 12, 31), 76),
    ],
)
def test_full_years_are_counted_to_the_day(born: date, years: int) -> None:
    assert age(born, ON) == years


@pytest.mark.parametrize(("day", "expected"), [("20080508", ()), ("20080509", ("too_young",))])
def test_a_good_number_of_a_child_is_refused_until_the_birthday(day: str, expected: tuple[str, ...]) -> None:
    first = f"110105{day}001"
    assert problems(first + check_character(first), ON) == expected


def test_a_number_with_another_fault_says_nothing_of_age() -> None:
    first = "110105" + "20200101" + "001"
    wrong = "0" if check_character(first) != "0" else "1"
    assert problems(first + wrong, ON) == ("check",)


def test_a_masked_number_keeps_three_and_four() -> None:
    assert masked("11010519491231002X") == "110•••••••••••002X"
    assert birth_date("440524188001010014") == date(1880, 1, 1)


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_that_of_iso_7064(first: str) -> None:
    """ISO 7064's recursion for MOD 11-2, another way to the same character: P(j+1) = (P(j) + a(j)) x 2."""
    rest = 0
    for digit in first:
        rest = (rest + int(digit)) * 2 % 11
    assert check_character(first) == "0123456789X"[(12 - rest) % 11]


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 15))
def test_two_neighbours_in_wrong_order_never_pass(first: str, at: int) -> None:
    swapped = first[:at] + first[at + 1] + first[at] + first[at + 2 :]
    assert (check_character(swapped) == check_character(first)) is (swapped == first)


@given(st.text(max_size=30))
def test_nothing_one_can_type_breaks_it(text: str) -> None:
    assert isinstance(problems(normalised(text), ON), tuple)
