"""Borrowers in the staff's site: numbers hidden but for their ends, and one page to read a whole one."""

from typing import Any

from django.contrib import admin
from django.db.models import Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.errors import Refused
from accounts.forms.unmasking import UnmaskForm
from accounts.models import BankAccount, Borrower, Identity, LenderRelation, Unmasking
from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from accounts.shown_rows import ShownRows


class OwnRelations(ShownRows):
    """A borrower's relations with lenders that are one's own; that others exist is not shown."""

    model = LenderRelation
    fields = ["lender", "reference", "since"]
    readonly_fields = ["lender", "reference", "since"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LenderRelation]:
        lenders = lenders_open_to(request.user, Verb.VIEW_BORROWERS)
        return super().get_queryset(request).filter(lender__in=lenders).select_related("lender")


class KnownIdentity(ShownRows):
    model = Identity
    fields = ["state", "name", "number_masked", "verified_at", "method"]
    readonly_fields = ["state", "name", "number_masked", "verified_at", "method"]


class KnownBankAccounts(ShownRows):
    """Those in use, in the borrower's order."""

    model = BankAccount
    fields = ["position", "bank", "last4", "holder", "verified_at"]
    readonly_fields = ["position", "bank", "last4", "holder", "verified_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankAccount]:
        return super().get_queryset(request).filter(is_active=True).order_by("position", "pk")

    @admin.display(description=_("bank"))
    def bank(self, row: BankAccount) -> str:
        return row.bank


@admin.register(Borrower)
class BorrowerAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_BORROWERS
    # never since when Leeway knows them: that may be from another lender
    list_display = ["name", "name_latin", "since"]
    shown = ("name", "name_latin", "since")
    search_fields = ["name"]
    search_help_text = _("Name, or customer reference")
    inlines = [OwnRelations, KnownIdentity, KnownBankAccounts]
    ordering = ["name", "public_id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """With the way to the whole numbers, for whoever may go it."""
        may = obj is not None and lenders_open_to(request.user, Verb.UNMASK).filter(relations__borrower=obj).exists()
        return [*self.shown, "whole_numbers"] if may else [*self.shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["since", "whole_numbers"]

    @admin.display(description=_("since"), ordering="own_since")
    def since(self, row: Any) -> Any:
        return row.own_since

    @admin.display(description=_("whole numbers"))
    def whole_numbers(self, row: Borrower) -> str:
        address = reverse("admin:accounts_borrower_unmask", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, _("Read one, with a reason"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.unmask)
        return [self.of_one("<row:object_id>/unmask/", view, "accounts_borrower_unmask"), *super().get_urls()]

    def unmask(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a reason; answer the whole number once, on the page that follows the form and nowhere else."""
        user: Any = request.user
        borrower = self.get_queryset(request).filter(pk=object_id).exclude(user=user).first()
        lenders = lenders_open_to(user, Verb.UNMASK).filter(relations__borrower=borrower).order_by("code")
        lender = lenders.first() if borrower else None
        if borrower is None or lender is None:
            raise Http404
        form = UnmaskForm(request.POST if request.method == "POST" else None, borrower=borrower)
        number = ""
        if form.is_bound and form.is_valid():
            try:
                number = services.unmask(borrower=borrower, lender=lender, acting_user=user, **form.cleaned_data)
            except Refused as refused:
                form.refuse(refused.codes)
        shown = {"form": form, "borrower": borrower, "lender": lender, "number": number}
        status = 422 if form.is_bound and not number else 200
        return render(request, "accounts/unmask.html", shown, status=status)

    def scoped(self, request: HttpRequest, rows: QuerySet[Borrower]) -> QuerySet[Borrower]:
        lenders = lenders_open_to(request.user, self.view_verb)
        own = rows.filter(pk__in=LenderRelation.objects.filter(lender__in=lenders).values("borrower"))
        return own.annotate(own_since=Min("relations__since", filter=Q(relations__lender__in=lenders)))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Borrower], search_term: str
    ) -> tuple[QuerySet[Borrower], bool]:
        """By name, or by the reference at one's own lenders: another lender's reference finds nobody."""
        term = search_term.strip()
        if not term:
            return queryset, False
        own = LenderRelation.objects.filter(
            lender__in=lenders_open_to(request.user, self.view_verb), reference__istartswith=term
        )
        found = Q(name__icontains=term) | Q(name_latin__icontains=term) | Q(pk__in=own.values("borrower"))
        return queryset.filter(found), False


@admin.register(Unmasking)
class UnmaskingAdmin(LenderScopedAdmin):
    """Who read a whole number, and why; never which."""

    view_verb = Verb.VIEW_AUDIT
    list_display = ["at", "lender", "borrower", "what", "by", "reason"]
    list_filter = [LenderFilter, "what"]
    list_select_related = ["lender", "borrower", "by", "bank_account"]
    search_fields = ["borrower__name", "handle"]
    date_hierarchy = "at"
