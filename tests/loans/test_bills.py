"""Monthly bills through the services: the golden figures, the books behind them, the limit, two tabs, closing."""

from datetime import date

import pytest

from accounts.errors import NotPermitted
from accounts.models import Borrower, Lender
from loans.books import violations
from loans.errors import (
    AmountRefused,
    BillRefused,
    ChannelRefused,
    KeyTaken,
    LimitExceeded,
)
from loans.models import (
    Account,
    Bill,
    CreditLimit,
    Posting,
    RevolvingAccount,
)
from loans.selectors.limit_use import available_minor
from loans.services import bill_buying, bill_closing, bill_opening, bill_paying, bill_planning, billing
from tests.loans import monthly
from tests.loans.conftest import at_noon
from tests.loans.engine.golden import table

pytestmark = pytest.mark.django_db
# The table's cases that services can live through: nothing is on hold, no fees, opened when the others are.
LIVED = [
    row
    for row in table("bills")
    if not row["held"] and " fee " not in row["facts"] and "opened_on" not in row["terms"]
    and "cap_annual=" not in row["terms"]
]  # fmt: skip


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender) -> CreditLimit:
    return monthly.limit_on(borrower, monthly.billed(qinghe))


@pytest.fixture
def account(limit: CreditLimit) -> RevolvingAccount:
    return monthly.opened(limit)


def bill_of(account: RevolvingAccount, on: date) -> Bill:
    monthly.bill_up_to(account, on)
    return account.bills.get(bill_on=on)


@pytest.mark.parametrize("row", LIVED, ids=lambda row: row["case"])
def test_a_bill_is_that_of_the_rules(borrower: Borrower, qinghe: Lender, row: dict[str, str]) -> None:
    account = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe, row["terms"])))
    monthly.live(account, row["facts"])
    bill = bill_of(account, date.fromisoformat(row["on"]))
    assert bill.due_on.isoformat() == row["due_on"]
    found = {
        "carried": bill.carried_minor,
        "overdue": bill.overdue_minor,
        "new": bill.purchases_minor - bill.refunds_minor,
        "instalments": bill.instalments_minor,
        "fees": bill.fees_minor,
        "interest": bill.interest_minor,
        "penalty": bill.penalty_minor,
        "advance": bill.advance_minor,
    }
    assert found == {name: int(row[name]) for name in found}
    minimum = [
        bill.minimum_purchases_minor, bill.minimum_instalments_minor, bill.minimum_fees_minor,
        bill.minimum_overdue_minor, bill.minimum_interest_minor,
    ]  # fmt: skip
    assert minimum == [int(part) for part in row["minimum"].split()]
    with at_noon(bill.bill_on):
        assert list(violations([qinghe])) == []


def test_most_golden_cases_are_lived_through() -> None:
    assert len(LIVED) >= 20


def test_the_figures_of_the_huabei_plans(account: RevolvingAccount) -> None:
    """Fees of 2.3, 4.5, 6.5 and 8.8 %: monthly IRR x 12 as the rules print it (R24)."""
    monthly.live(account, "2026-05-20 buy 1200000")
    rates = {3: "0.1375", 6: "0.1527", 9: "0.1534", 12: "0.1586"}
    with at_noon(date(2026, 6, 2)):
        for parts, rate in rates.items():
            plan = bill_planning.offer_plan(
                account=account, amount_minor=1_200_000, parts=parts, acting_user=account.borrower.user
            )
            assert f"{plan.rate_annual:.4f}" == rate


def test_the_statement_goes_on_from_the_bill_before(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-05 split 60000 3 0.023; 2026-06-10 pay 4000")
    july = bill_of(account, date(2026, 7, 1))
    assert (july.opening_minor, july.planned_minor, july.settled_minor, july.carried_minor) == (
        100_000,
        60_000,
        4_000,
        36_000,
    )
    # 360.00 carried, 204.60 of instalments, 3.60 of interest for 20 days
    assert (july.balance_minor, july.minimum_minor) == (36_000 + 20_460 + 360, 20_460 + 360)


def test_the_books_hold_what_the_bills_say(account: RevolvingAccount, qinghe: Lender) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000; 2026-06-20 pay 100000")
    monthly.bill_up_to(account, date(2026, 7, 1))
    sums: dict[str, int] = {}
    for book, amount in Posting.objects.values_list("account", "amount_minor"):
        sums[book] = sums.get(book, 0) + amount
    # 900.00 carried for ten days cost 4.50; the rest of the 100.00 too much is the borrower's
    assert {book: amount for book, amount in sums.items() if amount} == {
        Account.CASH: 110_000,
        Account.MERCHANTS: -100_000,
        Account.INTEREST_INCOME: -450,
        Account.BORROWER_CREDIT: -9_550,
    }
    july = account.bills.get(bill_on=date(2026, 7, 1))
    assert (july.interest_minor, july.advance_minor, july.to_pay_minor) == (450, 450, 0)
    assert account.oldest_unpaid_due_on is None
    with at_noon(date(2026, 7, 2)):
        bill_paying.return_credit(account=account, amount_minor=9_550, key="back", acting_user=None)
        assert list(violations([qinghe])) == []
        with pytest.raises(BillRefused, match="more_than_credit"):
            bill_paying.return_credit(account=account, amount_minor=1, key="more", acting_user=None)


def test_bills_are_made_once_and_caught_up(account: RevolvingAccount, qinghe: Lender) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    with at_noon(date(2026, 8, 3)):
        assert billing.bill_all(lender=qinghe) == {"accounts": 1, "bills": 3}
        assert billing.bill_all(lender=qinghe) == {"accounts": 0, "bills": 0}
        assert billing.close_bill(account=account, acting_user=None) == []
    assert [bill.bill_on for bill in account.bills.order_by("bill_on")] == [
        date(2026, 6, 1),
        date(2026, 7, 1),
        date(2026, 8, 1),
    ]


def test_a_month_without_anything_has_no_bill(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-05 pay 100000")
    monthly.bill_up_to(account, date(2026, 9, 1))
    assert [bill.number for bill in account.bills.all()] == [1]


def test_bills_are_made_by_their_day_and_nobody_else(account: RevolvingAccount) -> None:
    with pytest.raises(NotPermitted):
        billing.close_bill(account=account, acting_user=account.borrower.user)


def test_what_is_bought_is_taken_from_the_limit_and_payments_give_it_back(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 500000")
    assert available_minor(account.limit) == 1_500_000
    with at_noon(date(2026, 5, 21)), pytest.raises(LimitExceeded) as refused:
        monthly.buy(account, 1_500_001, "too-much")
    assert refused.value.available_minor == 1_500_000
    monthly.live(account, "2026-06-08 pay 500000")
    with at_noon(date(2026, 6, 8)):
        assert available_minor(account.limit) == 2_000_000


def test_nothing_is_bought_while_a_minimum_is_overdue(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    with at_noon(date(2026, 6, 10)):
        monthly.buy(account, 100, "in-time")
    with at_noon(date(2026, 6, 11)), pytest.raises(LimitExceeded) as refused:
        monthly.buy(account, 100, "late")
    assert refused.value.available_minor == 0
    with at_noon(date(2026, 6, 11)):
        monthly.pay(account, 10_000, "minimum")
        monthly.buy(account, 100, "again")


def test_the_same_key_is_the_same_purchase_and_payment(account: RevolvingAccount) -> None:
    with at_noon(date(2026, 5, 20)):
        assert monthly.buy(account, 5_000, "once") == monthly.buy(account, 5_000, "once")
        assert monthly.pay(account, 3_000, "paid") == monthly.pay(account, 3_000, "paid")
        for amount_minor in (5_001, 4_999):
            with pytest.raises(KeyTaken):
                monthly.buy(account, amount_minor, "once")
        with pytest.raises(KeyTaken):
            monthly.pay(account, 3_000, "once")
    assert account.entries.count() == 2


def test_only_the_owner_buys_pays_and_signs(account: RevolvingAccount, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        bill_buying.purchase(account=account, merchant="A", amount_minor=1, key="k", acting_user=stranger.user)
    with pytest.raises(NotPermitted):
        bill_paying.pay_bill(account=account, amount_minor=1, key="k", channel="borrower", acting_user=stranger.user)
    with pytest.raises(NotPermitted):
        bill_opening.ask_to_open(limit=account.limit, due_day=10, acting_user=stranger.user)
    with pytest.raises(NotPermitted):
        bill_closing.close_account(account=account, acting_user=stranger.user)
    assert not account.entries.exists()


def test_the_borrower_pays_through_their_own_channel_and_something(account: RevolvingAccount) -> None:
    user = account.borrower.user
    with pytest.raises(ChannelRefused):
        bill_paying.pay_bill(account=account, amount_minor=1, key="k", channel="staff", acting_user=user)
    for amount_minor in (0, -1, 10**14):
        with pytest.raises(AmountRefused):
            bill_paying.pay_bill(
                account=account, amount_minor=amount_minor, key="k", channel="borrower", acting_user=user
            )


def test_a_refund_is_a_merchants_and_never_more_than_was_bought(account: RevolvingAccount) -> None:
    with at_noon(date(2026, 5, 20)):
        bought = monthly.buy(account, 10_000, "b")
        with pytest.raises(NotPermitted):
            bill_buying.refund_purchase(bought=bought, amount_minor=1, key="r", acting_user=account.borrower.user)
        with pytest.raises(BillRefused, match="more_than_bought"):
            bill_buying.refund_purchase(bought=bought, amount_minor=10_001, key="r", acting_user=None)
        bill_buying.refund_purchase(bought=bought, amount_minor=10_000, key="r", acting_user=None)
    account.refresh_from_db()
    assert account.principal_left_minor == 0


def test_an_account_whose_bill_cannot_be_made_keeps_no_other_from_its_bill(
    account: RevolvingAccount, qinghe: Lender, stranger: Borrower, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = monthly.opened(monthly.limit_on(stranger, monthly.billed(qinghe, code="monthly-2")))
    for each in (account, other):
        monthly.live(each, "2026-05-20 buy 100000")
    real = billing.make_bills

    def broken(one: RevolvingAccount, on: date) -> list[Bill]:
        if one.pk == account.pk:
            raise ArithmeticError("no such month")
        return real(one, on)

    monkeypatch.setattr(billing, "make_bills", broken)
    with at_noon(date(2026, 6, 2)), pytest.raises(ExceptionGroup, match=rf"{account.number} \(no such month\)"):
        billing.bill_all(lender=qinghe)
    assert (account.bills.count(), other.bills.count()) == (0, 1)
