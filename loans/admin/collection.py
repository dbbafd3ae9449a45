"""What is done about overdue loans, on the staff's site: to read; steps are taken on pages of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from loans.admin.books import money_column
from loans.models import Forewarning, HeldMonth, StageStep, WriteOff
from loans.selectors.held_months import with_waiting
from loans.views import collection_desk, write_off_desk


@admin.register(Forewarning)
class ForewarningAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["debt", "lender", "kind", "about_on", "told_on", "told_by"]
    list_filter = [LenderFilter, "kind"]
    list_select_related = ["lender", "loan", "bill_account", "told_by"]
    search_fields = ["=loan__number", "loan__borrower__name", "=bill_account__number", "bill_account__borrower__name"]
    date_hierarchy = "told_on"
    ordering = ["-told_at"]

    @admin.display(description=_("for"))
    def debt(self, row: Forewarning) -> str:
        return str(row.debt)


class WaitingFilter(admin.SimpleListFilter):
    """Months that wait now, or that have been reported since."""

    title = _("state")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Held back now")), ("no", _("No longer held back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_waiting=self.value() == "yes") if self.value() else queryset


@admin.register(HeldMonth)
class HeldMonthAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["debt", "lender", "month", "reason", "correction", "held_on", "waits"]
    list_filter = [LenderFilter, "reason", WaitingFilter]
    list_select_related = ["lender", "loan", "bill_account"]
    search_fields = ["=loan__number", "loan__borrower__name", "=bill_account__number", "bill_account__borrower__name"]
    date_hierarchy = "month"
    ordering = ["-held_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_waiting(super().get_queryset(request))

    @admin.display(description=_("for"))
    def debt(self, row: HeldMonth) -> str:
        return str(row.debt)

    @admin.display(description=_("held back now"), boolean=True)
    def waits(self, row: HeldMonth) -> bool:
        return bool(row.is_waiting)  # type: ignore[attr-defined]  # annotated


@admin.register(StageStep)
class StageStepAdmin(LenderScopedAdmin):
    """Collections staff see steps and no sums: what was done, when, by whom and why."""

    view_verb = Verb.VIEW_HOLDS
    list_display = ["debt", "lender", "from_stage", "to_stage", "reason", "days_past_due", "taken_on", "taken_by"]
    list_filter = [LenderFilter, "to_stage", "reason"]
    list_select_related = ["lender", "loan", "bill_account", "taken_by"]
    search_fields = ["=loan__number", "=bill_account__number"]
    date_hierarchy = "taken_on"
    change_list_template = "loans/admin/step_list.html"
    ordering = ["-id"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(collection_desk.overdue)
        return [path("overdue/", view, name="loans_stagestep_overdue"), *super().get_urls()]

    @admin.display(description=_("for"))
    def debt(self, row: StageStep) -> str:
        return str(row.debt)


@admin.register(WriteOff)
class WriteOffAdmin(LenderScopedAdmin):
    """Every proposal and its decision, to read; proposals are made and decided on pages of their own."""

    view_verb = Verb.VIEW_HOLDS
    list_display = ["loan", "lender", "aim", "ground", "outcome", "proposed_on", "decided_on", "decided_by"]
    list_filter = [LenderFilter, "outcome", "aim", "ground"]
    list_select_related = ["lender", "loan", "proposed_by", "decided_by"]
    search_fields = ["=loan__number"]
    date_hierarchy = "proposed_on"
    change_list_template = "loans/admin/write_off_list.html"
    exclude = ["principal_minor", "interest_minor", "penalty_minor"]
    readonly_fields = ["principal", "interest", "penalty"]
    ordering = ["-id"]
    principal = money_column("principal_minor", _("principal"))
    interest = money_column("interest_minor", _("interest and fees owed beside it"))
    penalty = money_column("penalty_minor", _("penalty interest owed beside it"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(write_off_desk.queue)
        return [path("queue/", view, name="loans_writeoff_queue"), *super().get_urls()]
