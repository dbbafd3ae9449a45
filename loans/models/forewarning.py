"""What a borrower was told before it happened, and the months that waited because they were not."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender, User
from config import clock
from loans.adverse import Hindrance
from loans.models.bills import RevolvingAccount
from loans.models.loan import Loan

OF_ONE = Q(loan__isnull=False, bill_account__isnull=True) | Q(loan__isnull=True, bill_account__isnull=False)


class Forewarning(models.Model):
    """That the borrower was told, on a day, of what follows from being late; the words are the notice's.

    `about_on` is the due date, or the first day of the month, that it was about.
    """

    class Kind(models.TextChoices):
        ADVERSE = "adverse", pgettext_lazy("told beforehand", "Reporting a late month")
        DEMAND = "demand", pgettext_lazy("told beforehand", "Demand letter")
        SUIT = "suit", pgettext_lazy("told beforehand", "Last letter before a suit")
        BAD_DEBT = "bad_debt", pgettext_lazy("told beforehand", "Reporting as bad debt")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="forewarnings",
        verbose_name=_("loan"),
        db_index=False,
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="forewarnings",
        verbose_name=_("monthly bill account"),
        db_index=False,
    )
    kind = models.CharField(_("what of"), max_length=8, choices=Kind.choices)
    about_on = models.DateField(_("about"))
    told_on = models.DateField(_("told"))
    told_at = models.DateTimeField(_("told at"), default=clock.now)
    told_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("borrower told beforehand")
        verbose_name_plural = _("borrowers told beforehand")
        ordering = ["-told_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "kind", "told_on"], name="loans_forewarning_once_a_day"),
            models.UniqueConstraint(
                fields=["bill_account", "kind", "told_on"], name="loans_forewarning_bill_once_a_day"
            ),
            models.CheckConstraint(condition=OF_ONE, name="loans_forewarning_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.debt} {self.get_kind_display()}"

    @property
    def debt(self) -> Any:
        """What it was about: the loan, or the account of a monthly bill."""
        return self.bill_account if self.loan_id is None else self.loan

    @property
    def key(self) -> str:
        """The key of its notice, once for each lender."""
        return f"{self.kind}:{self.debt.number}:{self.told_on:%Y%m%d}"


class HeldMonth(models.Model):
    """A month that was not given to the credit file when its time had come, and why.

    `version` is the one the file had of it, 0 for none; `correction` is why it is to be corrected.
    It is over as soon as the file has a later version; or when the facts are again what the file
    says, which a row of its own tells, `fell_away`. `turn` counts how often that was before.
    """

    class Why(models.TextChoices):
        NO_CONSENT = Hindrance.NO_CONSENT.value, pgettext_lazy("month held back", "No consent to reporting")
        NOT_TOLD = Hindrance.NOT_TOLD.value, pgettext_lazy("month held back", "The borrower was not told yet")
        JUST_TOLD = Hindrance.JUST_TOLD.value, pgettext_lazy("month held back", "Told, the days of notice run")
        FELL_AWAY = "fell_away", pgettext_lazy("month held back", "What is on file is right after all")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="held_months",
        verbose_name=_("loan"),
        db_index=False,
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="held_months",
        verbose_name=_("monthly bill account"),
        db_index=False,
    )
    month = models.DateField(_("month"))
    version = models.PositiveSmallIntegerField(_("version on file"), default=0)
    turn = models.PositiveSmallIntegerField(_("earlier times"), default=0, db_default=0)
    reason = models.CharField(_("why"), max_length=12, choices=Why.choices)
    correction = models.CharField(_("reason of the correction"), max_length=80, blank=True)
    held_on = models.DateField(_("held back"))
    held_at = models.DateTimeField(_("held back at"), default=clock.now)

    class Meta:
        verbose_name = _("month held back")
        verbose_name_plural = _("months held back")
        ordering = ["-held_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "month", "version", "turn", "reason"], name="loans_heldmonth_once"),
            models.UniqueConstraint(
                fields=["bill_account", "month", "version", "turn", "reason"], name="loans_heldmonth_bill_once"
            ),
            models.CheckConstraint(condition=OF_ONE, name="loans_heldmonth_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.debt} {self.month:%Y-%m}"

    @property
    def debt(self) -> Any:
        """Whose month it is: the loan's, or that of the account of a monthly bill."""
        return self.bill_account if self.loan_id is None else self.loan
