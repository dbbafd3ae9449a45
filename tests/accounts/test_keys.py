"""Many keys at once."""

import pytest

from accounts import keys
from accounts.keys import among, in_order, sorted_keys
from accounts.models import Lender

pytestmark = pytest.mark.django_db


@pytest.fixture
def lenders() -> list[int]:
    made = [Lender.objects.create(code=f"k{number}", name_zh_hans="甲", name_en="K").pk for number in range(5)]
    return sorted(made)


def test_keys_come_in_order_whatever_order_was_asked_for(lenders: list[int]) -> None:
    rows = Lender.objects.filter(pk__in=lenders)
    assert list(in_order(rows.order_by("-pk"))) == lenders
    assert list(in_order(rows.order_by("-code"))) == lenders
    assert list(in_order(rows.none())) == []


def test_rows_are_found_by_many_keys(lenders: list[int]) -> None:
    some = lenders[::2]
    assert list(in_order(Lender.objects.filter(pk__in=among(some)))) == some
    assert list(in_order(Lender.objects.filter(pk__in=among([])))) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 99])
def test_parts_of_keys_are_put_together(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "AT_ONCE", 2)
    mixed = [number * 37 % 100 for number in range(count)]  # 37 and 100 share no factor, so none comes twice
    assert list(sorted_keys(iter(mixed))) == sorted(mixed)
