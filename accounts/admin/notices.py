"""What was told to whom, and how it went out; to look at, with every address hidden but for its ends."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice, NoticeDelivery
from accounts.notices.template import plain
from accounts.phone import masked, masked_email
from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from accounts.shown_rows import ShownRows

_DELIVERY = ["channel", "state", "reason", "address", "send_at", "settled_at", "attempts", "error"]


class DeliveryWords:
    """The columns of a delivery that are computed."""

    @admin.display(description=_("to"))
    def address(self, row: NoticeDelivery) -> str:
        return _hidden(row) or "—"

    @admin.display(description=_("attempts"))
    def attempts(self, row: NoticeDelivery) -> int:
        return row.message.attempts if row.message else 0

    @admin.display(description=_("last error"))
    def error(self, row: NoticeDelivery) -> str:
        """Providers repeat the address in what they complain about."""
        if row.message is None or not row.message.last_error:
            return "—"
        return row.message.last_error.replace(row.message.to, _hidden(row))


def _hidden(row: NoticeDelivery) -> str:
    if row.message is None:
        return ""
    return masked(row.message.to) if row.channel == "sms" else masked_email(row.message.to)


class Deliveries(DeliveryWords, ShownRows):
    model = NoticeDelivery
    fields = [*_DELIVERY]
    readonly_fields = [*_DELIVERY]

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeDelivery]:
        return super().get_queryset(request).select_related("message").order_by("pk")


class NoticeScopedAdmin(LenderScopedAdmin):
    """For whom may look at loans, and never about oneself."""

    view_verb = Verb.VIEW_LOANS
    borrower_path = "borrower"

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().scoped(request, rows).exclude(**{f"{self.borrower_path}__user": request.user.pk})


@admin.register(Notice)
class NoticeAdmin(NoticeScopedAdmin):
    list_display = ["title", "lender", "borrower", "kind", "event", "due_at"]
    list_filter = [LenderFilter, "kind", "event", "language"]
    list_select_related = ["lender", "borrower"]
    search_fields = ["borrower__name", "key"]
    date_hierarchy = "due_at"
    fields = [
        "lender", "borrower", "kind", "event", "key", "version", "language", "title", "said", "sms", "due_at",
        "good_until", "written_at", "written_by", "sha256",
    ]  # fmt: skip
    readonly_fields = ["said"]
    inlines = [Deliveries]

    @admin.display(description=_("text"))
    def said(self, row: Notice) -> str:
        return plain(row.blocks)


@admin.register(NoticeDelivery)
class NoticeDeliveryAdmin(DeliveryWords, NoticeScopedAdmin):
    """What waits, failed or was not sent, and why."""

    lender_path = "notice__lender"
    borrower_path = "notice__borrower"
    list_display = ["notice", "lender", "channel", "state", "reason", "address", "send_at", "attempts", "error"]
    list_filter = [LenderFilter, "channel", "state", "reason"]
    list_select_related = ["notice__lender", "message"]
    search_fields = ["notice__borrower__name", "notice__key"]
    date_hierarchy = "send_at"
    fields = [
        "notice",
        "channel",
        "state",
        "reason",
        "address",
        "send_at",
        "handed_at",
        "settled_at",
        "attempts",
        "error",
    ]
    readonly_fields = ["address", "attempts", "error"]

    @admin.display(description=_("lender"), ordering="notice__lender")
    def lender(self, row: NoticeDelivery) -> str:
        return str(row.notice.lender)
