"""Files for a credit bureau: what was sent of which month, in which version, and what was held back.

The bytes are not kept: they hold identity numbers. A file is its lines and its hash, and is
made again from them. The next file knows by the lines what to correct.
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender, User
from config import clock
from credit.models.record import MonthFact


class BureauFile(models.Model):
    """One file about one month. Never changed."""

    class Format(models.TextChoices):
        PBOC = "pboc", pgettext_lazy("bureau file", "PBoC, second generation")
        METRO2 = "metro2", pgettext_lazy("bureau file", "Metro 2")
        AU = "au", pgettext_lazy("bureau file", "Australia, comprehensive reporting")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    format = models.CharField(_("format"), max_length=8, choices=Format.choices)
    month = models.DateField(_("month"), help_text=_("Its first day."))
    number = models.PositiveSmallIntegerField(_("number in the month"))
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    row_count = models.PositiveIntegerField(_("accounts and months"))
    correction_count = models.PositiveIntegerField(_("of these corrections"), default=0)
    late_count = models.PositiveIntegerField(_("of these earlier months, sent late"), default=0)
    held_count = models.PositiveIntegerField(pgettext_lazy("bureau file", "held back"), default=0)
    missing_count = models.PositiveIntegerField(_("accounts without this month on file"), default=0)
    unidentified_count = models.PositiveIntegerField(_("rows without what tells the person apart"), default=0)
    made_at = models.DateTimeField(pgettext_lazy("bureau file", "made"), default=clock.now)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("bureau file")
        verbose_name_plural = _("bureau files")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lender", "format", "month", "number"], name="credit_bureau_file_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.month:%Y-%m} {self.number}"


class BureauFileLine(models.Model):
    """That a version of a month went into a file."""

    file = models.ForeignKey(
        BureauFile, on_delete=models.PROTECT, related_name="lines", verbose_name=_("bureau file"), db_index=False
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    fact = models.ForeignKey(
        MonthFact, on_delete=models.PROTECT, related_name="bureau_lines", verbose_name=_("month fact")
    )
    is_correction = models.BooleanField(_("correction"), default=False)

    class Meta:
        verbose_name = _("line of a bureau file")
        verbose_name_plural = _("lines of bureau files")
        constraints = [models.UniqueConstraint(fields=["file", "fact"], name="credit_bureau_line_once")]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.fact_id}"


class BureauFileHeld(models.Model):
    """That a month was not in a file, and why."""

    class Why(models.TextChoices):
        NO_CONSENT = "no_consent", pgettext_lazy("month held back", "No consent to reporting")
        NOT_TOLD = "not_told", pgettext_lazy("month held back", "The borrower was not told yet")
        JUST_TOLD = "just_told", pgettext_lazy("month held back", "Told, the days of notice run")
        UNFIT = "unfit", pgettext_lazy("month held back", "The format has no place for it")

    file = models.ForeignKey(
        BureauFile, on_delete=models.PROTECT, related_name="held", verbose_name=_("bureau file"), db_index=False
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    reference = models.CharField(_("the lender's reference"), max_length=40)
    month = models.DateField(_("month"))
    reason = models.CharField(_("why"), max_length=12, choices=Why.choices)

    class Meta:
        verbose_name = _("month not in a bureau file")
        verbose_name_plural = _("months not in a bureau file")
        ordering = ["reference", "month"]
        constraints = [
            models.UniqueConstraint(fields=["file", "reference", "month"], name="credit_bureau_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.month:%Y-%m}"
