"""What is kept for ten years is erased then, not a day before, and nothing else goes with it."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts import services as people
from accounts.chain import digest
from accounts.models import AuditEntry, BankAccount, Borrower, Identity, Lender
from loans import services
from loans.leaving_words import effects_text
from loans.models import Loan, PaymentOrder
from loans.selectors.leaving import closing_page
from loans.services.erasing import ended_on, erase_expired
from loans.services.leaving import ask_to_close, finish_closing
from tests.conftest import NOON, TODAY
from tests.loans.applicants import make_known
from tests.loans.conftest import at_noon
from tests.loans.gateways.conftest import account_of

CLOSED_ON = TODAY + timedelta(days=8)  # seven days to think again, and the night after them
LAST_DAY = date(2036, 5, 16)


@pytest.fixture
def known(borrower: Borrower) -> Borrower:
    return make_known(borrower)


def leave(borrower: Borrower, lender: Lender) -> None:
    relation = borrower.relations.select_related("lender", "borrower").get(lender=lender)
    text = effects_text(closing_page(relation, TODAY), "zh-hans")
    ask_to_close(relation=relation, text=text, shown_sha256=digest(text), language="zh-hans", acting_user=borrower.user)
    with at_noon(CLOSED_ON):
        finish_closing(relation=relation)


def kept(borrower: Borrower) -> tuple[bool, bool]:
    """Whether the identity number and the number of the first account are still there."""
    account = BankAccount.objects.filter(borrower=borrower).earliest("pk")
    return bool(Identity.objects.get(borrower=borrower).number_sealed), bool(account.number_sealed)


def test_a_customer_is_never_over(known: Borrower) -> None:
    assert ended_on(known) is None
    assert erase_expired(on=date(2099, 1, 1)) == {"people": 0, "accounts": 0}
    assert kept(known) == (True, True)


def test_ten_years_after_closing_the_numbers_go_and_nothing_else(known: Borrower, qinghe: Lender) -> None:
    leave(known, qinghe)
    assert ended_on(known) == CLOSED_ON
    assert erase_expired(on=LAST_DAY)["people"] == 0
    assert kept(known) == (True, True)
    assert erase_expired(on=LAST_DAY + timedelta(days=1), is_dry=True)["people"] == 1
    assert kept(known) == (True, True)
    assert erase_expired(on=LAST_DAY + timedelta(days=1))["people"] == 1
    assert kept(known) == (False, False)
    identity = Identity.objects.get()
    assert (identity.state, identity.number_hash, identity.number_masked) == ("revoked", "", "")
    account = BankAccount.objects.earliest("pk")
    assert account.last4
    assert (account.number_hash, account.is_active) == ("", False)
    assert AuditEntry.objects.get(verb="erase_numbers").after == {"identity": 1, "bank_accounts": 1}
    assert erase_expired(on=LAST_DAY + timedelta(days=1)) == {"people": 0, "accounts": 0}


def test_a_transaction_after_closing_counts_on(known: Borrower, qinghe: Lender, loan: Loan) -> None:
    services.settle_early(loan=loan, key="end", acting_user=None)
    leave(known, qinghe)
    assert ended_on(known) == CLOSED_ON
    with at_noon(date(2026, 6, 1)):
        services.reverse_payment(payment=loan.payments.get(), reason="AM04", acting_user=None)
    assert ended_on(known) == date(2026, 6, 1)


def test_another_lender_keeps_what_it_needs(known: Borrower, qinghe: Lender, jiangpan: Lender) -> None:
    people.enrol_borrower(lender=jiangpan, name=known.name, since=TODAY, user=known.user, acting_user=None)
    leave(known, qinghe)
    assert erase_expired(on=date(2099, 1, 1))["people"] == 0
    assert kept(known) == (True, True)


def test_a_removed_account_goes_ten_years_after_its_last_payment(known: Borrower, paid_three: Loan) -> None:
    account_of(known, "5678")
    account = BankAccount.objects.filter(borrower=known).earliest("pk")
    with at_noon(date(2026, 5, 1)):
        PaymentOrder.objects.create(
            lender=paid_three.lender, loan=paid_three, direction="debit", bank_account=account, amount_minor=1,
            currency="CNY", key="k", gateway="callback", ordered_on=date(2026, 5, 20), state="failed", ended_at=NOON,
        )  # fmt: skip
    people.remove_bank_account(account=account, acting_user=known.user)
    assert erase_expired(on=date(2036, 5, 20))["accounts"] == 0
    assert erase_expired(on=date(2036, 5, 21))["accounts"] == 1
    assert kept(known) == (True, False)


def test_the_command_counts_without_and_with_doing(known: Borrower, qinghe: Lender) -> None:
    leave(known, qinghe)
    with at_noon(LAST_DAY + timedelta(days=1)):
        assert "1 people and 0 removed bank accounts would be erased" in said("--dry-run")
        assert kept(known) == (True, True)
        assert json.loads(said("--json")) == {"people": 1, "accounts": 0}
    assert kept(known) == (False, False)


def said(*arguments: Any) -> str:
    out = StringIO()
    call_command("erase_expired", *arguments, stdout=out)
    return out.getvalue()
