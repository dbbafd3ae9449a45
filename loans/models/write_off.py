"""That a loan was to be written off, or a write-off taken back: what one person proposed and another decided."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Lender, User
from config import clock
from loans.models.journal import JournalEntry
from loans.models.loan import STAGES, Loan
from loans.querysets import WriteOffQuerySet
from loans.writing_off import Ground


class WriteOff(models.Model):
    """A proposal and its one decision; never deleted, and after the decision never changed.

    `aim` is to write off, or to take back the write-off `undoes`. What the loan was when it was
    proposed stands beside it. With the approval come the sums and the journal entry:
    `principal_minor` is what the entry moved, `interest_minor` and `penalty_minor` are owed
    beside it; the close of the day takes out of the books what of them was posted as earned.
    """

    class Aim(models.TextChoices):
        WRITE_OFF = "write_off", pgettext_lazy("proposal", "Write off")
        UNDO = "undo", pgettext_lazy("proposal", "Take a write-off back")

    class Grounds(models.TextChoices):
        LATE = Ground.LATE.value, pgettext_lazy("write-off", "Late for 180 days or more, both letters written")
        DEATH = Ground.DEATH.value, pgettext_lazy("write-off", "The borrower has died")
        INSOLVENCY = Ground.INSOLVENCY.value, pgettext_lazy("write-off", "Insolvency, or nothing to enforce against")
        MISTAKE = "mistake", pgettext_lazy("write-off", "It was written off by mistake")

    class Outcome(models.TextChoices):
        OPEN = "open", pgettext_lazy("proposal", "Waits for a second person")
        APPROVED = "approved", pgettext_lazy("proposal", "Approved")
        DECLINED = "declined", pgettext_lazy("proposal", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")

    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="write_offs", verbose_name=_("loan"))
    aim = models.CharField(_("proposed"), max_length=10, choices=Aim.choices)
    undoes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("write-off", "takes back"),
    )
    ground = models.CharField(pgettext_lazy("write-off", "ground"), max_length=12, choices=Grounds.choices)
    words = models.CharField(_("reason in words"), max_length=300)
    days_past_due = models.PositiveIntegerField(_("days past due"))
    stage = models.CharField(_("stage of collection"), max_length=12, choices=STAGES)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_on = models.DateField(_("proposed"))
    proposed_at = models.DateTimeField(_("proposed at"), default=clock.now)

    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_on = models.DateField(_("decided"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_words = models.CharField(_("words of the decision"), max_length=300, blank=True)
    principal_minor = models.BigIntegerField(_("principal"), null=True, blank=True)
    interest_minor = models.BigIntegerField(_("interest and fees owed beside it"), null=True, blank=True)
    penalty_minor = models.BigIntegerField(_("penalty interest owed beside it"), null=True, blank=True)
    journal_entry = models.OneToOneField(
        JournalEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="write_off",
        verbose_name=_("journal entry"),
    )

    objects = WriteOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["loan"], condition=Q(outcome="open"), name="loans_writeoff_one_open"),
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(outcome="approved"), name="loans_writeoff_taken_back_once"
            ),
            models.CheckConstraint(
                condition=Q(aim="write_off", undoes__isnull=True) & ~Q(ground="mistake")
                | Q(aim="undo", undoes__isnull=False, ground="mistake"),
                name="loans_writeoff_aim",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="loans_writeoff_in_words"),
            models.CheckConstraint(
                condition=Q(outcome="open", decided_by__isnull=True, decided_on__isnull=True, decided_at__isnull=True)
                | ~Q(outcome="open") & Q(decided_by__isnull=False, decided_on__isnull=False, decided_at__isnull=False),
                name="loans_writeoff_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="open")
                | Q(outcome__in=["approved", "declined"]) & ~Q(decided_by=F("proposed_by"))
                | Q(outcome="withdrawn", decided_by=F("proposed_by")),
                name="loans_writeoff_two_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome="approved",
                    journal_entry__isnull=False,
                    principal_minor__gt=0,
                    interest_minor__gte=0,
                    penalty_minor__gte=0,
                )
                | ~Q(outcome="approved")
                & Q(
                    journal_entry__isnull=True,
                    principal_minor__isnull=True,
                    interest_minor__isnull=True,
                    penalty_minor__isnull=True,
                ),
                name="loans_writeoff_sums",
            ),
        ]
        indexes = [models.Index(fields=["lender", "outcome"], name="loans_writeoff_queue")]

    def __str__(self) -> str:
        return f"{self.loan}: {self.get_aim_display()}"
