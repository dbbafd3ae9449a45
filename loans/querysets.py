"""Which loans and holds: by person, by lender, by day."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Lender
from accounts.querysets import staffed_by
from accounts.roles import Verb
from loans.application_states import OPEN as OPEN_APPLICATIONS
from loans.gateways.states import OPEN, WAITING, Answer


class LoanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "LoanQuerySet":
        """The borrower's own; for staff those of lenders where they may look at loans."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(Q(borrower__user=user) | staffed_by(user, Verb.VIEW_LOANS, "lender__")).distinct()

    def of(self, user: Any) -> "LoanQuerySet":
        """Only the person's own loans, at every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)

    def running(self) -> "LoanQuerySet":
        return self.filter(state="active")

    def owed(self) -> "LoanQuerySet":
        """Running, or written off: on both something is still to pay."""
        return self.filter(state__in=("active", "written_off"))

    def overdue(self, on: date) -> "LoanQuerySet":
        """Loans with an unpaid instalment that was due before `on`."""
        return self.running().filter(oldest_unpaid_due_on__lt=on)


class ProductQuerySet(models.QuerySet[Any]):
    def on_offer(self) -> "ProductQuerySet":
        """Published versions; of each code the newest only, by lender and code."""
        newer = self.model.objects.filter(
            lender=models.OuterRef("lender"),
            code=models.OuterRef("code"),
            version__gt=models.OuterRef("version"),
            state="published",
        )
        return self.filter(~models.Exists(newer), state="published").order_by("lender__code", "code")


class HoldQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> "HoldQuerySet":
        """Holds that cover `day`."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day)

    def active(self, *, kind: str, on: date, loan: Any = None, bill_account: Any = None) -> bool:
        """Whether `kind` stands still on the loan, or the monthly bill, on that day. One query."""
        return self.on(on).filter(loan=loan, bill_account=bill_account, kind=kind).exists()


class OrderQuerySet(models.QuerySet[Any]):
    def open(self) -> "OrderQuerySet":
        """Written and not ended: money may move, or may have moved."""
        return self.filter(state__in=OPEN)

    def waiting(self) -> "OrderQuerySet":
        """With the gateway, its last word still to come."""
        return self.filter(state__in=WAITING)


class EventQuerySet(models.QuerySet[Any]):
    def to_review(self) -> "EventQuerySet":
        """Reports that contradict what is known, or say that money went back, and that nobody has looked at."""
        return self.filter(answer__in=[Answer.REVIEW, Answer.CONFLICT], review__isnull=True)


class SuspenseQuerySet(models.QuerySet[Any]):
    def open(self) -> "SuspenseQuerySet":
        return self.filter(resolution__isnull=True)


class ApplicationQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "ApplicationQuerySet":
        """Only the person's own, at every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)

    def for_review_by(self, user: Any) -> "ApplicationQuerySet":
        """What a member of staff may look at: their lenders', never their own."""
        lenders = Lender.objects.where(user, Verb.VIEW_APPLICATIONS)
        return self.filter(lender__in=lenders).exclude(borrower__user=user)

    def open(self) -> "ApplicationQuerySet":
        return self.filter(state__in=OPEN_APPLICATIONS)

    def waiting(self) -> "ApplicationQuerySet":
        """Where a person has to decide, the nearest promise first."""
        return self.filter(state__in=("manual", "in_review")).order_by("decide_by_on", "submitted_at", "pk")


class WriteOffQuerySet(models.QuerySet[Any]):
    def open(self) -> "WriteOffQuerySet":
        """Proposed, and not decided yet."""
        return self.filter(outcome="open")

    def approved(self) -> "WriteOffQuerySet":
        return self.filter(outcome="approved")


class LimitQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "LimitQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)

    def active(self) -> "LimitQuerySet":
        return self.filter(state="active")


class CertificateQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "CertificateQuerySet":
        """Only the person's own, from every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)


class ClosureQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "ClosureQuerySet":
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)


class ContractQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "ContractQuerySet":
        """Only the person's own, with every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)


class RevolvingQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "RevolvingQuerySet":
        """Only the person's own monthly bills, at every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(borrower__user=user)

    def active(self) -> "RevolvingQuerySet":
        return self.filter(state="active")

    def overdue(self, on: date) -> "RevolvingQuerySet":
        """Accounts with an unpaid minimum payment that was due before `on`."""
        return self.active().filter(oldest_unpaid_due_on__lt=on)


class BillQuerySet(models.QuerySet[Any]):
    def of(self, user: Any) -> "BillQuerySet":
        """Of the person's own accounts only, at every lender."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self.filter(account__borrower__user=user)
