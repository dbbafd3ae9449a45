"""Consents: what a person allowed one lender, in which words, and whether it still stands.

A consent is a row that is never changed: it carries the whole text as it was shown, with
its hash. Withdrawing adds a row. A refusal is kept too, so that nobody is asked again and
again. `lender` is whom it was given to; for sharing, `named` is the other lender whose
facts may be read.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, User
from config import clock
from credit.querysets import ConsentQuerySet, ConsentRefusalQuerySet


class Purpose(models.TextChoices):
    """What may be allowed; each by a text and a box of its own."""

    QUERY = "query", pgettext_lazy("consent", "Looking at your credit record")
    REPORTING = "reporting", pgettext_lazy("consent", "Reporting your account")
    DEBIT = "debit", pgettext_lazy("consent", "Auto-debit")
    SHARING = "sharing", pgettext_lazy("consent", "Looking at your account with another lender")
    SENSITIVE_EVIDENCE = "sensitive_evidence", pgettext_lazy("consent", "Looking at sensitive papers")
    MARKETING = "marketing", pgettext_lazy("consent", "News about products")


class Consent(models.Model):
    """One purpose allowed to one lender, word for word as it was shown."""

    class Method(models.TextChoices):
        TICK = "tick", _("Ticked on a page")
        CODE = "code", _("Ticked, and confirmed with a code")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="consents",
        verbose_name=_("borrower"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="consents", verbose_name=_("lender"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    named = models.ForeignKey(
        Lender, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("named lender")
    )
    reference = models.CharField(_("given for"), max_length=40, blank=True)
    text_version = models.CharField(_("version of the text"), max_length=12)
    language = models.CharField(_("language"), max_length=8)
    text = models.TextField(_("text"))
    text_sha256 = models.CharField(_("hash of the text"), max_length=64)
    given_at = models.DateTimeField(_("given"), default=clock.now)
    given_on = models.DateField(_("day given"))
    expires_on = models.DateField(_("expires"))
    method = models.CharField(_("how"), max_length=8, choices=Method.choices, default=Method.TICK)
    ip_address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(purpose="sharing", named__isnull=False) & ~Q(named=F("lender")))
                | (~Q(purpose="sharing") & Q(named__isnull=True)),
                name="credit_consent_sharing_names_a_lender",
            ),
            models.CheckConstraint(condition=Q(expires_on__gt=F("given_on")), name="credit_consent_forward"),
        ]
        indexes = [models.Index(fields=["borrower", "lender", "purpose"], name="credit_consent_of")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.lender}"


class ConsentWithdrawal(models.Model):
    """That a consent was taken back. It holds at once, for every new use."""

    class Reason(models.TextChoices):
        BORROWER = "borrower", _("Withdrawn by you")
        NOT_NEEDED = "not_needed", _("Nothing needed it any more")

    consent = models.OneToOneField(
        Consent, on_delete=models.PROTECT, related_name="withdrawal", verbose_name=_("consent")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    reason = models.CharField(_("why"), max_length=12, choices=Reason.choices, default=Reason.BORROWER)
    withdrawn_at = models.DateTimeField(_("withdrawn"), default=clock.now)
    withdrawn_on = models.DateField(_("day withdrawn"))
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("withdrawal of a consent")
        verbose_name_plural = _("withdrawals of consents")

    def __str__(self) -> str:
        return str(self.consent)


class ConsentRefusal(models.Model):
    """That a person was asked and said no. For 30 days nobody asks again."""

    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="+", verbose_name=_("borrower"), db_index=False
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    named = models.ForeignKey(
        Lender, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("named lender")
    )
    text_version = models.CharField(_("version of the text"), max_length=12)
    refused_at = models.DateTimeField(_("refused"), default=clock.now)
    refused_on = models.DateField(_("day refused"))

    objects = ConsentRefusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("refusal of a consent")
        verbose_name_plural = _("refusals of consents")
        indexes = [models.Index(fields=["borrower", "lender", "purpose"], name="credit_refusal_of")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.lender}"
