"""Moving a request from state to state, by compare-and-set."""

from typing import Any

from accounts.errors import Conflict
from config import clock
from deferrals.models import Clock, ReliefRequest
from deferrals.states import OPEN, RequestState


def move(request: ReliefRequest, new: RequestState, **changes: Any) -> None:
    """Take `request` from its state and version as read to `new`; `Conflict` if either has changed.

    Leaving review drops the claim, and leaving the open states stamps `closed_at`.
    """
    if new != RequestState.IN_REVIEW:
        changes = {"claimed_by": None, "claimed_until": None, **changes}
    if request.state in OPEN and new.value not in OPEN:
        changes["closed_at"] = clock.now()
    moved = ReliefRequest.objects.filter(pk=request.pk, state=request.state, version=request.version).update(
        state=new.value, version=request.version + 1, **changes
    )
    if moved != 1:
        raise Conflict(f"{request.number} was changed by somebody else")
    request.refresh_from_db()
    if request.state not in OPEN:
        request.loans.filter(is_open=True).update(is_open=False)


def meet(request: ReliefRequest, *names: Clock.Name) -> None:
    """Say that these promises of ours were kept today (if they had not been already)."""
    Clock.objects.filter(request=request, name__in=names, met_on__isnull=True).update(met_on=request.lender.today())
