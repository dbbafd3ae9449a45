"""What a lender offers; a published version never changes."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from config import clock
from loans.engine.holidays import Rule
from loans.engine.penalty import DEFAULT_CAP_ANNUAL, HIGHEST_UPLIFT, PenaltyBase
from loans.engine.profile import Profile, profile
from loans.engine.schedule import Method
from loans.engine.waterfall import DEFAULT_ORDER
from loans.product_rules import Offering
from loans.querysets import ProductQuerySet

METHOD_NAMES: dict[str, Any] = {
    Method.LEVEL.value: _("equal instalments"),
    Method.EQUAL_PRINCIPAL.value: _("equal principal"),
    Method.INTEREST_FIRST.value: _("interest first, principal at the end"),
    Method.BULLET.value: _("everything at the end"),
}


def usual_allocation() -> list[str]:
    return [component.value for component in DEFAULT_ORDER]


def usual_reminders() -> list[int]:
    """Days from the due date: before it negative."""
    return [-7, -3, -1, 0, 1, 3, 7, 15, 30]


def usual_debit_times() -> list[str]:
    return ["10:00", "20:00"]


class Product(models.Model):
    """One version of a loan product.

    A draft is edited until it is published. From then on the database refuses any change
    but retiring it; what should differ is the next version, and running loans keep theirs.
    Empty lists and bounds say nothing: no other method than `method`, any number of
    instalments, any amount.
    """

    class Kind(models.TextChoices):
        INSTALMENT = "instalment", _("Loan in instalments")
        REVOLVING = "revolving", _("Monthly bill")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("No longer offered")

    class Base(models.TextChoices):
        PRINCIPAL = PenaltyBase.PRINCIPAL.value, _("Overdue principal")
        PRINCIPAL_AND_INTEREST = PenaltyBase.PRINCIPAL_AND_INTEREST.value, _("Overdue principal and interest")

    class HolidayRule(models.TextChoices):
        NONE = Rule.NONE.value, _("The due date stands")
        FOLLOWING = Rule.FOLLOWING.value, _("Payable until the next working day")

    class DueDay(models.TextChoices):
        PAYOUT = "payout", _("The day of the month it was paid out")
        CHOSEN = "chosen", _("A day of the month that the borrower chooses, 1 to 28")

    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="products", verbose_name=_("lender"), db_index=False
    )
    code = models.SlugField(_("code"), max_length=32)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    # A product written in one go, by an import or a migration, stands from then on; the admin's form makes drafts.
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PUBLISHED)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, default=clock.now)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INSTALMENT)
    name_zh_hans = models.CharField(_("name in simplified Chinese"), max_length=60)
    name_zh_hant = models.CharField(_("name in traditional Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)

    method = models.CharField(_("repayment method"), max_length=16, choices=list(METHOD_NAMES.items()))
    methods = models.JSONField(_("methods to choose from"), default=list, blank=True)
    instalment_counts = models.JSONField(_("numbers of instalments to choose from"), default=list, blank=True)
    min_principal_minor = models.BigIntegerField(_("smallest amount"), null=True, blank=True)
    max_principal_minor = models.BigIntegerField(_("largest amount"), null=True, blank=True)
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    rate_annual_min = models.DecimalField(
        _("lowest annual rate"), max_digits=12, decimal_places=10, null=True, blank=True
    )
    rate_annual_max = models.DecimalField(
        _("highest annual rate"), max_digits=12, decimal_places=10, null=True, blank=True
    )
    profile = models.JSONField(_("calculation conventions"))
    early_fee_rate = models.DecimalField(
        _("fee for repaying early"), max_digits=6, decimal_places=4, default=Decimal(0)
    )
    due_day_choice = models.CharField(_("due day"), max_length=12, choices=DueDay.choices, default=DueDay.PAYOUT)
    holiday_rule = models.CharField(
        _("due date on a holiday"), max_length=12, choices=HolidayRule.choices, default=HolidayRule.NONE
    )

    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=3)
    grace_needs_clean_previous = models.BooleanField(
        _("grace only if the instalment before was paid on time"), default=True
    )
    penalty_uplift = models.DecimalField(
        _("penalty uplift"),
        max_digits=5,
        decimal_places=4,
        null=True,
        blank=True,
        default=HIGHEST_UPLIFT,
        help_text=_("Empty: no penalty interest is charged."),
    )
    penalty_base = models.CharField(_("penalty base"), max_length=24, choices=Base.choices, default=Base.PRINCIPAL)
    compound_on_interest = models.BooleanField(_("interest on unpaid interest"), default=False)
    annual_cap = models.DecimalField(
        _("cap on all costs of a year"), max_digits=6, decimal_places=4, default=DEFAULT_CAP_ANNUAL
    )

    allocation = models.JSONField(_("order of allocation"), default=usual_allocation)
    principal_first_after_dpd = models.PositiveSmallIntegerField(
        _("days past due after which principal comes first"), null=True, blank=True, default=90
    )
    reminder_days = models.JSONField(_("days of reminders"), default=usual_reminders, blank=True)
    debit_times = models.JSONField(_("times of auto-debit"), default=usual_debit_times, blank=True)
    debit_until_dpd = models.PositiveSmallIntegerField(_("days past due until which debits are tried"), default=30)
    allow_partial_debit = models.BooleanField(_("debit a part where the account holds too little"), default=False)

    # a monthly bill only
    bill_day = models.PositiveSmallIntegerField(_("bill day"), null=True, blank=True)
    due_days = models.JSONField(_("due days to choose from"), default=list, blank=True)
    minimum_rate = models.DecimalField(_("minimum payment rate"), max_digits=5, decimal_places=4, null=True, blank=True)
    daily_rate = models.DecimalField(_("daily rate"), max_digits=12, decimal_places=10, null=True, blank=True)
    plan_fees = models.JSONField(_("fees of a bill in instalments"), default=list, blank=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["lender", "code", "version"], name="loans_product_once"),
            models.UniqueConstraint(
                fields=["lender", "code"], condition=Q(state="draft"), name="loans_product_one_draft"
            ),
            models.CheckConstraint(condition=Q(rate_annual__gte=0, rate_annual__lte=1), name="loans_product_rate_sane"),
            models.CheckConstraint(condition=Q(grace_days__lte=7), name="loans_product_grace_at_most_7"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, retired_at__isnull=True)
                | Q(state="published", published_at__isnull=False, retired_at__isnull=True)
                | Q(state="retired", published_at__isnull=False, retired_at__isnull=False),
                name="loans_product_state_dated",
            ),
            models.CheckConstraint(
                condition=Q(min_principal_minor__isnull=True) | Q(min_principal_minor__gt=0),
                name="loans_product_smallest_positive",
            ),
            models.CheckConstraint(
                condition=Q(max_principal_minor__isnull=True)
                | Q(max_principal_minor__gt=0, min_principal_minor__isnull=True)
                | Q(max_principal_minor__gte=F("min_principal_minor")),
                name="loans_product_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(rate_annual_min__isnull=True)
                | Q(rate_annual_min__gte=0, rate_annual_min__lte=F("rate_annual")),
                name="loans_product_band_from",
            ),
            models.CheckConstraint(
                condition=Q(rate_annual_max__isnull=True)
                | Q(rate_annual_max__lte=1, rate_annual_max__gte=F("rate_annual")),
                name="loans_product_band_to",
            ),
            models.CheckConstraint(
                condition=Q(penalty_uplift__gte=0, penalty_uplift__lte=Decimal("0.5")),
                name="loans_product_uplift_at_most_half",
            ),
            models.CheckConstraint(condition=Q(annual_cap__gt=0, annual_cap__lte=1), name="loans_product_cap_sane"),
            models.CheckConstraint(
                condition=Q(early_fee_rate__gte=0, early_fee_rate__lte=1), name="loans_product_early_fee_sane"
            ),
            models.CheckConstraint(
                condition=Q(kind="instalment")
                | Q(
                    bill_day__gte=1, bill_day__lte=28, minimum_rate__gt=0, minimum_rate__lte=1,
                    daily_rate__gte=0, daily_rate__lte=1,
                ),
                name="loans_product_bill_complete",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def name(self) -> str:
        return self.name_in(translation.get_language() or "zh-hans")

    def name_in(self, language: str) -> str:
        if language.startswith("en"):
            return self.name_en
        return self.name_zh_hant if language == "zh-hant" else self.name_zh_hans

    @property
    def conventions(self) -> Profile:
        return profile(self.profile)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_on_offer(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def allowed_methods(self) -> tuple[str, ...]:
        """Every method a loan of it may have, the usual one first."""
        return (self.method, *(method for method in self.methods if method != self.method))

    @property
    def offering(self) -> Offering:
        """What the rules look at."""
        return Offering(
            kind=self.kind,
            methods=self.allowed_methods,
            instalment_counts=tuple(self.instalment_counts),
            min_principal_minor=self.min_principal_minor,
            max_principal_minor=self.max_principal_minor,
            rate_annual=self.rate_annual,
            rate_annual_min=self.rate_annual_min,
            rate_annual_max=self.rate_annual_max,
            profile=self.profile,
            penalty_uplift=self.penalty_uplift or Decimal(0),
            annual_cap=self.annual_cap,
            compound_on_interest=self.compound_on_interest,
            allocation=tuple(self.allocation),
            reminder_days=tuple(self.reminder_days),
            debit_times=tuple(self.debit_times),
            bill_day=self.bill_day,
            due_days=tuple(self.due_days),
            daily_rate=self.daily_rate,
            plan_fees=tuple((fee["instalments"], Decimal(fee["rate"])) for fee in self.plan_fees),
        )
