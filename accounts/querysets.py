"""Who may see which people and lenders: chainable filters, one subquery each."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.roles import Verb, roles_for
from config import clock


def staffed_by(user: Any, verb: Verb, path: str = "") -> Q:
    """The condition that `user` may do `verb` at the lender which `path` leads to.

    A stranger, or a user who is not signed in, matches nothing.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Q(pk__in=())
    return Q(
        **{
            f"{path}memberships__user": user,
            f"{path}memberships__is_active": True,
            f"{path}memberships__role__in": roles_for(verb),
        }
    )


class LenderQuerySet(models.QuerySet[Any]):
    def where(self, user: Any, verb: Verb) -> "LenderQuerySet":
        """Lenders at which `user` may do `verb`; use as `lender__in=`."""
        return self.filter(staffed_by(user, verb)).distinct()


class MembershipQuerySet(models.QuerySet[Any]):
    def in_force(self) -> "MembershipQuerySet":
        return self.filter(is_active=True, user__is_active=True)

    def allowing(self, verb: Verb) -> "MembershipQuerySet":
        return self.in_force().filter(role__in=roles_for(verb))


class BorrowerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "BorrowerQuerySet":
        """The person themself, and customers of lenders where `user` may look at borrowers."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(user=user) | staffed_by(user, Verb.VIEW_BORROWERS, "relations__lender__")).distinct()


class AuditQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "AuditQuerySet":
        return self.filter(staffed_by(user, Verb.VIEW_AUDIT, "lender__")).distinct()


class BankAccountQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "BankAccountQuerySet":
        """One's own accounts in use, in one's order."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user).in_use()

    def in_use(self) -> "BankAccountQuerySet":
        return self.filter(is_active=True).order_by("position", "pk")


class NoticeQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "NoticeQuerySet":
        """One's own, told by now, unless there was no need to tell it any more."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        deliveries = self.model._meta.get_field("deliveries").related_model.objects
        withdrawn = deliveries.filter(notice=OuterRef("pk"), channel="inbox", state="suppressed")
        return self.filter(~Exists(withdrawn), borrower__user=user, due_at__lte=clock.now())
