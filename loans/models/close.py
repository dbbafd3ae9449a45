"""Business days, how far their close has come, and what had to be set aside.

A day is closed in steps, a step in chunks of loans. Each chunk is one transaction that has
its effects and its own mark, so a close that was interrupted anywhere goes on with the
chunks that have no mark, and nothing happens twice.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender
from config import clock
from loans.models.loan import Loan


class BusinessDay(models.Model):
    """A day of one lender that is being closed, or is closed; days follow each other without gaps."""

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("business day", "Being closed")
        CLOSED = "closed", pgettext_lazy("business day", "Closed")

    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="business_days", verbose_name=_("lender"), db_index=False
    )
    day = models.DateField(_("business day"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    counts = models.JSONField(_("counts by step"), default=dict)
    milliseconds = models.JSONField(_("milliseconds by step"), default=dict)
    set_aside = models.PositiveIntegerField(pgettext_lazy("business day", "set aside"), default=0)
    started_at = models.DateTimeField(_("close began"), default=clock.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("business day")
        verbose_name_plural = _("business days")
        ordering = ["-day", "lender"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "day"], name="loans_businessday_once"),
            models.UniqueConstraint(
                fields=["lender"], condition=Q(state="running"), name="loans_businessday_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="running", closed_at__isnull=True),
                name="loans_businessday_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lender} {self.day}"


class CloseChunk(models.Model):
    """A part of a step: loans from one key to another, or the whole of it. Chunk 0 says that the step was cut up."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("part of a close", "Waiting")
        DONE = "done", pgettext_lazy("part of a close", "Done")

    business_day = models.ForeignKey(
        BusinessDay,
        on_delete=models.PROTECT,
        related_name="chunks",
        verbose_name=_("business day"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    step = models.CharField(_("step"), max_length=24)
    number = models.PositiveIntegerField(_("number"))
    first_pk = models.BigIntegerField(null=True, blank=True, editable=False)
    last_pk = models.BigIntegerField(null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    counts = models.JSONField(_("counts"), default=dict)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a close")
        verbose_name_plural = _("parts of a close")
        ordering = ["business_day", "step", "number"]
        constraints = [
            models.UniqueConstraint(fields=["business_day", "step", "number"], name="loans_closechunk_once"),
            models.CheckConstraint(
                condition=Q(first_pk__isnull=True, last_pk__isnull=True) | Q(first_pk__lte=F("last_pk")),
                name="loans_closechunk_range",
            ),
        ]
        indexes = [
            models.Index(
                fields=["business_day", "step", "number"], condition=Q(state="waiting"), name="loans_closechunk_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.number}"


class CloseFailure(models.Model):
    """A loan, or a whole step, that a close could not do; it is tried again by the next one."""

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    business_day = models.ForeignKey(
        BusinessDay, on_delete=models.PROTECT, related_name="failures", verbose_name=_("business day")
    )
    step = models.CharField(_("step"), max_length=24)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="close_failures", verbose_name=_("loan")
    )
    error = models.CharField(_("error"), max_length=400)
    failed_at = models.DateTimeField(_("set aside at"), default=clock.now)
    mended_at = models.DateTimeField(_("done since"), null=True, blank=True)

    class Meta:
        verbose_name = _("set aside by a close")
        verbose_name_plural = _("set aside by closes")
        ordering = ["-failed_at", "-id"]
        indexes = [
            models.Index(fields=["lender", "step"], condition=Q(mended_at__isnull=True), name="loans_closefailure_open")
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.loan or self.lender}"
