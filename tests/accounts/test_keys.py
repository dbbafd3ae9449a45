"""Many keys at once."""

import pytest

from accounts.keys import among, in_order
from accounts.models import Lender

pytestmark = pytest.mark.django_db


@pytest.fixture
def lenders() -> list[int]:
    made = [Lender.objects.create(code=f"k{number}", name_zh_hans="甲", name_en="K").pk for number in range(5)]
    return sorted(made)


def test_keys_come_in_order_whatever_order_was_asked_for(lenders: list[int]) -> None:
    rows = Lender.objects.filter(pk__in=lenders)
    assert in_order(rows.order_by("-pk")) == lenders
    assert in_order(rows.order_by("-code")) == lenders
    assert in_order(rows.none()) == []


def test_rows_are_found_by_many_keys(lenders: list[int]) -> None:
    some = lenders[::2]
    assert in_order(Lender.objects.filter(pk__in=among(some))) == some
    assert in_order(Lender.objects.filter(pk__in=among([]))) == []
