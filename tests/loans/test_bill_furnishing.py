"""Months of a monthly bill on the credit file, and the command that makes bills and furnishes months."""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.errors import NotPermitted
from accounts.models import Borrower, Lender
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans.bill_facts import terms_of
from loans.bill_months import bill_month_facts
from loans.errors import MonthNotOver
from loans.models import RevolvingAccount
from loans.services import bill_closing
from loans.services.bill_furnishing import furnish_account, furnish_all
from loans.services.bill_head import entries_of
from tests.loans import monthly
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """Three days of grace, as the rules have it."""
    return monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, "grace_days=3")))


def months(account: RevolvingAccount, story: str, last: date) -> list[MonthFacts]:
    monthly.live(account, story)
    monthly.bill_up_to(account, last)
    with at_noon(last):
        furnish_all(lender=account.lender)
    return [MonthFacts.of(row) for row in MonthFact.objects.filter(tradeline__reference=account.number)]


def test_who_pays_the_minimum_in_time_is_on_time(account: RevolvingAccount) -> None:
    may, june, july = months(
        account, "2026-05-20 buy 100000; 2026-06-10 pay 10000; 2026-07-10 pay 900", date(2026, 8, 4)
    )
    assert (may.had_obligation, may.balance_minor, may.days_past_due) == (False, 100_000, 0)
    assert (june.scheduled_minor, june.paid_minor, june.arrears_minor) == (10_000, 10_000, 0)
    assert (june.balance_minor, june.days_past_due, june.paid_in_grace, june.paid_late) == (90_000, 0, False, False)
    assert (july.scheduled_minor, july.balance_minor) == (900, 90_000)


@pytest.mark.parametrize(
    ("paid_on", "in_grace", "late"), [(date(2026, 6, 13), True, False), (date(2026, 6, 14), False, True)]
)
def test_grace_is_kept_to_its_last_day(account: RevolvingAccount, paid_on: date, in_grace: bool, late: bool) -> None:
    _, june = months(account, f"2026-05-20 buy 100000; {paid_on} pay 10000", date(2026, 7, 4))
    assert (june.paid_in_grace, june.paid_late, june.days_past_due) == (in_grace, late, 0)


def test_a_minimum_that_is_never_paid_ages_as_the_rules_say(account: RevolvingAccount) -> None:
    """Due 10 June: 20, 51 and 82 days at the months' ends (R29)."""
    monthly.live(account, "2026-05-20 buy 100000")
    june, july, august = (
        bill_month_facts(terms_of(account), entries_of(account), date(2026, month, 1), None) for month in (6, 7, 8)
    )
    assert [one.days_past_due for one in (june, july, august)] == [20, 51, 82]
    assert june.first_delinquency_on == date(2026, 6, 11)
    # the minimum of June; in July all of it, and the interest and penalty interest of its bill
    assert june.arrears_minor == 10_000
    assert july.arrears_minor == 100_000 + 1_050


def test_a_late_month_is_held_back_until_somebody_can_be_told(account: RevolvingAccount) -> None:
    """May was on time; June and July end late; in August all is paid."""
    found = months(account, "2026-05-20 buy 100000; 2026-08-10 pay 103000", date(2026, 9, 4))
    assert [one.month.month for one in found] == [5, 8]


def test_a_grace_over_the_months_end_is_decided_first(borrower: Borrower, qinghe: Lender) -> None:
    product = monthly.billed(qinghe, "due_day=28;grace_days=3")
    account = monthly.opened(monthly.limit_on(borrower, product))
    february = months(account, "2027-01-20 buy 100000; 2027-03-03 pay 10000", date(2027, 3, 4))[-1]
    assert (february.month, february.days_past_due, february.paid_in_grace) == (date(2027, 2, 1), 0, True)


def test_a_closed_account_has_no_month_after_its_closing(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 100000")
    with at_noon(date(2026, 6, 12)):
        bill_closing.close_account(account=account, acting_user=None)
    with at_noon(date(2026, 9, 20)):
        assert furnish_all(lender=account.lender) == 2
        assert furnish_all(lender=account.lender) == 0
    assert MonthFact.objects.latest("month").status_end == "closed"


def test_a_month_that_is_not_decided_waits(account: RevolvingAccount) -> None:
    with at_noon(date(2026, 6, 3)), pytest.raises(MonthNotOver):
        furnish_account(account=account, through=date(2026, 5, 1), acting_user=None)
    with at_noon(date(2026, 6, 4)), pytest.raises(NotPermitted):
        furnish_account(account=account, through=date(2026, 5, 1), acting_user=account.borrower.user)


def test_the_command_makes_bills_and_furnishes_months(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    with at_noon(date(2026, 7, 5)):
        for expected in ({"accounts": 1, "bills": 2, "months": 1}, {"accounts": 0, "bills": 0, "months": 0}):
            out = io.StringIO()
            call_command("bill", "--all", "--json", stdout=out)
            assert json.loads(out.getvalue()) == {"qinghe": expected}
        out = io.StringIO()
        call_command("bill", "--lender", "qinghe", stdout=out)
    assert out.getvalue() == "qinghe: 0 bills made on 0 accounts, 0 months furnished.\n"


def test_the_command_knows_its_lenders(db: None) -> None:
    with pytest.raises(CommandError, match="no lender"):
        call_command("bill", "--lender", "nobody")
