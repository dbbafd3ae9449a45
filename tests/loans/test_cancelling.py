"""A contract whose money never came: told, sent elsewhere or given up; what comes late is never booked blindly."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, BankAccount, Borrower, Lender
from loans import services
from loans.books import violations
from loans.errors import AlreadyResolved, CancelRefused, NotDisbursed, OrderOpen, WordsNeeded
from loans.gateways.interface import Outcome, Report
from loans.models import Account, ContractCancellation, CreditLimit, GatewayEvent, Loan, PaymentOrder, SuspenseItem
from loans.selectors.leaving import blockers
from loans.selectors.limit_use import available_minor
from loans.selectors.payout import Stage, payout
from loans.services.cancelling import cancel_contract, pay_out_to
from loans.services.month_run import run_months
from tests.conftest import TODAY
from tests.contracts import ask, sign
from tests.house.visits import signed_in
from tests.loans.applicants import offered, ready, send
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account, account_of, sent
from tests.loans.pages.conftest import LANGUAGES, speak, words

pytestmark = pytest.mark.django_db
SUM = 100_000


@pytest.fixture(autouse=True)
def gateways(settings: Any) -> None:
    settings.GATEWAY_URLS = {"qinghe": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"qinghe": ("a key of qinghe that nobody else knows",)}


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender) -> CreditLimit:
    """20,000.00 to draw from."""
    ready(borrower, qinghe)
    send(borrower, offered(qinghe), wished_minor=2_000_000)
    return CreditLimit.objects.get()


@pytest.fixture
def signed(limit: CreditLimit) -> Loan:
    """1,000.00, signed; its payout is written and not sent."""
    return sign(ask(limit)).loan


@pytest.fixture
def failed(signed: Loan) -> Loan:
    """The bank said that the account is closed."""
    sent(signed.orders.get())
    tell(signed, Outcome.FAILED, reason="AC04")
    return signed


def tell(loan: Loan, outcome: Outcome, event_id: str = "ev-1", **changed: Any) -> str:
    order = loan.orders.earliest("pk")
    said = {"key": order.key, "outcome": outcome, "amount_minor": order.amount_minor, "currency": "CNY"}
    report = Report(**(said | changed))
    return services.take_report(lender=loan.lender, gateway="callback", event_id=event_id, report=report).answer.value


def stage(loan: Loan, on: date = TODAY) -> Stage:
    loan.refresh_from_db()
    return payout(loan, on).stage


def other(limit: CreditLimit) -> BankAccount:
    return account_of(limit.borrower, "5678")


def test_where_the_money_is(signed: Loan) -> None:
    assert stage(signed) is Stage.WAITING
    assert stage(signed, TODAY + timedelta(days=1)) is Stage.WAITING
    assert stage(signed, TODAY + timedelta(days=2)) is Stage.STUCK
    sent(signed.orders.get())
    assert stage(signed, TODAY + timedelta(days=9)) is Stage.UNDER_WAY
    tell(signed, Outcome.FAILED, reason="AC04")
    assert stage(signed) is Stage.FAILED
    tell(signed, Outcome.SUCCEEDED, "ev-2")
    assert stage(signed) is Stage.LOOKED_AT


def test_after_a_payout_that_failed_the_limit_is_free_again(failed: Loan, limit: CreditLimit) -> None:
    assert available_minor(limit) == 1_900_000
    made = cancel_contract(loan=failed, acting_user=failed.borrower.user)
    failed.refresh_from_db()
    assert (made.reason, made.contract, failed.state) == ("payout_failed", failed.contract, "cancelled")
    assert available_minor(limit) == 2_000_000
    assert not blockers(limit.borrower, limit.lender, TODAY)
    assert account(limit.lender, "cash") == account(limit.lender, "principal") == 0
    assert AuditEntry.objects.get(verb="cancel_contract").actor == failed.borrower.user
    assert list(violations([limit.lender])) == []


def test_months_later_nothing_is_reported_of_it(failed: Loan) -> None:
    cancel_contract(loan=failed, acting_user=failed.borrower.user)
    with at_noon(date(2026, 8, 8)):
        assert run_months(lender=failed.lender)["furnished"] == 0


def test_cancelled_twice_is_cancelled_once(failed: Loan) -> None:
    made = [cancel_contract(loan=failed, acting_user=failed.borrower.user) for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractCancellation.objects.update(words="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.filter(pk=failed.pk).update(state="pending")


def test_what_was_not_sent_in_two_days_can_be_cancelled_and_is_not_sent_then(signed: Loan) -> None:
    with pytest.raises(CancelRefused):
        cancel_contract(loan=signed, acting_user=signed.borrower.user)
    with at_noon(TODAY + timedelta(days=2)):
        made = cancel_contract(loan=signed, acting_user=signed.borrower.user)
    assert made.reason == "never_sent"
    order = signed.orders.get()
    assert (order.state, order.reason) == ("failed", "cancelled")


def test_while_it_is_with_the_gateway_nobody_cancels(signed: Loan, staff: SimpleNamespace) -> None:
    sent(signed.orders.get())
    with at_noon(TODAY + timedelta(days=9)):
        for user in (signed.borrower.user, staff.servicing):
            with pytest.raises(CancelRefused):
                cancel_contract(loan=signed, words="why", acting_user=user)


def test_staff_cancel_sooner_with_a_reason(signed: Loan, staff: SimpleNamespace) -> None:
    with pytest.raises(WordsNeeded):
        cancel_contract(loan=signed, words="  ", acting_user=staff.servicing)
    assert cancel_contract(loan=signed, words=" 重复 ", acting_user=staff.servicing).words == "重复"


def test_only_the_borrower_and_who_pays_out(failed: Loan, stranger: Borrower, staff: SimpleNamespace) -> None:
    for user in (stranger.user, staff.reviewer, staff.auditor, staff.other_reviewer):
        with pytest.raises(NotPermitted):
            cancel_contract(loan=failed, words="why", acting_user=user)
    assert not ContractCancellation.objects.exists()


def test_nothing_is_paid_on_it_or_on_a_loan_without_a_contract(failed: Loan, pending: Loan) -> None:
    with pytest.raises(CancelRefused):
        cancel_contract(loan=pending, acting_user=pending.borrower.user)
    cancel_contract(loan=failed, acting_user=failed.borrower.user)
    with pytest.raises(NotDisbursed):
        services.record_payment(loan=failed, amount_minor=1, key="p", channel="staff", acting_user=None)


def test_another_account_receives_it(failed: Loan, limit: CreditLimit, staff: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        pay_out_to(loan=failed, bank_account=other(limit), acting_user=staff.servicing)
    account_to = BankAccount.objects.get(last4="5678")
    order = pay_out_to(loan=failed, bank_account=account_to, acting_user=limit.borrower.user)
    assert (order.bank_account, order.amount_minor, order.state) == (account_to, SUM, "created")
    with pytest.raises(OrderOpen):
        pay_out_to(loan=failed, bank_account=account_to, acting_user=limit.borrower.user)
    assert stage(failed) is Stage.WAITING


def test_after_the_first_due_date_nothing_is_sent_any_more(signed: Loan, limit: CreditLimit) -> None:
    with at_noon(date(2026, 6, 8)):
        services.send_orders(lender=limit.lender)
        assert (signed.orders.get().state, signed.orders.get().reason) == ("failed", "too_late")
        with pytest.raises(CancelRefused):
            pay_out_to(loan=signed, bank_account=other(limit), acting_user=limit.borrower.user)
        cancel_contract(loan=signed, acting_user=limit.borrower.user)


def test_a_success_told_after_the_contract_was_cancelled_waits_for_a_person(
    failed: Loan, staff: SimpleNamespace
) -> None:
    cancel_contract(loan=failed, acting_user=failed.borrower.user)
    assert tell(failed, Outcome.SUCCEEDED, "ev-2") == "conflict"
    assert account(failed.lender, Account.CASH) == 0
    event = GatewayEvent.objects.to_review().get()
    services.review_event(event=event, words="on the statement", has_come=True, acting_user=staff.servicing)
    failed.refresh_from_db()
    item = SuspenseItem.objects.get()
    assert (failed.state, item.is_outgoing, item.amount_minor, item.loan) == ("cancelled", True, SUM, failed)
    assert (account(failed.lender, "cash"), account(failed.lender, "suspense")) == (-SUM, SUM)
    assert list(violations([failed.lender])) == []
    with pytest.raises(NotPermitted):
        services.match_suspense(item=item, loan=failed, words="x", acting_user=staff.servicing)
    services.return_suspense(item=item, words="came back", acting_user=staff.servicing)
    assert (account(failed.lender, "cash"), account(failed.lender, "suspense")) == (0, 0)
    with pytest.raises(AlreadyResolved):
        services.return_suspense(item=item, words="again", acting_user=staff.servicing)
    assert list(violations([failed.lender])) == []


def test_a_success_told_after_the_failure_pays_the_loan_out_once_a_person_has_seen_it(
    failed: Loan, limit: CreditLimit, staff: SimpleNamespace
) -> None:
    tell(failed, Outcome.SUCCEEDED, "ev-2")
    with pytest.raises(CancelRefused):
        cancel_contract(loan=failed, acting_user=failed.borrower.user)
    with pytest.raises(OrderOpen):
        pay_out_to(loan=failed, bank_account=other(limit), acting_user=failed.borrower.user)
    event = GatewayEvent.objects.to_review().get()
    services.review_event(event=event, words="on the statement", has_come=True, acting_user=staff.servicing)
    failed.refresh_from_db()
    assert failed.state == "active"
    assert not SuspenseItem.objects.exists()
    assert list(violations([failed.lender])) == []


def test_money_sent_after_the_first_due_date_lies_in_suspense_and_the_contract_can_then_be_cancelled(
    signed: Loan, staff: SimpleNamespace
) -> None:
    sent(signed.orders.get())
    with at_noon(date(2026, 6, 8)):
        assert tell(signed, Outcome.SUCCEEDED) == "suspense"
        item = SuspenseItem.objects.get()
        assert (item.reason, item.is_outgoing) == ("paid_out_unasked", True)
        assert stage(signed) is Stage.LOOKED_AT
        assert list(violations([signed.lender])) == []


# pages


@pytest.fixture
def at(borrower: Borrower, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    client.force_login(borrower.user)
    speak(client, "en")
    monkeypatch.setattr("loans.views.payout.recently_confirmed", lambda request: True)
    return client


def page(at: Client, name: str, loan: Loan) -> str:
    return words(at.get(reverse(f"loans:{name}", args=[loan.public_id])))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_tells_that_it_failed_and_why(at: Client, failed: Loan, language: str) -> None:
    speak(at, language)
    contract = words(at.get(reverse("loans:contract", args=[failed.contract.public_id])))
    for shown in (page(at, "detail", failed), page(at, "payout", failed), contract):
        assert "¥1,000.00" in shown
        if language == "en":
            assert "The payout did not go through" in shown
            assert "it is closed or blocked" in shown


def test_the_borrower_cancels_and_every_page_says_so(at: Client, failed: Loan) -> None:
    response = at.post(reverse("loans:cancel", args=[failed.public_id]), follow=True)
    assert "Cancelled. Nothing was paid out, and nothing is owed." in words(response)
    shown = page(at, "detail", failed)
    assert "This contract is cancelled" in shown
    assert "Still to pay" not in shown
    assert "Cancelled before they were paid out" in words(at.get(reverse("loans:list")))
    assert "This loan was cancelled" in page(at, "pay", failed)
    assert "This contract is cancelled" in words(at.get(reverse("loans:contract", args=[failed.contract.public_id])))


def test_too_soon_nothing_is_cancelled(at: Client, signed: Loan) -> None:
    response = at.post(reverse("loans:cancel", args=[signed.public_id]), follow=True)
    assert "cannot be cancelled now" in words(response)
    assert stage(signed) is Stage.WAITING


def test_choosing_an_account_sends_it_there(at: Client, failed: Loan, limit: CreditLimit, monkeypatch: Any) -> None:
    told = []
    monkeypatch.setattr("loans.views.payout.send_orders", lambda **given: told.append(given["orders"][0]))
    address = reverse("loans:payout", args=[failed.public_id])
    assert at.post(address).status_code == 422
    chosen = {"account": other(limit).pk}
    at.post(address, chosen)
    assert [order.bank_account.last4 for order in told] == ["5678"]
    assert "nothing was done" in words(at.post(address, chosen, follow=True))
    assert PaymentOrder.objects.count() == 2


def test_without_a_confirmation_nothing_is_sent(at: Client, failed: Loan, monkeypatch: Any) -> None:
    monkeypatch.setattr("loans.views.payout.recently_confirmed", lambda request: False)
    address = reverse("loans:payout", args=[failed.public_id])
    assert "Confirm that it is you" in page(at, "payout", failed)
    assert reverse("accounts:confirm") in at.post(address, {"account": "1"})["Location"]


def test_servicing_cancels_at_the_desk(client: Client, signed: Loan, staff: SimpleNamespace, settings: Any) -> None:
    desk = client
    desk.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.servicing)
    address = reverse("admin:loans_loan_cancel", args=[signed.pk])
    assert address in desk.get(reverse("admin:loans_loan_change", args=[signed.pk])).content.decode()
    assert desk.post(address, {"words": ""}).status_code == 422
    assert desk.post(address, {"words": "重复签约"}).status_code == 302
    assert stage(signed) is Stage.CANCELLED
    assert desk.post(address, {"words": "重复签约"}).status_code == 302
    assert ContractCancellation.objects.get().words == "重复签约"
    desk.cookies[settings.SESSION_COOKIE_NAME] = signed_in(staff.reviewer)
    assert desk.get(address).status_code == 404
