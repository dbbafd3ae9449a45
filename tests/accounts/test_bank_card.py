"""Card numbers: Luhn's formula by published examples, lengths by bank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.bank_card import BANKS, OTHER, bank, check_digit, normalised, problems


@pytest.mark.parametrize(
    "number",
    [
        "79927398713",  # the textbook example of Luhn's formula
        "4242424242424242",  # test numbers of card networks
        "5555555555554444",
        "378282246310005",
    ],
)
def test_published_numbers_have_the_published_last_digit(number: str) -> None:
    assert check_digit(number[:-1]) == number[-1]


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("6222020000000000000", "ICBC", ()),
        ("6222020000000000001", "ICBC", ("check",)),
        ("622202000000000000", "ABC", ("length",)),  # 18, and the Agricultural Bank has 19
        ("4242424242424242", "CMB", ()),
        ("4242424242424242", "ICBC", ("length",)),
        ("4242424242424242", OTHER, ()),
        ("424242424242424", OTHER, ("length",)),
        ("4242 4242 4242 4242", OTHER, ("characters",)),
        ("424242424242424²", OTHER, ("characters",)),
        ("", OTHER, ("characters",)),
        ("4242424242424242", "NO SUCH BANK", ()),
    ],
)
def test_what_is_wrong_is_named(number: str, code: str, expected: tuple[str, ...]) -> None:
    assert problems(number, code) == expected


def test_people_may_write_it_as_they_like() -> None:
    assert normalised(" ４２４２ 4242-4242\u30004242") == "4242424242424242"


def test_a_bank_is_called_by_its_own_name_in_each_language() -> None:
    found = bank("CMB")
    assert found is not None
    names = [found.name_in(code) for code in ("zh-hans", "zh-hant", "en")]
    assert names == ["招商银行", "招商銀行", "China Merchants Bank"]
    assert bank(OTHER) is None
    assert len({one.code for one in BANKS}) == len(BANKS)


@given(st.text("0123456789", min_size=15, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_one_changed_digit_never_passes(first: str, at: int, more: int) -> None:
    number = first + check_digit(first)
    at %= len(number)
    changed = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert problems(changed, OTHER) == ("check",)
