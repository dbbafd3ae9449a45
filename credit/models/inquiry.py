"""Inquiries: who asked about a person, why, under which consent, and what they were shown.

A refused inquiry is a row as well: the lender got the same answer as for somebody without
a record, and the borrower sees that it asked. Of the report only its hash is kept and the
names of its fields, which is enough to prove what was served.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, User
from config import clock
from credit.models.consent import Consent
from credit.querysets import InquiryQuerySet


class Inquiry(models.Model):
    """One look at a credit file; append-only."""

    class Purpose(models.TextChoices):
        APPLICATION = "application", pgettext_lazy("inquiry", "Your application")
        RELIEF_REVIEW = "relief_review", pgettext_lazy("inquiry", "Your request for relief")
        ACCOUNT_REVIEW = "account_review", pgettext_lazy("inquiry", "Review of your account")
        SELF = "self", pgettext_lazy("inquiry", "You looked yourself")
        ADMIN = "admin", pgettext_lazy("inquiry", "Staff looked, with a reason")

    class Outcome(models.TextChoices):
        SERVED = "served", pgettext_lazy("inquiry", "Shown")
        NO_FILE = "no_file", pgettext_lazy("inquiry", "Nothing on record")
        REFUSED = "refused", pgettext_lazy("inquiry", "Not shown")

    class Refusal(models.TextChoices):
        NO_CONSENT = "no_consent", pgettext_lazy("inquiry", "There was no consent")
        NO_REFERENCE = "no_reference", pgettext_lazy("inquiry", "No application or reason was named")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="inquiries",
        verbose_name=_("borrower"),
        db_index=False,
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name=_("lender")
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    reference = models.CharField(_("reference or reason"), max_length=80, blank=True)
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name=_("consent")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    refusal = models.CharField(_("why not shown"), max_length=12, choices=Refusal.choices, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=clock.now)
    asked_on = models.DateField(_("day asked"))
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    fields = models.JSONField(_("fields shown"), default=list)
    sources = models.JSONField(_("whose facts"), default=list)
    report_sha256 = models.CharField(_("hash of the report"), max_length=64, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="self", lender__isnull=True) | (~Q(purpose="self") & Q(lender__isnull=False)),
                name="credit_inquiry_by_a_lender",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["self", "admin"]) | Q(outcome="refused") | Q(consent__isnull=False),
                name="credit_inquiry_under_consent",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="refused", report_sha256="") & ~Q(refusal=""))
                | (~Q(outcome="refused") & Q(refusal="") & ~Q(report_sha256="")),
                name="credit_inquiry_refused_shows_nothing",
            ),
        ]
        indexes = [models.Index(fields=["borrower", "-asked_at"], name="credit_inquiry_of")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.reference}"
