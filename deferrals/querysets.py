"""Which requests and letters a person may see."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Case, Q, When

from accounts.models import Lender
from accounts.querysets import staffed_by
from accounts.roles import Verb
from deferrals.states import OPEN, WITH_US


class RequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "RequestQuerySet":
        """The borrower's own; for staff those of lenders where they may look at requests.

        A member of staff never sees their own requests as staff.
        """
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(borrower__user=user) | staffed_by(user, Verb.VIEW_REQUESTS, "lender__")).distinct()

    def of(self, user: Any) -> "RequestQuerySet":
        """Only the person's own requests."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)

    def for_review_by(self, user: Any) -> "RequestQuerySet":
        """Requests a member of staff may work on: their lenders', never their own."""
        return self.filter(lender__in=Lender.objects.where(user, Verb.VIEW_REQUESTS)).exclude(borrower__user=user)

    def open(self) -> "RequestQuerySet":
        return self.filter(state__in=OPEN)

    def to_act_on(self) -> "RequestQuerySet":
        """Where the next move is ours."""
        return self.filter(state__in=WITH_US)

    def free(self, at: datetime) -> "RequestQuerySet":
        """Not claimed, or claimed with a lease that has run out."""
        return self.filter(Q(state="ready") | Q(state="in_review", claimed_until__lte=at))

    def by_promise(self, on: date) -> "RequestQuerySet":
        """Broken promises first, then the nearest hard date, then age. Never by amount."""
        broken = Case(When(decide_by_on__lt=on, then=0), When(target_on__lt=on, then=1), default=2)
        return self.order_by(broken, "decide_by_on", "target_on", "submitted_at", "pk")


class LetterQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "LetterQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(borrower__user=user) | staffed_by(user, Verb.VIEW_REQUESTS, "lender__")).distinct()

    def of(self, user: Any) -> "LetterQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)
