"""The books in the staff's site: to read, never to change. Changing is the services' business.

Sums are shown as pages show them; a column is wide enough never to break one.
"""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from accounts.shown_rows import NewestRows, ShownRows
from accounts.wording import money_text, percent_text, signed_text
from loans.models import (
    Allocation,
    Hold,
    Instalment,
    JournalEntry,
    Loan,
    Payment,
    PaymentCorrection,
    Posting,
    RevolvingAccount,
    ScheduleVersion,
)
from loans.selectors.desk import may
from loans.selectors.refunds import credit_minor
from loans.views import book_reports, cash_desk, collection_desk, payout, refunds, write_off_desk


def money_column(name: str, label: Any) -> Any:
    """A column that shows the sum `name` with its currency."""

    @admin.display(description=label, ordering=name)
    def shown(self: Any, row: Any) -> str:
        amount_minor = getattr(row, name)
        return "" if amount_minor is None else money_text(amount_minor, _currency(row))

    return shown


def _currency(row: Any) -> str:
    """Of the row itself, else of the lender it belongs to."""
    return str(row.currency if hasattr(row, "currency") else row.lender.currency)


class ScheduleVersionRows(ShownRows):
    model = ScheduleVersion
    fields = ["number", "source", "source_reference", "adopted_on", "adopted_by", "instalment_count", "principal"]
    readonly_fields = ["principal"]
    ordering = ["-number"]
    show_change_link = True
    principal = money_column("principal_minor", _("principal"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScheduleVersion]:
        return super().get_queryset(request).select_related("lender", "adopted_by")


class PaymentRows(ShownRows):
    model = Payment
    fields = ["value_on", "amount", "unapplied", "channel", "recorded_by", "received_at"]
    readonly_fields = ["amount", "unapplied"]
    ordering = ["-value_on", "-pk"]
    formset = NewestRows
    show_change_link = True
    amount = money_column("amount_minor", _("amount"))
    unapplied = money_column("unapplied_minor", _("overpaid, to be refunded"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("lender", "recorded_by")


class HoldRows(ShownRows):
    """Who may look at loans may not always look at holds."""

    model = Hold
    fields = ["kind", "source", "from_on", "until_on", "opened_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        return super().get_queryset(request).filter(lender__in=lenders_open_to(request.user, Verb.VIEW_HOLDS))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        lenders = lenders_open_to(request.user, Verb.VIEW_HOLDS)
        return (lenders.filter(pk=obj.lender_id) if isinstance(obj, Loan | RevolvingAccount) else lenders).exists()


class JournalRows(ShownRows):
    model = JournalEntry
    fields = ["key", "kind", "value_on", "posted_on", "written_at"]
    ordering = ["-id"]
    formset = NewestRows
    show_change_link = True


class InstalmentRows(ShownRows):
    model = Instalment
    fields = ["number", "opens_on", "due_on", "principal", "interest", "relief_interest", "fee", "due", "balance"]
    readonly_fields = ["principal", "interest", "relief_interest", "fee", "due", "balance"]
    ordering = ["number"]
    principal = money_column("principal_minor", _("principal"))
    interest = money_column("interest_minor", _("interest"))
    relief_interest = money_column("relief_interest_minor", _("relief interest"))
    fee = money_column("fee_minor", _("fee"))
    due = money_column("due_minor", _("to pay"))
    balance = money_column("balance_minor", _("principal left after it"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Instalment]:
        return super().get_queryset(request).select_related("lender")


class AllocationRows(ShownRows):
    model = Allocation
    fields = ["instalment_number", "component", "amount"]
    readonly_fields = ["amount"]
    ordering = ["instalment_number", "pk"]
    amount = money_column("amount_minor", _("amount"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Allocation]:
        return super().get_queryset(request).select_related("lender")


class CorrectionRows(ShownRows):
    """That the payment was taken back, or came in late and moved others."""

    model = PaymentCorrection
    fk_name = "payment"
    fields = ["kind", "reason", "value_on", "made_at", "made_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentCorrection]:
        return super().get_queryset(request).select_related("made_by")


class PostingRows(ShownRows):
    model = Posting
    fields = ["account", "signed_amount"]
    readonly_fields = ["signed_amount"]
    ordering = ["pk"]

    @admin.display(description=_("amount, debit positive"))
    def signed_amount(self, row: Posting) -> str:
        return signed_text(row.amount_minor, row.entry.currency)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        return super().get_queryset(request).select_related("entry")


@admin.register(Loan)
class LoanAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = [
        "number", "borrower", "lender", "product", "state", "stage", "principal", "principal_left",
        "oldest_unpaid_due_on", "disbursed_on",
    ]  # fmt: skip
    list_filter = [LenderFilter, "state", "stage", "method"]
    list_select_related = ["lender", "borrower", "product"]
    search_fields = ["number", "borrower__name", "borrower__name_latin"]
    search_help_text = _("Loan number, or name")
    date_hierarchy = "disbursed_on"
    ordering = ["-disbursed_on", "number"]
    fields = [
        ("number", "state", "stage"), ("borrower", "lender", "product"), ("principal", "principal_left", "annual_rate"),
        ("method", "instalment_count", "grace_days"), ("disbursed_on", "first_due_on", "settled_on"),
        ("oldest_unpaid_due_on", "current_version"), "instalments_in_force", "profile",
    ]  # fmt: skip
    readonly_fields = ["principal", "principal_left", "annual_rate", "instalments_in_force"]
    inlines = [ScheduleVersionRows, PaymentRows, HoldRows, JournalRows]
    change_form_template = "loans/admin/loan_form.html"
    principal = money_column("principal_minor", _("principal"))
    principal_left = money_column("principal_left_minor", _("principal left"))

    @admin.display(description=_("annual rate"), ordering="rate_annual")
    def annual_rate(self, loan: Loan) -> str:
        return percent_text(loan.rate_annual)

    @admin.display(description=_("schedule in force"))
    def instalments_in_force(self, loan: Loan) -> SafeString:
        rows = Instalment.objects.filter(version__loan=loan, version__number=loan.current_version).order_by("number")
        return render_to_string("loans/admin/instalments.html", {"rows": rows, "currency": loan.currency})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        loan = self.get_object(request, object_id)
        may_receive = (
            loan is not None and loan.is_owed and may(cast(User, request.user), Verb.RECORD_PAYMENT, loan.lender)
        )
        may_cancel = (
            loan is not None
            and loan.state == Loan.State.PENDING
            and may(cast(User, request.user), Verb.DISBURSE_LOAN, loan.lender)
        )
        may_refund = (
            loan is not None
            and loan.has_been_paid_out
            and may(cast(User, request.user), Verb.REFUND, loan.lender)
            and credit_minor(loan) > 0
        )
        more = {"may_receive": may_receive, "may_cancel": may_cancel, "may_refund": may_refund}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        receive = self.admin_site.admin_view(cash_desk.receive)
        cancel = self.admin_site.admin_view(payout.cancel_at_desk)
        stage = self.admin_site.admin_view(collection_desk.stage)
        write_off = self.admin_site.admin_view(write_off_desk.write_off)
        return [
            self.of_one("<row:pk>/receive/", receive, "loans_loan_receive"),
            self.of_one("<row:pk>/cancel/", cancel, "loans_loan_cancel"),
            self.of_one("<row:pk>/refund/", self.admin_site.admin_view(refunds.refund_at_desk), "loans_loan_refund"),
            self.of_one("<row:pk>/stage/", stage, "loans_loan_stage"),
            self.of_one("<row:pk>/write-off/", write_off, "loans_loan_write_off"),
            *super().get_urls(),
        ]


@admin.register(ScheduleVersion)
class ScheduleVersionAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["loan", "number", "lender", "source", "source_reference", "adopted_on", "instalment_count"]
    list_filter = [LenderFilter, "source"]
    list_select_related = ["lender", "loan"]
    search_fields = ["loan__number", "=source_reference"]
    fields = [
        "loan", "number", "lender", "source", "source_reference", "adopted_on", "adopted_at", "adopted_by",
        "paused_on", "remembered", "hash",
    ]  # fmt: skip
    inlines = [InstalmentRows]
    ordering = ["-adopted_on", "-id"]


@admin.register(Payment)
class PaymentAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["value_on", "loan", "lender", "amount", "unapplied", "channel", "recorded_by"]
    list_filter = [LenderFilter, "channel"]
    list_select_related = ["lender", "loan", "recorded_by"]
    search_fields = ["loan__number", "=key"]
    search_help_text = _("Loan number, or key")
    date_hierarchy = "value_on"
    fields = [
        "loan", "lender", "amount", "unapplied", "value_on", "channel", "key", "received_at", "recorded_by",
        "journal_entry",
    ]  # fmt: skip
    readonly_fields = ["amount", "unapplied"]
    inlines = [AllocationRows, CorrectionRows]
    change_form_template = "loans/admin/payment_form.html"
    amount = money_column("amount_minor", _("amount"))
    unapplied = money_column("unapplied_minor", _("overpaid, to be refunded"))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        payment = self.get_object(request, object_id)
        may_take_back = (
            payment is not None
            and may(cast(User, request.user), Verb.REVERSE_PAYMENT, payment.lender)
            and not payment.corrections.filter(kind=PaymentCorrection.Kind.REVERSED).exists()
        )
        shown = {**(extra_context or {}), "may_take_back": may_take_back}
        return super().change_view(request, object_id, form_url, shown)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(cash_desk.take_back)
        return [self.of_one("<row:pk>/take-back/", view, "loans_payment_take_back"), *super().get_urls()]


@admin.register(Hold)
class HoldAdmin(LenderScopedAdmin):
    """Collections staff see holds and nothing else of a loan: names here, no links or sums."""

    view_verb = Verb.VIEW_HOLDS
    list_display = ["debt", "lender", "kind", "source", "from_on", "until_on"]
    list_filter = [LenderFilter, "kind"]
    list_select_related = ["lender", "loan", "bill_account"]
    search_fields = ["loan__number", "bill_account__number", "=source"]
    search_help_text = _("Number of a loan or a monthly bill, or the reference that opened the hold")
    date_hierarchy = "from_on"
    fields = [
        "loan", "bill_account", "lender", "kind", "source", "words", "from_on", "until_on", "opened_at", "opened_by",
    ]  # fmt: skip
    ordering = ["-from_on", "-pk"]

    @admin.display(description=_("for"))
    def debt(self, row: Hold) -> str:
        return str(row.debt)


@admin.register(JournalEntry)
class JournalEntryAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["key", "kind", "loan", "lender", "value_on", "posted_on", "turnover"]
    list_filter = [LenderFilter, "kind"]
    list_select_related = ["lender", "loan"]
    search_fields = ["loan__number", "key"]
    search_help_text = _("Loan number, or key")
    date_hierarchy = "posted_on"
    fields = ["key", "kind", "loan", "lender", "value_on", "posted_on", "currency", "reverses", "written_at"]
    inlines = [PostingRows]
    ordering = ["-id"]
    change_list_template = "loans/admin/entry_list.html"

    def get_urls(self) -> list[URLPattern]:
        page, file = self.admin_site.admin_view(book_reports.page), self.admin_site.admin_view(book_reports.file)
        return [
            path("books/", page, name="loans_journalentry_books"),
            path("books/file/", file, name="loans_journalentry_books_file"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalEntry]:
        return super().get_queryset(request).prefetch_related("postings")

    @admin.display(description=_("sum of its debits"))
    def turnover(self, entry: JournalEntry) -> str:
        debits = sum(posting.amount_minor for posting in entry.postings.all() if posting.amount_minor > 0)
        return money_text(debits, entry.currency)
