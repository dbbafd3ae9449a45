"""Arithmetic as text."""

from datetime import date
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.contract import Contract
from loans.engine.formulas import Line, annuity, share, total
from loans.engine.profile import PROFILES
from loans.engine.recut import needed
from loans.engine.schedule import Method

SIX = (35990,) * 5 + (35992,)


@pytest.mark.parametrize(
    ("total_minor", "parts", "index", "digits", "formula"),
    [
        (215942, SIX, 0, 2, "2,159.42 ÷ 6 = 359.9033… ≈ 359.90"),
        (215942, SIX, 0, 0, "215,942 ÷ 6 = 35,990.33… ≈ 35,990"),
        (215942, SIX, 5, 0, "215,942 − 35,990 × 5 = 35,992"),
        (5, (3, 2), 0, 2, "0.05 ÷ 2 = 0.0250 ≈ 0.03"),
        (5, (3, 2), 1, 2, "0.05 − 0.03 = 0.02"),
        (500, (500,), 0, 2, "5.00"),
        # Rounded up, eight parts would be more than there is.
        (5, (0,) * 8 + (5,), 0, 2, "0.00"),
        (7, (0,) * 8 + (7,), 0, 0, "0"),
    ],
)
def test_a_share_says_how_it_was_found(total_minor, parts, index, digits, formula):
    assert share("part", total_minor, parts, index, digits) == Line("part", formula, parts[index])


@pytest.mark.parametrize(
    ("parts", "digits", "formula"),
    [
        ([0, 0], 2, "0.00"),
        ([], 0, "0"),
        ([3664, 3664, 0, 3661], 2, "36.64 × 2 + 36.61 = 109.89"),
        ([100], 0, "100 = 100"),
    ],
)
def test_a_sum_counts_equal_neighbours_and_leaves_out_nothing(parts, digits, formula):
    assert total("sum", parts, digits) == Line("sum", formula, sum(parts))


def test_an_equal_instalment_is_shown_in_a_currency_without_decimals():
    solved = annuity("instalment", 1200000, [12] * 12, 1000, 107971, 0)
    assert solved.formula == "1,200,000 ÷ 11.1141 = 107,970.95… ≈ 107,971"


@pytest.mark.parametrize(
    ("rate", "principal_minor", "instalment_minor", "count"),
    [
        ("0", 900000, 1500, 600),
        ("0", 900000, 1499, 601),
        # 1,000.00 and 12.00 of interest are more than 1,010.00, and just 1,012.00.
        ("0.144", 100000, 101000, 2),
        ("0.144", 100000, 101200, 1),
        ("0.144", 100000, 1200, 601),
    ],
)
def test_so_many_instalments_are_needed_and_one_more_than_there_can_be_where_none_suffice(
    rate, principal_minor, instalment_minor, count
):
    opens_on, due_on = date(2026, 4, 15), date(2026, 5, 15)
    contract = Contract(Decimal(rate), PROFILES["30-360"], Method.LEVEL, 15, 1, Unit.MONTH, date(2026, 1, 15))
    assert needed(contract, principal_minor, opens_on, due_on, instalment_minor) == count
