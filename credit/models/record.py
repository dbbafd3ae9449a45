"""The credit file: one per borrower, a tradeline per account, a fact per month.

A month is stored as facts, never as a code; `credit/codes.py` encodes. Month facts are
append-only: a correction is a new version that names the one it supersedes. A tradeline
holds the furnisher's reference, not a key to a loan: this floor never reads a loan.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Borrower, Lender
from config import clock
from credit.querysets import MonthFactQuerySet, TradelineQuerySet


class CreditFile(models.Model):
    """Everything known about one borrower; the borrower's own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    borrower = models.OneToOneField(
        Borrower, on_delete=models.PROTECT, related_name="credit_file", verbose_name=_("borrower")
    )
    opened_on = models.DateField(_("opened"))

    class Meta:
        verbose_name = _("credit file")
        verbose_name_plural = _("credit files")

    def __str__(self) -> str:
        return str(self.borrower)


class Tradeline(models.Model):
    """One account of the borrower at one lender."""

    class Portfolio(models.TextChoices):
        INSTALMENT = "instalment", _("Instalment loan")
        REVOLVING = "revolving", _("Revolving bill")

    file = models.ForeignKey(
        CreditFile, on_delete=models.PROTECT, related_name="tradelines", verbose_name=_("credit file")
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="tradelines", verbose_name=_("lender"), db_index=False
    )
    reference = models.CharField(_("the lender's reference"), max_length=40)
    portfolio = models.CharField(_("kind"), max_length=12, choices=Portfolio.choices, default=Portfolio.INSTALMENT)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    original_minor = models.BigIntegerField(_("original amount"))
    instalments = models.PositiveSmallIntegerField(_("number of instalments"), null=True, blank=True)

    objects = TradelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("tradeline")
        verbose_name_plural = _("tradelines")
        constraints = [
            models.UniqueConstraint(fields=["lender", "reference"], name="credit_tradeline_once"),
            models.CheckConstraint(condition=Q(original_minor__gt=0), name="credit_tradeline_original_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class MonthFact(models.Model):
    """What happened on a tradeline in one month, as furnished; versions are added, never edited."""

    class StatusEnd(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Settled")
        CHARGED_OFF = "charged_off", _("Written off, still owed")

    class Relief(models.TextChoices):
        NONE = "none", _("No relief")
        TEMPORARY = "temporary", _("On arrangement")
        PENDING_HOLD = "pending_hold", _("Request pending")
        VARIATION = "variation", _("Terms changed")

    tradeline = models.ForeignKey(
        Tradeline,
        on_delete=models.PROTECT,
        related_name="months",
        verbose_name=_("tradeline"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    as_of = models.DateField(_("as of"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name=_("supersedes"),
    )
    reason = models.CharField(_("reason"), max_length=80, blank=True)

    had_obligation = models.BooleanField(_("something was due"))
    scheduled_minor = models.BigIntegerField(_("due"), default=0)
    paid_minor = models.BigIntegerField(_("paid"), default=0)
    arrears_minor = models.BigIntegerField(_("arrears"), default=0)
    balance_minor = models.BigIntegerField(_("balance"), default=0)
    days_past_due = models.PositiveSmallIntegerField(_("days past due"), default=0)
    paid_in_grace = models.BooleanField(_("paid within grace"), default=False)
    paid_late = models.BooleanField(_("paid after grace, before the month's end"), default=False)
    first_delinquency_on = models.DateField(_("first delinquency"), null=True, blank=True)
    status_end = models.CharField(
        _("status at the end"), max_length=12, choices=StatusEnd.choices, default=StatusEnd.OPEN
    )
    relief_kind = models.CharField(_("relief"), max_length=16, choices=Relief.choices, default=Relief.NONE)
    relief_reference = models.CharField(_("relief reference"), max_length=20, blank=True)
    resumes_on = models.DateField(_("paying begins again"), null=True, blank=True)
    furnished_at = models.DateTimeField(_("furnished"), default=clock.now)

    objects = MonthFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("month fact")
        verbose_name_plural = _("month facts")
        ordering = ["tradeline", "month", "version"]
        constraints = [
            models.UniqueConstraint(fields=["tradeline", "month", "version"], name="credit_month_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
                name="credit_month_names_what_it_corrects",
            ),
            models.CheckConstraint(
                condition=Q(scheduled_minor__gte=0, paid_minor__gte=0, arrears_minor__gte=0, balance_minor__gte=0),
                name="credit_month_not_negative",
            ),
            models.CheckConstraint(condition=Q(as_of__gte=F("month")), name="credit_month_as_of_later"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"
