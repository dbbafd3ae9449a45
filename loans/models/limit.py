"""A limit: how much a person may draw on a product, every change of it, and what is set aside of it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, User
from loans.models.application import LoanApplication
from loans.models.loan import Loan
from loans.models.product import Product
from loans.querysets import LimitQuerySet


class CreditLimit(models.Model):
    """One person's limit on one product of one lender. How much it is, its changes say (`loans/limits.py`).

    `version` is the row's: whoever draws or changes counts it up, so that two who drew on the
    same reading cannot both succeed.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("limit", "In force")
        CLOSED = "closed", pgettext_lazy("limit", "Closed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="limits", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="limits", verbose_name=_("borrower"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="limits", verbose_name=_("product"))
    product_code = models.SlugField(_("product code"), max_length=32)
    number = models.CharField(_("number"), max_length=20)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    version = models.PositiveIntegerField(_("row version"), default=1)
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = LimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        ordering = ["lender", "-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="loans_limit_number_once"),
            models.UniqueConstraint(
                fields=["borrower", "lender", "product_code"],
                condition=Q(state="active"),
                name="loans_limit_one_active",
            ),
            models.CheckConstraint(
                condition=Q(state="active", closed_on__isnull=True) | Q(state="closed", closed_on__isnull=False),
                name="loans_limit_closed_dated",
            ),
            models.CheckConstraint(condition=Q(rate_annual__gte=0, rate_annual__lte=1), name="loans_limit_rate_sane"),
        ]

    def __str__(self) -> str:
        return self.number


class LimitChange(models.Model):
    """One change of a limit: announced on a day, in force from another; append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", pgettext_lazy("change of a limit", "Opened")
        RAISED = "raised", pgettext_lazy("change of a limit", "Raised")
        CUT = "cut", pgettext_lazy("change of a limit", "Cut")
        RESTORED = "restored", pgettext_lazy("change of a limit", "Cut taken back")

    limit = models.ForeignKey(
        CreditLimit, on_delete=models.PROTECT, related_name="changes", verbose_name=_("limit"), db_index=False
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    old_minor = models.BigIntegerField(_("before"))
    new_minor = models.BigIntegerField(_("after"))
    reason = models.CharField(_("reason"), max_length=40)
    words = models.TextField(_("words to the borrower"), blank=True)
    announced_at = models.DateTimeField(_("announced at"))
    announced_on = models.DateField(_("announced"))
    effective_on = models.DateField(_("in force from"))
    application = models.ForeignKey(
        LoanApplication,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application"),
    )
    takes_back = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
        verbose_name=_("takes back"),
    )
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("change of a limit")
        verbose_name_plural = _("changes of limits")
        ordering = ["limit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["limit", "number"], name="loans_limitchange_number_once"),
            models.CheckConstraint(condition=Q(new_minor__gte=0, old_minor__gte=0), name="loans_limitchange_sane"),
            models.CheckConstraint(condition=Q(effective_on__gte=F("announced_on")), name="loans_limitchange_forward"),
            models.CheckConstraint(
                condition=~Q(kind="cut") | Q(new_minor__lt=F("old_minor")), name="loans_limitchange_cut_is_less"
            ),
            models.CheckConstraint(
                condition=~Q(kind="raised") | Q(new_minor__gt=F("old_minor")), name="loans_limitchange_raise_is_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.number}"


class LimitReservation(models.Model):
    """A part of a limit set aside for one draw-down, until a loan stands for it or it is given back."""

    limit = models.ForeignKey(
        CreditLimit,
        on_delete=models.PROTECT,
        related_name="reservations",
        verbose_name=_("limit"),
        db_index=False,
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    reference = models.CharField(_("reference"), max_length=64)
    amount_minor = models.BigIntegerField(_("amount"))
    reserved_at = models.DateTimeField(_("set aside"))
    released_at = models.DateTimeField(_("given back"), null=True, blank=True)
    loan = models.OneToOneField(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="reservation", verbose_name=_("loan")
    )

    class Meta:
        verbose_name = _("part of a limit set aside")
        verbose_name_plural = _("parts of limits set aside")
        ordering = ["limit", "-reserved_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["limit", "reference"], name="loans_reservation_reference_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_reservation_positive"),
            models.CheckConstraint(
                condition=Q(loan__isnull=True) | Q(released_at__isnull=True), name="loans_reservation_drawn_or_released"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
