"""The settlement certificate: a paper that says that nothing is owed any more."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.chain import check_code
from accounts.models import Borrower, Lender
from config import clock
from loans.models.bills import RevolvingAccount
from loans.models.loan import Loan
from loans.querysets import CertificateQuerySet


class SettlementCertificate(models.Model):
    """Issued once for a loan and the day it was settled, or for a monthly bill and the day it was closed.

    Its text is frozen with its hash, and never changed.

    `blocks` are written in the borrower's language; `governing_blocks` are the text that
    counts where the two differ, empty where they are the same language. Should a payment be
    taken back later, the loan is open again and the certificate no longer in force.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("borrower")
    )
    loan = models.ForeignKey(
        Loan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("loan"),
        db_index=False,
    )
    account = models.OneToOneField(
        RevolvingAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate",
        verbose_name=_("monthly bill account"),
    )
    number = models.CharField(_("number"), max_length=20)
    settled_on = models.DateField(_("settled"))
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    blocks = models.JSONField(_("text"))
    governing_language = models.CharField(_("governing language"), max_length=8)
    governing_title = models.CharField(_("title in the governing language"), max_length=120, blank=True)
    governing_blocks = models.JSONField(_("governing text"), default=list, blank=True)
    sha256 = models.CharField(_("hash"), max_length=64)
    issued_at = models.DateTimeField(_("issued"), default=clock.now)
    issued_on = models.DateField(_("day issued"))

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement certificate")
        verbose_name_plural = _("settlement certificates")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number"], name="loans_certificate_number_once"),
            models.UniqueConstraint(fields=["loan", "settled_on"], name="loans_certificate_once"),
            models.CheckConstraint(
                condition=Q(loan__isnull=False, account__isnull=True) | Q(loan__isnull=True, account__isnull=False),
                name="loans_certificate_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in_force(self) -> bool:
        """Whether it is still settled as the paper says; free when `loan` and `account` were selected with it.

        A monthly bill that was closed stays closed.
        """
        if self.loan is None:
            return self.account is not None and self.account.closed_on == self.settled_on
        return bool(self.loan.state == Loan.State.SETTLED and self.loan.settled_on == self.settled_on)

    @property
    def check_code(self) -> str:
        """The first 16 digits of the hash in groups of four, as printed at the foot."""
        return check_code(self.sha256)

    def content(self) -> dict[str, Any]:
        """What the hash is of."""
        return {
            "number": self.number,
            "title": self.title,
            "blocks": self.blocks,
            "governing_title": self.governing_title,
            "governing_blocks": self.governing_blocks,
        }
