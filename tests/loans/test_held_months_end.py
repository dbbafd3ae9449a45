"""A month that was held back and turns out not to be late: nobody is told of it."""

from datetime import date

import pytest

from accounts.models import Notice
from credit.codes import pboc
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans import services
from loans.models import HeldMonth, Loan, Payment
from loans.services.month_run import run_months
from tests.loans.closing.conftest import living, pay
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed

pytestmark = pytest.mark.django_db
__all__ = ["living"]

FEBRUARY = date(2026, 2, 1)
MINOR = 107_971


def february(loan: Loan) -> tuple[int, str]:
    row = MonthFact.objects.current().get(tradeline__reference=loan.number, month=FEBRUARY)
    return row.version, pboc(MonthFacts.of(row))


def record_rightly(loan: Loan, key: str) -> None:
    """The same money, with the day on which it came."""
    services.record_payment(
        loan=loan, amount_minor=MINOR, key=key, channel="staff", value_on=date(2026, 2, 15), acting_user=None
    )


def take_back(key: str) -> None:
    services.reverse_payment(payment=Payment.objects.get(key=key), reason="wrong reference", acting_user=None)


def test_nobody_is_told_of_a_month_that_is_not_late_any_more(living: Loan) -> None:
    """Paid on 19 February, after grace: held back on 4 March; the same day the money turns out to be of the 15th."""
    with at_noon(date(2026, 1, 15)):
        agreed(living.borrower, living.lender)
    pay(living, MINOR, date(2026, 2, 19), "a")
    with at_noon(date(2026, 3, 4)):
        services.furnish_months(loan=living, through=FEBRUARY, acting_user=None)
        assert list(HeldMonth.objects.values_list("month", "reason")) == [(FEBRUARY, "not_told")]
        take_back("a")
        record_rightly(living, "b")
    with at_noon(date(2026, 3, 5)):
        assert run_months(lender=living.lender) == {"told": 0, "furnished": 1, "held": 0}
    assert february(living) == (1, "N")
    assert not Notice.objects.filter(event__startswith="adverse").exists()
