"""A borrower's pages are the borrower's: everybody else finds nothing there."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Borrower
from loans.models import Loan, Payment

pytestmark = pytest.mark.usefixtures("demo")


def addresses(loan: Loan) -> list[str]:
    payment = loan.payments.first()
    assert payment is not None
    own = [loan.public_id]
    return [
        reverse("loans:detail", args=own),
        reverse("loans:version", args=[*own, 1]),
        reverse("loans:pay", args=own),
        reverse("loans:settle", args=own),
        reverse("loans:payments", args=own),
        reverse("loans:payment", args=[*own, payment.public_id]),
    ]


def test_the_borrower_opens_every_page(at: Client, paused: Loan) -> None:
    assert [at.get(address).status_code for address in addresses(paused)] == [200] * 6


@pytest.mark.parametrize("who", ["stranger", "elsewhere"])
def test_another_borrower_finds_nothing(who: str, request: Any, client: Client, paused: Loan) -> None:
    client.force_login(request.getfixturevalue(who).user)
    assert [client.get(address).status_code for address in addresses(paused)] == [404] * 6
    assert [client.post(address).status_code for address in addresses(paused)[2:4]] == [404] * 2


@pytest.mark.parametrize("role", ["servicing", "auditor", "other_reviewer"])
def test_staff_find_nothing_here(role: str, staff: Any, client: Client, paused: Loan) -> None:
    client.force_login(getattr(staff, role))
    assert [client.get(address).status_code for address in addresses(paused)] == [404] * 6
    assert client.get(reverse("loans:list")).status_code == 200
    assert paused.number not in client.get(reverse("loans:list")).content.decode()


def test_a_visitor_is_asked_to_sign_in(client: Client, paused: Loan) -> None:
    for address in [reverse("loans:list"), *addresses(paused)]:
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_a_visitors_post_writes_nothing(client: Client, paused: Loan) -> None:
    before = Payment.objects.count()
    response = client.post(reverse("loans:pay", args=[paused.public_id]), {"amount": "1"})
    assert (response.status_code, Payment.objects.count()) == (302, before)


def test_a_payment_is_found_under_its_own_loan_only(at: Client, paid_three: Loan, make_loan: Any) -> None:
    other, payment = make_loan(), paid_three.payments.first()
    assert at.get(reverse("loans:payment", args=[other.public_id, payment.public_id])).status_code == 404


def test_unknown_numbers_are_404(at: Client, paid_three: Loan) -> None:
    assert at.get(reverse("loans:detail", args=[uuid4()])).status_code == 404
    assert at.get(reverse("loans:version", args=[paid_three.public_id, 7])).status_code == 404
    assert at.get(reverse("loans:version", args=[paid_three.public_id, 0])).status_code == 404


def test_only_the_two_forms_take_a_post(at: Client, paid_three: Loan) -> None:
    taken = [at.post(address).status_code for address in addresses(paid_three)]
    assert [status == 405 for status in taken] == [True, True, False, False, True, True]
    assert at.post(reverse("loans:list")).status_code == 405


def test_reading_changes_nothing(at: Client, paused: Loan, borrower: Borrower) -> None:
    for address in addresses(paused):
        at.get(address)
    version = Loan.objects.get(pk=paused.pk).version
    assert (version, Payment.objects.count()) == (paused.version, 3)
