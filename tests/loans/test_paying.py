"""Money received counts once, goes where the waterfall says, and settles the loan when nothing is left."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower
from credit.models import Tradeline
from loans import services
from loans.errors import (
    AlreadySettled,
    AmountRefused,
    ChannelRefused,
    DateRefused,
    KeyRefused,
    KeyTaken,
    NotDisbursed,
)
from loans.models import JournalEntry, Loan, Payment
from tests.loans.conftest import at_noon

WHOLE_MINOR = 1_295_645  # 11 x 1,079.71 + 1,079.64
DUE_ON = date(2026, 2, 15)


def pay(loan: Loan, amount_minor: int, key: str = "k", **changed: Any) -> Payment:
    given = {
        "loan": loan,
        "amount_minor": amount_minor,
        "key": key,
        "channel": "auto_debit",
        "value_on": DUE_ON,
        "acting_user": None,
    }
    return services.record_payment(**(given | changed))


def shares(payment: Payment) -> list[tuple[int, str, int]]:
    return list(payment.allocations.order_by("pk").values_list("instalment_number", "component", "amount_minor"))


def posted(payment: Payment) -> dict[str, int]:
    return dict(payment.journal_entry.postings.values_list("account", "amount_minor"))


def test_an_instalment_paid_on_its_day_is_interest_and_principal(loan: Loan) -> None:
    payment = pay(loan, 107_971)
    # 12,000.00 x 1.2 % = 144.00; 1,079.71 - 144.00 = 935.71
    assert shares(payment) == [(1, "interest", 14_400), (1, "principal", 93_571)]
    assert posted(payment) == {"cash": 107_971, "interest_income": -14_400, "principal": -93_571}
    loan.refresh_from_db()
    assert (loan.principal_left_minor, loan.oldest_unpaid_due_on) == (1_106_429, date(2026, 3, 15))


def test_a_part_payment_leaves_the_instalment_open(loan: Loan) -> None:
    payment = pay(loan, 20_000)
    assert shares(payment) == [(1, "interest", 14_400), (1, "principal", 5_600)]
    loan.refresh_from_db()
    assert (loan.principal_left_minor, loan.oldest_unpaid_due_on) == (1_194_400, DUE_ON)
    assert shares(pay(loan, 87_971, "rest")) == [(1, "principal", 87_971)]


def test_what_is_due_goes_before_what_is_to_come(loan: Loan) -> None:
    payment = pay(loan, 107_971 + 100)
    assert shares(payment)[-1] == (2, "interest", 100)


@pytest.mark.parametrize(
    "day, first", [(date(2026, 5, 16), "interest"), (date(2026, 5, 17), "principal")], ids=["90 days", "91 days"]
)
def test_more_than_ninety_days_late_pays_principal_first(loan: Loan, day: date, first: str) -> None:
    with at_noon(day):
        assert shares(pay(loan, 10_000, value_on=day)) == [(1, first, 10_000)]


def test_the_same_key_is_the_same_payment(loan: Loan) -> None:
    first = pay(loan, 107_971)
    assert pay(loan, 107_971) == first
    assert pay(loan, 107_971, value_on=None) == first
    assert Payment.objects.count() == 1
    assert JournalEntry.objects.filter(kind="payment").count() == 1
    assert AuditEntry.objects.filter(verb="record_payment").count() == 1


@pytest.mark.parametrize("changed", [{"amount_minor": 107_970}, {"value_on": date(2026, 2, 16)}])
def test_the_same_key_with_another_sum_or_day_is_a_conflict(loan: Loan, changed: dict) -> None:
    pay(loan, 107_971)
    with pytest.raises(KeyTaken):
        pay(loan, changed.pop("amount_minor", 107_971), **changed)
    assert Payment.objects.count() == 1


def test_the_same_key_on_another_loan_is_a_conflict(loan: Loan, make_loan: Callable[..., Loan]) -> None:
    pay(loan, 107_971)
    other = services.disburse_loan(loan=make_loan(), acting_user=None)
    with pytest.raises(KeyTaken):
        pay(other, 107_971)


def test_paying_everything_settles_the_loan_and_closes_the_account(loan: Loan) -> None:
    payment = pay(loan, WHOLE_MINOR)
    loan.refresh_from_db()
    assert (loan.state, loan.settled_on, loan.principal_left_minor, loan.oldest_unpaid_due_on) == (
        "settled",
        DUE_ON,
        0,
        None,
    )
    assert payment.unapplied_minor == 0
    assert Tradeline.objects.get(reference=loan.number).closed_on == DUE_ON


def test_what_the_loan_does_not_need_is_owed_back(loan: Loan) -> None:
    payment = pay(loan, WHOLE_MINOR + 100)
    assert payment.unapplied_minor == 100
    assert posted(payment) == {
        "cash": 1_295_745,
        "principal": -1_200_000,
        "interest_income": -95_645,
        "borrower_credit": -100,
    }


def test_a_settled_loan_takes_no_more_but_answers_for_its_last_payment(loan: Loan) -> None:
    last = pay(loan, WHOLE_MINOR)
    with pytest.raises(AlreadySettled):
        pay(loan, 1, "more")
    assert pay(loan, WHOLE_MINOR) == last


def test_a_pending_loan_takes_no_money(pending: Loan) -> None:
    with pytest.raises(NotDisbursed):
        pay(pending, 1)


@pytest.mark.parametrize("amount_minor", [0, -1, 10**13 + 1, True])
def test_only_a_sum_can_be_paid(loan: Loan, amount_minor: int) -> None:
    with pytest.raises(AmountRefused):
        pay(loan, amount_minor)


@pytest.mark.parametrize("day, reason", [(date(2026, 5, 9), "in_future"), (date(2026, 1, 14), "before_disbursement")])
def test_a_payment_lies_between_disbursement_and_today(loan: Loan, day: date, reason: str) -> None:
    with pytest.raises(DateRefused) as refused:
        pay(loan, 100, value_on=day)
    assert refused.value.reason == reason
    assert pay(loan, 100, value_on=date(2026, 1, 15)).value_on == date(2026, 1, 15)


def test_a_payment_counts_today_unless_it_says_otherwise(loan: Loan) -> None:
    payment = pay(loan, 100, value_on=None)
    assert (payment.value_on, payment.journal_entry.posted_on) == (date(2026, 5, 8), date(2026, 5, 8))


def test_the_borrower_pays_their_own_loan_today_through_their_own_channel(loan: Loan, borrower: Borrower) -> None:
    payment = pay(loan, 100, channel="borrower", value_on=None, acting_user=borrower.user)
    assert (payment.recorded_by, payment.channel) == (borrower.user, "borrower")
    with pytest.raises(ChannelRefused):
        pay(loan, 100, "k2", channel="staff", value_on=None, acting_user=borrower.user)
    with pytest.raises(DateRefused) as refused:
        pay(loan, 100, "k3", channel="borrower", value_on=DUE_ON, acting_user=borrower.user)
    assert refused.value.reason == "not_today"


def test_nobody_else_pays_or_learns_of_a_payment(
    loan: Loan, stranger: Borrower, elsewhere: Borrower, staff: SimpleNamespace
) -> None:
    pay(loan, 100)
    for user in (stranger.user, elsewhere.user, staff.other_reviewer, staff.reviewer, staff.auditor):
        with pytest.raises(NotPermitted):
            pay(loan, 100, channel="borrower", acting_user=user)
    assert pay(loan, 200, "staff", channel="staff", acting_user=staff.servicing).recorded_by == staff.servicing


def test_an_unknown_channel_is_refused(loan: Loan) -> None:
    with pytest.raises(ValueError, match="carrier pigeon"):
        pay(loan, 100, channel="carrier pigeon")


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_a_key_has_one_to_64_characters(loan: Loan, key: str) -> None:
    with pytest.raises(KeyRefused):
        pay(loan, 100, key)


def test_the_record_says_what_was_and_what_is(loan: Loan, staff: SimpleNamespace) -> None:
    payment = pay(loan, 107_971, channel="staff", acting_user=staff.servicing)
    entry = AuditEntry.objects.get(verb="record_payment")
    assert (entry.actor, entry.subject) == (staff.servicing, loan.number)
    assert entry.before == {"principal_left_minor": 1_200_000, "state": "active"}
    assert entry.after == {
        "payment": str(payment.public_id),
        "amount_minor": 107_971,
        "unapplied_minor": 0,
        "value_on": "2026-02-15",
        "channel": "staff",
        "state": "active",
        "principal_left_minor": 1_106_429,
        "changed_payments": 0,
    }


@pytest.mark.parametrize("step", ["post", "change", "close_tradeline"])
def test_a_crash_at_any_step_leaves_nothing(loan: Loan, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(f"loans.services.paying.{step}", fail)
    with pytest.raises(RuntimeError):
        pay(loan, WHOLE_MINOR)
    loan.refresh_from_db()
    assert (loan.state, loan.principal_left_minor) == ("active", 1_200_000)
    assert not Payment.objects.exists()
    assert not JournalEntry.objects.filter(kind="payment").exists()
