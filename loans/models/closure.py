"""Leaving a lender: what was asked, taken back, done and begun anew, as rows that are only added."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Borrower, Lender, LenderRelation, User
from config import clock
from loans.querysets import ClosureQuerySet


class ServiceClosure(models.Model):
    """One step of leaving; steps of the same leaving share its number. The relation says how it stands.

    What asking began carries the effects as they were read, with their hash, and the last
    day on which it can be taken back.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", pgettext_lazy("leaving", "Asked to close")
        UNDONE = "undone", pgettext_lazy("leaving", "Taken back")
        CLOSED = "closed", pgettext_lazy("leaving", "Closed")
        REOPENED = "reopened", pgettext_lazy("leaving", "Opened again")

    class Reason(models.TextChoices):
        BORROWER = "borrower", _("You wished it")
        BLOCKED = "blocked", _("Something was open when the time came")
        APPLICATION = "application", _("You applied again")
        TIME = "time", _("The days to think it over had passed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    borrower = models.ForeignKey(
        Borrower,
        on_delete=models.PROTECT,
        related_name="closures",
        verbose_name=_("borrower"),
        db_index=False,
    )
    relation = models.ForeignKey(
        LenderRelation, on_delete=models.PROTECT, related_name="closures", verbose_name=_("customer relation")
    )
    number = models.CharField(_("number"), max_length=20)
    kind = models.CharField(_("step"), max_length=10, choices=Kind.choices)
    reason = models.CharField(_("why"), max_length=12, choices=Reason.choices)
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    undo_until_on = models.DateField(_("can be taken back until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    text = models.TextField(_("effects, as they were read"), blank=True)
    text_sha256 = models.CharField(_("hash of the text"), max_length=64, blank=True)
    done_at = models.DateTimeField(_("at"), default=clock.now)
    done_on = models.DateField(_("on"))
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of leaving")
        verbose_name_plural = _("steps of leaving")
        ordering = ["-done_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "number", "kind"], name="loans_closure_step_once"),
            models.CheckConstraint(
                condition=Q(kind="asked", undo_until_on__gt=F("done_on")) & ~Q(text="") & ~Q(text_sha256="")
                | (~Q(kind="asked") & Q(undo_until_on__isnull=True, text="", text_sha256="")),
                name="loans_closure_asked_carries_the_text",
            ),
        ]
        indexes = [models.Index(fields=["borrower", "lender"], name="loans_closure_of")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"
