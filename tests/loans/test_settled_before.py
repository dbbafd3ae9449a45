"""Money that settled a loan and became known late: months on file after the settlement say that it was settled."""

from datetime import date

import pytest

from credit.codes import pboc
from credit.errors import OutsideTheAccount
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.services import furnish_month
from loans import services
from loans.books import violations
from loans.models import Loan
from loans.months import month_after_settlement
from loans.selectors.standing import standing
from loans.services.month_run import run_months
from tests.loans.closing.conftest import living, pay
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed, told

pytestmark = pytest.mark.django_db
__all__ = ["living"]

MARCH = date(2027, 3, 10)
Said = dict[str, tuple[int, str, int, int, int]]


def on_file(loan: Loan) -> Said:
    """Version, code, days, arrears and balance of the months of 2027."""
    rows = MonthFact.objects.current().filter(tradeline__reference=loan.number, month__gte=date(2027, 1, 1))
    return {
        f"{row.month:%m}": (
            row.version, pboc(MonthFacts.of(row)), row.days_past_due, row.arrears_minor, row.balance_minor
        )
        for row in rows.order_by("month")
    }  # fmt: skip


@pytest.fixture
def nearly(living: Loan) -> Loan:
    """Eleven of twelve paid when due; the last, of 15 January 2027, is not: January and February are late on file."""
    with at_noon(date(2026, 1, 15)):
        agreed(living.borrower, living.lender)
    for month in range(2, 13):
        pay(living, 107_971, date(2026, month, 15))
    told(living, date(2027, 1, 19))
    with at_noon(MARCH):
        run_months(lender=living.lender)
    return living


def test_money_that_settled_the_loan_is_booked_though_months_after_it_are_on_file(nearly: Loan) -> None:
    assert {month: each[:3] for month, each in on_file(nearly).items()} == {"01": (1, "1", 16), "02": (1, "2", 44)}
    with at_noon(MARCH):
        left_minor = standing(Loan.objects.get(pk=nearly.pk), MARCH).left_minor
        services.record_payment(
            loan=nearly, amount_minor=left_minor, key="last", channel="staff", value_on=date(2027, 1, 15),
            acting_user=None,
        )  # fmt: skip
        nearly.refresh_from_db()
        assert (nearly.state, nearly.settled_on) == ("settled", date(2027, 1, 15))
        assert on_file(nearly) == {"01": (2, "C", 0, 0, 0), "02": (2, "C", 0, 0, 0)}
        assert run_months(lender=nearly.lender)["furnished"] == 0
    assert len(on_file(nearly)) == 2
    assert list(violations([nearly.lender])) == []


def test_taken_back_again_those_months_are_late_as_before(nearly: Loan) -> None:
    """The borrower was told of this run of late months in January."""
    before = on_file(nearly)
    with at_noon(MARCH):
        left_minor = standing(Loan.objects.get(pk=nearly.pk), MARCH).left_minor
        payment = services.record_payment(
            loan=nearly, amount_minor=left_minor, key="last", channel="staff", value_on=date(2027, 1, 15),
            acting_user=None,
        )  # fmt: skip
        services.reverse_payment(payment=payment, reason="AM04", acting_user=None)
    assert on_file(nearly) == {month: (3, *each[1:]) for month, each in before.items()}


def test_no_new_month_goes_after_settlement_and_no_other_word(nearly: Loan) -> None:
    with at_noon(MARCH):
        services.record_payment(
            loan=nearly, amount_minor=107_964, key="last", channel="staff", value_on=date(2027, 1, 15), acting_user=None
        )
    tradeline = Tradeline.objects.get(reference=nearly.number)
    open_month = MonthFacts(month=date(2027, 2, 1), as_of=date(2027, 3, 3), had_obligation=True, days_past_due=44)
    with at_noon(date(2027, 4, 10)):
        for facts in (month_after_settlement(date(2027, 3, 1), 3), open_month):
            with pytest.raises(OutsideTheAccount):
                furnish_month(tradeline=tradeline, facts=facts, reason="x", acting_user=None)
