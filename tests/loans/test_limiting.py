"""Limits: cut with notice and never below what is drawn, taken back, drawn from by one tab at a time."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.errors import Conflict, NotPermitted
from accounts.models import Borrower, Lender
from loans import services
from loans.errors import KeyTaken, LimitExceeded, LimitRefused
from loans.models import CreditLimit, LimitChange, LimitReservation, Loan, Product
from loans.selectors.limit_use import available_minor, limits_of, use_of
from loans.services import limiting
from tests.conftest import TODAY
from tests.loans.applicants import offered, ready, send
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender, product: Product) -> CreditLimit:
    """20,000.00 at Qinghe from 8 May 2026."""
    ready(borrower, qinghe)
    send(borrower, product, wished_minor=2_000_000)
    return CreditLimit.objects.get()


def reserve(limit: CreditLimit, amount_minor: int, reference: str = "D-1") -> LimitReservation:
    return limiting.reserve(limit=limit, amount_minor=amount_minor, reference=reference, acting_user=None)


def drawn(limit: CreditLimit, amount_minor: int, reference: str = "D-1", *, paid_out: bool = True) -> Loan:
    """A loan drawn from the limit."""
    reserve(limit, amount_minor, reference)
    loan = services.open_loan(
        lender=limit.lender, borrower=limit.borrower, product=limit.product, principal_minor=amount_minor,
        instalment_count=12, disbursed_on=limit.lender.today(), rate_annual=limit.rate_annual, acting_user=None,
    )  # fmt: skip
    limiting.attach_loan(limit=limit, reference=reference, loan=loan, acting_user=None)
    return services.disburse_loan(loan=loan, acting_user=None) if paid_out else loan


def cut(limit: CreditLimit, to_minor: int, **more: Any) -> LimitChange:
    answers = {"reason": "record", "words": "请看说明。", "acting_user": None} | more
    return limiting.cut_limit(limit=limit, limit_minor=to_minor, **answers)


# Drawing


def test_what_is_set_aside_is_no_longer_there(limit: CreditLimit) -> None:
    reserve(limit, 1_500_000)
    assert available_minor(limit) == 500_000
    with pytest.raises(LimitExceeded) as refused:
        reserve(limit, 500_001, "D-2")
    assert refused.value.available_minor == 500_000
    reserve(limit, 500_000, "D-2")
    assert available_minor(limit) == 0


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_is_no_draw(limit: CreditLimit, amount: int) -> None:
    with pytest.raises(LimitExceeded):
        reserve(limit, amount)


def test_the_same_reference_is_the_same_reservation(limit: CreditLimit) -> None:
    assert reserve(limit, 1_500_000) == reserve(limit, 1_500_000)
    with pytest.raises(KeyTaken):
        reserve(limit, 1_400_000)
    assert LimitReservation.objects.count() == 1


def test_what_is_given_back_is_there_again_and_its_reference_is_used_up(limit: CreditLimit) -> None:
    reserve(limit, 2_000_000)
    limiting.release(limit=limit, reference="D-1", acting_user=None)
    limiting.release(limit=limit, reference="D-1", acting_user=None)
    assert available_minor(limit) == 2_000_000
    with pytest.raises(KeyTaken):
        reserve(limit, 2_000_000)


def test_of_two_tabs_that_read_the_same_limit_one_draws(limit: CreditLimit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each asks for all of it; the second read the row before the first had written."""
    stale = CreditLimit.objects.select_related("lender", "borrower", "product").get()
    reserve(limit, 2_000_000, "D-1")
    monkeypatch.setattr(limiting, "_read", lambda _limit: stale)
    monkeypatch.setattr(limiting, "use_of", lambda _limit, _on: SimpleNamespace(available_minor=2_000_000))
    with pytest.raises(Conflict):
        reserve(limit, 2_000_000, "D-2")
    assert LimitReservation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_at_once_draw_the_limit_once(borrower: Borrower, qinghe: Lender) -> None:
    ready(borrower, qinghe)
    send(borrower, offered(qinghe), wished_minor=2_000_000)
    limit = CreditLimit.objects.get()
    answers: list[str] = []

    def draw(number: int) -> None:
        from config import clock
        from tests.conftest import NOON

        try:
            with clock.at(NOON):
                reserve(limit, 1_500_000, f"D-{number}")
            answers.append("drawn")
        except (LimitExceeded, Conflict) as error:
            answers.append(type(error).__name__)
        except Exception as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("drawn") == 1
    assert LimitReservation.objects.count() == 1


def test_a_loan_counts_whole_before_it_is_paid_out_and_then_by_what_is_left(limit: CreditLimit) -> None:
    loan = drawn(limit, 1_200_000, paid_out=False)
    assert available_minor(limit) == 800_000
    services.disburse_loan(loan=loan, acting_user=None)
    assert available_minor(limit) == 800_000
    with at_noon(date(2026, 6, 8)):
        row = loan.schedules.get(number=1).instalments.get(number=1)
        services.record_payment(
            loan=loan, amount_minor=row.due_minor, key="p1", channel="auto_debit", value_on=date(2026, 6, 8),
            acting_user=None,
        )  # fmt: skip
        assert available_minor(limit) == 800_000 + row.principal_minor


def test_a_drawn_part_is_neither_given_back_nor_drawn_by_another_loan(limit: CreditLimit) -> None:
    drawn(limit, 1_200_000)
    with pytest.raises(LimitRefused):
        limiting.release(limit=limit, reference="D-1", acting_user=None)
    other = services.open_loan(
        lender=limit.lender, borrower=limit.borrower, product=limit.product, principal_minor=100_000,
        instalment_count=12, disbursed_on=TODAY, acting_user=None,
    )  # fmt: skip
    with pytest.raises(KeyTaken):
        limiting.attach_loan(limit=limit, reference="D-1", loan=other, acting_user=None)


def test_the_database_lets_a_reservation_be_used_once(limit: CreditLimit) -> None:
    row = reserve(limit, 100_000)
    rows = LimitReservation.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(amount_minor=1)
    limiting.release(limit=limit, reference="D-1", acting_user=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(released_at=None)


def test_nothing_is_drawn_while_something_is_overdue_and_paying_lifts_it(limit: CreditLimit) -> None:
    loan = drawn(limit, 1_200_000)  # due on 8 June, grace to the 11th
    with at_noon(date(2026, 6, 11)):
        assert available_minor(limit) == 800_000
    with at_noon(date(2026, 6, 12)):
        assert available_minor(limit) == 0
        with pytest.raises(LimitExceeded):
            reserve(limit, 100_000, "D-2")
        loan.refresh_from_db()
        services.record_payment(
            loan=loan, amount_minor=200_000, key="p1", channel="staff", value_on=date(2026, 6, 12), acting_user=None
        )
        assert available_minor(limit) > 800_000


# Cutting


def test_a_cut_is_announced_and_begins_after_the_notice(limit: CreditLimit) -> None:
    change = cut(limit, 1_000_000)
    assert (change.old_minor, change.new_minor) == (2_000_000, 1_000_000)
    assert change.effective_on == TODAY + timedelta(days=7)
    assert use_of(limit, TODAY + timedelta(days=6)).limit_minor == 2_000_000
    assert use_of(limit, TODAY + timedelta(days=7)).limit_minor == 1_000_000
    [line] = limits_of(limit.borrower, TODAY)
    assert line.coming == change


def test_a_notice_may_be_longer_and_never_shorter(limit: CreditLimit) -> None:
    assert cut(limit, 1_500_000, notice_days=1).effective_on == TODAY + timedelta(days=7)
    assert cut(limit, 1_000_000, notice_days=30).effective_on == TODAY + timedelta(days=30)


def test_a_cut_stops_at_what_is_drawn(limit: CreditLimit) -> None:
    drawn(limit, 1_200_000)
    assert cut(limit, 0).new_minor == 1_200_000
    assert use_of(limit, TODAY + timedelta(days=7)).available_minor == 0


def test_where_all_is_drawn_nothing_can_be_cut(limit: CreditLimit) -> None:
    drawn(limit, 2_000_000)
    with pytest.raises(LimitRefused) as refused:
        cut(limit, 0)
    assert refused.value.reason == "drawn"


@pytest.mark.parametrize("to_minor", [2_000_000, 3_000_000, -1])
def test_what_is_not_less_is_no_cut(limit: CreditLimit, to_minor: int) -> None:
    with pytest.raises(LimitRefused):
        cut(limit, to_minor)


@pytest.mark.parametrize("on", [TODAY, TODAY + timedelta(days=10)])
def test_a_cut_is_taken_back_by_one_change_begun_or_not(limit: CreditLimit, on: date) -> None:
    change = cut(limit, 1_000_000)
    with at_noon(on):
        restored = limiting.restore_limit(change=change, words="已恢复。", acting_user=None)
    assert (restored.kind, restored.takes_back) == ("restored", change)
    for day in (on, TODAY + timedelta(days=40)):
        assert use_of(limit, day).limit_minor == 2_000_000
    with pytest.raises(Conflict):
        limiting.restore_limit(change=LimitChange.objects.get(pk=change.pk), words="再来", acting_user=None)


def test_changes_stay_as_they_were_written(limit: CreditLimit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LimitChange.objects.update(new_minor=9_000_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        LimitChange.objects.all().delete()


def test_only_who_may_changes_a_limit(limit: CreditLimit, staff: SimpleNamespace, borrower: Borrower) -> None:
    for user in (staff.reviewer, staff.auditor, staff.other_reviewer, borrower.user):
        with pytest.raises(NotPermitted):
            cut(limit, 1_000_000, acting_user=user)
    assert cut(limit, 1_000_000, acting_user=staff.senior).made_by == staff.senior


# Closing


def test_a_limit_is_closed_once_nothing_is_drawn_and_a_closed_one_gives_nothing(limit: CreditLimit) -> None:
    reserve(limit, 100_000)
    with pytest.raises(LimitRefused):
        limiting.close_limit(limit=limit, acting_user=limit.borrower.user)
    limiting.release(limit=limit, reference="D-1", acting_user=None)
    closed = limiting.close_limit(limit=limit, acting_user=limit.borrower.user)
    assert (closed.state, closed.closed_on) == ("closed", TODAY)
    assert available_minor(closed) == 0
    with pytest.raises(LimitExceeded):
        reserve(closed, 100_000, "D-2")
    with pytest.raises(Conflict):
        cut(closed, 1_000)


def test_after_closing_a_new_application_opens_a_new_limit(limit: CreditLimit, product: Product) -> None:
    limiting.close_limit(limit=limit, acting_user=None)
    assert send(limit.borrower, product).origin == "new"
    assert CreditLimit.objects.active().get().pk != limit.pk


def test_the_rate_of_a_limit_lies_in_the_band(limit: CreditLimit) -> None:
    assert limit.rate_annual == Decimal("0.108")
