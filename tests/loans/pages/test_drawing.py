"""From a limit to the money: ask, read, sign; every step says what is wrong, and nothing is signed by accident."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower, Lender
from config import clock
from loans.models import Contract, CreditLimit, DrawDown, Loan
from tests.conftest import NOON
from tests.loans.applicants import offered, ready, send
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender) -> CreditLimit:
    """20,000.00 to draw from."""
    ready(borrower, qinghe)
    send(borrower, offered(qinghe), wished_minor=2_000_000)
    return CreditLimit.objects.get()


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loans.views.drawing.recently_confirmed", lambda request: True)


def ask(at: Client, limit: CreditLimit, **changed: Any) -> Any:
    account = BankAccount.objects.filter(borrower=limit.borrower, verified_at__isnull=False).earliest("pk")
    sent = {"amount": "12,000", "count": "12", "method": "level", "account": str(account.public_id)}
    return at.post(reverse("loans:draw", args=[limit.public_id]), sent | changed)


def read(at: Client, costs: str, after: int = 5) -> Any:
    with clock.at(NOON + timedelta(seconds=after)):
        return at.post(costs)


def signature(at: Client, sign: str, name: str = "王晓雨") -> dict[str, str]:
    return {"typed_name": name, "shown_hash": hidden(at.get(sign), "shown_hash")}


@pytest.mark.usefixtures("proved")
def test_from_the_limit_to_the_contract(at: Client, limit: CreditLimit, settings: Any) -> None:
    settings.DEMO = True
    page = at.get(reverse("loans:limit", args=[limit.public_id]))
    assert reverse("loans:draw", args=[limit.public_id]) in page.content.decode()
    costs = ask(at, limit)["Location"]
    shown = words(at.get(costs))
    assert "¥12,000.00" in shown
    assert "Apart from these, no interest and no fee is charged." in shown
    sign = read(at, costs)["Location"]
    assert "This is the whole text." in words(at.get(sign))
    response = at.post(sign, signature(at, sign))
    contract = Contract.objects.get()
    assert response["Location"] == reverse("loans:contract", args=[contract.public_id])
    assert "Signed by 王晓雨" in words(at.get(response["Location"]))
    contract.loan.refresh_from_db()
    assert contract.loan.state == "active"  # the demonstration's gateway pays at once
    assert response["Location"] in at.get(reverse("loans:detail", args=[contract.loan.public_id])).content.decode()
    assert at.get(costs)["Location"] == at.get(sign)["Location"] == response["Location"]


def test_too_early_says_how_long_it_still_stands(at: Client, limit: CreditLimit) -> None:
    response = read(at, ask(at, limit)["Location"], after=2)
    assert response.status_code == 422
    assert "Please take the time to read it: 4 seconds more, then confirm." in words(response)


@pytest.mark.parametrize(
    "sent, says",
    [
        ({"amount": ""}, "Enter how much you want to draw."),
        ({"amount": "20,000.01"}, "This is more than you can draw. The most is ¥20,000.00."),
        ({"amount": "999.99"}, "This is less than one can draw. The least is ¥1,000.00."),
        ({"amount": "many"}, "Enter the amount in digits, for example 12,000."),
        ({"count": "7"}, "Choose one of the numbers offered."),
        ({"count": ""}, "Choose the number of instalments."),
        ({"method": "flat"}, "Choose one of the ways offered."),
        ({"account": "00000000-0000-0000-0000-000000000000"}, "Choose one of your confirmed accounts."),
    ],
)
def test_what_cannot_be_says_how_it_can(at: Client, limit: CreditLimit, sent: Any, says: str) -> None:
    response = ask(at, limit, **sent)
    assert response.status_code == 422
    assert says in words(response)
    assert not DrawDown.objects.exists()


def test_full_width_digits_are_digits(at: Client, limit: CreditLimit) -> None:
    ask(at, limit, amount="１２，０００")
    assert DrawDown.objects.get().amount_minor == 1_200_000


def test_without_a_confirmation_nothing_is_signed(at: Client, limit: CreditLimit, monkeypatch: Any) -> None:
    monkeypatch.setattr("loans.views.drawing.recently_confirmed", lambda request: False)
    sign = read(at, ask(at, limit)["Location"])["Location"]
    assert "Confirm that it is you" in words(at.get(sign))
    assert reverse("accounts:confirm") in at.post(sign, {"typed_name": "王晓雨", "shown_hash": "x"})["Location"]
    assert not Contract.objects.exists()


@pytest.mark.usefixtures("proved")
def test_another_name_is_told_and_nothing_lost(at: Client, limit: CreditLimit) -> None:
    sign = read(at, ask(at, limit)["Location"])["Location"]
    response = at.post(sign, signature(at, sign, "王小雨"))
    assert response.status_code == 422
    assert "This is not the name we know you by." in words(response)
    assert 'value="王小雨"' in response.content.decode()


@pytest.mark.usefixtures("proved")
def test_figures_of_yesterday_are_shown_anew(at: Client, limit: CreditLimit) -> None:
    sign = read(at, ask(at, limit)["Location"])["Location"]
    signed = signature(at, sign)
    with clock.at(NOON + timedelta(days=1)):
        response = at.post(sign, signed, follow=True)
    assert "These figures are not those of today any more." in words(response)
    assert not Loan.objects.exists()


@pytest.mark.usefixtures("proved")
def test_the_second_tab_is_told(at: Client, limit: CreditLimit) -> None:
    signs = [read(at, ask(at, limit)["Location"])["Location"] for _ in range(2)]
    signed = [signature(at, sign) for sign in signs]
    at.post(signs[0], signed[0])
    assert "Meanwhile only ¥8,000.00 can be drawn" in words(at.post(signs[1], signed[1], follow=True))
    assert Loan.objects.count() == 1


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contract_can_be_read_and_kept_in_every_language(at: Client, limit: CreditLimit, language: str) -> None:
    speak(at, language)
    sign = read(at, ask(at, limit)["Location"])["Location"]
    at.post(sign, signature(at, sign))
    contract = Contract.objects.get()
    assert contract.language == language
    text = at.get(reverse("loans:contract_text", args=[contract.public_id]))
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert contract.number in text.content.decode()
    assert "12,000.00" in text.content.decode()
    assert bool(contract.governing_blocks) == (language != "zh-hans")


def test_a_stranger_finds_nothing(client: Client, at: Client, limit: CreditLimit, stranger: Borrower) -> None:
    costs = ask(at, limit)["Location"]
    client.force_login(stranger.user)
    for address in (reverse("loans:draw", args=[limit.public_id]), costs):
        assert client.get(address).status_code == 404


def test_the_cost_sheet_needs_few_queries(
    at: Client, limit: CreditLimit, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    costs = ask(at, limit)["Location"]
    with django_assert_max_num_queries(4):
        at.get(costs)
