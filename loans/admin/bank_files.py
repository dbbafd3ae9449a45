"""Files to and from the bank, on the staff's site."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from loans.admin.books import money_column
from loans.models import BankFile
from loans.views import bank_files as views


@admin.register(BankFile)
class BankFileAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    change_list_template = "loans/admin/bank_file_list.html"
    list_display = ["made_at", "named", "lender", "direction", "line_count", "total", "returned", "made_by"]
    list_display_links = None
    list_filter = [LenderFilter, "direction"]
    list_select_related = ["lender", "made_by"]
    search_fields = ["=message_id", "=sha256", "name"]
    search_help_text = _("Reference of the message, hash, or name of the file")
    date_hierarchy = "made_at"
    fields = [
        ("lender", "direction"), ("message", "message_id"), "name", ("sha256", "size"),
        ("line_count", "total", "returned"), ("made_at", "made_by"),
    ]  # fmt: skip
    readonly_fields = ["total", "returned"]
    total = money_column("total_minor", _("collected or to be collected"))
    returned = money_column("returned_minor", _("sum that came back"))

    @admin.display(description=_("reference of the message"), ordering="message_id")
    def named(self, file: BankFile) -> str:
        return format_html('<a href="{}">{}</a>', reverse(views.PAGE, args=[file.public_id]), file.message_id)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        desks = lenders_open_to(request.user, Verb.HANDLE_BANK_FILES).order_by("code")
        return super().changelist_view(request, {**(extra_context or {}), "desks": desks})

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("desk/<slug:lender_code>/", views.lender_desk, "desk"),
            ("desk/<slug:lender_code>/write/", views.write, "write"),
            ("file/<uuid:public_id>/", views.page, "page"),
            ("file/<uuid:public_id>/copy/", views.copy, "copy"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"loans_bankfile_{name}") for route, view, name in pages
        ]
        return [*own, *super().get_urls()]
