"""Money that came and that nobody could place: in the books from the first moment, until it is placed.

An item is never changed. It is open until there is a resolution: matched to a loan or a monthly
bill, or sent back. Its money stands in the account `suspense` as long.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, User
from config import clock
from loans.models.bills import AccountEntry, RevolvingAccount
from loans.models.journal import JournalEntry
from loans.models.loan import Loan
from loans.models.order import GatewayEvent
from loans.models.payment import Payment
from loans.querysets import SuspenseQuerySet


class SuspenseItem(models.Model):
    """A sum that a gateway or a bank file reported, and why it could not be placed.

    `is_outgoing`: it left our account without anything to leave for, and is to come back.
    """

    class Reason(models.TextChoices):
        UNKNOWN_ORDER = "unknown_order", _("No order of ours has this key")
        AMOUNT_DIFFERS = "amount_differs", _("Another sum than was ordered")
        LOAN_CLOSED = "loan_closed", _("The loan takes no payments any more")
        FOUND_IN_REVIEW = "found_in_review", _("Reported as not done, but the money came")
        PAID_OUT_UNASKED = "paid_out_unasked", _("Paid out on a contract that was given up, or too late")
        LOAN_CHANGED = "loan_changed", _("The loan changed since the sum was agreed")
        BILL_CLOSED = "bill_closed", _("The monthly bill takes no payments any more")
        CREDIT_USED = "credit_used", _("Sent back after a bill had used it")
        UNKNOWN_REFERENCE = "unknown_reference", _("The payer gave no reference that we know")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    is_outgoing = models.BooleanField(_("went out"), default=False)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    key = models.CharField(_("key"), max_length=64, help_text=_("Of the order, or of the line of a bank file."))
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="suspense", verbose_name=_("loan")
    )
    bill_account = models.ForeignKey(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suspense",
        verbose_name=_("monthly bill account"),
    )
    event = models.OneToOneField(
        GatewayEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suspense",
        verbose_name=_("report"),
    )
    value_on = models.DateField(_("value date"))
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    journal_entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="suspense", verbose_name=_("journal entry")
    )

    objects = SuspenseQuerySet.as_manager()

    class Meta:
        verbose_name = _("money in suspense")
        verbose_name_plural = _("money in suspense")
        ordering = ["opened_at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_suspense_positive")]

    def __str__(self) -> str:
        return self.key

    @property
    def came_minor(self) -> int:
        """The sum as it came to us; below zero where it went."""
        return -self.amount_minor if self.is_outgoing else self.amount_minor


class SuspenseResolution(models.Model):
    """Where the money of an item went: to a loan or a monthly bill as a payment, or back to where it came from.

    Money that went out can turn out to be the refund that it looked like: then it stays with the borrower.
    """

    class Outcome(models.TextChoices):
        MATCHED = "matched", _("Put to what is owed")
        RETURNED = "returned", _("Sent back")
        REFUNDED = "refunded", _("It was the refund")

    item = models.OneToOneField(
        SuspenseItem, on_delete=models.PROTECT, related_name="resolution", verbose_name=_("money in suspense")
    )
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    payment = models.OneToOneField(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suspense_resolution",
        verbose_name=_("payment"),
    )
    account_entry = models.OneToOneField(
        AccountEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suspense_resolution",
        verbose_name=_("entry of a monthly bill"),
    )
    journal_entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="suspense_resolution", verbose_name=_("journal entry")
    )
    words = models.CharField(_("reason in words"), max_length=300)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("resolved by"))
    resolved_at = models.DateTimeField(_("resolved"), default=clock.now)

    class Meta:
        verbose_name = _("where money in suspense went")
        verbose_name_plural = _("where money in suspense went")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="matched", payment__isnull=False, account_entry__isnull=True)
                | Q(outcome="matched", payment__isnull=True, account_entry__isnull=False)
                | Q(outcome="returned", payment__isnull=True, account_entry__isnull=True)
                | Q(outcome="refunded", payment__isnull=True),
                name="loans_suspense_matched_means_paid",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
