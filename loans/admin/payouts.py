"""Contracts that were given up, and what borrowers want back: to read, with the way to what is to be done."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from loans.admin.books import money_column
from loans.models import ContractCancellation, RefundWish


@admin.register(ContractCancellation)
class ContractCancellationAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["contract", "lender", "loan", "borrower", "reason", "cancelled_on", "cancelled_by"]
    list_filter = [LenderFilter, "reason"]
    list_select_related = ["lender", "loan", "borrower", "contract", "cancelled_by"]
    search_fields = ["=contract__number", "=loan__number", "borrower__name"]
    date_hierarchy = "cancelled_on"
    ordering = ["-cancelled_at"]


@admin.register(RefundWish)
class RefundWishAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["wished_at", "lender", "debt_link", "borrower", "amount", "bank_account"]
    list_display_links = ["wished_at"]
    list_filter = [LenderFilter]
    list_select_related = ["lender", "loan", "bill_account", "borrower", "bank_account"]
    search_fields = ["=loan__number", "=bill_account__number", "borrower__name"]
    fields = ["loan", "bill_account", "lender", "borrower", "amount", "bank_account", "wished_at", "wished_by"]
    readonly_fields = ["amount"]
    ordering = ["-wished_at"]
    amount = money_column("amount_minor", _("owed back at that time"))

    @admin.display(description=_("loan or monthly bill"))
    def debt_link(self, wish: RefundWish) -> str:
        page = "loan_refund" if wish.bill_account_id is None else "revolvingaccount_change"
        return format_html('<a href="{}">{}</a>', reverse(f"admin:loans_{page}", args=[wish.debt.pk]), wish.debt)
