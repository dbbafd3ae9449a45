"""A month is held back without consent, and a late one until the borrower was told; the books say why."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Lender, Notice
from credit import services as credit
from credit.models import Consent, MonthFact
from loans import services
from loans.books import violations
from loans.models import Forewarning, HeldMonth, Loan, Payment
from loans.selectors.held_months import waiting_count
from loans.services.forewarning import tell_of_late_months
from loans.services.month_run import run_months
from tests.conftest import TODAY
from tests.credit.consents import give
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed, told

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def furnish(loan: Loan, through: date = APRIL) -> int:
    return services.furnish_months(loan=loan, through=through, acting_user=None)


def on_file(loan: Loan) -> list[int]:
    return list(
        MonthFact.objects.current()
        .filter(tradeline__reference=loan.number)
        .order_by("month")
        .values_list("month__month", flat=True)
    )


def held(loan: Loan) -> list[tuple[int, str]]:
    return list(HeldMonth.objects.filter(loan=loan).order_by("month", "pk").values_list("month__month", "reason"))


# Consent


def test_without_consent_nothing_is_reported_and_the_books_say_so(paid_three: Loan) -> None:
    assert furnish(paid_three) == 0
    assert on_file(paid_three) == []
    assert held(paid_three) == [(1, "no_consent"), (2, "no_consent"), (3, "no_consent"), (4, "no_consent")]
    furnish(paid_three)
    assert HeldMonth.objects.count() == 4
    assert not AuditEntry.objects.filter(verb="furnish_months").exists()


def test_what_waited_goes_once_consent_is_given(paid_three: Loan) -> None:
    furnish(paid_three)
    assert waiting_count(HeldMonth.objects.all()) == 4
    agreed(paid_three.borrower, paid_three.lender)
    assert furnish(paid_three) == 4
    assert waiting_count(HeldMonth.objects.all()) == 0
    assert HeldMonth.objects.count() == 4


@pytest.mark.parametrize("purpose", ["query", "debit", "marketing"])
def test_another_consent_is_no_consent_to_reporting(paid_three: Loan, purpose: str) -> None:
    give(paid_three.borrower, paid_three.lender, purpose)
    assert furnish(paid_three) == 0


def test_consent_to_another_lender_is_none(paid_three: Loan, jiangpan: Lender) -> None:
    agreed(paid_three.borrower, jiangpan)
    assert furnish(paid_three) == 0


def test_consent_that_was_taken_back_holds_for_nothing_new(paid_three: Loan) -> None:
    agreed(paid_three.borrower, paid_three.lender)
    services.settle_early(loan=paid_three, key="s", acting_user=None)
    assert paid_three.borrower.user is not None
    credit.withdraw_consent(consent=Consent.objects.get(), acting_user=paid_three.borrower.user)
    assert furnish(paid_three) == 0
    assert {reason for _, reason in held(paid_three)} == {"no_consent"}


def test_the_last_month_goes_though_consent_ended_with_the_account(paid_three: Loan) -> None:
    """Given on 15 January 2026 for twelve months; the loan is settled on 3 February 2027, and consent ends with it."""
    with at_noon(date(2026, 1, 15)):
        agreed(paid_three.borrower, paid_three.lender)
    told(paid_three, *(date(2026, month, 20) for month in (5, 6, 7, 8, 9, 10, 11, 12)))
    with at_noon(date(2027, 2, 3)):
        services.settle_early(loan=paid_three, key="s", acting_user=None)
    with at_noon(date(2027, 3, 8)):
        assert furnish(paid_three, date(2027, 2, 1)) == 14
    assert MonthFact.objects.get(month=date(2027, 2, 1)).status_end == "closed"


# Telling


def test_late_months_wait_and_good_ones_go(loan: Loan) -> None:
    agreed(loan.borrower, loan.lender)
    assert furnish(loan) == 1
    assert on_file(loan) == [1]
    assert held(loan) == [(2, "not_told"), (3, "not_told"), (4, "not_told")]


def test_who_is_late_is_told_on_the_day_after_grace_and_once(loan: Loan) -> None:
    """Due 15 February, grace until the 18th; told on the 19th; nothing waits when February is decided."""
    with at_noon(date(2026, 1, 15)):
        agreed(loan.borrower, loan.lender)
    for day, count in ((18, 0), (19, 1), (20, 0)):
        with at_noon(date(2026, 2, day)):
            assert tell_of_late_months(lender=loan.lender, on=date(2026, 2, day)) == count
    row = Forewarning.objects.get()
    assert Notice.objects.get().event == "adverse_information"
    assert (row.about_on, row.told_on, row.told_by) == (date(2026, 2, 15), date(2026, 2, 19), None)
    with at_noon(date(2026, 3, 4)):
        assert furnish(loan, FEBRUARY) == 2
    assert held(loan) == []


@pytest.mark.parametrize("day, furnished", [(10, 0), (11, 3)])
def test_told_too_late_the_month_waits_its_days(loan: Loan, day: int, furnished: int) -> None:
    agreed(loan.borrower, loan.lender)
    assert furnish(loan) == 1
    tell_of_late_months(lender=loan.lender, on=TODAY)
    with at_noon(date(2026, 5, day)):
        assert furnish(loan) == furnished
    assert ((2, "just_told") in held(loan)) == (day == 10)


def test_nobody_is_told_twice_in_one_run(loan: Loan) -> None:
    told(loan, date(2026, 2, 19))
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 0


def test_a_new_run_is_told_of_anew(paid_three: Loan) -> None:
    told(paid_three, date(2026, 2, 19))
    with at_noon(date(2026, 5, 19)):
        assert tell_of_late_months(lender=paid_three.lender, on=date(2026, 5, 19)) == 1


def test_a_run_on_file_goes_on_without_telling_again(loan: Loan) -> None:
    agreed(loan.borrower, loan.lender)
    told(loan, date(2026, 2, 19))
    furnish(loan)
    # The oldest instalment is paid, the next one of March is the oldest now: still the same run.
    services.record_payment(loan=loan, amount_minor=107_971, key="p", channel="staff", acting_user=None)
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 0


def test_while_a_request_is_decided_nobody_is_told(loan: Loan) -> None:
    services.open_holds(loan=loan, kinds=["bureau"], source="R-1", from_on=date(2026, 2, 10), acting_user=None)
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 0
    services.end_holds(loan=loan, source="R-1", until_on=TODAY, acting_user=None)
    with at_noon(date(2026, 5, 9)):
        assert tell_of_late_months(lender=loan.lender, on=date(2026, 5, 9)) == 1


@pytest.mark.parametrize("kind", ["contact", "legal", "penalty", "auto_debit", "limit"])
def test_other_holds_do_not_keep_the_law_from_being_told(loan: Loan, kind: str) -> None:
    services.open_holds(loan=loan, kinds=[kind], source="R-1", from_on=date(2026, 2, 10), acting_user=None)
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 1


def test_a_month_paid_late_before_anybody_was_told_is_told_of_later(loan: Loan) -> None:
    """15 February paid on the 20th, and no run in between: nothing is late now, and February waits."""
    for number, day in enumerate((date(2026, 2, 20), date(2026, 3, 15), date(2026, 4, 15))):
        services.record_payment(
            loan=loan, amount_minor=107_971, key=f"p{number}", channel="staff", value_on=day, acting_user=None
        )
    agreed(loan.borrower, loan.lender)
    assert furnish(loan) == 3
    assert held(loan) == [(2, "not_told")]
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 1
    assert tell_of_late_months(lender=loan.lender, on=TODAY) == 0
    assert Notice.objects.get().event == "adverse_paid_late"
    with at_noon(date(2026, 5, 11)):
        assert furnish(loan) == 1


def test_a_month_that_turns_late_by_a_payment_taken_back_waits_too(paid_three: Loan) -> None:
    agreed(paid_three.borrower, paid_three.lender)
    furnish(paid_three)
    services.reverse_payment(payment=Payment.objects.get(key="p3"), reason="AM04", acting_user=None)
    april = MonthFact.objects.current().get(month=APRIL)
    assert (april.version, april.days_past_due) == (1, 0)
    assert waiting_count(HeldMonth.objects.filter(reason="not_told")) == 1
    assert run_months(lender=paid_three.lender) == {"told": 1, "furnished": 0, "held": 1}
    with at_noon(date(2026, 5, 11)):
        run_months(lender=paid_three.lender)
    april = MonthFact.objects.current().get(month=APRIL)
    assert (april.version, april.days_past_due, april.reason) == (2, 15, "payment_taken_back")
    assert waiting_count(HeldMonth.objects.all()) == 0


def test_a_correction_in_the_borrowers_favour_waits_for_nothing(loan: Loan) -> None:
    agreed(loan.borrower, loan.lender)
    told(loan, date(2026, 2, 19))
    furnish(loan)
    services.record_payment(
        loan=loan, amount_minor=107_971, key="p", channel="staff", value_on=date(2026, 2, 15), acting_user=None
    )
    assert MonthFact.objects.current().get(month=FEBRUARY).days_past_due == 0


# The run


def test_the_run_tells_and_furnishes_and_changes_nothing_the_second_time(
    loan: Loan, make_loan: Callable[..., Loan]
) -> None:
    good = services.disburse_loan(loan=make_loan(), acting_user=None)
    for month in (2, 3, 4):
        services.record_payment(
            loan=good, amount_minor=107_971, key=f"g{month}", channel="staff", value_on=date(2026, month, 15),
            acting_user=None,
        )  # fmt: skip
    agreed(loan.borrower, loan.lender)
    assert run_months(lender=loan.lender) == {"told": 1, "furnished": 5, "held": 3}
    assert run_months(lender=loan.lender) == {"told": 0, "furnished": 0, "held": 3}
    with at_noon(date(2026, 5, 11)):
        assert run_months(lender=loan.lender) == {"told": 0, "furnished": 3, "held": 0}
    assert list(violations([loan.lender])) == []


def test_telling_costs_as_many_queries_for_nine_loans_as_for_one(
    loan: Loan, make_loan: Callable[..., Loan], jiangpan: Lender
) -> None:
    with CaptureQueriesContext(connection) as one:
        assert tell_of_late_months(lender=loan.lender, on=TODAY) == 1
    for _ in range(9):
        services.disburse_loan(loan=make_loan(), acting_user=None)
    with CaptureQueriesContext(connection) as nine:
        assert tell_of_late_months(lender=loan.lender, on=TODAY) == 9
    assert len(nine) == len(one)
    assert tell_of_late_months(lender=jiangpan, on=TODAY) == 0


def test_the_command_says_what_it_did(loan: Loan) -> None:
    out = StringIO()
    call_command("furnish", "--lender", "qinghe", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"qinghe": {"told": 1, "furnished": 0, "held": 4, "changed": 0}}
    out = StringIO()
    call_command("furnish", "--all", stdout=out)
    assert out.getvalue() == "qinghe: 4 months held back.\n"
    with pytest.raises(CommandError):
        call_command("furnish", "--lender", "nobody")


@pytest.mark.parametrize("model", [Forewarning, HeldMonth])
def test_what_was_told_and_held_back_stays_written(loan: Loan, model: Any) -> None:
    run_months(lender=loan.lender)
    row = model.objects.earliest("pk")
    for change in (lambda: model.objects.filter(pk=row.pk).update(lender=row.lender), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
