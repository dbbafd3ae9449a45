"""Every step of collection that was taken on a loan or a monthly bill, by rule or by a person with a reason."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender, User
from config import clock
from loans.models.bills import RevolvingAccount
from loans.models.forewarning import OF_ONE
from loans.models.loan import STAGES, Loan
from loans.stages import Stage

_UP = [
    (Stage.NONE, Stage.EARLY),
    (Stage.EARLY, Stage.LATE),
    (Stage.LATE, Stage.PRE_LEGAL),
    (Stage.PRE_LEGAL, Stage.LEGAL),
]
_BY_A_PERSON = [Stage.PRE_LEGAL.value, Stage.LEGAL.value]


class StageStep(models.Model):
    """One step, up by one or back to none; append-only. What a person does, they give a reason for in words.

    It stands on a loan or on the account of a monthly bill; of the latter the rule alone takes steps.
    """

    class Reason(models.TextChoices):
        RULE = "rule", pgettext_lazy("step of collection", "By the days past due")
        CURRENT = "current", pgettext_lazy("step of collection", "Nothing is overdue any more")
        PERSON = "person", pgettext_lazy("step of collection", "Decided by a person")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="stage_steps", verbose_name=_("loan")
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stage_steps",
        verbose_name=_("monthly bill account"),
    )
    from_stage = models.CharField(_("from stage"), max_length=12, choices=STAGES)
    to_stage = models.CharField(_("to stage"), max_length=12, choices=STAGES)
    reason = models.CharField(_("why"), max_length=8, choices=Reason.choices)
    words = models.CharField(_("reason in words"), max_length=300, blank=True)
    days_past_due = models.PositiveIntegerField(_("days past due"))
    taken_on = models.DateField(_("day of the step"))
    taken_at = models.DateTimeField(_("taken at"), default=clock.now)
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("step of collection")
        verbose_name_plural = _("steps of collection")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_stage=Stage.NONE.value) & ~Q(from_stage=Stage.NONE.value)
                | Q(*[Q(from_stage=old.value, to_stage=new.value) for old, new in _UP], _connector=Q.OR),
                name="loans_stagestep_up_by_one_or_out",
            ),
            models.CheckConstraint(
                condition=~Q(to_stage__in=_BY_A_PERSON) | Q(reason="person", taken_by__isnull=False) & ~Q(words=""),
                name="loans_stagestep_by_a_person",
            ),
            models.CheckConstraint(condition=OF_ONE, name="loans_stagestep_of_one"),
            models.CheckConstraint(
                condition=Q(bill_account__isnull=True) | ~Q(reason="person"), name="loans_stagestep_bills_by_rule"
            ),
        ]
        indexes = [
            models.Index(F("loan"), F("id").desc(), name="loans_stagestep_last"),
            models.Index(F("bill_account"), F("id").desc(), name="loans_stagestep_bill_last"),
        ]

    def __str__(self) -> str:
        return f"{self.debt}: {self.get_to_stage_display()}"

    @property
    def debt(self) -> Any:
        """What it was taken on: the loan, or the account of a monthly bill."""
        return self.bill_account if self.loan_id is None else self.loan
