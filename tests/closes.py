"""A closed day in the world of the house tests, with a loan that was set aside."""

from datetime import date
from typing import Any

from accounts.models import Lender
from loans.models import BusinessDay, CloseChunk, CloseFailure
from tests.conftest import NOON

CLOSED_ON = date(2026, 5, 6)


def make_closed_day(world: Any) -> None:
    """As `close_days` leaves it."""
    day = BusinessDay.objects.create(
        lender=world.lender, day=CLOSED_ON, state="closed", started_at=NOON, closed_at=NOON, set_aside=1,
        counts={"loans": {"looked_at": 3, "accrued": 2}}, milliseconds={"loans": 40, "relief": 2},
    )  # fmt: skip
    for step in ("loans", "relief"):
        CloseChunk.objects.create(
            business_day=day, lender=world.lender, step=step, number=1, state="done", done_at=NOON
        )
    CloseFailure.objects.create(
        lender=world.lender, business_day=day, step="loans", loan=world.loans["running"], error="ArithmeticError: ?"
    )
    Lender.objects.filter(pk=world.lender.pk).update(closed_through=CLOSED_ON)
