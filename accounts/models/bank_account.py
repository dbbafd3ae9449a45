"""The bank accounts of a borrower: where money comes to and, in the borrower's order, where it may be taken from."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import bank_card
from accounts.models.people import Borrower
from accounts.querysets import BankAccountQuerySet
from config import clock


class BankAccount(models.Model):
    """One account of a borrower. Its number is sealed; removed accounts stay, since payments name them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="bank_accounts", verbose_name=_("borrower")
    )
    bank_code = models.CharField(_("bank"), max_length=12)
    bank_name = models.CharField(_("name of the bank"), max_length=80)
    holder = models.CharField(_("account holder"), max_length=80)
    number_sealed = models.CharField(max_length=200, blank=True)
    number_hash = models.CharField(max_length=64, blank=True)
    last4 = models.CharField(_("last four digits"), max_length=4)
    method = models.CharField(_("confirmed by"), max_length=40, blank=True)
    verified_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"))
    is_active = models.BooleanField(_("in use"), default=True)
    added_at = models.DateTimeField(_("added"), default=clock.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects: ClassVar[BankAccountQuerySet] = BankAccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "number_hash"], condition=Q(is_active=True), name="accounts_bank_account_once"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, removed_at__isnull=True) | Q(is_active=False, removed_at__isnull=False),
                name="accounts_bank_account_removed_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} ••••{self.last4}"

    @property
    def bank(self) -> str:
        """The bank's name in the language of the page, or as the borrower wrote it."""
        listed = bank_card.bank(self.bank_code)
        return listed.name_in(translation.get_language() or "zh-hans") if listed else self.bank_name

    @property
    def seal_of(self) -> str:
        """What the seal of the number is bound to."""
        return f"bank account {self.public_id}"


class BankAccountProbe(models.Model):
    """A small transfer with a code in its remark; who can read the code can see into the account."""

    class State(models.TextChoices):
        SENT = "sent", _("Sent")
        PASSED = "passed", _("Verified")
        FAILED = "failed", _("Three wrong codes")
        UNAVAILABLE = "unavailable", _("Could not be sent")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="probes")
    state = models.CharField(max_length=12, choices=State.choices)
    code_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=40)
    sent_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("small transfer")
        verbose_name_plural = _("small transfers")
        ordering = ["-sent_at", "-pk"]
