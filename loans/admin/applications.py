"""Applications and limits on the staff's site: lists to read, and the ways to where they are decided."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from accounts.wording import percent_text
from loans.admin.books import money_column
from loans.models import CreditLimit, LoanApplication
from loans.views import application_desk as views


class NotOnesOwn(LenderScopedAdmin):
    """For whom may look at applications, and never a person's own."""

    view_verb = Verb.VIEW_APPLICATIONS

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().scoped(request, rows).exclude(borrower__user=request.user.pk)


def _addresses(site: Any, model: str, listed: list[tuple[str, Any, str]]) -> list[URLPattern]:
    return [path(route, site.admin_view(view), name=f"loans_{model}_{name}") for route, view, name in listed]


@admin.register(LoanApplication)
class LoanApplicationAdmin(NotOnesOwn):
    change_list_template = "loans/admin/application_list.html"
    list_display = ["case", "lender", "borrower", "product", "state", "wished", "submitted_on", "decide_by_on"]
    list_display_links = None
    list_filter = [LenderFilter, "state", "origin"]
    list_select_related = ["lender", "borrower", "product"]
    search_fields = ["number", "borrower__name", "borrower__name_latin"]
    search_help_text = _("Number, or name")
    ordering = ["-submitted_at"]
    exclude = ["key", "wished_minor", "income_minor", "other_monthly_minor"]
    readonly_fields = ["wished", "income", "other_monthly"]
    wished = money_column("wished_minor", _("amount wished for"))
    income = money_column("income_minor", _("income a month"))
    other_monthly = money_column("other_monthly_minor", _("other payments a month"))

    @admin.display(description=_("number"), ordering="number")
    def case(self, row: LoanApplication) -> str:
        return format_html('<a href="{}">{}</a>', reverse(views.CASE, args=[row.public_id]), row.number)

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("desk/", views.waiting_list, "waiting"),
            ("desk/<uuid:public_id>/", views.case, "case"),
            ("desk/<uuid:public_id>/claim/", views.claim, "claim"),
            ("desk/<uuid:public_id>/release/", views.release, "release"),
            ("desk/<uuid:public_id>/decide/", views.decide, "decide"),
        ]
        return [*_addresses(self.admin_site, "loanapplication", pages), *super().get_urls()]


@admin.register(CreditLimit)
class CreditLimitAdmin(NotOnesOwn):
    list_display = ["named", "lender", "borrower", "product", "state", "annual_rate", "opened_on"]
    list_display_links = None
    list_filter = [LenderFilter, "state"]
    list_select_related = ["lender", "borrower", "product"]
    search_fields = ["number", "borrower__name", "borrower__name_latin"]
    search_help_text = _("Number, or name")
    exclude = ["rate_annual"]
    readonly_fields = ["annual_rate"]
    ordering = ["-opened_on", "-pk"]

    @admin.display(description=_("number"), ordering="number")
    def named(self, row: CreditLimit) -> str:
        return format_html('<a href="{}">{}</a>', reverse(views.LIMIT, args=[row.public_id]), row.number)

    @admin.display(description=_("annual rate"), ordering="rate_annual")
    def annual_rate(self, row: CreditLimit) -> str:
        return percent_text(row.rate_annual)

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("desk/<uuid:public_id>/", views.limit, "page"),
            ("desk/<uuid:public_id>/cut/", views.cut, "cut"),
            ("desk/<uuid:public_id>/restore/", views.restore, "restore"),
        ]
        return [*_addresses(self.admin_site, "creditlimit", pages), *super().get_urls()]
