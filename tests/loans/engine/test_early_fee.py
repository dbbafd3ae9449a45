"""The fee for repaying early, where there is one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.early_fee import early_fee_minor, principal_within

RATES = st.decimals(min_value=0, max_value=1, places=4)


@pytest.mark.parametrize(
    ("principal_minor", "rate", "fee_minor"),
    [(915905, "0.005", 4580), (915905, "0", 0), (100, "0.005", 1), (99, "0.005", 0), (0, "1", 0), (7, "1", 7)],
)
def test_the_fee_is_a_share_of_the_principal_halves_up(principal_minor, rate, fee_minor):
    # 9,159.05 x 0.5 % = 45.79525, so 45.80; half a fen is one, a little less is none.
    assert early_fee_minor(principal_minor, Decimal(rate)) == fee_minor


@given(amount_minor=st.integers(0, 10**12), rate=RATES)
def test_no_more_principal_fits_into_a_sum_with_its_fee(amount_minor, rate):
    principal_minor = principal_within(amount_minor, rate)
    assert 0 <= principal_minor + early_fee_minor(principal_minor, rate) <= amount_minor
    assert principal_minor + 1 + early_fee_minor(principal_minor + 1, rate) > amount_minor


@pytest.mark.parametrize(("principal_minor", "rate"), [(-1, "0"), (1, "-0.1"), (1, "1.1")])
def test_what_is_no_share_is_refused(principal_minor, rate):
    with pytest.raises(ValueError, match="share"):
        early_fee_minor(principal_minor, Decimal(rate))
