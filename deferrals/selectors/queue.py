"""The review queue: what waits, sorted by what was promised, never by amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from types import MappingProxyType
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.roles import Verb
from config import clock
from deferrals.clocks import business_days_between, calendar_for
from deferrals.models import Decision, PolicyVersion, ReliefRequest
from deferrals.querysets import RequestQuerySet
from deferrals.rules import Policy
from deferrals.selectors.desk import Counts, Desk, counts_of, decided_today, held_by, visible_to
from deferrals.selectors.promises import Left
from deferrals.selectors.queue_rows import Row, left_of, rows_of
from deferrals.states import WITH_US, RequestState

PAGE_SIZE = 50
MEDIAN_DAYS = 30


class Tab(StrEnum):
    ACT = "act"
    MINE = "mine"
    OFFERED = "offered"
    DECIDED = "decided"


# What the table may be sorted by. No amount is among them, on purpose.
SORTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "promise": (),
        "age": ("submitted_at", "pk"),
        "ground": ("ground", "decide_by_on", "target_on", "submitted_at", "pk"),
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked to see."""

    tab: Tab = Tab.ACT
    sort: str = "promise"
    ground: str = ""
    find: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`next_request` is the case that "the next one" would give; `median_days` are business days."""

    desk: Desk
    wanted: Wanted
    page: Page[Any]
    rows: tuple[Row, ...]
    counts: Counts
    may_claim: bool
    most_claims: int
    next_request: ReliefRequest | None
    next_left: Left | None
    median_days: Decimal | None


def queue_page(desk: Desk, wanted: Wanted) -> QueuePage:
    """Twelve queries, however many rows; three more for each further business day among the lenders."""
    now = clock.now()
    page = Paginator(_table(desk, wanted, now), PAGE_SIZE).get_page(wanted.page)
    upcoming = _upcoming(desk, now)
    return QueuePage(
        desk=desk,
        wanted=wanted,
        page=page,
        rows=rows_of(list(page.object_list), desk.user, now),
        counts=counts_of(desk, now),
        may_claim=bool(desk.lenders_for(Verb.CLAIM)),
        most_claims=_most_claims(desk),
        next_request=upcoming,
        next_left=left_of(upcoming) if upcoming is not None else None,
        median_days=_median_days(desk),
    )


def _table(desk: Desk, wanted: Wanted, now: datetime) -> RequestQuerySet:
    """The requests of a tab, filtered and in order."""
    shown: dict[Tab, Q] = {
        Tab.ACT: Q(state__in=WITH_US),
        Tab.MINE: held_by(desk.user, now),
        Tab.OFFERED: Q(state=RequestState.OFFERED),
        Tab.DECIDED: decided_today(desk),
    }
    requests = visible_to(desk.user).filter(shown[wanted.tab])
    if wanted.ground:
        requests = requests.filter(ground=wanted.ground)
    if wanted.find:
        name = Q(borrower__name__icontains=wanted.find) | Q(borrower__name_latin__icontains=wanted.find)
        requests = requests.filter(Q(number__icontains=wanted.find) | name)
    requests = requests.select_related("lender", "policy", "borrower", "claimed_by", "decision")
    keys = SORTS[wanted.sort]
    return requests.order_by(*keys) if keys else requests.by_promise(clock.today("UTC"))


def _upcoming(desk: Desk, now: datetime) -> ReliefRequest | None:
    waiting = visible_to(desk.user).filter(lender__in=desk.lenders_for(Verb.CLAIM)).free(now)
    found: ReliefRequest | None = waiting.select_related("lender").by_promise(clock.today("UTC")).first()
    return found


def _most_claims(desk: Desk) -> int:
    """How many cases the person may hold, over the lenders where they may claim."""
    newest: dict[int, int] = {}
    versions = PolicyVersion.objects.filter(lender__in=desk.lenders_for(Verb.CLAIM))
    in_force = versions.filter(desk.on_each_day(lambda day: Q(effective_from__lte=day)))
    for lender_pk, terms in in_force.order_by("effective_from", "pk").values_list("lender_id", "terms"):
        newest[lender_pk] = Policy.from_dict(terms).open_claims
    return sum(newest.values())


def _median_days(desk: Desk) -> Decimal | None:
    """Business days from receipt to decision, the middle one of the last thirty days; None without any."""
    zones = {lender.pk: lender.time_zone for lender in desk.lenders}
    recent = Decision.objects.filter(
        desk.on_each_day(lambda day: Q(decided_on__gt=day - timedelta(days=MEDIAN_DAYS)))
    ).values_list("lender_id", "request__submitted_on", "decided_on")
    days = [
        Decimal(business_days_between(received_on, decided_on, calendar_for(zones[lender_pk])))
        for lender_pk, received_on, decided_on in recent
    ]
    return median(days) if days else None
