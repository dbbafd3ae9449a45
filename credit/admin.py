"""The credit file in the staff's site: to be read, and only what one's own lender furnished.

That a person has accounts elsewhere, and since when, is the person's own matter: no page
here says it, not even by the day on which the file was opened.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from accounts.shown_rows import ShownRows
from credit.codes import pboc
from credit.facts import MonthFacts
from credit.models import Consent, ConsentRefusal, ConsentWithdrawal, CreditFile, Inquiry, MonthFact, Tradeline


class OwnRows(ShownRows):
    """Rows below a page that was permitted, kept to one's own lenders."""

    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lenders = lenders_open_to(request.user, Verb.VIEW_LOANS)
        return super().get_queryset(request).filter(lender__in=lenders).select_related("lender")


class OwnTradelines(OwnRows):
    model = Tradeline
    fields = readonly_fields = ("reference", "lender", "portfolio", "opened_on", "closed_on")


class OwnMonths(OwnRows):
    model = MonthFact
    fields = readonly_fields = (
        "month", "version", "code", "scheduled_minor", "paid_minor", "arrears_minor", "days_past_due", "relief_kind",
        "reason",
    )  # fmt: skip

    @admin.display(description=_("repayment status"))
    def code(self, row: MonthFact) -> str:
        return pboc(MonthFacts.of(row))


@admin.register(CreditFile)
class CreditFileAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = fields = ("borrower", "public_id")
    list_select_related = ["borrower"]
    search_fields = ["borrower__name", "borrower__name_latin"]
    ordering = ["-pk"]
    inlines = [OwnTradelines]

    def scoped(self, request: HttpRequest, rows: QuerySet[CreditFile]) -> QuerySet[CreditFile]:
        lenders = lenders_open_to(request.user, self.view_verb)
        return rows.filter(pk__in=Tradeline.objects.filter(lender__in=lenders).values("file"))


@admin.register(Tradeline)
class TradelineAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["reference", "lender", "file", "portfolio", "opened_on", "closed_on"]
    list_filter = [LenderFilter, "portfolio"]
    list_select_related = ["lender", "file__borrower"]
    search_fields = ["=reference", "file__borrower__name"]
    ordering = ["-opened_on", "reference"]
    inlines = [OwnMonths]


@admin.register(MonthFact)
class MonthFactAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["tradeline", "month", "version", "days_past_due", "relief_kind", "status_end", "reason"]
    list_filter = [LenderFilter, "relief_kind", "status_end"]
    list_select_related = ["tradeline", "lender"]
    search_fields = ["=tradeline__reference"]
    date_hierarchy = "month"
    ordering = ["-month", "tradeline", "-version"]


class Withdrawals(OwnRows):
    model = ConsentWithdrawal
    fields = readonly_fields = ("withdrawn_at", "reason", "withdrawn_by")
    show_change_link = False


@admin.register(Consent)
class ConsentAdmin(LenderScopedAdmin):
    """What customers allowed one's own lender; what they allow others is not said."""

    view_verb = Verb.VIEW_LOANS
    list_display = ["borrower", "lender", "purpose", "named", "given_at", "expires_on", "is_withdrawn"]
    list_filter = [LenderFilter, "purpose"]
    list_select_related = ["borrower", "lender", "named", "withdrawal"]
    search_fields = ["borrower__name", "=reference", "=text_sha256"]
    ordering = ["-given_at"]
    inlines = [Withdrawals]

    @admin.display(description=_("withdrawn"), boolean=True)
    def is_withdrawn(self, row: Consent) -> bool:
        return hasattr(row, "withdrawal")


@admin.register(ConsentRefusal)
class ConsentRefusalAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["borrower", "lender", "purpose", "named", "refused_at"]
    list_filter = [LenderFilter, "purpose"]
    list_select_related = ["borrower", "lender", "named"]
    ordering = ["-refused_at"]


@admin.register(Inquiry)
class InquiryAdmin(LenderScopedAdmin):
    """When one's own lender looked, and at what."""

    view_verb = Verb.VIEW_LOANS
    list_display = ["borrower", "lender", "purpose", "reference", "outcome", "asked_at", "asked_by"]
    list_filter = [LenderFilter, "purpose", "outcome"]
    list_select_related = ["borrower", "lender", "asked_by"]
    search_fields = ["borrower__name", "=reference", "=report_sha256"]
    date_hierarchy = "asked_on"
    ordering = ["-asked_at"]
