"""How a loan stands on a day, in three queries."""

from collections.abc import Callable
from datetime import date
from typing import Any

from loans import services
from loans.engine.schedule import PaidRow
from loans.models import Loan
from loans.selectors import standing, standings
from tests.conftest import TODAY


def test_the_worked_example_on_8_may(paid_three: Loan) -> None:
    now = standing(paid_three, TODAY)
    # published: left 9,717.32, principal 9,159.05, next 15 May 1,079.71
    assert (now.principal_left_minor, now.left_minor, now.paid_count, now.version_number) == (915_905, 971_732, 3, 1)
    assert (now.position.next_number, now.position.next_due_on, now.position.next_due_minor) == (
        4,
        date(2026, 5, 15),
        107_971,
    )
    assert (now.position.days_past_due, now.position.bucket, now.position.oldest_unpaid_due_on) == (
        0,
        "M0",
        date(2026, 5, 15),
    )
    assert now.paid[1] == PaidRow(93_571, 14_400, 0)
    assert now.paid_off_on == {1: date(2026, 2, 15), 2: date(2026, 3, 15), 3: date(2026, 4, 15)}
    assert [row.number for row in now.unpaid_rows] == list(range(4, 13))


def test_a_part_payment_is_paid_but_not_paid_off(paid_three: Loan) -> None:
    services.record_payment(loan=paid_three, amount_minor=20_000, key="part", channel="auto_debit", acting_user=None)
    now = standing(paid_three, TODAY)
    assert now.paid[4] == PaidRow(9_009, 10_991, 0)
    assert 4 not in now.paid_off_on
    assert now.position.next_due_minor == 87_971
    assert now.left_minor == 951_732


def test_an_instalment_is_paid_off_by_the_last_money_it_needed(loan: Loan) -> None:
    for key, amount_minor, on in (("a", 50_000, date(2026, 2, 10)), ("b", 57_971, date(2026, 2, 17))):
        services.record_payment(
            loan=loan, amount_minor=amount_minor, key=key, channel="auto_debit", value_on=on, acting_user=None
        )
    assert standing(loan, TODAY).paid_off_on == {1: date(2026, 2, 17)}


def test_an_earlier_day_knows_nothing_of_later_payments(paid_three: Loan) -> None:
    then = standing(paid_three, date(2026, 3, 14))
    assert (then.paid_count, then.position.oldest_unpaid_due_on) == (1, date(2026, 3, 15))


def test_late_is_counted_and_grace_is_not_late(loan: Loan) -> None:
    # Nothing paid: on 18 February the first is in its last day of grace, on the 19th four days late.
    in_grace, late = standing(loan, date(2026, 2, 18)).position, standing(loan, date(2026, 2, 19)).position
    assert (in_grace.in_grace_until, in_grace.days_overdue) == (date(2026, 2, 18), 0)
    assert (late.in_grace_until, late.days_overdue, late.overdue_minor) == (None, 4, 107_971)


def test_three_queries_however_many_loans_and_three_more_where_somebody_is_late(
    paid_three: Loan, make_loan: Callable[..., Loan], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        standing(paid_three, TODAY)
    loans = [paid_three, *(services.disburse_loan(loan=make_loan(), acting_user=None) for _ in range(3)), make_loan()]
    # Three of them are late: their products, what was charged before, and the holds.
    with django_assert_num_queries(6):
        found = standings(loans, TODAY)
    assert found[paid_three.pk] == standing(paid_three, TODAY)
    assert [found[loan.pk].paid_count for loan in loans] == [3, 0, 0, 0, 0]


def test_no_loans_no_answers(db: None) -> None:
    assert standings([], TODAY) == {}
