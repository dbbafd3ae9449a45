"""Repaying part early: a sum, what each way would change, and only what was shown."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loans import services
from loans.models import Loan, Payment
from tests.loans.conftest import at_noon
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words

DAY = date(2026, 4, 30)


def address(loan: Loan) -> str:
    return reverse("loans:repay_early", args=[loan.public_id])


def look(at: Client, loan: Loan, amount: str | None = "2,000.00", language: str = "en") -> Any:
    speak(at, language)
    with at_noon(DAY):
        return at.get(address(loan), {} if amount is None else {"amount": amount})


def choose(at: Client, loan: Loan, form: Any, **changed: Any) -> Any:
    sent = {name: hidden(form, name) for name in ("key", "seen", "total", "amount")} | {"keep": "COUNT"}
    with at_noon(DAY):
        return at.post(address(loan), {name: value for name, value in (sent | changed).items() if value is not None})


@pytest.mark.usefixtures("demo")
class TestInTheDemonstration:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_both_ways_stand_side_by_side_in_every_language(self, at: Client, paid_three: Loan, language: str) -> None:
        shown = words(look(at, paid_three, language=language))
        assert "¥1,945.05" in shown
        assert "¥54.95" in shown
        assert shown.count("¥1,079.71") >= 2  # what the next instalment is now, beside each way

    def test_without_a_sum_it_only_asks(self, at: Client, paid_three: Loan) -> None:
        page = look(at, paid_three, None)
        assert "How much do you want to repay?" in words(page)
        assert "Lower instalments" not in words(page)

    @pytest.mark.parametrize(
        "typed, says",
        [
            ("", "Enter how much you want to repay."),
            ("abc", "Enter the amount in digits, for example 12,000."),
            ("54.95", "¥54.95 of interest has come up to today. Enter more than that."),
            ("9214.00", "¥9,214.00 is enough to settle this loan today. Enter less than that, or settle it."),
        ],
    )
    def test_a_sum_that_brings_nothing_says_what_would(
        self, at: Client, paid_three: Loan, typed: str, says: str
    ) -> None:
        page = look(at, paid_three, typed)
        assert says in words(page)
        assert f'value="{typed}"' in page.content.decode() or not typed

    def test_full_width_digits_are_digits(self, at: Client, paid_three: Loan) -> None:
        assert "¥1,945.05" in words(look(at, paid_three, "２０００"))

    def test_the_choice_is_recorded_and_the_schedule_changes(self, at: Client, paid_three: Loan) -> None:
        response = choose(at, paid_three, look(at, paid_three), keep="INSTALMENT")
        payment = Payment.objects.latest("pk")
        assert response["Location"] == reverse("loans:payment", args=[paid_three.public_id, payment.public_id])
        paid_three.refresh_from_db()
        assert (payment.amount_minor, paid_three.principal_left_minor, paid_three.current_version) == (
            200_000,
            721_400,
            2,
        )

    def test_nothing_is_chosen_for_anyone(self, at: Client, paid_three: Loan) -> None:
        page = look(at, paid_three)
        assert " checked" not in page.content.decode()
        assert "Choose what should change." in words(choose(at, paid_three, page, keep=None))
        assert Payment.objects.count() == 3

    def test_a_double_click_is_one_payment(self, at: Client, paid_three: Loan) -> None:
        page = look(at, paid_three)
        assert choose(at, paid_three, page)["Location"] == choose(at, paid_three, page)["Location"]
        assert Payment.objects.count() == 4

    def test_a_page_out_of_date_takes_nothing(self, at: Client, paid_three: Loan) -> None:
        page = look(at, paid_three)
        services.record_payment(
            loan=paid_three, amount_minor=100, key="other", channel="staff", value_on=DAY, acting_user=None
        )
        response = choose(at, paid_three, page)
        assert response.status_code == 409
        assert "Something changed meanwhile" in words(response)
        assert Payment.objects.count() == 4

    def test_another_sum_than_the_one_shown_is_not_taken(self, at: Client, paid_three: Loan) -> None:
        assert choose(at, paid_three, look(at, paid_three), total="150000").status_code == 409
        assert Payment.objects.count() == 3

    def test_what_is_due_goes_first(self, at: Client, loan: Loan) -> None:
        assert "Something is due first" in words(look(at, loan))


def test_elsewhere_the_ways_are_shown_and_nothing_taken(at: Client, paid_three: Loan) -> None:
    assert "Lower instalments" in words(look(at, paid_three))
    with at_noon(DAY):
        assert at.post(address(paid_three), {"amount": "2000", "keep": "COUNT"}).status_code == 403
    assert Payment.objects.count() == 3


def test_four_queries_and_those_that_find_the_loan(
    at: Client, paid_three: Loan, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(6):
        look(at, paid_three)


@pytest.mark.usefixtures("demo")
def test_in_a_pause_the_days_so_far_are_paid_and_the_pause_goes_on(at: Client, paused: Loan) -> None:
    speak(at, "en")
    with at_noon(date(2026, 6, 1)):
        page = at.get(address(paused), {"amount": "2,000.00"})
        # 46 days of 9,159.05 are 168.53; the 44 days to come cost 128.97 on 7,327.58, and nine instalments 863.80 each
        assert "¥168.53" in words(page)
        assert "¥1,831.47" in words(page)
        sent = {name: hidden(page, name) for name in ("key", "seen", "total", "amount")} | {"keep": "COUNT"}
        assert at.post(address(paused), sent).status_code == 302
    paused.refresh_from_db()
    assert paused.principal_left_minor == 732758
    with at_noon(date(2026, 6, 2)):
        shown = words(at.get(reverse("loans:detail", args=[paused.public_id])))
    assert "They resume on Saturday 15 August 2026 with ¥878.13" in shown
    assert "Paused" in shown
