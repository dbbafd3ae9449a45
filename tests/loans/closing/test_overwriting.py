"""Many rows written at once, each with values of its own, where a guard still is what it was."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DataError, connection

from accounts.bulk import overwrite
from loans import services
from loans.models import Loan
from tests.loans.conftest import PAID_OUT, at_noon

pytestmark = pytest.mark.django_db

NAMES = ("next_close_on", "interest_receivable_minor")
DAY = date(2026, 6, 10)


@pytest.fixture
def another(living: Loan, make_loan: Callable[..., Loan]) -> Loan:
    with at_noon(PAID_OUT):
        return services.disburse_loan(loan=make_loan(number="Q-2"), acting_user=None)


def columns(loan: Loan) -> tuple[object, ...]:
    return tuple(Loan.objects.values_list(*NAMES, "version").get(pk=loan.pk))


def test_each_row_has_its_own_values(living: Loan, another: Loan) -> None:
    rows = [(DAY, 5, living.pk, living.state), (None, 7, another.pk, another.state)]
    assert overwrite(Loan, NAMES, "state", rows) == 2
    assert columns(living) == (DAY, 5, living.version)
    assert columns(another) == (None, 7, another.version)


def test_a_row_whose_guard_is_another_is_left_alone(living: Loan, another: Loan) -> None:
    before = columns(living)
    rows = [(DAY, 5, living.pk, living.version + 1), (DAY, 7, another.pk, another.version)]
    assert overwrite(Loan, NAMES, "version", rows) == 1
    assert columns(living) == before
    assert columns(another) == (DAY, 7, another.version + 1), "a version counts up"


@pytest.mark.postgres
def test_a_text_that_is_too_long_is_refused_and_not_cut(living: Loan) -> None:
    with pytest.raises(DataError):
        overwrite(Loan, ("stage",), "version", [("early" * 10, living.pk, living.version)])


def test_it_is_one_statement_however_many_rows(living: Loan, another: Loan) -> None:
    made = []
    rows = [(DAY, 5, loan.pk, loan.state) for loan in (living, another)]
    with connection.execute_wrapper(lambda execute, *call: made.append(call[0]) or execute(*call)):
        overwrite(Loan, NAMES, "state", rows)
    assert len(made) == 1
