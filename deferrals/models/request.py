"""A request for relief: what was asked, on which facts, and where it stands."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Borrower, Lender, User
from deferrals.models.policy import PolicyVersion
from deferrals.querysets import RequestQuerySet
from deferrals.states import RequestState
from loans.models import Loan


class Ground(models.TextChoices):
    ILLNESS = "illness", _("Illness")
    JOB_LOSS = "job_loss", _("Job loss")
    INCOME_DROP = "income_drop", _("Income drop")
    BUSINESS = "business", _("Business trouble")
    DISASTER = "disaster", _("Disaster")
    FAMILY_EVENT = "family_event", _("Family event")
    SEPARATION = "separation", _("Separation")
    BEREAVEMENT = "bereavement", _("Bereavement")
    STUDY = "study", _("Study or service")
    OTHER = "other", _("Something else")
    UNSAID = "unsaid", _("I prefer not to say")


class AutoDebitChoice(models.TextChoices):
    KEEP = "keep", _("Keep auto-debit on while you decide")
    PAUSE = "pause", _("Pause auto-debit while you decide")


class ReliefRequest(models.Model):
    """One borrower asks one lender; the facts are frozen at submission."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender,
        on_delete=models.PROTECT,
        related_name="relief_requests",
        verbose_name=_("lender"),
        db_index=False,
    )
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="relief_requests",
        verbose_name=_("borrower"),
        db_index=False,
    )
    number = models.CharField(_("number"), max_length=20)
    key = models.CharField(_("key"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=RequestState.choices, default=RequestState.SUBMITTED)
    version = models.PositiveIntegerField(_("row version"), default=1)

    ground = models.CharField(_("ground"), max_length=16, choices=Ground.choices)
    words = models.CharField(_("in the borrower's words"), max_length=500, blank=True)
    affordable_minor = models.BigIntegerField(_("what they can pay each month now"))
    auto_debit = models.CharField(
        _("auto-debit while we decide"), max_length=8, choices=AutoDebitChoice.choices, default=AutoDebitChoice.KEEP
    )
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("policy"))
    facts = models.JSONField(_("facts, frozen"))
    submitted_at = models.DateTimeField(_("sent"))
    submitted_on = models.DateField(_("received on"))
    target_on = models.DateField(_("target decision"))
    decide_by_on = models.DateField(_("hard limit"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    claimed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("claimed by")
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("relief request")
        verbose_name_plural = _("relief requests")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="deferrals_request_number_once"),
            models.CheckConstraint(condition=Q(affordable_minor__gte=0), name="deferrals_request_affordable_sane"),
            models.CheckConstraint(
                condition=Q(state="in_review", claimed_by__isnull=False, claimed_until__isnull=False)
                | (~Q(state="in_review") & Q(claimed_by__isnull=True, claimed_until__isnull=True)),
                name="deferrals_request_review_means_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lender", "decide_by_on"],
                condition=Q(state__in=["submitted", "ready", "in_review"]),
                name="deferrals_request_queue",
            ),
            models.Index(fields=["borrower", "-submitted_at"], name="deferrals_request_borrower"),
        ]

    def __str__(self) -> str:
        return self.number


class RequestLoan(models.Model):
    """A loan the request is about, and the components asked for it."""

    request = models.ForeignKey(
        ReliefRequest,
        on_delete=models.PROTECT,
        related_name="loans",
        verbose_name=_("request"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="relief_requests", verbose_name=_("loan"))
    components = models.JSONField(_("asked for"))
    is_open = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("loan of a request")
        verbose_name_plural = _("loans of requests")
        constraints = [
            models.UniqueConstraint(fields=["request", "loan"], name="deferrals_request_loan_once"),
            models.UniqueConstraint(
                fields=["loan"], condition=Q(is_open=True), name="deferrals_one_open_request_per_loan"
            ),
        ]

    def __str__(self) -> str:
        return str(self.loan)


class Clock(models.Model):
    """A promise with a date; kept or broken, it stays on record."""

    class Name(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("Acknowledged")
        TARGET = "target", _("Target decision")
        HARD = "hard", _("Latest decision")
        OFFER = "offer", _("Offer open")

    request = models.ForeignKey(
        ReliefRequest,
        on_delete=models.PROTECT,
        related_name="clocks",
        verbose_name=_("request"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    name = models.CharField(_("name"), max_length=12, choices=Name.choices)
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("due"))
    met_on = models.DateField(_("met"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="deferrals_clock_once")]

    def __str__(self) -> str:
        return str(self.get_name_display())
