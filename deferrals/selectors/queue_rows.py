"""The rows of the review queue, with what a reviewer needs to see before opening one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import AuditEntry, User
from deferrals.casework import asked_periods
from deferrals.clocks import business_days_between, calendar_for
from deferrals.models import Decision, Offer, ReliefRequest, RequestLoan
from deferrals.rules import Policy
from deferrals.selectors.promises import Left, left_until
from deferrals.states import OfferState, RequestState
from loans.models import Loan
from loans.selectors.standing import Standing, positions


@dataclass(frozen=True, slots=True)
class Row:
    """One request; its loan's figures are those of today. `held_until` is empty where nobody's lease runs."""

    request: ReliefRequest
    loan: Loan
    asked: int
    left: Left
    age_days: int
    days_past_due: int
    next_due_on: date | None
    in_grace: bool
    above_limit: bool
    was_returned: bool
    held_until: datetime | None
    is_mine: bool
    offer_until_on: date | None
    decision: Decision | None


def left_of(request: ReliefRequest) -> Left:
    """What is left of the target of a request."""
    return left_until(
        request.target_on, since=request.submitted_on, on=request.lender.today(), hard_on=request.decide_by_on
    )


def rows_of(found: Sequence[ReliefRequest], user: User, now: datetime) -> tuple[Row, ...]:
    """Six queries for lenders of one time zone, however many rows."""
    asked = {each.request_id: each for each in RequestLoan.objects.filter(request__in=found).select_related("loan")}
    standing = _standings(found, asked)
    offers = dict(
        Offer.objects.filter(request__in=found, state=OfferState.LIVE).values_list("request_id", "expires_on")
    )
    returned = _returned(found)
    return tuple(
        _row(
            request,
            asked[request.pk],
            standing[asked[request.pk].loan_id],
            user=user,
            now=now,
            was_returned=(request.lender_id, request.number) in returned or _ran_out(request, now),
            offer_until_on=offers.get(request.pk),
        )
        for request in found
    )


def _row(
    request: ReliefRequest,
    asked: RequestLoan,
    at: Standing,
    *,
    user: User,
    now: datetime,
    was_returned: bool,
    offer_until_on: date | None,
) -> Row:
    today = request.lender.today()
    is_held = request.claimed_until is not None and request.claimed_until > now
    return Row(
        request=request,
        loan=asked.loan,
        asked=asked_periods(asked.components),
        left=left_of(request),
        age_days=business_days_between(request.submitted_on, today, calendar_for(request.lender.time_zone)),
        days_past_due=at.position.days_overdue,
        next_due_on=at.position.oldest_unpaid_due_on,
        in_grace=at.position.in_grace_until is not None,
        above_limit=at.principal_left_minor > Policy.from_dict(request.policy.terms).reviewer_limit_minor,
        was_returned=was_returned,
        held_until=request.claimed_until if is_held else None,
        is_mine=is_held and request.claimed_by_id == user.pk,
        offer_until_on=offer_until_on,
        decision=getattr(request, "decision", None),
    )


def _standings(found: Sequence[ReliefRequest], asked: Mapping[int, RequestLoan]) -> dict[int, Standing]:
    """By loan; loans of lenders that share a business day are read together."""
    days: dict[date, list[Loan]] = {}
    for request in found:
        days.setdefault(request.lender.today(), []).append(asked[request.pk].loan)
    return {pk: at for day, loans in days.items() for pk, at in positions(loans, day).items()}


def _returned(found: Sequence[ReliefRequest]) -> set[tuple[int, str]]:
    """Lender and number of those that somebody gave back to the queue."""
    entries = AuditEntry.objects.filter(
        lender__in={request.lender_id for request in found},
        subject__in=[request.number for request in found],
        verb="release",
    )
    return set(entries.values_list("lender_id", "subject"))


def _ran_out(request: ReliefRequest, now: datetime) -> bool:
    lease = request.claimed_until
    return request.state == RequestState.IN_REVIEW and lease is not None and lease <= now
