"""Products on the staff's site: the list, and the ways to the pages of `loans/views/products.py`."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from accounts.wording import percent_text
from loans.models import Product
from loans.views import products


@admin.register(Product)
class ProductAdmin(LenderScopedAdmin):
    """To read; drafts are written on their own pages, through the services."""

    view_verb = Verb.VIEW_PRODUCTS
    change_list_template = "loans/admin/product_list.html"
    list_display = ["named", "code", "version", "lender", "state", "kind", "method", "annual_rate", "grace_days"]
    list_display_links = None
    list_filter = [LenderFilter, "state", "kind", "method"]
    list_select_related = ["lender"]
    search_fields = ["code", "name_zh_hans", "name_zh_hant", "name_en"]
    exclude = ["rate_annual"]
    readonly_fields = ["annual_rate"]
    ordering = ["lender", "code", "-version"]

    @admin.display(description=_("name"), ordering="name_zh_hans")
    def named(self, product: Product) -> str:
        return format_html('<a href="{}">{}</a>', reverse(products.PAGE, args=[product.pk]), product.name)

    @admin.display(description=_("annual rate"), ordering="rate_annual")
    def annual_rate(self, product: Product) -> str:
        return percent_text(product.rate_annual)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        drafting = {"drafting_lenders": lenders_open_to(request.user, Verb.DRAFT_PRODUCT).order_by("code")}
        return super().changelist_view(request, {**(extra_context or {}), **drafting})

    def get_urls(self) -> list[URLPattern]:
        def address(route: str, view: Any, name: str) -> URLPattern:
            return self.of_one(f"terms/{route}", self.admin_site.admin_view(view), f"loans_product_{name}")

        return [
            address("new/<slug:lender_code>/", products.new, "new"),
            address("<row:pk>/", products.page, "page"),
            address("<row:pk>/edit/", products.edit, "edit"),
            address("<row:pk>/next/", products.next_version, "next"),
            address("<row:pk>/publish/", products.publish, "publish"),
            address("<row:pk>/retire/", products.retire, "retire"),
            *super().get_urls(),
        ]
