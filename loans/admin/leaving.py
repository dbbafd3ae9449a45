"""Certificates and steps of leaving in the staff's site: to read."""

from django.contrib import admin

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from loans.models import ServiceClosure, SettlementCertificate


@admin.register(SettlementCertificate)
class SettlementCertificateAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["number", "lender", "loan", "account", "borrower", "settled_on", "issued_on", "language"]
    list_filter = [LenderFilter, "language"]
    list_select_related = ["lender", "loan", "account", "borrower"]
    search_fields = ["=number", "=loan__number", "=account__number", "borrower__name"]
    date_hierarchy = "issued_on"
    ordering = ["-issued_at"]


@admin.register(ServiceClosure)
class ServiceClosureAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["number", "lender", "borrower", "kind", "reason", "done_on", "undo_until_on"]
    list_filter = [LenderFilter, "kind", "reason"]
    list_select_related = ["lender", "borrower"]
    search_fields = ["=number", "borrower__name"]
    date_hierarchy = "done_on"
    ordering = ["-done_at"]
