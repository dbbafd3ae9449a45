"""Opening a monthly bill: what was shown, that it was read, and the contract that was signed."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.chain import check_code
from accounts.models import Borrower, Lender, User
from config import clock
from loans.models.bills import RevolvingAccount
from loans.models.limit import CreditLimit
from loans.querysets import ContractQuerySet


class BillOffer(models.Model):
    """One wish to open a monthly bill, on its way to a signature; what was shown stays as it was.

    The cost sheet is shown from `made_at` on and must stand for a while before it can be
    confirmed. `terms_hash` is that of the terms shown: others cannot be signed.
    """

    class State(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("draw-down", "Cost sheet shown")
        READ = "read", pgettext_lazy("draw-down", "Cost sheet read")
        SIGNED = "signed", pgettext_lazy("draw-down", "Signed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="+", verbose_name=_("borrower"))
    limit = models.ForeignKey(CreditLimit, on_delete=models.PROTECT, related_name="+", verbose_name=_("limit"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.SHOWN)
    due_day = models.PositiveSmallIntegerField(_("due day"))
    terms_hash = models.CharField(_("hash of the terms"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=clock.now)
    read_at = models.DateTimeField(_("cost sheet read"), null=True, blank=True)

    class Meta:
        verbose_name = _("offer of a monthly bill")
        verbose_name_plural = _("offers of monthly bills")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="shown", read_at__isnull=True) | (~Q(state="shown") & Q(read_at__isnull=False)),
                name="loans_billoffer_read_dated",
            ),
            models.CheckConstraint(condition=Q(due_day__gte=1, due_day__lte=28), name="loans_billoffer_due_day"),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.made_at:%Y-%m-%d}"


class BillContract(models.Model):
    """The contract of a monthly bill as it was signed, in the borrower's language and in the governing one.

    Never changed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(Borrower, on_delete=models.PROTECT, related_name="+", verbose_name=_("borrower"))
    account = models.OneToOneField(
        RevolvingAccount, on_delete=models.PROTECT, related_name="contract", verbose_name=_("account")
    )
    offer = models.OneToOneField(
        BillOffer, on_delete=models.PROTECT, related_name="contract", verbose_name=_("offer of a monthly bill")
    )
    number = models.CharField(_("number"), max_length=20)
    template = models.CharField(_("version of the text"), max_length=16)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    blocks = models.JSONField(_("text"))
    governing_language = models.CharField(_("governing language"), max_length=8)
    governing_title = models.CharField(_("title in the governing language"), max_length=120, blank=True)
    governing_blocks = models.JSONField(_("governing text"), default=list, blank=True)
    terms = models.JSONField(_("terms"))
    terms_hash = models.CharField(_("hash of the terms"), max_length=64)
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
        verbose_name = _("contract of a monthly bill")
        verbose_name_plural = _("contracts of monthly bills")
        ordering = ["-signed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["lender", "number"], name="loans_billcontract_number_once")]

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
            "terms": self.terms,
        }
