"""Drawing from a limit: what was asked for, the cost sheet that was read, and the contract that was signed."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.chain import check_code
from accounts.models import BankAccount, Borrower, Lender, User
from config import clock
from loans.models.limit import CreditLimit
from loans.models.loan import Loan
from loans.models.product import METHOD_NAMES
from loans.querysets import ContractQuerySet


class DrawDown(models.Model):
    """One wish to draw, on its way to a signature; everything asked for stays as it was.

    The cost sheet is shown from `made_at` on and must stand for a while before it can be
    confirmed. `schedule_hash` is that of the schedule shown: another one cannot be signed.
    """

    class State(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("draw-down", "Cost sheet shown")
        READ = "read", pgettext_lazy("draw-down", "Cost sheet read")
        SIGNED = "signed", pgettext_lazy("draw-down", "Signed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="draw_downs", verbose_name=_("borrower")
    )
    limit = models.ForeignKey(CreditLimit, on_delete=models.PROTECT, related_name="draw_downs", verbose_name=_("limit"))
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, related_name="+", verbose_name=_("account to pay out to")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.SHOWN)
    amount_minor = models.BigIntegerField(_("amount"))
    instalment_count = models.PositiveSmallIntegerField(_("number of instalments"))
    method = models.CharField(_("repayment method"), max_length=16, choices=list(METHOD_NAMES.items()))
    rate_annual = models.DecimalField(_("annual rate"), max_digits=12, decimal_places=10)
    disbursed_on = models.DateField(_("day of paying out"))
    due_day = models.PositiveSmallIntegerField(_("chosen due day"), null=True, blank=True)
    schedule_hash = models.CharField(_("hash of the schedule"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=clock.now)
    read_at = models.DateTimeField(_("cost sheet read"), null=True, blank=True)

    class Meta:
        verbose_name = _("draw-down")
        verbose_name_plural = _("draw-downs")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loans_drawdown_positive"),
            models.CheckConstraint(
                condition=Q(due_day__isnull=True) | Q(due_day__gte=1, due_day__lte=28),
                name="loans_drawdown_due_day_sane",
            ),
            models.CheckConstraint(
                condition=Q(state="shown", read_at__isnull=True) | (~Q(state="shown") & Q(read_at__isnull=False)),
                name="loans_drawdown_read_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.amount_minor}"


class Contract(models.Model):
    """A loan contract as it was signed, in the borrower's language and in the governing one. Never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("borrower")
    )
    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="contract", verbose_name=_("loan"))
    draw_down = models.OneToOneField(
        DrawDown, on_delete=models.PROTECT, related_name="contract", verbose_name=_("draw-down")
    )
    number = models.CharField(_("number"), max_length=20)
    template = models.CharField(_("version of the text"), max_length=16)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    blocks = models.JSONField(_("text"))
    governing_language = models.CharField(_("governing language"), max_length=8)
    governing_title = models.CharField(_("title in the governing language"), max_length=120, blank=True)
    governing_blocks = models.JSONField(_("governing text"), default=list, blank=True)
    cost_sheet = models.JSONField(_("cost sheet"))
    schedule_hash = models.CharField(_("hash of the schedule"), max_length=64)
    sha256 = models.CharField(_("hash"), max_length=64)
    signed_at = models.DateTimeField(_("signed"), default=clock.now)
    signed_on = models.DateField(_("day of signing"))
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed by"))
    typed_name = models.CharField(_("typed name"), max_length=80)
    signing_method = models.CharField(_("how they proved who they are"), max_length=20)
    ip_address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-signed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["lender", "number"], name="loans_contract_number_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def check_code(self) -> str:
        """The first 16 digits of the hash in groups of four, as printed at the foot."""
        return check_code(self.sha256)

    def content(self) -> dict[str, Any]:
        """What the hash is of."""
        return {
            "number": self.number,
            "template": self.template,
            "title": self.title,
            "blocks": self.blocks,
            "governing_title": self.governing_title,
            "governing_blocks": self.governing_blocks,
            "cost_sheet": self.cost_sheet,
            "schedule_hash": self.schedule_hash,
        }
