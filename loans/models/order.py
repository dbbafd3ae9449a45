"""What a payment gateway was asked to do with money, and how far it is."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount, Lender, User
from config import clock
from loans.gateways.states import OPEN
from loans.models.bills import RevolvingAccount
from loans.models.loan import Loan
from loans.order_words import why_not
from loans.querysets import EventQuerySet, OrderQuerySet


class PaymentOrder(models.Model):
    """One order, under one key for ever; only its state and what the gateway said of it change.

    `instalment_number` is there where the lender collects an instalment; a payment that the
    borrower started has none. While an order for an instalment is open there is no second
    one; the database says so. `aim` is what the money of a debit is for: to be shared out like
    any payment, or to end the loan or repay part of it early at the sum of `ordered_on`; of
    those at most one is open.

    An order stands for a loan, or for the account of a monthly bill: then `instalment_number`
    is the bill's, and at most one debit of the account is open, whoever started it; and at most
    one refund, as of a loan. Nothing is paid out on it: purchases are the merchants' money.
    """

    class Direction(models.TextChoices):
        DEBIT = "debit", _("Debit")
        PAYOUT = "payout", _("Payout")
        REFUND = "refund", _("Refund")

    class State(models.TextChoices):
        CREATED = "created", _("Written, not sent yet")
        SENT = "sent", _("With the gateway")
        UNKNOWN = "unknown", _("No answer yet, being asked about")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Not done")

    class Aim(models.TextChoices):
        PAY = "pay", _("Payment")
        SETTLE = "settle", _("Early settlement")
        REPAY_COUNT = "repay_count", _("Repaid early, each instalment lower")
        REPAY_INSTALMENT = "repay_instalment", _("Repaid early, fewer instalments")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("loan"),
        db_index=False,
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("monthly bill account"),
        db_index=False,
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    aim = models.CharField(_("what for"), max_length=16, choices=Aim.choices, default=Aim.PAY)
    instalment_number = models.PositiveSmallIntegerField(_("instalment"), null=True, blank=True)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", verbose_name=_("bank account")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    may_be_partial = models.BooleanField(_("a part will do"), default=False)
    key = models.CharField(_("key"), max_length=64)
    gateway = models.CharField(_("gateway"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CREATED)
    ordered_on = models.DateField(_("ordered for"))
    ordered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ordered by")
    )
    created_at = models.DateTimeField(_("written"), default=clock.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    asked_at = models.DateTimeField(_("last asked about"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    moved_minor = models.BigIntegerField(_("amount that moved"), default=0)
    value_on = models.DateField(_("value date"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reference = models.CharField(_("the gateway's reference"), max_length=64, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment order")
        verbose_name_plural = _("payment orders")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "key"], name="loans_order_key_once"),
            models.UniqueConstraint(
                fields=["loan", "instalment_number"],
                condition=Q(direction="debit", instalment_number__isnull=False, state__in=OPEN),
                name="loans_order_one_debit_open",
            ),
            models.CheckConstraint(
                condition=Q(loan__isnull=False, bill_account__isnull=True)
                | Q(
                    loan__isnull=True,
                    bill_account__isnull=False,
                    direction__in=["debit", "refund"],
                    aim__in=["pay", "settle"],
                ),
                name="loans_order_of_one",
            ),
            models.UniqueConstraint(
                fields=["bill_account"],
                condition=Q(direction="debit", state__in=OPEN),
                name="loans_order_one_bill_debit_open",
            ),
            models.UniqueConstraint(
                fields=["bill_account"],
                condition=Q(direction="refund", state__in=OPEN),
                name="loans_order_one_bill_refund_open",
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(direction="payout") & ~Q(state="failed"),
                name="loans_order_one_payout",
            ),
            models.UniqueConstraint(
                fields=["loan"], condition=Q(direction="refund", state__in=OPEN), name="loans_order_one_refund_open"
            ),
            models.UniqueConstraint(
                fields=["loan"], condition=~Q(aim="pay") & Q(state__in=OPEN), name="loans_order_one_early_open"
            ),
            models.CheckConstraint(
                condition=Q(aim="pay") | Q(direction="debit", instalment_number__isnull=True),
                name="loans_order_early_is_borrowers",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_order_positive"),
            models.CheckConstraint(
                condition=Q(direction="debit") | Q(instalment_number__isnull=True), name="loans_order_instalment_debit"
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded", moved_minor__gt=0, value_on__isnull=False)
                | (~Q(state="succeeded") & Q(moved_minor=0)),
                name="loans_order_moved_means_done",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="loans_order_end_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "state"], condition=Q(state__in=OPEN), name="loans_order_open"),
            models.Index(fields=["loan", "state"], name="loans_order_loan"),
            models.Index(fields=["bill_account", "state"], name="loans_order_bill"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def debt(self) -> Any:
        """What it stands for: the loan, or the account of a monthly bill; both have number, lender and borrower."""
        return self.bill_account if self.loan_id is None else self.loan

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def why_not(self) -> tuple[str, str]:
        """Why it was not done, and what helps; in words for the borrower."""
        return why_not(self.reason)


class GatewayEvent(models.Model):
    """One report of a gateway, as it came, and what became of it. Never changed.

    The same `event_id` with the same body is the same report and gets the same answer. With
    another body it is kept beside the first, which it `contradicts`.
    """

    class Answer(models.TextChoices):
        APPLIED = "applied", _("Booked")
        NOTED = "noted", _("Nothing new")
        SUSPENSE = "suspense", _("Put in suspense")
        REVIEW = "review", _("For a person to look at")
        CONFLICT = "conflict", _("Contradicts what is known")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event"), max_length=120)
    body_sha256 = models.CharField(_("hash of the message"), max_length=64)
    body = models.JSONField(_("message"))
    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("order")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    contradicts = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contradicted_by",
        verbose_name=_("contradicts"),
        db_index=False,
    )
    received_at = models.DateTimeField(_("received"), default=clock.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a gateway")
        verbose_name_plural = _("reports of gateways")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lender", "gateway", "event_id"],
                condition=Q(contradicts__isnull=True),
                name="loans_event_once",
            ),
            models.UniqueConstraint(fields=["contradicts", "body_sha256"], name="loans_event_contradicted_once"),
        ]
        indexes = [
            models.Index(
                fields=["lender", "received_at"],
                condition=Q(answer__in=["review", "conflict"]),
                name="loans_event_to_review",
            )
        ]

    def __str__(self) -> str:
        return self.event_id


class EventReview(models.Model):
    """That a person has looked at a report which contradicts what is known, and what they found."""

    event = models.OneToOneField(
        GatewayEvent, on_delete=models.PROTECT, related_name="review", verbose_name=_("report")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    words = models.CharField(_("what was found"), max_length=300)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed"), default=clock.now)

    class Meta:
        verbose_name = _("look at a report")
        verbose_name_plural = _("looks at reports")

    def __str__(self) -> str:
        return self.words[:40]
