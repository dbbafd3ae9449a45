"""Moving an application from state to state, by compare-and-set."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accounts.errors import Conflict
from config import clock
from loans.application_states import OPEN, ApplicationState, may_move
from loans.models import LoanApplication


def move(
    application: LoanApplication, new: ApplicationState, expected: Sequence[ApplicationState] = (), **changes: Any
) -> None:
    """Take it from its state and version as read to `new`; `Conflict` where it is not there any more.

    Leaving review drops the claim, and leaving the open states stamps `closed_at`.
    """
    old = application.state
    if not may_move(old, new) or (expected and old not in expected):
        raise Conflict(f"{application.number} is {old}")
    if new != ApplicationState.IN_REVIEW:
        changes = {"claimed_by": None, "claimed_until": None, **changes}
    if new.value not in OPEN:
        changes["closed_at"] = clock.now()
    moved = LoanApplication.objects.filter(pk=application.pk, state=old, version=application.version).update(
        state=new.value, version=application.version + 1, **changes
    )
    if moved != 1:
        raise Conflict(f"{application.number} was changed by somebody else")
    application.refresh_from_db(fields=["state", "version", *changes])


def later(on: date, days: int) -> date:
    return on + timedelta(days=days)
