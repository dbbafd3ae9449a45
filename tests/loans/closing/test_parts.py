"""A step is cut into as few parts as can be, all of one size; into more where several processes do them."""

import pytest

from accounts.models import Borrower, Lender
from loans.closing.steps import registered
from loans.models import BusinessDay, CloseChunk, Loan
from loans.services import closing_chunks
from loans.services.closing_chunks import CUT_UP, cut_up
from tests.loans.closing.conftest import paid_out
from tests.loans.conftest import PAID_OUT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_shared", "sizes"), [(False, [3, 2]), (True, [2, 2, 1])])
def test_five_loans(
    qinghe: Lender, borrower: Borrower, monkeypatch: pytest.MonkeyPatch, is_shared: bool, sizes: list[int]
) -> None:
    monkeypatch.setattr(closing_chunks, "AT_ONCE", 4)
    monkeypatch.setattr(closing_chunks, "SHARED", 2)
    paid_out(qinghe, [borrower] * 5, PAID_OUT)
    day = BusinessDay.objects.create(lender=qinghe, day=PAID_OUT)
    step = next(step for step in registered() if step.name == "loans")
    assert cut_up(qinghe, day, step, is_shared=is_shared) == len(sizes)
    parts = CloseChunk.objects.filter(number__gt=CUT_UP).order_by("number").values_list("first_pk", "last_pk")
    assert [Loan.objects.filter(pk__range=part).count() for part in parts] == sizes
    assert cut_up(qinghe, day, step) == len(sizes), "it was cut up already"
