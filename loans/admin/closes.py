"""Closes of business days on the staff's site: how far they are, what they did, what was set aside."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from accounts.shown_rows import ShownRows
from loans.close_words import count_name, in_order, step_name
from loans.models import BusinessDay, CloseFailure
from loans.selectors.close_progress import progress


class FailureRows(ShownRows):
    model = CloseFailure
    fields = ["named_step", "loan", "error", "failed_at", "mended_at"]
    readonly_fields = ["named_step"]

    @admin.display(description=_("step"))
    def named_step(self, row: CloseFailure) -> str:
        return step_name(row.step)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CloseFailure]:
        return super().get_queryset(request).select_related("loan")


@admin.register(BusinessDay)
class BusinessDayAdmin(LenderScopedAdmin):
    """Whoever may look at loans sees how their days ended."""

    view_verb = Verb.VIEW_LOANS
    list_display = ["day", "lender", "state", "looked_at", "accrued", "set_aside", "took", "closed_at"]
    list_filter = [LenderFilter, "state"]
    list_select_related = ["lender"]
    date_hierarchy = "day"
    ordering = ["-day", "lender"]
    fields = [("lender", "day", "state"), ("started_at", "closed_at", "took"), "set_aside", "steps"]
    readonly_fields = ["took", "steps"]
    inlines = [FailureRows]

    @admin.display(description=_("loans looked at"))
    def looked_at(self, row: BusinessDay) -> int:
        return int(row.counts.get("loans", {}).get("looked_at", 0))

    @admin.display(description=_("entries for what was earned"))
    def accrued(self, row: BusinessDay) -> int:
        return int(row.counts.get("loans", {}).get("accrued", 0))

    @admin.display(description=_("took"))
    def took(self, row: BusinessDay) -> str:
        return _seconds(sum(row.milliseconds.values()))

    @admin.display(description=_("steps"))
    def steps(self, row: BusinessDay) -> SafeString:
        did = dict(in_order(row.counts))
        rows = [
            {
                "name": step_name(step),
                "done": done,
                "of": of,
                "took": _seconds(row.milliseconds.get(step, 0)),
                "counts": [(count_name(step, kind), count) for kind, count in did.get(step, ())],
            }
            for step, done, of in progress(row)
        ]
        return render_to_string("loans/admin/close_steps.html", {"rows": rows})


@admin.register(CloseFailure)
class CloseFailureAdmin(LenderScopedAdmin):
    """What closes could not do, the newest first; done since, or waiting for the next close."""

    view_verb = Verb.VIEW_LOANS
    list_display = ["business_day", "lender", "named_step", "loan", "error", "failed_at", "mended_at"]
    list_filter = [LenderFilter, ("mended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["lender", "business_day__lender", "loan"]
    search_fields = ["=loan__number"]
    date_hierarchy = "failed_at"
    ordering = ["-failed_at", "-id"]

    @admin.display(description=_("step"), ordering="step")
    def named_step(self, row: CloseFailure) -> str:
        return step_name(row.step)


def _seconds(milliseconds: Any) -> str:
    return gettext("%(seconds)s s") % {"seconds": f"{milliseconds // 1000}.{milliseconds % 1000 // 100}"}
