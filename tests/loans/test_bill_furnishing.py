"""Months of a monthly bill on the credit file, and the command that makes bills and furnishes months."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import Borrower, Lender, Notice
from credit.facts import MonthFacts
from credit.models import MonthFact
from loans.bill_facts import terms_of
from loans.bill_months import bill_month_facts
from loans.errors import MonthNotOver
from loans.models import AccountEntry, Forewarning, HeldMonth, RevolvingAccount
from loans.selectors.held_months import waiting_count
from loans.services import bill_closing, bill_furnishing
from loans.services.bill_forewarning import tell_of_late_bills
from loans.services.bill_furnishing import furnish_account, furnish_all
from loans.services.bill_head import entries_of
from loans.services.bill_reversing import reverse_bill_payment
from loans.services.withholding import may_correct, waiting_corrections
from tests.credit.consents import give
from tests.loans import monthly
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """Three days of grace, as the rules have it; the borrower agreed to reporting."""
    give(borrower, qinghe, "reporting")
    return monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, "grace_days=3")))


def months(account: RevolvingAccount, story: str, last: date) -> list[MonthFacts]:
    monthly.live(account, story)
    monthly.bill_up_to(account, last)
    for days in (0, 1, 4):  # what tells against the borrower goes three days after they were told
        furnish(account, last + timedelta(days=days))
    return on_file(account)


def furnish(account: RevolvingAccount, on: date) -> int:
    with at_noon(on):
        return furnish_all(lender=account.lender)


def on_file(account: RevolvingAccount) -> list[MonthFacts]:
    rows = MonthFact.objects.current().filter(tradeline__reference=account.number)
    return [MonthFacts.of(row) for row in rows.order_by("month")]


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


def test_who_is_late_is_told_once_before_the_month_is_reported(account: RevolvingAccount) -> None:
    """The minimum was due on 10 June, its grace was over on the 13th; June is decided on 4 July."""
    monthly.live(account, "2026-05-20 buy 100000")
    monthly.bill_up_to(account, date(2026, 6, 1))
    furnish(account, date(2026, 6, 13))
    assert not Forewarning.objects.exists()
    for day in (14, 15):
        furnish(account, date(2026, 6, day))
    told = Forewarning.objects.get()
    assert (told.bill_account, told.loan, told.about_on) == (account, None, date(2026, 6, 10))
    assert told.told_on == date(2026, 6, 14)
    notice = Notice.objects.get(event="bill_adverse_information")
    assert (notice.borrower, notice.key) == (account.borrower, told.key)
    monthly.bill_up_to(account, date(2026, 8, 4))
    assert furnish(account, date(2026, 7, 4)) == 1
    assert furnish(account, date(2026, 8, 4)) == 1
    assert [(one.month.month, one.days_past_due) for one in on_file(account)] == [(5, 0), (6, 20), (7, 51)]
    assert Forewarning.objects.count() == 1
    assert not HeldMonth.objects.exists()


def test_a_late_month_of_which_nobody_was_told_waits_three_days(account: RevolvingAccount, qinghe: Lender) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    monthly.bill_up_to(account, date(2026, 7, 4))
    furnish(account, date(2026, 7, 4))
    held = HeldMonth.objects.get()
    assert (held.bill_account, held.month, held.reason) == (account, date(2026, 6, 1), "just_told")
    assert waiting_count(HeldMonth.objects.filter(lender=qinghe)) == 1
    assert furnish(account, date(2026, 7, 6)) == 0
    assert furnish(account, date(2026, 7, 7)) == 1
    assert waiting_count(HeldMonth.objects.filter(lender=qinghe)) == 0


def test_without_consent_to_reporting_no_month_goes(stranger: Borrower, qinghe: Lender) -> None:
    account = monthly.opened(monthly.limit_on(stranger, monthly.billed(qinghe, "grace_days=3")))
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000")
    monthly.bill_up_to(account, date(2026, 7, 4))
    assert furnish(account, date(2026, 7, 4)) == 0
    assert set(HeldMonth.objects.values_list("bill_account", "reason")) == {(account.pk, "no_consent")}


def test_a_payment_that_bounces_turns_a_month_only_after_its_borrower_was_told(account: RevolvingAccount) -> None:
    """June was on time and reported so; on 8 July the payment of 10 June is taken back."""
    june = months(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000", date(2026, 7, 4))[-1]
    assert june.days_past_due == 0
    with at_noon(date(2026, 7, 8)):
        reverse_bill_payment(entry=account.entries.get(kind="payment"), reason="AM04", acting_user=None)
    assert on_file(account)[-1].days_past_due == 0
    assert HeldMonth.objects.get().correction
    furnish(account, date(2026, 7, 8))
    assert Forewarning.objects.get().told_on == date(2026, 7, 8)
    assert on_file(account)[-1].days_past_due == 0
    furnish(account, date(2026, 7, 11))
    assert on_file(account)[-1].days_past_due == 20


def test_the_database_keeps_a_forewarning_to_one_debt(account: RevolvingAccount, qinghe: Lender) -> None:
    day = date(2026, 6, 14)
    with pytest.raises(IntegrityError, match="loans_forewarning_of_one"), transaction.atomic():
        Forewarning.objects.create(lender=qinghe, kind="adverse", about_on=day, told_on=day)


def test_a_grace_over_the_months_end_is_decided_first(borrower: Borrower, qinghe: Lender) -> None:
    give(borrower, qinghe, "reporting")
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


def test_an_account_whose_month_cannot_be_judged_keeps_no_other_from_its_months(
    account: RevolvingAccount, qinghe: Lender, stranger: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(stranger, qinghe, "reporting")
    other = monthly.opened(monthly.limit_on(stranger, monthly.billed(qinghe, code="monthly-2")))
    for each in (account, other):
        monthly.live(each, "2026-05-20 buy 100000; 2026-06-10 pay 100000")
    real = bill_furnishing.entries_of

    def broken(one: RevolvingAccount) -> list[AccountEntry]:
        if one.pk == account.pk:
            raise ArithmeticError("no such month")
        return real(one)

    monkeypatch.setattr(bill_furnishing, "entries_of", broken)
    with at_noon(date(2026, 6, 20)), pytest.raises(ExceptionGroup, match=rf"{account.number} \(no such month\)"):
        furnish_all(lender=qinghe)
    assert (len(on_file(account)), len(on_file(other))) == (0, 1)


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


def test_a_correction_of_a_bills_month_that_fell_away_waits_no_more(account: RevolvingAccount) -> None:
    months(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000", date(2026, 7, 4))
    with at_noon(date(2026, 7, 8)):
        reverse_bill_payment(entry=account.entries.get(kind="payment"), reason="AM04", acting_user=None)
        assert waiting_corrections(account) == [(date(2026, 6, 1), "payment_taken_back")]
        june = MonthFact.objects.current().get(month=date(2026, 6, 1))
        assert may_correct(account, june, MonthFacts.of(june), [june], "payment_known_late")
    assert waiting_corrections(account) == []
    assert waiting_count(HeldMonth.objects.all()) == 0


def test_nobody_is_told_of_a_waiting_month_of_a_bill_that_was_paid_in_time(
    account: RevolvingAccount, qinghe: Lender
) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000")
    june, day = date(2026, 6, 1), date(2026, 7, 4)
    HeldMonth.objects.create(lender=qinghe, bill_account=account, month=june, reason="not_told", held_on=day)
    with at_noon(day):
        assert tell_of_late_bills(lender=qinghe, on=day) == 0
