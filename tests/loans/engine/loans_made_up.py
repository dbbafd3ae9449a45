"""Loans for tests: the worked loan of the specification, and any loan at all."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from loans.engine.profile import PROFILES
from loans.engine.relief import Collect, Pause, PauseInterest
from loans.engine.schedule import Method, PaidRow, Row, Terms

AS_OF = date(2026, 5, 8)
PAUSES = st.builds(
    Pause,
    n=st.integers(1, 12),
    collect=st.sampled_from(Collect),
    interest=st.sampled_from((PauseInterest.ACCRUE_SIMPLE, PauseInterest.WAIVE)),
)


def l1(**changes: object) -> Terms:
    """Return the worked loan: 12,000.00 at 14.4 %, 12 equal instalments from 15 February 2026."""
    given = {
        "principal_minor": 1200000,
        "rate_annual": Decimal("0.144"),
        "method": Method.LEVEL,
        "instalments": 12,
        "disbursed_on": date(2026, 1, 15),
        "profile": PROFILES["30-360"],
    }
    return Terms(**{**given, **changes})  # type: ignore[arg-type]


def paid_through(rows: tuple[Row, ...], count: int) -> dict[int, PaidRow]:
    """Return the payments that settle the first `count` rows."""
    return {
        row.number: PaidRow(row.principal_minor, row.interest_minor + row.relief_interest_minor, row.fee_minor)
        for row in rows[:count]
    }


@st.composite
def terms(draw, least_minor=10_000, most_instalments=60):
    """Any monthly loan a lender here sells: 0 to 36 % a year, any day of the month, the first due day given or not."""
    disbursed_on = draw(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
    first_due_on = None
    if draw(st.booleans()):
        first_due_on = draw(
            st.dates(date.fromordinal(disbursed_on.toordinal() + 5), date.fromordinal(disbursed_on.toordinal() + 60))
        )
    return Terms(
        principal_minor=draw(st.integers(least_minor, 20_000_000)),
        rate_annual=Decimal(draw(st.integers(0, 3600))) / 10000,
        method=draw(st.sampled_from([Method.LEVEL, Method.EQUAL_PRINCIPAL])),
        instalments=draw(st.integers(1, most_instalments)),
        disbursed_on=disbursed_on,
        first_due_on=first_due_on,
        profile=draw(st.sampled_from([PROFILES[name] for name in ("consumer-cn", "consumer-cn-360", "30-360")])),
    )
