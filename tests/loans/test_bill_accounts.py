"""Opening a monthly bill, turning it into instalments, closing it; and what the database holds by itself."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry, Borrower, Lender
from credit.models import Tradeline
from loans.bill_facts import terms_of
from loans.books import violations
from loans.errors import (
    BillRefused,
    FiguresChanged,
    LimitRefused,
    NameDiffers,
    NotRead,
    NotSettled,
    StillOpen,
    TermsRefused,
)
from loans.models import AccountEntry, BillContract, BillPlan, CreditLimit, RevolvingAccount
from loans.selectors.leaving import blockers
from loans.services import bill_closing, bill_opening, bill_paying, bill_planning
from tests.loans import monthly
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender) -> CreditLimit:
    return monthly.limit_on(borrower, monthly.billed(qinghe))


@pytest.fixture
def account(limit: CreditLimit) -> RevolvingAccount:
    return monthly.opened(limit)


def test_the_cost_sheet_stands_for_five_seconds(limit: CreditLimit) -> None:
    offer = monthly.asked(limit)
    with pytest.raises(NotRead):
        bill_opening.confirm_offer_read(offer=offer, acting_user=limit.borrower.user)
    with pytest.raises(NotRead):
        bill_opening.open_account(
            offer=offer, shown_hash=offer.terms_hash, signature=monthly.SIGNATURE, acting_user=limit.borrower.user
        )


def test_signing_opens_the_account_keeps_the_contract_and_tells_the_credit_file(limit: CreditLimit) -> None:
    account = monthly.opened(limit)
    contract = BillContract.objects.get(account=account)
    assert (account.bill_day, account.due_day, account.rate_annual) == (1, 10, limit.rate_annual)
    assert contract.terms == terms_of(account)
    line = Tradeline.objects.get(reference=account.number)
    assert (line.portfolio, line.original_minor, line.opened_on) == ("revolving", 2_000_000, monthly.OPENED_ON)
    said = str(contract.blocks)
    # 1,000.00 for thirty days at 0.05 % a day, and the real rate of twelve instalments
    assert "¥15.00" in said
    assert "15.86%" in said
    assert AuditEntry.objects.filter(verb="open_account", subject=account.number).exists()


def test_signed_twice_is_one_account(limit: CreditLimit) -> None:
    offer = monthly.read(monthly.asked(limit))
    given = {"shown_hash": offer.terms_hash, "signature": monthly.SIGNATURE, "acting_user": limit.borrower.user}
    first = bill_opening.open_account(offer=offer, **given)
    assert bill_opening.open_account(offer=offer, **given) == first
    with pytest.raises(BillRefused, match="open_already"):
        monthly.asked(limit)


def test_only_what_was_shown_can_be_signed_and_by_name(limit: CreditLimit) -> None:
    with pytest.raises(FiguresChanged):
        monthly.opened(limit, shown_hash="0" * 64)
    with pytest.raises(NameDiffers):
        monthly.opened(limit, signature=monthly.Signature(typed_name="陈一", method="x", language="en"))
    offer = monthly.read(monthly.asked(limit))
    with at_noon(date(2026, 5, 9)), pytest.raises(FiguresChanged):
        bill_opening.open_account(
            offer=offer, shown_hash=offer.terms_hash, signature=monthly.SIGNATURE, acting_user=limit.borrower.user
        )
    assert not RevolvingAccount.objects.exists()


def test_a_due_day_that_is_not_offered_and_a_limit_of_a_loan_are_refused(
    limit: CreditLimit, borrower: Borrower, qinghe: Lender
) -> None:
    with pytest.raises(TermsRefused):
        monthly.asked(limit, due_day=11)
    loan_limit = monthly.limit_on(borrower, monthly.billed(qinghe, kind="instalment", code="cash"))
    with pytest.raises(BillRefused, match="not_billed_monthly"):
        monthly.asked(loan_limit)


def test_a_plan_is_read_before_it_is_agreed_to_and_agreed_once(account: RevolvingAccount) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    user = account.borrower.user
    with at_noon(date(2026, 6, 5)):
        plan = bill_planning.offer_plan(account=account, amount_minor=60_000, parts=3, acting_user=user)
        assert plan.fee_minor == 1_380
        with pytest.raises(NotRead):
            bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)
    with at_noon(date(2026, 6, 6)):
        with pytest.raises(FiguresChanged):
            bill_planning.plan_bill(plan=plan, shown_hash="0" * 64, acting_user=user)
        agreed = bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)
        assert bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user) == agreed
    assert account.entries.count() == 2


@pytest.mark.parametrize(
    ("on", "amount_minor", "parts", "reason"),
    [
        (date(2026, 6, 5), 100_001, 3, "more_than_billed"),
        (date(2026, 6, 5), 60_000, 4, "not_offered"),
        (date(2026, 6, 11), 60_000, 3, "overdue"),
        (date(2026, 5, 21), 60_000, 3, "nothing_billed"),
    ],
)
def test_a_plan_without_room_is_refused(
    account: RevolvingAccount, on: date, amount_minor: int, parts: int, reason: str
) -> None:
    monthly.live(account, "2026-05-20 buy 100000")
    with at_noon(on), pytest.raises(BillRefused, match=reason):
        bill_planning.offer_plan(
            account=account, amount_minor=amount_minor, parts=parts, acting_user=account.borrower.user
        )
    assert not BillPlan.objects.exists()


def test_a_plan_ended_early_costs_the_days_gone_by_only(account: RevolvingAccount, qinghe: Lender) -> None:
    monthly.live(account, "2026-05-20 buy 1200000; 2026-06-05 split 1200000 12 0.088")
    with at_noon(date(2026, 6, 20)):
        entry = bill_planning.end_plan(plan=BillPlan.objects.get(), acting_user=account.borrower.user)
        assert bill_planning.end_plan(plan=BillPlan.objects.get(), acting_user=None) == entry
    monthly.bill_up_to(account, date(2026, 7, 1))
    july = account.bills.get(bill_on=date(2026, 7, 1))
    # ten of the thirty days of June's part, whose fee is 88.00: 29.33
    assert july.instalments_minor == 1_200_000 + 2_933
    with at_noon(date(2026, 7, 1)):
        assert list(violations([qinghe])) == []


def test_paying_for_everything_ends_the_instalments_and_leaves_nothing(
    account: RevolvingAccount, qinghe: Lender
) -> None:
    """1,200.00 in twelve parts, 50.00 bought since; on 20 June ten of thirty days of the first fee are gone by."""
    monthly.live(account, "2026-05-20 buy 150000; 2026-06-05 split 120000 12 0.088; 2026-06-10 pay 30000")
    user = account.borrower.user
    with at_noon(date(2026, 6, 20)):
        monthly.buy(account, 5_000, "b")
        with pytest.raises(FiguresChanged):
            bill_paying.pay_off(account=account, amount_minor=125_294, key="p", acting_user=user)
        paid = bill_paying.pay_off(account=account, amount_minor=125_293, key="p", acting_user=user)
        assert bill_paying.pay_off(account=account, amount_minor=125_293, key="p", acting_user=user) == paid
    monthly.bill_up_to(account, date(2026, 7, 1))
    july = account.bills.get(bill_on=date(2026, 7, 1))
    assert (july.balance_minor, july.to_pay_minor) == (125_293, 0)
    with at_noon(date(2026, 7, 1)):
        bill_closing.close_account(account=account, acting_user=user)
        assert list(violations([qinghe])) == []


def test_what_is_open_stands_in_the_way_of_closing(account: RevolvingAccount) -> None:
    user = account.borrower.user
    monthly.live(account, "2026-05-20 buy 100000")
    with at_noon(date(2026, 5, 21)), pytest.raises(StillOpen) as refused:
        bill_closing.close_account(account=account, acting_user=user)
    assert refused.value.reasons == ("unbilled",)
    monthly.live(account, "2026-06-05 split 60000 3 0.023; 2026-06-10 pay 50000")
    with at_noon(date(2026, 6, 10)), pytest.raises(StillOpen) as refused:
        bill_closing.close_account(account=account, acting_user=user)
    assert refused.value.reasons == ("instalments", "credit")
    with pytest.raises(NotSettled):
        bill_closing.certify_account(account=account, language="en", acting_user=user)
    assert [one.kind for one in blockers(account.borrower, account.lender, date(2026, 6, 10))] == ["bill"]


def test_closing_ends_the_limit_and_the_credit_line_and_gives_a_paper(
    account: RevolvingAccount, qinghe: Lender
) -> None:
    user = account.borrower.user
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 100000")
    with at_noon(date(2026, 6, 12)):
        closed = bill_closing.close_account(account=account, acting_user=user)
        paper = bill_closing.certify_account(account=closed, language="en", acting_user=user)
        assert bill_closing.certify_account(account=closed, language="zh-hans", acting_user=user) == paper
        assert list(violations([qinghe])) == []
        with pytest.raises(BillRefused, match="closed"):
            monthly.buy(account, 100, "after")
        with pytest.raises(BillRefused, match="closed"):
            bill_closing.close_account(account=account, acting_user=user)
    assert paper.is_in_force
    assert Tradeline.objects.get(reference=account.number).closed_on == date(2026, 6, 12)
    account.limit.refresh_from_db()
    assert account.limit.state == "closed"
    assert blockers(account.borrower, account.lender, date(2026, 6, 12)) == ()


def test_who_is_leaving_buys_nothing(account: RevolvingAccount) -> None:
    account.borrower.relations.filter(lender=account.lender).update(state="closing", closing_on=date(2026, 5, 15))
    with pytest.raises(LimitRefused):
        monthly.buy(account, 100, "k")


@pytest.mark.parametrize(
    "change",
    [
        lambda account: account.entries.update(amount_minor=1),
        lambda account: account.bills.update(interest_minor=1),
        lambda account: account.entries.all().delete(),
        lambda account: account.bills.all().delete(),
        lambda account: BillContract.objects.update(title="x"),
        lambda account: RevolvingAccount.objects.update(rate_annual=0),
        lambda account: RevolvingAccount.objects.update(state="closed", closed_on=date(2026, 6, 1)),
        lambda account: RevolvingAccount.objects.all().delete(),
        lambda account: BillPlan.objects.update(fee_minor=0),
    ],
)
def test_nothing_of_a_bill_can_be_changed_behind_the_services(account: RevolvingAccount, change: Any) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-05 split 60000 3 0.023")
    with pytest.raises(DatabaseError), transaction.atomic():
        change(account)


@pytest.mark.parametrize(
    "changed",
    [
        {"sequence": 3, "value_on": date(2026, 5, 31)},  # before the bill of 1 June
        {"sequence": 4, "value_on": date(2026, 6, 11)},  # a gap
    ],
)
def test_nothing_is_entered_before_a_bill_or_leaving_a_gap(account: RevolvingAccount, changed: dict[str, Any]) -> None:
    monthly.live(account, "2026-05-20 buy 100000; 2026-06-10 pay 10000")
    entry = AccountEntry(
        lender=account.lender, account=account, kind="plan_ended", key="x", about=account.entries.get(sequence=1)
    )
    for name, value in changed.items():
        setattr(entry, name, value)
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)
