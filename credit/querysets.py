"""Which tradelines and months a person may see."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.querysets import staffed_by
from accounts.roles import Verb


class TradelineQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "TradelineQuerySet":
        """The borrower's own at every lender; for staff those of their own lender only."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(file__borrower__user=user) | staffed_by(user, Verb.VIEW_LOANS, "lender__")).distinct()


class MonthFactQuerySet(models.QuerySet[Any]):
    def current(self) -> "MonthFactQuerySet":
        """The version of each month that nothing has superseded."""
        return self.filter(superseded_by__isnull=True)

    def visible_to(self, user: Any) -> "MonthFactQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(
            Q(tradeline__file__borrower__user=user) | staffed_by(user, Verb.VIEW_LOANS, "lender__")
        ).distinct()
