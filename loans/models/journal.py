"""The journal: double entry that the database itself keeps.

An entry has at least two postings that sum to zero (debit positive, credit negative). It
is written, its postings are written, then its seal; the database refuses a seal over an
unbalanced entry, a commit without a seal, a posting after it, and any update or delete.
A correction is a new entry that names the one it reverses.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender
from config import clock
from loans.models.loan import Loan


class Account(models.TextChoices):
    """The chart of accounts, the same for every lender."""

    CASH = "cash", _("Cash")
    PRINCIPAL = "principal", _("Loans: principal")
    INTEREST_INCOME = "interest_income", _("Interest income")
    FEE_INCOME = "fee_income", _("Fee income")
    PENALTY_INCOME = "penalty_income", _("Penalty interest income")
    BORROWER_CREDIT = "borrower_credit", _("Owed back to borrowers")
    OPENING = "opening", _("Imported")
    SUSPENSE = "suspense", _("Suspense")
    BILLS = "bills", _("Monthly bills: principal")
    MERCHANTS = "merchants", _("Owed to merchants")
    INTEREST_RECEIVABLE = "interest_receivable", _("Interest earned and not paid")
    PENALTY_RECEIVABLE = "penalty_receivable", _("Penalty interest charged and not paid")
    FEE_RECEIVABLE = "fee_receivable", _("Fees due and not paid")
    WRITE_OFFS = "write_offs", _("Written off")
    RECOVERIES = "recoveries", _("Recovered of what was written off")


class JournalSeal(models.Model):
    """Says that a journal entry is whole; the database checks it as it is written."""

    id = models.BigIntegerField(primary_key=True)


class JournalEntry(models.Model):
    """One business event in the books."""

    class Kind(models.TextChoices):
        DISBURSEMENT = "disbursement", _("Disbursement")
        PAYMENT = "payment", _("Payment")
        OPENING = "opening", _("Imported")
        REVERSAL = "reversal", _("Reversal")
        CORRECTION = "correction", _("Shared out anew")
        REFUND = "refund", _("Refund")
        SUSPENSE = "suspense", _("Suspense")
        PURCHASE = "purchase", _("Purchase")
        RETURN = "return", _("Refund of a purchase")
        BILL = "bill", _("Bill")
        ACCRUAL = "accrual", _("Earned by the day")
        WRITE_OFF = "write_off", _("Write-off")

    id = models.BigIntegerField(primary_key=True)
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="journal", verbose_name=_("lender"), db_index=False
    )
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="journal", verbose_name=_("loan")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=80)
    posted_on = models.DateField(_("posting date"))
    value_on = models.DateField(_("value date"))
    currency = models.CharField(_("currency"), max_length=3)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    written_at = models.DateTimeField(_("written"), default=clock.now)
    seal = models.OneToOneField(JournalSeal, on_delete=models.PROTECT, related_name="entry")

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["lender", "key"], name="loans_journal_key_once"),
            models.CheckConstraint(condition=Q(seal=models.F("id")), name="loans_journal_own_seal"),
        ]
        indexes = [models.Index(fields=["lender", "posted_on"], name="loans_journal_day")]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One line of an entry: debit positive, credit negative."""

    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings", verbose_name=_("entry"), db_index=False
    )
    lender = models.ForeignKey(
        Lender, on_delete=models.PROTECT, related_name="+", verbose_name=_("lender"), db_index=False
    )
    account = models.CharField(_("account"), max_length=20, choices=Account.choices)
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="loans_posting_not_zero"),
            models.UniqueConstraint(fields=["entry", "account"], name="loans_posting_account_once"),
        ]
        indexes = [models.Index(fields=["lender", "account"], name="loans_posting_account")]

    def __str__(self) -> str:
        return str(self.get_account_display())
