"""Which tradelines, months, consents and inquiries a person may see."""

from datetime import date
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


class ConsentQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "ConsentQuerySet":
        """What the person gave; nobody else's."""
        return self.filter(borrower__user=user) if getattr(user, "is_authenticated", False) else self.none()

    def visible_to(self, user: Any) -> "ConsentQuerySet":
        """The person's own; for staff those given to their own lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(borrower__user=user) | staffed_by(user, Verb.VIEW_LOANS, "lender__")).distinct()

    def standing(self) -> "ConsentQuerySet":
        """Not withdrawn; whether they have run out is another question (`credit.consent_terms`)."""
        return self.filter(withdrawal__isnull=True)


class ConsentRefusalQuerySet(models.QuerySet[Any]):
    def since(self, day: date) -> "ConsentRefusalQuerySet":
        return self.filter(refused_on__gte=day)


class InquiryQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "InquiryQuerySet":
        """Every look at the person's own record, by whomever."""
        return self.filter(borrower__user=user) if getattr(user, "is_authenticated", False) else self.none()

    def visible_to(self, user: Any) -> "InquiryQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(borrower__user=user) | staffed_by(user, Verb.VIEW_LOANS, "lender__")).distinct()
