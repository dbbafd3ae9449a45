"""Rounding, splitting and reading amounts."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.money import MoneyError, minor_from_text, ratio_half_even, ratio_half_up, split
from tests.loans.engine.golden import table

WHOLE = st.integers(-(10**15), 10**15)
NOT_ZERO = st.integers(-(10**6), 10**6).filter(bool)


@pytest.mark.parametrize(
    ("numerator", "denominator", "up", "even"),
    [
        (1, 2, 1, 0),
        (3, 2, 2, 2),
        (-1, 2, -1, 0),
        (-3, 2, -2, -2),
        (1, -2, -1, 0),
        (1, 3, 0, 0),
        (-2, 3, -1, -1),
        (0, 5, 0, 0),
    ],
)
def test_an_exact_half_goes_where_its_rule_says(numerator, denominator, up, even):
    assert ratio_half_up(numerator, denominator) == up
    assert ratio_half_even(numerator, denominator) == even


@given(cents=st.integers(-(10**14), 10**14), places=st.sampled_from([2, 5, 10, 100, 1000, 8]))
def test_rounding_agrees_with_decimal(cents, places):
    exact = Decimal(cents) / places  # every denominator here ends in Decimal
    assert ratio_half_up(cents, places) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert ratio_half_even(cents, places) == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


@given(numerator=WHOLE, denominator=NOT_ZERO)
def test_rounding_is_off_by_at_most_half(numerator, denominator):
    for rounded in (ratio_half_up, ratio_half_even):
        assert 2 * abs(rounded(numerator, denominator) * denominator - numerator) <= abs(denominator)


def test_a_ratio_over_nothing_is_refused():
    with pytest.raises(ZeroDivisionError):
        ratio_half_up(1, 0)


@pytest.mark.parametrize(
    ("total_minor", "parts", "expected"),
    [
        (32973, 9, (3664,) * 8 + (3661,)),
        (10000, 3, (3333, 3333, 3334)),
        (6250, 4, (1563, 1563, 1563, 1561)),
        (5, 9, (0,) * 8 + (5,)),
        (14, 9, (1,) * 8 + (6,)),
        (100, 1, (100,)),
        (0, 3, (0, 0, 0)),
        (2, 3, (1, 1, 0)),
    ],
)
def test_a_sum_is_split_evenly_and_the_last_part_takes_the_rest(total_minor, parts, expected):
    assert split(total_minor, parts) == expected


@given(total_minor=st.integers(0, 10**13), parts=st.integers(1, 600))
def test_a_split_adds_up_and_is_never_negative(total_minor, parts):
    shares = split(total_minor, parts)
    assert (len(shares), sum(shares)) == (parts, total_minor)
    assert min(shares) >= 0
    assert len(set(shares[:-1])) <= 1


@pytest.mark.parametrize(("total_minor", "parts"), [(-1, 3), (5, 0)])
def test_a_split_of_less_than_nothing_is_refused(total_minor, parts):
    with pytest.raises(ValueError, match="at least"):
        split(total_minor, parts)


@pytest.mark.parametrize("row", table("amounts"), ids=lambda row: repr(row["text"]))
def test_a_typed_amount_is_read_or_refused_by_name(row):
    if row["code"]:
        with pytest.raises(MoneyError) as refused:
            minor_from_text(row["text"], int(row["digits"]))
        assert refused.value.code == row["code"]
    else:
        assert minor_from_text(row["text"], int(row["digits"])) == int(row["minor"])


def test_a_very_long_number_is_refused_by_name_too():
    with pytest.raises(MoneyError) as refused:
        minor_from_text("9" * 10_000)
    assert refused.value.code == "too_large"


@given(amount_minor=st.integers(0, 10**13))
def test_an_amount_written_with_commas_is_read_back(amount_minor):
    assert minor_from_text(f"¥{amount_minor // 100:,}.{amount_minor % 100:02}") == amount_minor
