"""Payments that came in late or were taken back: the books are as if everything had been known in time."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from credit.models import MonthFact, Tradeline
from loans import services
from loans.books import violations
from loans.errors import RefundedAlready
from loans.ledger import post
from loans.models import Account, JournalEntry, Loan, Payment, PaymentCorrection, PenaltyCharge, ScheduleVersion
from loans.selectors.charges import charges_of, explained
from loans.selectors.in_force import in_force, paid_rows
from tests.loans.conftest import at_noon, product_of
from tests.loans.reporting import reportable

ON_TIME = date(2026, 2, 10)
LATE = date(2026, 3, 15)
TODAY = date(2026, 5, 8)


def pay(loan: Loan, amount_minor: int, key: str, value_on: date, **changed: Any) -> Payment:
    given = {"channel": "auto_debit", "acting_user": None} | changed
    return services.record_payment(loan=loan, amount_minor=amount_minor, key=key, value_on=value_on, **given)


def now(loan: Loan, key: str) -> dict[tuple[int, str], int]:
    """The shares of a payment, after every correction."""
    shares = in_force([loan], TODAY)[loan.pk].shares
    pk = Payment.objects.get(key=key).pk
    return {(share.number, share.component): share.amount_minor for share in shares if share.payment == pk}


def posted(entry: JournalEntry | None) -> dict[str, int]:
    assert entry is not None
    return dict(entry.postings.values_list("account", "amount_minor"))


def owed(loan: Loan, on: date) -> int:
    return charges_of([loan], in_force([loan], on), on)[loan.pk].owed_minor


@pytest.fixture
def costly(qinghe: Lender, make_loan: Callable[..., Loan]) -> Loan:
    """The same loan of a product that charges for being late: half as much again, 24 % at most."""
    product = product_of(qinghe, code="costly", penalty_uplift="0.5", annual_cap="0.24")
    loan = make_loan(product=product)
    return services.disburse_loan(loan=loan, acting_user=None)


def test_a_payment_known_late_goes_where_it_belonged_and_the_later_one_moves_on(loan: Loan) -> None:
    pay(loan, 107_971, "later", date(2026, 3, 1))
    pay(loan, 100, "earlier", date(2026, 2, 15))
    assert now(loan, "earlier") == {(1, "interest"): 100}
    assert now(loan, "later") == {(1, "interest"): 14_300, (1, "principal"): 93_571, (2, "interest"): 100}
    correction = PaymentCorrection.objects.get()
    # Interest is interest, whichever instalment it is of: the journal has nothing to say.
    assert (correction.payment.key, correction.kind, correction.journal_entry) == ("earlier", "backdated", None)
    assert list(violations([loan.lender])) == []


def test_payments_of_one_day_stay_in_the_order_they_came(loan: Loan) -> None:
    pay(loan, 14_400, "first", LATE)
    pay(loan, 93_571, "second", LATE)
    assert now(loan, "second") == {(1, "principal"): 93_571}
    assert not PaymentCorrection.objects.exists()


def test_being_late_is_paid_before_interest_and_principal(costly: Loan) -> None:
    # 935.71 overdue for 28 days: 935.71 x 14.4 % x 1.5 x 28 / 360 = 15.72, all three days of grace included.
    payment = pay(costly, 107_971 + 1_572, "p1", LATE)
    assert now(costly, "p1") == {(1, "penalty"): 1_572, (1, "interest"): 14_400, (1, "principal"): 93_571}
    assert posted(payment.journal_entry)["penalty_income"] == -1_572
    assert list(violations([costly.lender])) == []


def test_what_being_late_costs_is_explained_to_the_fen(costly: Loan) -> None:
    pay(costly, 1_000, "little", date(2026, 3, 5))
    with at_noon(LATE):
        said = explained(*_charges_and_rows(costly))
    # 18 days by 5 March cost 935.71 x 0.216 x 18 / 360 = 10.11; 10.00 of it was paid that day. On 15 March it is 15.72.
    assert [(step.label_code, step.formula, step.amount_minor) for step in said[0].steps] == [
        ("penalty", "935.71 × 28 × 14.4% × 150% ÷ 360 = 15.7199… ≈ 15.72", 1_572),
        ("penalty_paid", "−10.00", -1_000),
    ]


def _charges_and_rows(loan: Loan) -> Any:
    held = in_force([loan], LATE)
    return charges_of([loan], held, LATE)[loan.pk], held[loan.pk].rows


def test_a_payment_known_late_takes_back_what_being_late_had_cost(costly: Loan) -> None:
    pay(costly, 107_971 + 1_572, "p1", LATE)
    pay(costly, 107_971, "in time", ON_TIME)
    # The second instalment is 132.77 + 946.94; what is left of 1,095.43 goes to the third.
    assert now(costly, "p1") == {(2, "interest"): 13_277, (2, "principal"): 94_694, (3, "interest"): 1_572}
    correction = PaymentCorrection.objects.get()
    assert posted(correction.journal_entry) == {"penalty_income": 1_572, "interest_income": -449, "principal": -1_123}
    costly.refresh_from_db()
    assert costly.principal_left_minor == 1_200_000 - 93_571 - 94_694
    assert list(violations([costly.lender])) == []


def test_books_are_the_same_in_whatever_order_payments_become_known(
    make_loan: Callable[..., Loan], qinghe: Lender
) -> None:
    product = product_of(qinghe, code="costly", penalty_uplift="0.5", annual_cap="0.24")
    known = [(ON_TIME, 50_000), (date(2026, 3, 1), 70_000), (date(2026, 3, 20), 107_971), (date(2026, 4, 30), 90_000)]
    said = []
    for turn, order in enumerate(([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1])):
        loan = services.disburse_loan(loan=make_loan(product=product), acting_user=None)
        for place in order:
            on, amount_minor = known[place]
            pay(loan, amount_minor, f"{turn}-{place}", on)
        shares = in_force([loan], TODAY)[loan.pk].shares
        said.append([(share.on, *share[2:]) for share in sorted(shares, key=lambda share: (share.on, share[2:]))])
        loan.refresh_from_db()
        said[-1].append((loan.principal_left_minor, loan.oldest_unpaid_due_on))
    assert said[0] == said[1] == said[2]
    assert list(violations([qinghe])) == []


def test_a_payment_taken_back_makes_later_ones_pay_what_it_had_paid(paid_three: Loan) -> None:
    first = Payment.objects.get(key="p1")
    correction = services.reverse_payment(payment=first, reason="AM04", acting_user=None)
    assert now(paid_three, "p1") == {}
    assert now(paid_three, "p2") == {(1, "interest"): 14_400, (1, "principal"): 93_571}
    assert now(paid_three, "p3") == {(2, "interest"): 13_277, (2, "principal"): 94_694}
    # The third instalment is open again: 121.41 of interest and 958.30 of principal.
    assert posted(correction.journal_entry) == {"cash": -107_971, "interest_income": 12_141, "principal": 95_830}
    assert correction.journal_entry is not None
    assert correction.journal_entry.reverses == first.journal_entry
    paid_three.refresh_from_db()
    assert (paid_three.principal_left_minor, paid_three.oldest_unpaid_due_on) == (1_011_735, date(2026, 4, 15))
    assert list(violations([paid_three.lender])) == []


def test_a_payment_is_taken_back_once(paid_three: Loan) -> None:
    first = Payment.objects.get(key="p1")
    done = services.reverse_payment(payment=first, reason="AM04", acting_user=None)
    assert services.reverse_payment(payment=first, reason="again", acting_user=None) == done
    assert AuditEntry.objects.filter(verb="reverse_payment").count() == 1


def test_the_last_payment_taken_back_lets_the_loan_run_again(make_loan: Callable[..., Loan]) -> None:
    loan = services.disburse_loan(loan=make_loan(instalment_count=1), acting_user=None)
    # 12,000.00 for a month at 1.2 %: 12,144.00 on 15 February.
    payment = pay(loan, 1_214_400, "all", date(2026, 2, 15))
    loan.refresh_from_db()
    assert loan.state == "settled"
    services.reverse_payment(payment=payment, reason="AC04", acting_user=None)
    loan.refresh_from_db()
    assert (loan.state, loan.settled_on, loan.principal_left_minor) == ("active", None, 1_200_000)
    assert Tradeline.objects.get(reference=loan.number).closed_on is None
    assert list(violations([loan.lender])) == []


def test_a_payoff_taken_back_puts_the_schedule_before_in_force_again(paid_three: Loan) -> None:
    before = in_force([paid_three], TODAY)[paid_three.pk].rows
    payment = services.settle_early(loan=paid_three, key="off", acting_user=None)
    services.reverse_payment(payment=payment, reason="AM04", acting_user=None)
    paid_three.refresh_from_db()
    assert (paid_three.state, paid_three.current_version, paid_three.oldest_unpaid_due_on) == (
        "active",
        3,
        date(2026, 5, 15),
    )
    assert in_force([paid_three], TODAY)[paid_three.pk].rows == before
    assert ScheduleVersion.objects.get(loan=paid_three, number=3).source == "correction"
    assert list(violations([paid_three.lender])) == []


def test_a_month_on_the_credit_file_is_judged_anew(paid_three: Loan) -> None:
    services.furnish_months(loan=reportable(paid_three), through=date(2026, 4, 1), acting_user=None)
    assert [fact.days_past_due for fact in _file(paid_three)] == [0, 0, 0, 0]
    services.reverse_payment(payment=Payment.objects.get(key="p3"), reason="AM04", acting_user=None)
    # Due 15 April, unpaid on the 30th: 15 days.
    assert [fact.days_past_due for fact in _file(paid_three)] == [0, 0, 0, 15]
    assert _file(paid_three)[-1].reason == "payment_taken_back"


def test_a_payment_known_late_clears_the_months_on_the_credit_file(loan: Loan) -> None:
    services.furnish_months(loan=reportable(loan), through=date(2026, 4, 1), acting_user=None)
    # Due 15 February and unpaid: 13 days at the end of February, 44 of March, 74 of April.
    assert [fact.days_past_due for fact in _file(loan)] == [0, 13, 44, 74]
    pay(loan, 107_971, "late", date(2026, 2, 15))
    # Now the oldest unpaid instalment is that of 15 March.
    assert [fact.days_past_due for fact in _file(loan)] == [0, 0, 16, 46]
    assert {fact.reason for fact in _file(loan)[1:]} == {"payment_known_late"}


def _file(loan: Loan) -> list[MonthFact]:
    return list(MonthFact.objects.current().filter(tradeline__reference=loan.number).order_by("month"))


def test_what_was_paid_back_to_the_borrower_stands_in_the_way(make_loan: Callable[..., Loan]) -> None:
    loan = services.disburse_loan(loan=make_loan(instalment_count=1), acting_user=None)
    first = pay(loan, 1_000_000, "first", date(2026, 2, 14))
    pay(loan, 215_000, "rest and more", date(2026, 2, 15))
    refund = {Account.BORROWER_CREDIT: 600, Account.CASH: -600}
    post(lender=loan.lender, loan=loan, kind="correction", key="refund", lines=refund, value_on=TODAY)
    with pytest.raises(RefundedAlready):
        services.reverse_payment(payment=first, reason="AM04", acting_user=None)
    loan.refresh_from_db()
    assert loan.state == "settled"
    assert not PaymentCorrection.objects.exists()


def test_only_servicing_takes_payments_back(paid_three: Loan, staff: SimpleNamespace, borrower: Borrower) -> None:
    payment = Payment.objects.get(key="p3")
    for person in (staff.reviewer, staff.other_reviewer, borrower.user):
        with pytest.raises(NotPermitted):
            services.reverse_payment(payment=payment, reason="?", acting_user=person)
    services.reverse_payment(payment=payment, reason="paid from another's account", acting_user=staff.servicing)
    assert AuditEntry.objects.get(verb="reverse_payment").actor == staff.servicing


@pytest.mark.parametrize("step", ["correct", "refresh", "judge_anew"])
def test_a_crash_while_taking_back_changes_nothing(
    paid_three: Loan, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the power went out")

    services.furnish_months(loan=reportable(paid_three), through=date(2026, 4, 1), acting_user=None)
    monkeypatch.setattr(f"loans.services.reversing.{step}", fail)
    with pytest.raises(RuntimeError):
        services.reverse_payment(payment=Payment.objects.get(key="p1"), reason="AM04", acting_user=None)
    assert not PaymentCorrection.objects.exists()
    assert list(violations([paid_three.lender])) == []


def test_being_late_is_paid_with_a_payoff(costly: Loan) -> None:
    with at_noon(LATE):
        before = owed(costly, LATE)
        payment = services.settle_early(loan=costly, key="off", acting_user=None)
    assert before == 1_572
    # 12,000.00, the instalment due on the day before included, 144.00 + 132.77 of interest, 15.72 for being late.
    assert payment.amount_minor == 1_200_000 + 14_400 + 13_277 + 1_572
    costly.refresh_from_db()
    assert costly.state == "settled"
    assert list(violations([costly.lender])) == []


def test_what_being_late_cost_outlives_the_schedule_that_said_so(costly: Loan) -> None:
    with at_noon(LATE):
        held = in_force([costly], LATE)[costly.pk]
        moved = [row._replace(due_on=date(2026, 6, row.number)) if row.number < 5 else row for row in held.rows]
        later = [row._replace(due_on=max(row.due_on, date(2026, 6, 15))) for row in moved[4:]]
        services.adopt_schedule(
            loan=costly, rows=[*moved[:4], *later], source="relief", expected_version=1, acting_user=None
        )
    charge = PenaltyCharge.objects.get()
    assert (charge.instalment_number, charge.days, charge.amount_minor) == (1, 28, 1_572)
    # Nothing is late under the new schedule, and nothing is forgotten either.
    assert owed(costly, TODAY) == 1_572
    with at_noon(TODAY):
        pay(costly, 1_572, "cost", TODAY)
    assert now(costly, "cost") == {(1, "penalty"): 1_572}
    assert paid_rows(in_force([costly], TODAY)[costly.pk].shares) == ({}, {})
