"""Any loan at all: every method, unit, grace and profile that there is."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from loans.engine.calendar import Unit
from loans.engine.profile import PROFILES
from loans.engine.schedule import Method, Terms


@st.composite
def any_terms(draw):
    """Any loan of any method under any profile."""
    principal_minor, count = draw(st.integers(1, 20_000_000)), draw(st.integers(1, 40))
    return Terms(
        principal_minor,
        Decimal(draw(st.integers(0, 3600))) / 10000,
        draw(st.sampled_from(Method)),
        count,
        draw(st.dates(date(2024, 1, 1), date(2030, 12, 31))),
        every=draw(st.integers(1, 14)),
        unit=draw(st.sampled_from(Unit)),
        profile=draw(st.sampled_from(list(PROFILES.values()))),
        grace_on_principal_instalments=draw(st.integers(0, count - 1)),
        grace_on_interest_instalments=draw(st.integers(0, count - 1)),
        down_payment_minor=draw(st.integers(0, principal_minor - 1)),
    )
