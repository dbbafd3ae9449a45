"""Relief on the staff's site: the workbench, and read-only lists of what was asked, decided and written.

Decisions are made on the workbench, through the services; nothing here can be edited.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from deferrals.models import Decision, Letter, Offer, PolicyVersion, ReliefPlan, ReliefRequest
from deferrals.states import RequestState
from deferrals.workbench import views
from deferrals.workbench.wording import STATES


class RequestScopedAdmin(LenderScopedAdmin):
    """Records of relief: for whom may look at requests, and never a person's own case."""

    view_verb = Verb.VIEW_REQUESTS
    borrower_path = "request__borrower"

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().scoped(request, rows).exclude(**{f"{self.borrower_path}__user": request.user.pk})


class StageFilter(admin.SimpleListFilter):
    """By state, in the words of staff; the model's own words speak to the borrower."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(RequestState(state).value, words) for state, words in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(ReliefRequest)
class ReliefRequestAdmin(RequestScopedAdmin):
    """The queue and the case, and behind them the plain list of all requests."""

    borrower_path = "borrower"
    change_list_template = "deferrals/workbench/change_list.html"
    list_display = ["case", "lender", "borrower", "ground", "stage", "submitted_on", "target_on", "decide_by_on"]
    list_display_links = None
    list_filter = [LenderFilter, StageFilter, "ground"]
    list_select_related = ["lender", "borrower"]
    search_fields = ["number", "borrower__name", "borrower__name_latin"]
    ordering = ["-submitted_at"]
    exclude = ["key", "facts", "state"]
    readonly_fields = ["stage"]

    @admin.display(description=_("number"), ordering="number")
    def case(self, row: ReliefRequest) -> str:
        return format_html('<a href="{}">{}</a>', reverse(views.CASE, args=[row.public_id]), row.number)

    @admin.display(description=_("state"), ordering="state")
    def stage(self, row: ReliefRequest) -> str:
        return str(STATES[row.state])

    def get_urls(self) -> list[URLPattern]:
        def address(route: str, view: Any, name: str) -> URLPattern:
            shown: URLPattern = path(
                f"queue/{route}", self.admin_site.admin_view(view), name=f"deferrals_reliefrequest_{name}"
            )
            return shown

        return [
            address("", views.queue, "queue"),
            address("next/", views.next_case, "next"),
            address("<uuid:public_id>/", views.case, "case"),
            address("<uuid:public_id>/claim/", views.claim, "claim"),
            address("<uuid:public_id>/release/", views.release, "release"),
            address("<uuid:public_id>/decide/", views.decide, "decide"),
            *super().get_urls(),
        ]


@admin.register(Decision)
class DecisionAdmin(RequestScopedAdmin):
    list_display = ["request", "lender", "outcome", "decided_by", "decided_at"]
    list_filter = [LenderFilter, "outcome"]
    list_select_related = ["request", "lender", "decided_by"]
    search_fields = ["request__number"]
    ordering = ["-decided_at"]


@admin.register(Offer)
class OfferAdmin(RequestScopedAdmin):
    list_display = ["request", "number", "lender", "state", "made_at", "expires_on"]
    list_filter = [LenderFilter, "state"]
    list_select_related = ["request", "lender"]
    search_fields = ["request__number"]
    ordering = ["-made_at"]


@admin.register(ReliefPlan)
class ReliefPlanAdmin(RequestScopedAdmin):
    list_display = ["request", "loan", "lender", "state", "from_on", "resume_on"]
    list_filter = [LenderFilter, "state"]
    list_select_related = ["request", "loan", "lender"]
    search_fields = ["request__number", "loan__number"]
    ordering = ["-from_on", "-pk"]


@admin.register(Letter)
class LetterAdmin(RequestScopedAdmin):
    """What was written, as the borrower reads it."""

    list_display = ["title", "request", "borrower", "lender", "language", "written_at"]
    list_filter = [LenderFilter, "kind", "language"]
    list_select_related = ["request", "borrower", "lender"]
    search_fields = ["request__number", "borrower__name"]
    fields = ["request", "kind", "language", "written_at", "title", "text", "sha256"]
    readonly_fields = ["text"]
    ordering = ["-written_at"]

    @admin.display(description=_("text"))
    def text(self, row: Letter) -> str:
        return render_to_string("deferrals/workbench/letter_text.html", {"letter": row})


@admin.register(PolicyVersion)
class PolicyVersionAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_POLICY
    list_display = ["code", "lender", "effective_from", "published_at"]
    list_filter = [LenderFilter]
    list_select_related = ["lender"]
    search_fields = ["code"]
    ordering = ["-effective_from", "-pk"]
