"""Files to and from the bank: each once, with a line for everything that it asks for or reports.

A file of collections is kept as its lines and its head: it can be made again to the byte, and
its hash proves it. Account numbers stay where they are sealed. A file of notifications is
known by its hash; its lines say what the bank said and what became of it.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender, User
from config import clock
from loans.models.order import PaymentOrder


class BankFile(models.Model):
    """One file, taken or written as a whole. Never changed."""

    class Direction(models.TextChoices):
        OUT = "out", pgettext_lazy("bank file", "To the bank")
        IN = "in", pgettext_lazy("bank file", "From the bank")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    message = models.CharField(_("kind of message"), max_length=20)
    message_id = models.CharField(_("reference of the message"), max_length=35)
    name = models.CharField(_("name of the file"), max_length=120, blank=True)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    currency = models.CharField(_("currency"), max_length=3)
    line_count = models.PositiveIntegerField(_("transactions"))
    total_minor = models.BigIntegerField(_("collected or to be collected"))
    returned_minor = models.BigIntegerField(_("sum that came back"), default=0)
    head = models.JSONField(_("head"), default=dict)
    made_at = models.DateTimeField(_("written or taken"), default=clock.now)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "direction", "sha256"], name="loans_bank_file_once"),
            models.UniqueConstraint(
                fields=["lender", "message_id"], condition=Q(direction="out"), name="loans_bank_file_own_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class BankFileLine(models.Model):
    """One transaction of a file. Of what the bank reports, only what became of it is written later, once."""

    class Kind(models.TextChoices):
        DEBIT = "debit", pgettext_lazy("bank file line", "To be collected")
        CREDIT = "credit", pgettext_lazy("bank file line", "Came in")
        RETURNED = "returned", pgettext_lazy("bank file line", "Came back")
        OTHER = "other", pgettext_lazy("bank file line", "Something else")

    class Answer(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("bank file line", "Booked")
        NOTED = "noted", pgettext_lazy("bank file line", "Known already")
        SUSPENSE = "suspense", pgettext_lazy("bank file line", "Put in suspense")
        REVIEW = "review", pgettext_lazy("bank file line", "For a person to look at")
        CONFLICT = "conflict", pgettext_lazy("bank file line", "Contradicts what is known")
        PENDING = "pending", pgettext_lazy("bank file line", "Announced only, not booked by the bank yet")
        OUTSIDE = "outside", pgettext_lazy("bank file line", "Not about a collection")

    file = models.ForeignKey(
        BankFile, on_delete=models.PROTECT, related_name="lines", verbose_name=_("bank file"), db_index=False
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    key = models.CharField(_("end-to-end reference"), max_length=35, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    value_on = models.DateField(_("value date"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reference = models.CharField(_("the bank's reference"), max_length=64, blank=True)
    entry = models.CharField(_("entry of the bank"), max_length=64, blank=True)
    is_booked = models.BooleanField(_("booked by the bank"), default=True)
    sequence = models.CharField(_("sequence"), max_length=4, blank=True)
    mandate = models.CharField(_("mandate"), max_length=35, blank=True)
    signed_on = models.DateField(_("mandate given on"), null=True, blank=True)
    order = models.ForeignKey(
        PaymentOrder,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="file_lines",
        verbose_name=_("order"),
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)

    class Meta:
        verbose_name = _("line of a bank file")
        verbose_name_plural = _("lines of bank files")
        ordering = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="loans_bank_line_number"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="debit"), name="loans_bank_line_debit_in_one_file"
            ),
            models.CheckConstraint(
                condition=Q(kind="debit", order__isnull=False, answer="", amount_minor__gt=0)
                | (~Q(kind="debit") & Q(amount_minor__gte=0)),
                name="loans_bank_line_debit_has_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["file", "kind"], condition=Q(answer="") & ~Q(kind="debit"), name="loans_bank_line_to_do"
            ),
            models.Index(fields=["lender", "reference"], name="loans_bank_line_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"
