"""Where a reviewer works, and the numbers beside the tabs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from accounts.models import Lender, Membership, User
from accounts.roles import Verb, permits
from deferrals.models import ReliefRequest
from deferrals.querysets import RequestQuerySet
from deferrals.states import WITH_US, RequestState


@dataclass(frozen=True, slots=True)
class Desk:
    """A person and those of their posts that let them look at requests."""

    user: User
    posts: tuple[Membership, ...]

    @property
    def lenders(self) -> tuple[Lender, ...]:
        return tuple({post.lender_id: post.lender for post in self.posts}.values())

    def lenders_for(self, verb: Verb) -> tuple[Lender, ...]:
        """Lenders at which one of these posts allows `verb`."""
        return tuple({post.lender_id: post.lender for post in self.posts if permits(post.role, verb)}.values())

    def on_each_day(self, condition: Callable[[date], Q]) -> Q:
        """`condition` of the business day, for each lender its own; lenders in one zone share a day."""
        days: dict[date, list[int]] = {}
        for lender in self.lenders:
            days.setdefault(lender.today(), []).append(lender.pk)
        found = Q(pk__in=())
        for day, pks in days.items():
            found |= Q(lender__in=pks) & condition(day)
        return found


@dataclass(frozen=True, slots=True)
class Counts:
    """`late` and `soon` (due today or tomorrow) are parts of `act`."""

    act: int
    mine: int
    offered: int
    decided: int
    late: int
    soon: int


def desk_of(user: User) -> Desk:
    """One query. No post means that there is nothing here for this person."""
    posts = Membership.objects.allowing(Verb.VIEW_REQUESTS).filter(user=user).select_related("lender")
    return Desk(user, tuple(posts.order_by("lender__code", "pk")))


def visible_to(user: User) -> RequestQuerySet:
    """What this person may review, one row each."""
    # By primary key, so that what is joined to ask for permission doubles no row in a count.
    return ReliefRequest.objects.filter(pk__in=ReliefRequest.objects.for_review_by(user).values("pk"))


def held_by(user: User, now: datetime) -> Q:
    return Q(state=RequestState.IN_REVIEW, claimed_by=user, claimed_until__gt=now)


def decided_today(desk: Desk) -> Q:
    return desk.on_each_day(lambda day: Q(decision__decided_on=day))


def counts_of(desk: Desk, now: datetime) -> Counts:
    """One query."""
    act = Q(state__in=WITH_US)
    late = act & desk.on_each_day(lambda day: Q(target_on__lt=day))
    soon = act & desk.on_each_day(lambda day: Q(target_on__gte=day, target_on__lte=day + timedelta(days=1)))
    numbers = visible_to(desk.user).aggregate(
        act=Count("pk", filter=act),
        mine=Count("pk", filter=held_by(desk.user, now)),
        offered=Count("pk", filter=Q(state=RequestState.OFFERED)),
        decided=Count("pk", filter=decided_today(desk)),
        late=Count("pk", filter=late),
        soon=Count("pk", filter=soon),
    )
    return Counts(**numbers)
