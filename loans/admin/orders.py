"""Payment orders, reports of gateways and money in suspense, on the staff's site: to read, and to place."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, lenders_open_to
from loans.admin.books import money_column
from loans.models import GatewayEvent, PaymentOrder, SuspenseItem
from loans.views import suspense

NUMBER_OR_KEY = _("Number of a loan or a monthly bill, or key")


class WaitingFilter(admin.SimpleListFilter):
    """What waits for a person, or everything."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("for a person"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        rows: Any = queryset
        waiting: QuerySet[Any] = rows.open() if queryset.model is SuspenseItem else rows.to_review()
        return waiting


class ToDoAdmin(LenderScopedAdmin):
    """A list whose last column leads to what is to be done; for whom may do it."""

    view_verb = Verb.VIEW_LOANS

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        shown = list(super().get_list_display(request))
        return shown if lenders_open_to(request.user, Verb.MATCH_SUSPENSE).exists() else shown[:-1]


@admin.register(PaymentOrder)
class PaymentOrderAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["created_at", "debt", "lender", "direction", "amount", "state", "reason", "ordered_on"]
    list_filter = [LenderFilter, "state", "direction", "gateway"]
    list_select_related = ["lender", "loan", "bill_account"]
    search_fields = ["loan__number", "bill_account__number", "=key"]
    search_help_text = NUMBER_OR_KEY
    date_hierarchy = "ordered_on"
    fields = [
        ("loan", "bill_account", "lender"), ("direction", "instalment_number", "state"),
        ("amount", "moved", "may_be_partial"), "key",
        ("gateway", "reference", "reason"), ("ordered_on", "ordered_by", "value_on"),
        ("created_at", "sent_at", "asked_at", "ended_at"),
    ]  # fmt: skip
    readonly_fields = ["amount", "moved"]
    amount = money_column("amount_minor", _("amount"))
    moved = money_column("moved_minor", _("amount that moved"))

    @admin.display(description=_("for"))
    def debt(self, order: PaymentOrder) -> str:
        return str(order.debt)


@admin.register(GatewayEvent)
class GatewayEventAdmin(ToDoAdmin):
    list_display = ["received_at", "event_id", "lender", "order", "answer", "look"]
    list_filter = [LenderFilter, WaitingFilter, "answer", "gateway"]
    list_select_related = ["lender", "order", "review"]
    search_fields = ["=event_id", "=order__key", "order__loan__number", "order__bill_account__number"]
    search_help_text = _("Number of a loan or a monthly bill, key of the order, or event")
    date_hierarchy = "received_at"
    fields = ["event_id", ("lender", "gateway"), "order", "answer", "contradicts", "body", "body_sha256", "received_at"]

    @admin.display(description=_("to do"))
    def look(self, event: GatewayEvent) -> str:
        is_waiting = event.answer in (GatewayEvent.Answer.REVIEW, GatewayEvent.Answer.CONFLICT)
        if not is_waiting or hasattr(event, "review"):
            return "-"
        address = reverse("admin:loans_gatewayevent_look", args=[event.pk])
        return format_html('<a href="{}">{}</a>', address, _("Look at it"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(suspense.look)
        return [self.of_one("look/<row:pk>/", view, "loans_gatewayevent_look"), *super().get_urls()]


@admin.register(SuspenseItem)
class SuspenseItemAdmin(ToDoAdmin):
    list_display = ["opened_at", "key", "lender", "amount", "reason", "debt", "place"]
    list_filter = [LenderFilter, WaitingFilter, "reason"]
    list_select_related = ["lender", "loan", "bill_account", "resolution"]
    search_fields = ["=key", "loan__number", "bill_account__number"]
    search_help_text = NUMBER_OR_KEY
    date_hierarchy = "value_on"
    fields = [
        "key", "lender", "amount", "reason", "loan", "bill_account", "event", ("value_on", "opened_at"),
        "journal_entry", "outcome",
    ]  # fmt: skip
    readonly_fields = ["amount", "outcome"]
    amount = money_column("amount_minor", _("amount"))

    @admin.display(description=_("for"))
    def debt(self, item: SuspenseItem) -> str:
        return str(item.loan or item.bill_account or "-")

    @admin.display(description=_("outcome"))
    def outcome(self, item: SuspenseItem) -> str:
        return str(item.resolution.get_outcome_display()) if hasattr(item, "resolution") else "-"

    @admin.display(description=_("to do"))
    def place(self, item: SuspenseItem) -> str:
        if hasattr(item, "resolution"):
            return self.outcome(item)
        address = reverse("admin:loans_suspenseitem_place", args=[item.public_id])
        return format_html('<a href="{}">{}</a>', address, _("Place it"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(suspense.place)
        return [path("place/<uuid:public_id>/", view, name="loans_suspenseitem_place"), *super().get_urls()]
