"""Schedules: immutable versions, each holding every instalment, sealed when complete."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.engine.schedule import Row
from loans.models.loan import Loan


class ScheduleSeal(models.Model):
    """Says that a schedule version is whole; the database checks it as it is written."""

    id = models.BigIntegerField(primary_key=True)


class ScheduleVersion(models.Model):
    """Version n of a loan's schedule. Relief, a payoff or a correction adds version n + 1."""

    class Source(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        RELIEF = "relief", _("Relief")
        PAYOFF = "payoff", _("Early payoff")
        IMPORT = "import", _("Imported")
        PREPAYMENT = "prepayment", _("Repaid in part")
        CORRECTION = "correction", _("Correction")
        WRITE_OFF = "write_off", _("Write-off")

    id = models.BigIntegerField(primary_key=True)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="schedules", verbose_name=_("loan"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("version"))
    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    source_reference = models.CharField(_("source reference"), max_length=40, blank=True)
    adopted_on = models.DateField(_("in force since"))
    adopted_at = models.DateTimeField(_("adopted"), default=clock.now)
    adopted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("adopted by")
    )
    instalment_count = models.PositiveSmallIntegerField(_("number of instalments"))
    principal_minor = models.BigIntegerField(_("principal"))
    paused_on = models.JSONField(_("dates on which nothing is due any more"), default=list)
    remembered = models.JSONField(_("what relief left to remember"), default=dict)
    hash = models.CharField(_("hash"), max_length=64)
    seal = models.OneToOneField(ScheduleSeal, on_delete=models.PROTECT, related_name="version")

    class Meta:
        verbose_name = _("schedule version")
        verbose_name_plural = _("schedule versions")
        ordering = ["loan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "number"], name="loans_schedule_version_once"),
            models.CheckConstraint(condition=Q(seal=models.F("id")), name="loans_schedule_own_seal"),
            models.CheckConstraint(condition=Q(number__gte=1), name="loans_schedule_from_1"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Instalment(models.Model):
    """One row of a schedule version; what was paid on it stands in `Allocation`, never here."""

    version = models.ForeignKey(
        ScheduleVersion,
        on_delete=models.PROTECT,
        related_name="instalments",
        verbose_name=_("schedule version"),
        db_index=False,
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    opens_on = models.DateField(_("interest from"))
    due_on = models.DateField(_("due date"))
    principal_minor = models.BigIntegerField(_("principal"))
    interest_minor = models.BigIntegerField(_("interest"))
    relief_interest_minor = models.BigIntegerField(_("relief interest"), default=0)
    fee_minor = models.BigIntegerField(_("fee"), default=0)
    balance_minor = models.BigIntegerField(_("principal left after it"))

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="loans_instalment_once"),
            models.CheckConstraint(
                condition=Q(
                    principal_minor__gte=0,
                    interest_minor__gte=0,
                    relief_interest_minor__gte=0,
                    fee_minor__gte=0,
                    balance_minor__gte=0,
                ),
                name="loans_instalment_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["lender", "due_on"], name="loans_instalment_due")]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def due_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.relief_interest_minor + self.fee_minor

    @property
    def row(self) -> Row:
        """The same instalment as the engine knows it."""
        return Row(
            number=self.number,
            opens_on=self.opens_on,
            due_on=self.due_on,
            principal_minor=self.principal_minor,
            interest_minor=self.interest_minor,
            relief_interest_minor=self.relief_interest_minor,
            fee_minor=self.fee_minor,
            balance_minor=self.balance_minor,
        )
