"""Credit that is billed once a month: the account, what happens on it, its bills, and bills in instalments.

What happens is a row that is never changed; every figure follows from these rows (`loans/engine/revolving`).
A bill is kept as it was made, with the terms it was made by and the last row it was made from, so that it can
be made up again. Nothing is entered for a day before the last bill.
"""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, User
from config import clock
from loans.models.journal import JournalEntry
from loans.models.limit import CreditLimit
from loans.models.loan import STAGES
from loans.models.payment import Payment
from loans.models.product import Product
from loans.querysets import BillQuerySet, RevolvingQuerySet
from loans.stages import Stage


class RevolvingAccount(models.Model):
    """One person's monthly bill at one lender, under one contract and one limit.

    The columns under "cached" follow from its entries; they are written with their cause and
    checked by `verify_books`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("monthly bill", "In use")
        CLOSED = "closed", pgettext_lazy("monthly bill", "Closed")

    class Collected(models.TextChoices):
        """What the lender may collect on the due day; the borrower chooses."""

        WHOLE = "whole", _("The whole bill")
        MINIMUM = "minimum", _("The minimum payment")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="revolving_accounts", verbose_name=_("borrower")
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    limit = models.OneToOneField(
        CreditLimit, on_delete=models.PROTECT, related_name="revolving_account", verbose_name=_("limit")
    )
    number = models.CharField(_("account number"), max_length=20)
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    version = models.PositiveIntegerField(_("row version"), default=1)
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    bill_day = models.PositiveSmallIntegerField(_("bill day"))
    due_day = models.PositiveSmallIntegerField(_("due day"))
    collected = models.CharField(
        _("collected on the due day"), max_length=8, choices=Collected.choices, default=Collected.WHOLE
    )
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    # cached
    stage = models.CharField(_("stage of collection"), max_length=12, choices=STAGES, default=Stage.NONE.value)
    principal_left_minor = models.BigIntegerField(_("principal left"), default=0)
    oldest_unpaid_due_on = models.DateField(_("oldest unpaid due date"), null=True, blank=True)
    billed_to_on = models.DateField(_("last bill day"), null=True, blank=True)

    objects = RevolvingQuerySet.as_manager()

    class Meta:
        verbose_name = _("monthly bill account")
        verbose_name_plural = _("monthly bill accounts")
        ordering = ["lender", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="loans_revolving_number_once"),
            models.CheckConstraint(
                condition=Q(bill_day__gte=1, bill_day__lte=28, due_day__gte=1, due_day__lte=28)
                & ~Q(bill_day=F("due_day")),
                name="loans_revolving_days",
            ),
            models.CheckConstraint(condition=Q(rate_annual__gte=0, rate_annual__lte=1), name="loans_revolving_rate"),
            models.CheckConstraint(condition=Q(principal_left_minor__gte=0), name="loans_revolving_left_sane"),
            models.CheckConstraint(
                condition=Q(state="active", closed_on__isnull=True)
                | Q(state="closed", closed_on__isnull=False, principal_left_minor=0),
                name="loans_revolving_closed_means_nothing_left",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lender", "billed_to_on"], condition=Q(state="active"), name="loans_revolving_to_bill"
            ),
            models.Index(fields=["lender", "stage"], condition=~Q(stage="none"), name="loans_revolving_stage"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def grace_days(self) -> int:
        """As on a loan; the days are those of its product."""
        return self.product.grace_days


class AccountEntry(models.Model):
    """One thing that happened on an account; `sequence` counts them from 1, without a gap. Never changed.

    `about` is the purchase that a refund gives back, the plan that is ended, or the payment that
    is taken back: from then on everything is as if that one had never come, and `reason` says why.
    """

    class Kind(models.TextChoices):
        PURCHASE = "purchase", pgettext_lazy("entry", "Purchase")
        REFUND = "refund", pgettext_lazy("entry", "Refund of a purchase")
        PAYMENT = "payment", pgettext_lazy("entry", "Payment")
        CREDIT_RETURNED = "credit_returned", pgettext_lazy("entry", "Paid back to you")
        INSTALMENTS = "instalments", pgettext_lazy("entry", "Bill turned into instalments")
        PLAN_ENDED = "plan_ended", pgettext_lazy("entry", "Instalments ended early")
        TAKEN_BACK = "taken_back", pgettext_lazy("entry", "Payment taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        related_name="entries",
        verbose_name=_("account"),
        db_index=False,
    )
    sequence = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    key = models.CharField(
        _("key"), max_length=64, help_text=_("Given by whoever sends it; the same key is the same entry.")
    )
    value_on = models.DateField(_("value date"))
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    merchant = models.CharField(_("merchant"), max_length=60, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Payment.Channel.choices, blank=True)
    about = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        verbose_name=pgettext_lazy("entry", "about"),
    )
    parts = models.PositiveSmallIntegerField(_("number of instalments"), null=True, blank=True)
    fee_rate = models.DecimalField(_("fee, of the amount"), max_digits=10, decimal_places=8, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=clock.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    journal_entry = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="account_entry",
        verbose_name=_("journal entry"),
    )

    class Meta:
        verbose_name = _("entry of an account")
        verbose_name_plural = _("entries of accounts")
        ordering = ["account", "-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["account", "sequence"], name="loans_accountentry_sequence_once"),
            models.UniqueConstraint(fields=["lender", "key"], name="loans_accountentry_key_once"),
            models.CheckConstraint(
                condition=Q(kind="plan_ended", amount_minor__isnull=True) | Q(amount_minor__gt=0),
                name="loans_accountentry_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind="purchase") & ~Q(merchant="") | ~Q(kind="purchase") & Q(merchant=""),
                name="loans_accountentry_merchant",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["refund", "plan_ended", "taken_back"], about__isnull=False)
                | ~Q(kind__in=["refund", "plan_ended", "taken_back"]) & Q(about__isnull=True),
                name="loans_accountentry_about",
            ),
            models.UniqueConstraint(
                fields=["about"], condition=Q(kind="taken_back"), name="loans_accountentry_taken_back_once"
            ),
            models.CheckConstraint(condition=Q(kind="taken_back") | Q(reason=""), name="loans_accountentry_reason"),
            models.CheckConstraint(
                condition=Q(kind="instalments", parts__gte=1, parts__lte=60, fee_rate__gte=0, fee_rate__lte=1)
                | ~Q(kind="instalments") & Q(parts__isnull=True, fee_rate__isnull=True),
                name="loans_accountentry_parts",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["instalments", "plan_ended"], journal_entry__isnull=True)
                | ~Q(kind__in=["instalments", "plan_ended"]) & Q(journal_entry__isnull=False),
                name="loans_accountentry_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.sequence}"


class Bill(models.Model):
    """A bill as it was made on its day. Never changed.

        balance = carried over + overdue + purchases - refunds + instalments + interest + penalty interest

    `opening_minor` is what the bill before had left to pay, `planned_minor` what of it became
    instalments since, `settled_minor` what payments and refunds took off it. `advance_minor` is
    what had been paid ahead and was used for this one. `terms` and `last_sequence` are all that
    it was made from.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        related_name="bills",
        verbose_name=_("account"),
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    opens_on = models.DateField(_("from"))
    bill_on = models.DateField(_("bill day"))
    due_on = models.DateField(_("due date"))

    opening_minor = models.BigIntegerField(_("left of the bill before"), default=0)
    settled_minor = models.BigIntegerField(_("paid and refunded of it"), default=0)
    planned_minor = models.BigIntegerField(_("turned into instalments"), default=0)
    carried_minor = models.BigIntegerField(_("carried over"))
    overdue_minor = models.BigIntegerField(_("overdue"))
    purchases_minor = models.BigIntegerField(_("purchases"))
    refunds_minor = models.BigIntegerField(_("refunds"))
    instalments_minor = models.BigIntegerField(_("instalments"))
    fees_minor = models.BigIntegerField(_("fees"))
    interest_minor = models.BigIntegerField(_("interest"))
    penalty_minor = models.BigIntegerField(_("penalty interest"))
    balance_minor = models.BigIntegerField(_("balance"))
    advance_minor = models.BigIntegerField(_("paid ahead"))

    minimum_purchases_minor = models.BigIntegerField(_("minimum: share of purchases"))
    minimum_instalments_minor = models.BigIntegerField(_("minimum: instalments"))
    minimum_fees_minor = models.BigIntegerField(_("minimum: fees"))
    minimum_overdue_minor = models.BigIntegerField(_("minimum: overdue bills"))
    minimum_interest_minor = models.BigIntegerField(_("minimum: interest"))
    minimum_minor = models.BigIntegerField(_("minimum payment"))

    terms = models.JSONField(_("terms"))
    last_sequence = models.PositiveIntegerField(_("last entry"))
    sha256 = models.CharField(_("hash"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=clock.now)
    journal_entry = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bill",
        verbose_name=_("journal entry"),
    )

    objects = BillQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("statement", "bill")
        verbose_name_plural = pgettext_lazy("statement", "bills")
        ordering = ["account", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="loans_bill_number_once"),
            models.UniqueConstraint(fields=["account", "bill_on"], name="loans_bill_once_a_month"),
            models.CheckConstraint(
                condition=Q(
                    balance_minor=F("carried_minor")
                    + F("overdue_minor")
                    + F("purchases_minor")
                    - F("refunds_minor")
                    + F("instalments_minor")
                    + F("fees_minor")
                    + F("interest_minor")
                    + F("penalty_minor")
                ),
                name="loans_bill_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    opening_minor=F("settled_minor") + F("planned_minor") + F("carried_minor") + F("overdue_minor")
                ),
                name="loans_bill_goes_on",
            ),
            models.CheckConstraint(
                condition=Q(
                    minimum_minor=F("minimum_purchases_minor")
                    + F("minimum_instalments_minor")
                    + F("minimum_fees_minor")
                    + F("minimum_overdue_minor")
                    + F("minimum_interest_minor"),
                    minimum_minor__gte=0,
                ),
                name="loans_bill_minimum_adds_up",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("bill_on")), name="loans_bill_due_after_its_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.bill_on:%Y-%m}"

    @property
    def month(self) -> date:
        """The month it is called by: the one in which it was made."""
        return self.bill_on.replace(day=1)

    @property
    def to_pay_minor(self) -> int:
        """What it asked for on its day, what had been paid ahead taken off."""
        return self.balance_minor - self.advance_minor


class BillPlan(models.Model):
    """A part of a bill in instalments: shown with all it costs first, then agreed to; the figures stay as shown.

    `rate_annual` is the real annual rate of the fee, `rows_hash` that of the instalments shown.
    """

    class State(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("bill plan", "Shown")
        AGREED = "agreed", pgettext_lazy("bill plan", "Agreed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    account = models.ForeignKey(
        RevolvingAccount, on_delete=models.PROTECT, related_name="plans", verbose_name=_("account")
    )
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="plans", verbose_name=_("bill"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.SHOWN)
    amount_minor = models.BigIntegerField(_("amount"))
    parts = models.PositiveSmallIntegerField(_("number of instalments"))
    fee_rate = models.DecimalField(_("fee, of the amount"), max_digits=10, decimal_places=8)
    fee_minor = models.BigIntegerField(_("fee"))
    rate_annual = models.DecimalField(_("real annual rate"), max_digits=12, decimal_places=10)
    rows_hash = models.CharField(_("hash of the instalments"), max_length=64)
    cost_sheet = models.JSONField(_("cost sheet"))
    made_at = models.DateTimeField(_("shown"), default=clock.now)
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    entry = models.OneToOneField(
        AccountEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="plan", verbose_name=_("entry")
    )

    objects = BillQuerySet.as_manager()

    class Meta:
        verbose_name = _("bill in instalments")
        verbose_name_plural = _("bills in instalments")
        ordering = ["account", "-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="loans_billplan_sane"),
            models.CheckConstraint(
                condition=Q(state="shown", agreed_at__isnull=True, entry__isnull=True)
                | Q(state="agreed", agreed_at__isnull=False, entry__isnull=False),
                name="loans_billplan_agreed_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_minor} / {self.parts}"
