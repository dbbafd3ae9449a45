"""Home: the first sentence, the sum that comes first, the calendar over all lenders, and the letters."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as people
from accounts.models import Borrower, Lender
from config import clock
from deferrals import services
from deferrals.models import Letter, LetterReading
from deferrals.selectors.home import HomePage, home
from loans.models import Loan
from loans.services import open_loan, record_payment, settle_early
from tests.deferrals.conftest import ask, fixture_loan, noon, product, publish, signed
from tests.deferrals.pages import reader, url
from tests.deferrals.test_story import approve
from tests.loans.pages.conftest import LANGUAGES, speak, words

FIRST_SENTENCE = {
    "offer": "An offer is waiting for your decision",
    "overdue": "A payment is overdue",
    "held": "Nothing to do now: we are deciding on your request",
    "grace": "A payment is still within its days of grace",
    "soon": "A payment is due soon",
    "calm": "Nothing to do now",
    "nothing": "Nothing is owed",
}


@pytest.fixture
def at(borrower: Borrower) -> Client:
    return reader(borrower.user)


def page(at: Client, on: date = date(2026, 5, 8)) -> tuple[str, HomePage]:
    """What home says on a day, and the figures behind it."""
    with clock.at(noon(on)):
        response = at.get(reverse("home"))
    return words(response), response.context["page"]


def accepted(loan: Loan, reviewer: Any) -> None:
    offer = approve(ask(loan), reviewer)
    services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user)


@pytest.fixture
def at_jiangpan(jiangpan: Lender, borrower: Borrower) -> Loan:
    """The same loan at the other lender, two instalments paid: number 3 was due on 15 April."""
    publish(jiangpan)
    people.enrol_borrower(lender=jiangpan, name="王晓雨", since=date(2026, 1, 10), user=borrower.user, acting_user=None)
    return fixture_loan(jiangpan, borrower, paid=2)


# the first sentence


@pytest.mark.parametrize(
    ("on", "state", "also"),
    [
        (date(2026, 5, 7), "calm", "Friday 15 May 2026 , in 8 days"),
        (date(2026, 5, 8), "soon", "Friday 15 May 2026 , in 7 days"),
        (date(2026, 5, 14), "soon", "Friday 15 May 2026 , in 1 day"),
        (date(2026, 5, 15), "soon", "Friday 15 May 2026 , today"),
        (date(2026, 5, 16), "grace", "It was due on Friday 15 May 2026 ."),
        (date(2026, 5, 18), "grace", "Pay by 18 May 2026 , 24:00: nothing extra is charged"),
        (date(2026, 5, 19), "overdue", "Friday 15 May 2026 , 4 days late"),
    ],
)
def test_the_days_around_a_due_date(at: Client, loan: Loan, on: date, state: str, also: str) -> None:
    said, found = page(at, on)
    assert found.state == state
    assert FIRST_SENTENCE[state] in said
    assert also in said
    assert "¥ 1,079.71" in said
    assert "Qinghe Consumer Finance, instalment 4 of 12" in said


def test_two_missed_instalments_are_one_sum(at: Client, loan: Loan) -> None:
    said, found = page(at, date(2026, 6, 20))
    assert found.state == "overdue"
    assert "¥ 2,159.42" in said
    assert "Pay what is overdue" in said
    assert "36 days late" in said


def test_a_part_paid_is_not_asked_for_again(at: Client, loan: Loan) -> None:
    record_payment(loan=loan, amount_minor=50_000, key="part", channel="borrower", acting_user=loan.borrower.user)
    said, _ = page(at)
    assert "¥ 579.71" in said


def test_late_while_we_decide_there_is_nothing_to_do(at: Client, loan: Loan) -> None:
    with clock.at(noon(date(2026, 5, 20))):
        ask(loan)
    said, found = page(at, date(2026, 5, 21))
    assert found.state == "held"
    assert FIRST_SENTENCE["held"] in said
    assert "I cannot pay this" not in said


def test_an_offer_comes_before_everything_and_its_button_leads_to_it(
    at: Client, loan: Loan, staff: SimpleNamespace
) -> None:
    offer = approve(ask(loan), staff.reviewer)
    said, found = page(at)
    assert found.state == "offer"
    assert FIRST_SENTENCE["offer"] in said
    assert "decide by Friday 22 May 2026 , 24:00" in said
    button = f'<a class="button" href="{url("offer", offer.request)}">'
    assert at.get(reverse("home")).content.decode().count(button) == 1


def test_an_offer_past_its_last_day_is_no_offer(at: Client, loan: Loan, staff: SimpleNamespace) -> None:
    """Even before the hourly work has closed it."""
    offer = approve(ask(loan), staff.reviewer)
    assert page(at, offer.expires_on)[1].state == "offer"
    said, found = page(at, offer.expires_on + timedelta(days=1))
    assert found.state == "overdue"
    assert FIRST_SENTENCE["offer"] not in said


def test_on_arrangement_it_says_when_and_with_what_payments_resume(
    at: Client, loan: Loan, staff: SimpleNamespace
) -> None:
    accepted(loan, staff.reviewer)
    said, found = page(at)
    assert found.state == "calm"
    assert "Nothing is due until 15 August 2026 , when payments resume with ¥1,116.35 ." in said
    assert "You can take this back until 15 May 2026 , 24:00, free of charge." in said
    assert "I cannot pay this" not in said
    assert "You can take this back" not in page(at, date(2026, 5, 16))[0]


def test_settled_loans_owe_nothing(at: Client, loan: Loan) -> None:
    settle_early(loan=loan, key="end", acting_user=None)
    said, found = page(at)
    assert (found.state, found.next_due, found.months) == ("nothing", None, ())
    assert "Nothing is owed" in said
    assert "Every loan you have here is settled." in said


def test_a_loan_not_paid_out_yet_asks_for_nothing(at: Client, qinghe: Lender, borrower: Borrower) -> None:
    open_loan(
        lender=qinghe, borrower=borrower, product=product(qinghe), principal_minor=100_000, instalment_count=3,
        disbursed_on=date(2026, 5, 20), acting_user=None,
    )  # fmt: skip
    said, _ = page(at)
    assert "Your loan has not been paid out yet, so nothing is due." in said
    assert "settled" not in said


def test_somebody_without_loans_is_told_what_will_be_here(at: Client) -> None:
    said, found = page(at)
    assert not found.has_loans
    assert "No loans here yet" in said
    assert "Apply for a loan" in said
    assert "No letters yet." in said
    assert "unread" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_stands_in_every_language(at: Client, loan: Loan, language: str) -> None:
    speak(at, language)
    said, _ = page(at)
    assert "1,079.71" in said
    assert {"zh-hans": "青禾消费金融", "zh-hant": "青禾消費金融", "en": "Qinghe Consumer Finance"}[language] in said


# the calendar


def sums(found: HomePage) -> list[tuple[date, int]]:
    return [(month.month, month.total_minor) for month in found.months]


def test_the_calendar_adds_up_both_lenders(at: Client, loan: Loan, at_jiangpan: Loan) -> None:
    """May: Qinghe's no. 4, Jiangpan's late no. 3 and its no. 4; then one of each a month."""
    said, found = page(at)
    assert [lender.code for lender in found.lenders] == ["qinghe", "jiangpan"]
    assert sums(found) == [(date(2026, 5, 1), 3 * 107_971)] + [
        (date(2026, month, 1), 2 * 107_971) for month in range(6, 12)
    ]
    assert "All your lenders together; only you can see this." in said
    assert "Total ¥3,239.13" in said
    assert "Jiangpan Bank, no. 3, since 15 April" in said
    assert found.next_due is not None
    assert found.next_due.loan == at_jiangpan


def test_a_pause_empties_its_months_for_one_lender_only(
    at: Client, loan: Loan, at_jiangpan: Loan, staff: SimpleNamespace
) -> None:
    accepted(loan, staff.reviewer)
    said, found = page(at)
    assert sums(found)[:4] == [
        (date(2026, 5, 1), 2 * 107_971),
        (date(2026, 6, 1), 107_971),
        (date(2026, 7, 1), 107_971),
        (date(2026, 8, 1), 107_971 + 111_635),
    ]
    paused = [due for month in found.months for due in month.dues if due.paused]
    assert [(due.on, due.minor) for due in paused] == [(date(2026, month, 15), 0) for month in (5, 6, 7)]
    assert said.count("Qinghe Consumer Finance, nothing due") == 3


def test_the_year_is_said_once_and_again_in_january(at: Client, loan: Loan) -> None:
    _, found = page(at, date(2026, 9, 1))
    assert [month.month for month in found.months if month.with_year] == [date(2026, 9, 1), date(2027, 1, 1)]


def test_each_part_of_a_bar_is_as_long_as_its_sum(loan: Loan, at_jiangpan: Loan) -> None:
    """The longest month, 3,239.13, fills the bar of 1000: a third is Qinghe's; in June each has a third."""
    found = home(loan.borrower.user)
    assert [part.width for part in found.months[0].bar] == [333, 667]
    assert [part.width for part in found.months[1].bar] == [333, 333]


# letters, and how much is asked of the database


def test_the_newest_letters_are_shown_and_all_unread_are_counted(
    at: Client, loan: Loan, staff: SimpleNamespace
) -> None:
    accepted(loan, staff.reviewer)
    services.withdraw(request=ask(fixture_loan(loan.lender, loan.borrower), key="2"), acting_user=loan.borrower.user)
    said, found = page(at)
    assert (len(found.letters), found.unread) == (3, 5)
    assert "5 unread letters" in said
    LetterReading.objects.create(letter=Letter.objects.earliest("pk"))
    assert page(at)[1].unread == 4
    for letter in Letter.objects.filter(reading__isnull=True):
        LetterReading.objects.create(letter=letter)
    assert "unread" not in page(at)[0].lower()


def test_nobody_sees_anothers(loan: Loan, stranger: Borrower) -> None:
    ask(loan)
    said, found = page(reader(stranger.user))
    assert not found.has_loans
    assert found.letters == ()
    assert "¥" not in said


def test_ten_queries_at_the_most_whatever_there_is(
    at: Client, loan: Loan, at_jiangpan: Loan, staff: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    # session, person; loans, versions, rows, payments; requests, letters, notices; monthly bills
    with django_assert_num_queries(10):
        at.get(reverse("home"))
    accepted(loan, staff.reviewer)
    for number in range(4):
        ask(fixture_loan(loan.lender, loan.borrower, paid=0), key=f"more-{number}")
    with django_assert_num_queries(10):
        at.get(reverse("home"))
