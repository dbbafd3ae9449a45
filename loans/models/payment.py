"""Money received, what of it went where, and what was put right afterwards.

A payment is never edited. One that the bank took back, or that became known late, leads to a
`PaymentCorrection`: allocations that take away what no longer holds and put what does.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.models.journal import JournalEntry
from loans.models.loan import Loan


class Payment(models.Model):
    """One payment on one loan, at most once per key; never edited."""

    class Channel(models.TextChoices):
        BORROWER = "borrower", _("Paid by you")
        AUTO_DEBIT = "auto_debit", _("Auto-debit")
        STAFF = "staff", _("Recorded by staff")
        IMPORT = "import", _("Imported")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="payments", verbose_name=_("loan"))
    key = models.CharField(
        _("key"), max_length=64, help_text=_("Given by whoever sends it; the same key is the same payment.")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    unapplied_minor = models.BigIntegerField(_("overpaid, to be refunded"), default=0)
    value_on = models.DateField(_("value date"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    journal_entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="payment", verbose_name=_("journal entry")
    )

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-value_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "key"], name="loans_payment_key_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_payment_positive"),
            models.CheckConstraint(
                condition=Q(unapplied_minor__gte=0, unapplied_minor__lte=models.F("amount_minor")),
                name="loans_payment_unapplied_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan} {self.value_on}"


class PaymentCorrection(models.Model):
    """Why payments of a loan were shared out anew: `payment` was taken back, or came in late.

    `journal_entry` is empty where the shares moved between instalments only.
    """

    class Kind(models.TextChoices):
        REVERSED = "reversed", _("Taken back")
        BACKDATED = "backdated", _("Known late")

    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("loan"))
    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        related_name="corrections",
        verbose_name=_("payment"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    value_on = models.DateField(_("value date"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    journal_entry = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name=_("journal entry"),
    )

    class Meta:
        verbose_name = _("correction of payments")
        verbose_name_plural = _("corrections of payments")
        ordering = ["-made_at", "-id"]
        constraints = [
            # Taken back once, known late once.
            models.UniqueConstraint(fields=["payment", "kind"], name="loans_correction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payment}: {self.get_kind_display()}"


class Allocation(models.Model):
    """A part of a payment, put to one component of one instalment (by its number, in every version).

    Without `correction` it is what the payment was for as it came. With one it is what the
    correction takes away (below zero) or puts. `credit` is money owed back; it has
    instalment 0 and stands in corrections only, the payment's own is its `unapplied_minor`.
    """

    class Component(models.TextChoices):
        PENALTY = "penalty", _("Penalty interest")
        FEE = "fee", _("Fee")
        INTEREST = "interest", _("Interest")
        PRINCIPAL = "principal", _("Principal")
        CREDIT = "credit", _("Owed back")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("payment")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("loan"), db_index=False
    )
    correction = models.ForeignKey(
        PaymentCorrection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("correction"),
    )
    instalment_number = models.PositiveSmallIntegerField(_("instalment"))
    component = models.CharField(_("component"), max_length=12, choices=Component.choices)
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "instalment_number", "component"],
                condition=Q(correction__isnull=True),
                name="loans_allocation_once",
            ),
            models.UniqueConstraint(
                fields=["correction", "payment", "instalment_number", "component"],
                condition=Q(correction__isnull=False),
                name="loans_allocation_corrected_once",
            ),
            models.CheckConstraint(
                condition=Q(correction__isnull=True, amount_minor__gt=0)
                | (Q(correction__isnull=False) & ~Q(amount_minor=0)),
                name="loans_allocation_positive",
            ),
            models.CheckConstraint(
                condition=~Q(component="credit") | Q(correction__isnull=False, instalment_number=0),
                name="loans_allocation_credit_in_corrections",
            ),
        ]
        indexes = [models.Index(fields=["loan", "instalment_number"], name="loans_allocation_loan")]

    def __str__(self) -> str:
        return f"{self.instalment_number}, {self.get_component_display()}"
