"""Who is known well enough to be lent to, and what is still missing."""

from typing import Any

import pytest

from accounts import selectors, services
from accounts.models import Borrower, User
from tests.conftest import person
from tests.known import Disagrees, identified, register, with_account

pytestmark = pytest.mark.django_db


def with_phone(borrower: Borrower, *, verified: bool = True) -> None:
    assert borrower.user is not None
    User.objects.filter(pk=borrower.user.pk).update(phone="+8613812345678", phone_verified=verified)
    borrower.user.refresh_from_db()


def test_step_by_step_somebody_becomes_known(borrower: Borrower) -> None:
    assert selectors.known_customer(borrower).missing == ("identity", "phone", "bank_account")
    borrower = identified(borrower.user, "王晓雨")
    assert selectors.next_step(borrower.user) == "phone"
    with_phone(borrower, verified=False)
    assert selectors.known_customer(borrower).missing == ("phone", "bank_account")
    with_phone(borrower)
    account = with_account(borrower, proved=False)
    assert selectors.known_customer(borrower).missing == ("bank_account",)
    services.remove_bank_account(account=account, acting_user=borrower.user)
    with_account(borrower)
    known = selectors.known_customer(borrower)
    assert (known.is_known, known.missing, known.is_identified) == (True, (), True)
    assert selectors.next_step(borrower.user) == ""


def test_a_number_that_was_not_confirmed_makes_nobody_known(borrower: Borrower, settings: Any) -> None:
    settings.IDENTITY_CHECK = register(Disagrees)
    services.identify_person(user=borrower.user, name="王晓雨", number="11010519491231002X", acting_user=borrower.user)
    assert not selectors.known_customer(borrower).is_identified


def test_somebody_who_only_signed_up_begins_at_the_first_step(db: None) -> None:
    assert selectors.next_step(person("new@example.org", "")) == "identity"


def test_a_borrower_without_an_account_here_is_missing_everything(borrower: Borrower) -> None:
    borrower.user = None
    assert not selectors.known_customer(borrower).has_verified_phone


def test_asking_costs_two_queries_and_the_page_four(borrower: Borrower, django_assert_num_queries: Any) -> None:
    borrower = identified(borrower.user, "王晓雨")
    with_account(borrower)
    borrower = Borrower.objects.select_related("user").get(pk=borrower.pk)
    with django_assert_num_queries(2):
        assert selectors.known_customer(borrower).missing == ("phone",)
    with django_assert_num_queries(4):
        page = selectors.known_page(borrower.user)
        assert [str(account) for account in page.accounts] == ["江畔银行 ••••0000"]
    assert page.known == selectors.known_customer(borrower)
