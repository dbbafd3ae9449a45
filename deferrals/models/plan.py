"""Relief in force: the plan on a loan, and the months it covers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from deferrals.models.decision import Acceptance
from deferrals.models.request import ReliefRequest
from loans.models import Loan


class ReliefPlan(models.Model):
    """An accepted arrangement, activated on a loan."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Running")
        COMPLETED = "completed", _("Completed")
        RESCINDED = "rescinded", _("Taken back")
        ENDED_EARLY = "ended_early", _("Ended early")

    request = models.ForeignKey(
        ReliefRequest, on_delete=models.PROTECT, related_name="plans", verbose_name=_("request")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="relief_plans", verbose_name=_("loan"))
    acceptance = models.OneToOneField(
        Acceptance, on_delete=models.PROTECT, related_name="plan", verbose_name=_("acceptance")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ACTIVE)
    schedule_number = models.PositiveSmallIntegerField(_("schedule version"))
    previous_schedule_number = models.PositiveSmallIntegerField(_("schedule version before"))
    from_on = models.DateField(_("from"))
    resume_on = models.DateField(_("payments resume"))
    rescind_until_on = models.DateField(_("may be taken back until"), null=True, blank=True)

    class Meta:
        verbose_name = _("relief plan")
        verbose_name_plural = _("relief plans")
        constraints = [
            models.UniqueConstraint(
                fields=["loan"], condition=Q(state="active"), name="deferrals_one_active_plan_per_loan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.loan}"


class ReliefMonth(models.Model):
    """A month in which relief is in force on a loan; at most one effective relief a month."""

    plan = models.ForeignKey(ReliefPlan, on_delete=models.PROTECT, related_name="months", verbose_name=_("plan"))
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="+", verbose_name=_("loan"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    is_effective = models.BooleanField(_("effective"), default=True)

    class Meta:
        verbose_name = _("relief month")
        verbose_name_plural = _("relief months")
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "month"], condition=Q(is_effective=True), name="deferrals_one_relief_per_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
