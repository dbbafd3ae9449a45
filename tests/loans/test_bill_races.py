"""Several at once on one monthly bill: real threads, real transactions. Only PostgreSQL has more than one writer."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from accounts.errors import Conflict
from accounts.models import Borrower, Lender
from loans.books import violations
from loans.errors import LimitExceeded
from loans.models import AccountEntry, RevolvingAccount
from loans.services import bill_buying
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.test_races import THREADS, at_once

MAY = date(2026, 5, 20)
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def account(borrower: Borrower, qinghe: Lender) -> RevolvingAccount:
    return monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))


def buying(account: RevolvingAccount, key: str, amount_minor: int = 100_000) -> Callable[[], AccountEntry]:
    def buy() -> AccountEntry:
        # Each tab has read the account and its limit for itself, before it buys.
        own = RevolvingAccount.objects.select_related("lender", "borrower", "product", "limit__product").get(
            pk=account.pk
        )
        return bill_buying.purchase(
            account=own, merchant="绿叶超市", amount_minor=amount_minor, key=key, acting_user=None
        )

    return buy


def test_one_purchase_sent_from_eight_tabs_is_one_purchase(account: RevolvingAccount) -> None:
    with at_noon(MAY):
        made = at_once(*[buying(account, "k")] * THREADS)
        assert {getattr(each, "pk", each) for each in made} == {AccountEntry.objects.get().pk}
        assert list(violations([account.lender])) == []


def test_eight_purchases_at_once_never_take_more_than_the_limit(account: RevolvingAccount) -> None:
    """20,000.00 and eight times 6,000.00: at most three fit, the others are told."""
    with at_noon(MAY):
        made = at_once(*(buying(account, f"k{number}", 600_000) for number in range(THREADS)))
        bought = [each for each in made if isinstance(each, AccountEntry)]
        assert 1 <= len(bought) <= 3
        assert all(isinstance(each, (AccountEntry, Conflict, LimitExceeded)) for each in made)
        assert list(violations([account.lender])) == []
