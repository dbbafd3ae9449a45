"""A bank account that a loan is collected from is not removed under it."""

import pytest
from django.utils import translation

from accounts import services as people
from accounts.errors import Refused
from accounts.models import BankAccount, Borrower
from credit.services import withdraw_consent
from loans.models import Loan, PaymentOrder
from tests.credit.consents import give
from tests.loans.gateways.conftest import account_of


def remove(account: BankAccount) -> None:
    people.remove_bank_account(account=account, acting_user=account.borrower.user)


def test_the_last_account_of_a_mandate_stays(loan: Loan, borrower: Borrower) -> None:
    account = account_of(borrower)
    given = give(borrower, loan.lender, "debit")
    with translation.override("en"), pytest.raises(Refused) as caught:
        remove(account)
    assert "Confirm another first" in str(caught.value.codes[0])
    withdraw_consent(consent=given, acting_user=borrower.user)
    remove(account)


def test_with_another_one_it_can_go(loan: Loan, borrower: Borrower) -> None:
    account, other = account_of(borrower), account_of(borrower, "5678")
    give(borrower, loan.lender, "debit")
    remove(account)
    with pytest.raises(Refused):
        remove(other)


def test_one_that_was_never_proved_can_go(loan: Loan, borrower: Borrower) -> None:
    account_of(borrower)
    give(borrower, loan.lender, "debit")
    remove(account_of(borrower, "5678", verified_at=None))


def test_one_with_a_debit_under_way_stays(order: PaymentOrder, borrower: Borrower) -> None:
    account_of(borrower, "5678")
    with translation.override("en"), pytest.raises(Refused) as caught:
        remove(order.bank_account)
    assert "under way" in str(caught.value.codes[0])
