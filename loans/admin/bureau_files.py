"""Files for credit bureaus, on the staff's site."""

from django.contrib import admin
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from credit.models import BureauFile
from loans.views import bureau_files as views


@admin.register(BureauFile)
class BureauFileAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = [
        "named", "lender", "format", "row_count", "correction_count", "late_count", "held_count", "missing_count",
        "made_at", "made_by",
    ]  # fmt: skip
    list_display_links = None
    list_filter = [LenderFilter, "format"]
    list_select_related = ["lender", "made_by"]
    search_fields = ["=sha256"]
    search_help_text = _("Hash of the file")
    date_hierarchy = "month"
    fields = [
        ("lender", "format"), ("month", "number"), ("sha256", "size"), ("row_count", "correction_count", "late_count"),
        ("held_count", "missing_count", "unidentified_count"), ("made_at", "made_by"),
    ]  # fmt: skip
    ordering = ["-made_at"]

    @admin.display(description=_("month"), ordering="month")
    def named(self, file: BureauFile) -> str:
        link = reverse(views.PAGE, args=[file.public_id])
        return format_html('<a href="{}">{} / {}</a>', link, f"{file.month:%Y-%m}", file.number)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"file/<uuid:public_id>/{rest}", self.admin_site.admin_view(view), name=f"credit_bureaufile_{name}")
            for rest, view, name in (("", views.page, "page"), ("copy/", views.copy, "copy"))
        ]
        return [*own, *super().get_urls()]
