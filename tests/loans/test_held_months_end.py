"""A month that was held back and turns out not to be late: nobody is told of it, and it is not looked at for ever."""

from datetime import date

import pytest

from accounts.models import Notice
from credit.codes import pboc
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans import services
from loans.books import violations
from loans.models import HeldMonth, Loan, Payment
from loans.selectors.held_months import waiting_count, waiting_months
from loans.services.forewarning import tell_of_late_months
from loans.services.month_run import furnish_range, look_again, run_months
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


@pytest.fixture
def booked(living: Loan) -> Loan:
    """February is on file as paid in time; on 5 March the payment is taken back: its reference was wrong."""
    with at_noon(date(2026, 1, 15)):
        agreed(living.borrower, living.lender)
    pay(living, MINOR, date(2026, 2, 15), "a")
    with at_noon(date(2026, 3, 4)):
        run_months(lender=living.lender)
    with at_noon(date(2026, 3, 5)):
        take_back("a")
    assert list(waiting_months(living.lender, FEBRUARY)) == [(living.number, FEBRUARY, "not_told")]
    return living


def test_a_payment_recorded_again_leaves_nothing_that_waits(booked: Loan) -> None:
    with at_noon(date(2026, 3, 5)):
        record_rightly(booked, "b")
    assert list(waiting_months(booked.lender, FEBRUARY)) == []
    reasons = ("not_told", "payment_taken_back"), ("fell_away", "payment_taken_back")
    assert tuple(HeldMonth.objects.order_by("pk").values_list("reason", "correction")) == reasons
    with at_noon(date(2026, 3, 6)):
        assert run_months(lender=booked.lender) == {"told": 0, "furnished": 0, "held": 0}
    booked.refresh_from_db()
    assert booked.next_month_on == date(2026, 4, 3)
    assert february(booked) == (1, "N")
    assert not Notice.objects.filter(event__startswith="adverse").exists()
    assert list(violations([booked.lender])) == []


def test_what_fell_away_and_turns_late_again_waits_again_and_goes_in_the_end(booked: Loan) -> None:
    """Taken back for good on 6 March; told on the 7th, for 15 February is unpaid; reported after three days."""
    with at_noon(date(2026, 3, 5)):
        record_rightly(booked, "b")
    with at_noon(date(2026, 3, 6)):
        take_back("b")
    assert waiting_count(HeldMonth.objects.all()) == 1
    assert list(HeldMonth.objects.order_by("pk").values_list("turn", flat=True)) == [0, 0, 1]
    with at_noon(date(2026, 3, 7)):
        assert run_months(lender=booked.lender) == {"told": 1, "furnished": 0, "held": 1}
    with at_noon(date(2026, 3, 10)):
        assert run_months(lender=booked.lender)["held"] == 0
    assert february(booked) == (2, "1")


def test_a_correction_that_went_is_not_held_any_more(booked: Loan) -> None:
    """The close's own count of it, on the day on which it goes and on the day before."""
    counts = {}
    for day in (7, 9, 10):
        with at_noon(date(2026, 3, day)):
            look_again(booked.lender)
            tell_of_late_months(lender=booked.lender, on=date(2026, 3, day))
            counts[day] = furnish_range(booked.lender, date(2026, 3, day - 1), booked.pk, booked.pk).counts["held"]
    assert counts == {7: 1, 9: 1, 10: 0}
    booked.refresh_from_db()
    assert booked.next_month_on == date(2026, 4, 3)
