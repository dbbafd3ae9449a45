"""An application for a limit: what was asked, on which facts, what the rules said, what a person decided."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, User
from loans.application_states import OPEN, ApplicationState
from loans.models.product import Product
from loans.querysets import ApplicationQuerySet


class Use(models.TextChoices):
    """What the money is for. What consumer credit may not be used for is not on offer (lending rules 4.5)."""

    DAILY = "daily", pgettext_lazy("use of a loan", "Daily needs")
    MEDICAL = "medical", pgettext_lazy("use of a loan", "Medical costs")
    EDUCATION = "education", pgettext_lazy("use of a loan", "Education")
    HOME = "home", pgettext_lazy("use of a loan", "Repairs and things for the home")
    TRAVEL = "travel", pgettext_lazy("use of a loan", "Travel")
    FAMILY = "family", pgettext_lazy("use of a loan", "A family event")
    OTHER = "other", pgettext_lazy("use of a loan", "Something else to consume")


class LoanApplication(models.Model):
    """One person asks one lender for a limit on one product; the facts are frozen as it is sent."""

    class State(models.TextChoices):
        SUBMITTED = ApplicationState.SUBMITTED.value, _("Sent")
        EVIDENCE = ApplicationState.EVIDENCE.value, _("Waiting for a few words from you")
        MANUAL = ApplicationState.MANUAL.value, _("Waiting for a person to look at it")
        IN_REVIEW = ApplicationState.IN_REVIEW.value, _("A person is looking at it")
        APPROVED = ApplicationState.APPROVED.value, _("Approved")
        REFUSED = ApplicationState.REFUSED.value, _("Not approved")
        WITHDRAWN = ApplicationState.WITHDRAWN.value, _("Withdrawn")
        LAPSED = ApplicationState.LAPSED.value, _("Lapsed")

    class Origin(models.TextChoices):
        NEW = "new", _("First limit")
        RAISE = "raise", _("A higher limit")
        AGAIN = "again", _("Looked at again")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="applications", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("borrower"),
        db_index=False,
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="applications", verbose_name=_("product")
    )
    product_code = models.SlugField(_("product code"), max_length=32)
    number = models.CharField(_("number"), max_length=20)
    key = models.UUIDField(_("key"))
    origin = models.CharField(_("kind of application"), max_length=8, choices=Origin.choices, default=Origin.NEW)
    previous = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="again",
        verbose_name=_("looked at before"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SUBMITTED)
    version = models.PositiveIntegerField(_("row version"), default=1)

    wished_minor = models.BigIntegerField(_("amount wished for"))
    use = models.CharField(_("what it is for"), max_length=12, choices=Use.choices)
    income_minor = models.BigIntegerField(_("income a month"))
    other_monthly_minor = models.BigIntegerField(_("other payments a month"), default=0)
    words = models.TextField(_("in the borrower's words"), blank=True)
    language = models.CharField(_("language"), max_length=8)

    submitted_at = models.DateTimeField(_("sent"))
    submitted_on = models.DateField(_("day sent"))
    decide_by_on = models.DateField(_("answer by"), null=True, blank=True)
    evidence_by_on = models.DateField(_("words by"), null=True, blank=True)
    statement = models.TextField(_("what the borrower added"), blank=True)
    claimed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    claimed_until = models.DateTimeField(_("taken until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="loans_application_number_once"),
            models.UniqueConstraint(fields=["borrower", "key"], name="loans_application_key_once"),
            models.UniqueConstraint(
                fields=["borrower", "lender", "product_code"],
                condition=Q(state__in=sorted(OPEN)),
                name="loans_application_one_open",
            ),
            models.CheckConstraint(condition=Q(wished_minor__gt=0), name="loans_application_wish_positive"),
            models.CheckConstraint(
                condition=Q(income_minor__gte=0, other_monthly_minor__gte=0), name="loans_application_budget_sane"
            ),
            models.CheckConstraint(
                condition=Q(state="in_review", claimed_by__isnull=False, claimed_until__isnull=False)
                | (~Q(state="in_review") & Q(claimed_by__isnull=True, claimed_until__isnull=True)),
                name="loans_application_in_review_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lender", "decide_by_on"],
                condition=Q(state__in=["manual", "in_review"]),
                name="loans_application_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Assessment(models.Model):
    """What the rules said of an application on a day, and the frozen facts they saw; append-only."""

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("Approve")
        EVIDENCE = "evidence", _("Ask for more")
        MANUAL = "manual", _("A person decides")

    application = models.ForeignKey(
        LoanApplication, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("application")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    rules = models.CharField(_("rules"), max_length=20)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    limit_minor = models.BigIntegerField(_("limit"))
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    facts = models.JSONField(_("facts"))
    reasons = models.JSONField(_("reasons"))
    inquiry = models.UUIDField(_("inquiry"))
    report_sha256 = models.CharField(_("hash of the report"), max_length=64, blank=True)
    assessed_at = models.DateTimeField(_("assessed"))
    assessed_on = models.DateField(_("day assessed"))

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-assessed_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(limit_minor__gte=0), name="loans_assessment_limit_sane")]

    def __str__(self) -> str:
        return f"{self.application} {self.get_outcome_display()}"


class ApplicationDecision(models.Model):
    """What a person decided, for which reasons, in which words; append-only."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Not approved")

    application = models.OneToOneField(
        LoanApplication, on_delete=models.PROTECT, related_name="decision", verbose_name=_("application")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    limit_minor = models.BigIntegerField(_("limit"), null=True, blank=True)
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10, null=True, blank=True)
    reasons = models.JSONField(_("reasons"))
    words = models.TextField(_("words to the borrower"))
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"))
    decided_on = models.DateField(_("day decided"))

    class Meta:
        verbose_name = _("decision on an application")
        verbose_name_plural = _("decisions on applications")
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="approved", limit_minor__gt=0, rate_annual__isnull=False)
                | Q(outcome="refused", limit_minor__isnull=True, rate_annual__isnull=True),
                name="loans_application_decision_complete",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_outcome_display()}"
