"""A loan: its terms, its state, and the few figures that are cached because queries need them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender
from loans.engine.profile import Profile, profile
from loans.engine.schedule import Method, Terms
from loans.models.product import METHOD_NAMES, Product
from loans.querysets import LoanQuerySet
from loans.stages import Stage

STAGES = [
    (Stage.NONE.value, pgettext_lazy("stage of collection", "None")),
    (Stage.EARLY.value, pgettext_lazy("stage of collection", "Early")),
    (Stage.LATE.value, pgettext_lazy("stage of collection", "Late")),
    (Stage.PRE_LEGAL.value, pgettext_lazy("stage of collection", "Before legal steps")),
    (Stage.LEGAL.value, pgettext_lazy("stage of collection", "Legal steps")),
]


class Loan(models.Model):
    """One loan of one borrower at one lender.

    `current_version` names the schedule version in force. `written_off_on` stays when what was
    written off is paid after all; `principal_left_minor` is what is owed, whatever the books
    say. The columns under "cached" are derived from schedule and allocations, written in the
    same transaction as their cause, and checked by `verify_books`.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for disbursement")
        ACTIVE = "active", _("Running")
        SETTLED = "settled", _("Settled")
        CANCELLED = "cancelled", _("Cancelled before it was paid out")
        WRITTEN_OFF = "written_off", _("Written off")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="loans", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="loans", verbose_name=_("borrower"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="loans", verbose_name=_("product"))
    number = models.CharField(_("loan number"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PENDING)
    version = models.PositiveIntegerField(_("row version"), default=1)

    principal_minor = models.BigIntegerField(_("principal"))
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    method = models.CharField(_("repayment method"), max_length=16, choices=list(METHOD_NAMES.items()))
    instalment_count = models.PositiveSmallIntegerField(_("number of instalments"))
    profile = models.JSONField(_("calculation conventions"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=3)
    grace_needs_clean_previous = models.BooleanField(
        _("grace only if the instalment before was paid on time"), default=True
    )
    disbursed_on = models.DateField(_("disbursed"))
    first_due_on = models.DateField(_("first due date"), null=True, blank=True)
    anchor_day = models.PositiveSmallIntegerField(_("due day"))
    settled_on = models.DateField(_("settled"), null=True, blank=True)
    written_off_on = models.DateField(_("written off"), null=True, blank=True)
    current_version = models.PositiveSmallIntegerField(_("schedule version in force"), default=0)

    # cached
    stage = models.CharField(_("stage of collection"), max_length=12, choices=STAGES, default=Stage.NONE.value)
    principal_left_minor = models.BigIntegerField(_("principal left"), default=0)
    oldest_unpaid_due_on = models.DateField(_("oldest unpaid due date"), null=True, blank=True)
    next_close_on = models.DateField(_("next looked at by the close of"), null=True, blank=True)
    next_month_on = models.DateField(_("months next looked at by the close of"), null=True, blank=True)
    receivable_on = models.DateField(_("earned and not paid, by the end of"), null=True, blank=True)
    interest_receivable_minor = models.BigIntegerField(_("interest earned and not paid"), default=0)
    penalty_receivable_minor = models.BigIntegerField(_("penalty interest charged and not paid"), default=0)
    fee_receivable_minor = models.BigIntegerField(_("fees due and not paid"), default=0)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-disbursed_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="loans_loan_number_once"),
            models.CheckConstraint(condition=Q(principal_minor__gt=0), name="loans_loan_principal_positive"),
            models.CheckConstraint(
                condition=Q(principal_left_minor__gte=0, principal_left_minor__lte=F("principal_minor")),
                name="loans_loan_principal_left_sane",
            ),
            models.CheckConstraint(condition=Q(rate_annual__gte=0, rate_annual__lte=1), name="loans_loan_rate_sane"),
            models.CheckConstraint(
                condition=Q(state="settled", settled_on__isnull=False, principal_left_minor=0)
                | (~Q(state="settled") & Q(settled_on__isnull=True)),
                name="loans_loan_settled_means_nothing_left",
            ),
            models.CheckConstraint(
                condition=Q(
                    interest_receivable_minor__gte=0, penalty_receivable_minor__gte=0, fee_receivable_minor__gte=0
                ),
                name="loans_loan_receivables_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="written_off", written_off_on__isnull=False)
                | Q(state="settled")
                | ~Q(state__in=["written_off", "settled"]) & Q(written_off_on__isnull=True),
                name="loans_loan_written_off_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "oldest_unpaid_due_on"], condition=Q(state="active"), name="loans_loan_due"),
            models.Index(fields=["lender", "stage"], condition=~Q(stage="none"), name="loans_loan_stage"),
            models.Index(
                fields=["lender", "next_close_on"],
                condition=Q(next_close_on__isnull=False),
                name="loans_loan_next_close",
            ),
            models.Index(
                fields=["lender", "next_month_on"],
                condition=Q(next_month_on__isnull=False),
                name="loans_loan_next_month",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_been_paid_out(self) -> bool:
        return self.state in (self.State.ACTIVE, self.State.SETTLED, self.State.WRITTEN_OFF)

    @property
    def is_owed(self) -> bool:
        """Whether something is still to pay on it: it runs, or was written off."""
        return self.state in (self.State.ACTIVE, self.State.WRITTEN_OFF)

    @property
    def conventions(self) -> Profile:
        return profile(self.profile)

    @property
    def terms(self) -> Terms:
        """The contract's terms, as the engine takes them."""
        return Terms(
            principal_minor=self.principal_minor,
            rate_annual=self.rate_annual,
            method=Method(self.method),
            instalments=self.instalment_count,
            disbursed_on=self.disbursed_on,
            first_due_on=self.first_due_on,
            profile=self.conventions,
        )
