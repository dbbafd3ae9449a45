"""Letters: what we wrote to the borrower, in their language, word for word."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.chain import check_code
from accounts.models import Borrower, Lender
from config import clock
from deferrals.models.request import ReliefRequest
from deferrals.querysets import LetterQuerySet


class Letter(models.Model):
    """A letter as sent: `blocks` is its text (see `deferrals/letters.py`), `sha256` its hash. Never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("We have your request")
        APPROVED = "approved", _("Decision: approved")
        DENIED = "denied", _("Decision: not approved")
        AGREEMENT = "agreement", _("Agreement in force")
        WITHDRAWN = "withdrawn", _("Request withdrawn")
        DECLINED = "declined", _("Offer declined")
        EXPIRED = "expired", _("Offer lapsed")
        RESCINDED = "rescinded", _("Agreement taken back")
        SETTLED = "settled", _("Request closed: the loan is settled")
        REPROJECTED = "reprojected", _("New figures for your offer")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"))
    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="letters", verbose_name=_("borrower"), db_index=False
    )
    request = models.ForeignKey(
        ReliefRequest, on_delete=models.PROTECT, related_name="letters", verbose_name=_("request")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    blocks = models.JSONField(_("text"))
    sha256 = models.CharField(_("hash"), max_length=64)
    written_at = models.DateTimeField(_("written"), default=clock.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["borrower", "-written_at"], name="deferrals_letter_inbox")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_unread(self) -> bool:
        """Whether the borrower has not opened it; free when `reading` was selected with it."""
        return not hasattr(self, "reading")

    @property
    def check_code(self) -> str:
        """The first 16 digits of the hash in groups of four, as printed on the letter."""
        return check_code(self.sha256)


class LetterReading(models.Model):
    """That the borrower opened a letter, and when first."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="reading")
    read_at = models.DateTimeField(default=clock.now)
