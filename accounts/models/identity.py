"""Who a borrower is by their identity document, how that was checked, and what a person must look into.

The number is sealed (`accounts/sealed_box.py`); only its first three and last four characters
can be read. A number that could not be confirmed is not kept at all.
"""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Borrower, User
from config import clock


def seal_of_identity(public_id: UUID) -> str:
    """What the seal of a borrower's identity number is bound to."""
    return f"identity {public_id}"


class Identity(models.Model):
    """The name and number a borrower gave, and whether a register has confirmed that they belong together.

    One number belongs to one person: only confirmed ones count, so that nobody can occupy a
    number by typing it in.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the register")
        VERIFIED = "verified", _("Verified")
        MISMATCH = "mismatch", _("Not confirmed")
        REVOKED = "revoked", _("Taken back")

    borrower = models.OneToOneField(
        Borrower, on_delete=models.PROTECT, related_name="identity", verbose_name=_("borrower")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    name = models.CharField(_("name on the document"), max_length=80)
    number_sealed = models.CharField(max_length=200, blank=True)
    number_hash = models.CharField(max_length=64, blank=True)
    number_masked = models.CharField(_("identity number"), max_length=18, blank=True)
    method = models.CharField(_("confirmed by"), max_length=40, blank=True)
    submitted_at = models.DateTimeField(_("entered"), default=clock.now)
    verified_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("times asked"), default=0)
    next_check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(
                fields=["number_hash"], condition=Q(state="verified"), name="accounts_identity_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="verified", verified_at__isnull=False)
                | (~Q(state="verified") & Q(verified_at__isnull=True)),
                name="accounts_identity_verified_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "verified"]) | Q(number_sealed="", number_hash="", number_masked=""),
                name="accounts_identity_keeps_no_more",
            ),
        ]
        indexes = [
            models.Index(fields=["next_check_at"], condition=Q(state="waiting"), name="accounts_identity_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number_masked}".strip()

    @property
    def seal_of(self) -> str:
        """What the seal of the number is bound to."""
        return seal_of_identity(self.borrower.public_id)


class IdentityCheck(models.Model):
    """One answer about somebody's identity, without the number. Never changed, never deleted."""

    class Outcome(models.TextChoices):
        VERIFIED = "verified", _("Verified")
        MISMATCH = "mismatch", _("Name and number do not belong together")
        UNAVAILABLE = "unavailable", _("The register did not answer")
        HELD = "held", _("The number belongs to another account")
        OTHER_NAME = "other_name", _("A lender knows this customer by another name")

    borrower = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="identity_checks", verbose_name=_("borrower")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    method = models.CharField(_("register asked"), max_length=40)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("identity check")
        verbose_name_plural = _("identity checks")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.method}"


class IdentityCase(models.Model):
    """Something about somebody's identity that only a person can decide.

    Opened by itself when a confirmed number already belongs to another account, and by the
    borrower's request when a number could not be confirmed. Both look the same to them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Ground(models.TextChoices):
        HELD = "held", _("The number belongs to another account")
        OTHER_NAME = "other_name", _("A lender knows this customer by another name")
        ASKED = "asked", _("Asked to be looked at by a person")

    class Outcome(models.TextChoices):
        SAME_PERSON = "same_person", _("One person with two accounts: the other account stays")
        HOLDER_WRONG = "holder_wrong", _("The number is not that of the other account: take it back there")
        TRY_AGAIN = "try_again", _("A mistake in typing: please enter it again")
        NOT_SHOWN = "not_shown", _("The papers do not show that name and number belong together")

    claimant = models.ForeignKey(
        Borrower, on_delete=models.PROTECT, related_name="identity_cases", verbose_name=_("who says so")
    )
    holder = models.ForeignKey(
        Identity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who has it"),
    )
    ground = models.CharField(_("what happened"), max_length=12, choices=Ground.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity case")
        verbose_name_plural = _("identity cases")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["claimant"], condition=Q(state="open"), name="accounts_identity_case_once"),
            models.CheckConstraint(
                condition=Q(state="open", outcome="", closed_at__isnull=True)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="") & ~Q(reason="")),
                name="accounts_identity_case_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claimant}: {self.get_ground_display()}"
