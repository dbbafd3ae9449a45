"""Paying a monthly bill through the lender's gateway, and the choice of what is collected on the due day."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import BankAccount, Borrower, Lender
from loans import services
from loans.errors import InQuestion
from loans.gateways.interface import Outcome, Report
from loans.models import AccountEntry, PaymentOrder, RevolvingAccount
from loans.services import bill_reversing
from loans.services.bill_holding import place_holds
from loans.services.bill_ordering import order_bill_debit
from loans.services.bill_refunding import order_bill_refund
from loans.services.bill_staging import run_bill_stages
from tests.credit.consents import give
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of
from tests.loans.pages.conftest import LANGUAGES, hidden, speak, words
from tests.loans.pages.test_collecting import Bank

JUNE = date(2026, 6, 5)


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    """1,000.00 bought on 20 May, billed on 1 June, due on the 10th, at least 100.00; collected at 10:00."""
    made = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, debit_times=["10:00"])))
    monthly.live(made, "2026-05-20 buy 100000")
    monthly.bill_up_to(made, date(2026, 6, 1))
    return made


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    found = Bank()
    for module in ("services.ordering", "services.sending", "selectors.bill_pay_page"):
        monkeypatch.setattr(f"loans.{module}.gateway_for", lambda code: found)
    return found


@pytest.fixture
def card(borrower: Borrower) -> BankAccount:
    return account_of(borrower)


def get(at: Client, account: RevolvingAccount, page: str = "pay", on: date = JUNE) -> Any:
    with at_noon(on):
        return at.get(reverse(f"loans:bill_{page}", args=[account.public_id]))


def send(at: Client, account: RevolvingAccount, form: Any, **sent: str) -> Any:
    with at_noon(JUNE):
        return at.post(
            reverse("loans:bill_pay", args=[account.public_id]), {"key": hidden(form, "key"), "what": "whole", **sent}
        )


def test_the_bank_is_asked_and_the_page_says_so(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    form = get(at, account)
    assert "No money moves here" not in words(form)
    response = send(at, account, form, source=str(card.pk))
    assert response["Location"] == reverse("loans:bill_pay", args=[account.public_id])
    order = PaymentOrder.objects.get()
    assert (order.amount_minor, order.state, order.aim, order.bill_account) == (100_000, "sent", "pay", account)
    for page in ("pay", "account"):
        shown = words(get(at, account, page))
        assert "We are collecting ¥1,000.00 from" in shown
        assert "1234" in shown
    assert "How much do you want to pay?" not in words(get(at, account))
    assert "A payment is on its way" in words(get(at, account, "close"))
    assert not account.entries.filter(kind="payment").exists()


def test_an_answer_at_once_leads_to_the_receipt(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    bank.outcome = Outcome.SUCCEEDED
    response = send(at, account, get(at, account), source=str(card.pk), what="minimum")
    entry = account.entries.get(kind="payment")
    assert response["Location"] == reverse("loans:bill_receipt", args=[account.public_id, entry.public_id])
    assert entry.amount_minor == 10_000


def test_a_form_sent_twice_or_from_a_second_tab_orders_once(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    form, other = get(at, account), get(at, account)
    assert send(at, account, form, source=str(card.pk)).status_code == 302
    assert send(at, account, form, source=str(card.pk)).status_code == 302
    assert send(at, account, other, source=str(card.pk)).status_code == 409
    assert PaymentOrder.objects.count() == 1


def test_a_failure_says_why_and_what_helps(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    bank.outcome = Outcome.FAILED
    send(at, account, get(at, account), source=str(card.pk))
    shown = words(get(at, account))
    assert "¥1,000.00 could not be collected" in shown
    assert "How much do you want to pay?" in shown


def test_what_may_have_come_is_not_asked_for_again(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    """The bank said no, then that it was paid: asked again, the borrower would pay twice."""
    bank.outcome = Outcome.FAILED
    form, second = get(at, account), get(at, account)
    send(at, account, form, source=str(card.pk))
    order = PaymentOrder.objects.get()
    said = Report(key=order.key, outcome=Outcome.SUCCEEDED, amount_minor=order.amount_minor, currency="CNY")
    with at_noon(JUNE):
        services.take_report(lender=account.lender, gateway="callback", event_id="late", report=said)
    shown = words(get(at, account))
    assert "We are looking into a payment of yours" in shown
    assert "How much do you want to pay?" not in shown
    assert "could not be collected" not in shown
    assert send(at, account, second, source=str(card.pk)).status_code == 409
    with at_noon(JUNE), pytest.raises(InQuestion):
        order_bill_debit(account=account, bank_account=card, amount_minor=100, key="k", acting_user=None)
    assert PaymentOrder.objects.count() == 1


def test_without_a_confirmed_account_one_is_asked_for(at: Client, bank: Bank, account: RevolvingAccount) -> None:
    assert "First confirm a bank account" in words(get(at, account))


def test_somebody_elses_account_is_not_taken(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount, stranger: Borrower
) -> None:
    theirs = account_of(stranger, "7777")
    response = send(at, account, get(at, account), source=str(theirs.pk))
    assert "Choose one of your confirmed accounts." in words(response)
    assert not PaymentOrder.objects.exists()


def test_everything_is_ordered_at_the_sum_of_the_day(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount
) -> None:
    monthly.live(account, "2026-06-03 split 60000 3")
    send(at, account, get(at, account), source=str(card.pk), what="payoff")
    assert PaymentOrder.objects.get().aim == "settle"
    assert "It pays for everything as of 5 June 2026" in words(get(at, account))


def test_a_payment_that_was_taken_back_says_so_and_why(at: Client, account: RevolvingAccount) -> None:
    monthly.live(account, "2026-06-05 pay 10000")
    entry = AccountEntry.objects.get(kind="payment")
    with at_noon(date(2026, 6, 8)):
        bill_reversing.reverse_bill_payment(entry=entry, reason="AM04", acting_user=None)
        shown = words(at.get(reverse("loans:bill_receipt", args=[account.public_id, entry.public_id])))
    assert "This payment was taken back" in shown
    assert "On 8 June 2026 . What it had paid is open again" in shown
    assert "The account did not hold enough (AM04)" in shown
    assert "What it went to" not in shown


def test_the_choice_of_what_is_collected_is_offered_under_a_mandate_only(
    at: Client, bank: Bank, account: RevolvingAccount, card: BankAccount, borrower: Borrower, qinghe: Lender
) -> None:
    shown = get(at, account, "account")
    assert "Nothing is collected by itself" in words(shown)
    assert reverse("credit:give_consents", args=["qinghe"]) in shown.content.decode()
    give(borrower, qinghe, "debit")
    shown = words(get(at, account, "account"))
    assert "On the due day the bill is collected" in shown
    assert "at 18.25% a year, day by day" in shown
    with at_noon(JUNE):
        sent = at.post(reverse("loans:bill_collected", args=[account.public_id]), {"collected": "minimum"})
        refused = at.post(reverse("loans:bill_collected", args=[account.public_id]), {})
    assert sent["Location"] == reverse("loans:bill_account", args=[account.public_id])
    assert "Choose what is collected." in words(refused)
    account.refresh_from_db()
    assert account.collected == "minimum"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_stand_in_every_language(
    at: Client,
    bank: Bank,
    account: RevolvingAccount,
    card: BankAccount,
    borrower: Borrower,
    qinghe: Lender,
    language: str,
) -> None:
    give(borrower, qinghe, "debit")
    speak(at, language)
    for page in ("pay", "account", "close"):
        assert get(at, account, page).status_code == 200


def test_everything_is_not_offered_while_a_refund_is_on_its_way_and_it_is_said_why(
    at: Client, account: RevolvingAccount, bank: Bank, card: BankAccount
) -> None:
    """1,200.00 came for 1,000.00, 500.00 were bought: 300.00 would pay for everything if the 200.00 stayed."""
    monthly.live(account, "2026-06-05 pay 120000; 2026-06-05 buy 50000")
    path = reverse("loans:bill_pay", args=[account.public_id])
    with at_noon(JUNE):
        assert 'value="payoff"' in at.get(path).content.decode()
        order_bill_refund(account=account, bank_account=card, acting_user=None)
        shown = at.get(path)
        assert 'value="payoff"' not in shown.content.decode()
        assert "everything cannot be paid in one sum" in words(shown)
        form = {"key": hidden(shown, "key"), "what": "other", "amount": "100", "source": card.pk}
        assert at.post(path, form).status_code == 302
    assert PaymentOrder.objects.get(direction="debit").amount_minor == 10_000


def test_nobody_is_said_to_get_in_touch_while_requests_for_payment_stand_still(
    at: Client, account: RevolvingAccount, qinghe: Lender, staff: SimpleNamespace
) -> None:
    monthly.bill_up_to(account, date(2026, 8, 1))
    path = reverse("loans:bill_account", args=[account.public_id])
    with at_noon(date(2026, 8, 20)):
        run_bill_stages(lender=qinghe)
        assert "may get in touch" in words(at.get(path))
        place_holds(account=account, kinds=["contact"], words="Ill.", acting_user=staff.servicing)
        shown = words(at.get(path))
    assert "Requests for payment" in shown
    assert "may get in touch" not in shown
