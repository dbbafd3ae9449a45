"""The living page of the look, `/style/`: every component once, from its own template.

Public and without a database: the people and sums here are specimens of the one loan the
look is drawn with (¥12,000 at 14.40% over 12 months, three paid, three paused).
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.pictures import calendar_bars
from accounts.templatetags.figures import day, money, monthname
from credit.consent_texts import consent_text
from credit.models.consent import Purpose

TODAY = date(2026, 5, 18)
PAUSED = (date(2026, 5, 15), date(2026, 6, 15), date(2026, 7, 15))
LEFT_MINOR = (1_200_000, 1_106_429, 1_011_735, 915_905)
LEFT_LATER_MINOR = (818_925, 720_781, 621_459, 520_946, 419_226, 316_286, 212_110, 106_684, 0)
ROLES = (
    "paper", "surface", "sunk", "ink", "soft", "faint", "rule", "edge",
    "accent", "asoft", "notice", "nsoft", "alarm", "alsoft",
)  # fmt: skip


class SpecimenForm(forms.Form):
    """One field of each kind, drawn by `components/field.html`."""

    means = forms.CharField(required=False)
    months = forms.IntegerField()
    reason = forms.ChoiceField(widget=forms.RadioSelect)
    words = forms.CharField(widget=forms.Textarea({"rows": 3}), required=False)
    agreed = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        labels = {
            "means": _("How much can you pay each month?"),
            "months": _("For how many months?"),
            "reason": _("What happened?"),
            "words": _("In your own words"),
            "agreed": _("I have read what this costs."),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["means"].help_text = _("If you are not sure, write about how much.")
        self.fields["months"].error_messages["invalid"] = _("Please give a whole number of months.")
        self.fields["reason"].choices = [("illness", _("Illness")), ("job", _("Loss of work"))]  # type: ignore[attr-defined]


def _dues(count: int, start: int, sums: tuple[int, ...]) -> list[tuple[date, int]]:
    """`count` due dates on the 15th from the month number `start` (0 is January 2026) with their sums."""
    months = [start + i for i in range(count)]
    return [(date(2026 + m // 12, m % 12 + 1, 15), minor) for m, minor in zip(months, sums, strict=True)]


def _loan() -> dict[str, Any]:
    return {
        "past": _dues(4, 0, LEFT_MINOR),
        "new": _dues(9, 7, LEFT_LATER_MINOR),
        "old": _dues(9, 4, LEFT_LATER_MINOR),
        "before": _dues(9, 4, (107_971,) * 8 + (107_964,)),
        "after": _dues(9, 7, (111_635,) * 8 + (111_625,)),
        "paused": PAUSED,
        "today": TODAY,
    }


def _calendar() -> list[SimpleNamespace]:
    bars = calendar_bars([(53_309, 0), (53_309, 111_635)])
    paused = {
        "on": date(2026, 7, 15),
        "state": "relief",
        "state_label": _("On arrangement"),
        "minor": 0,
        "paused": True,
    }
    paused["text"] = _("nothing to pay this month")
    due = {"state": "due", "state_label": _("To come"), "text": _("instalment 8 of 12"), "paused": False}
    july = [paused, {**due, "on": date(2026, 7, 20), "minor": 53_309}]
    august = [{**due, "on": date(2026, 8, 15), "minor": 111_635}, {**due, "on": date(2026, 8, 20), "minor": 53_309}]
    months = ((date(2026, 7, 1), july, bars[0], 53_309), (date(2026, 8, 1), august, bars[1], 164_944))
    return [
        SimpleNamespace(
            month=month, with_year=month.month == 7, bar=bar, total_minor=total_minor,
            dues=[SimpleNamespace(**due) for due in dues],
        )
        for month, dues, bar, total_minor in months
    ]  # fmt: skip


def _options() -> list[dict[str, Any]]:
    later = _("3 months")
    figures = ((50_000, 24_345), (111_635, 32_973), (107_971, 0))
    names = (
        ("less", _("Pay less for 3"), _("If you can still pay something")),
        ("pause", _("Pause for 3"), _("If nothing is left over for now")),
        ("none", _("No change"), _("You withdraw; no negative mark")),
    )
    options = []
    for (value, title, note), (next_minor, extra_minor) in zip(names, figures, strict=True):
        rows = [
            {"label": _("Next payment"), "value": money(next_minor)},
            {"label": _("Ends later by"), "value": later if extra_minor else "0"},
            {"label": _("Extra cost in total"), "value": money(extra_minor)},
        ]
        options.append({"value": value, "title": title, "note": note, "rows": rows, "plain": value == "none"})
    return options


def _glyphs() -> list[dict[str, Any]]:
    return [
        {"state": "paid", "text": _("On time")},
        {"state": "grace", "text": _("Within the grace days")},
        {"state": "late", "text": _("Overdue")},
        {"state": "relief", "text": _("On arrangement")},
        {"state": "pending", "text": _("Request open")},
        {"state": "varied", "text": _("Terms changed")},
        {"state": "closed", "text": _("Settled")},
        {"state": "due", "text": _("To come")},
        {"state": "none", "text": _("Nothing due")},
    ]


def _letter() -> list[dict[str, Any]]:
    return [
        {"kind": "h", "text": _("The new payments")},
        {"kind": "p", "text": _("We approved what you asked for. It starts once you accept it.")},
        {
            "kind": "table",
            "caption": _("In yuan"),
            "head": [_("No."), _("Due on"), _("To pay")],
            "rows": [["4", "2026-08-15", "1,116.35"], ["5", "2026-09-15", "1,116.35"]],
            "foot": [_("Total"), "2,232.70"],
        },
        {
            "kind": "numbered",
            "items": [_("You can change your mind within 7 days."), _("You may repay early at any time.")],
        },
        {"kind": "sign", "lines": ["Leeway", "2026-05-13"]},
    ]


def _case() -> dict[str, Any]:
    """Components of the way a request travels."""
    return {
        "steps": [
            {"title": _("Sent"), "note": day(date(2026, 5, 8)), "state": "done"},
            {"title": _("A person is reviewing it"), "note": day(date(2026, 5, 11)), "state": "now"},
            {"title": _("Decided"), "note": day(date(2026, 5, 14))},
        ],
        "holds": [
            {"title": _("Requests for payment"), "note": _("no calls, no reminders")},
            {"title": _("Credit record"), "note": _("held at “current”, it does not get worse")},
        ],
        "pause_months": [
            {"label": monthname(PAUSED[0]), "note": _("this month"), "now": True},
            {"label": monthname(PAUSED[1])},
            {"label": monthname(PAUSED[2])},
        ],
        "pause_end": {"label": day(date(2026, 8, 15)), "note": money(111_635)},
        "cost": [
            {"label": _("Cost of the pause"), "value": money(32_973), "note": _("spread over 9 instalments")},
            {"label": _("Next payment"), "value": money(111_635), "note": day(date(2026, 8, 15))},
            {"label": _("Last payment"), "value": money(111_625), "note": day(date(2027, 4, 15))},
        ],
    }


def _record() -> dict[str, Any]:
    """Components of the credit record and the workbench."""
    paid = {"state": "paid", "label": _("On time")}
    relief = {"state": "relief", "label": _("On arrangement")}
    return {
        "years": [
            {"year": 2025, "cells": ["nil"] * 11 + [paid]},
            {"year": 2026, "cells": [paid] * 4 + [relief] + [None] * 7},
        ],
        "factor_rows": [{"text": _("Identity, phone and bank card are verified"), "effect": _("full points")}],
        "tabs": [
            {"label": _("To act"), "url": "#main", "count": 14, "current": True},
            {"label": _("Mine"), "url": "#main", "count": 1},
        ],
    }


def _consent() -> dict[str, Any]:
    """A consent to read, as a form asks for it."""
    text = consent_text("query", get_language() or "zh-hans", lender=_("Greenfield Finance"))
    return {"title": Purpose.QUERY.label, "text": text, "id": "id_query", "name": "query", "hash_name": "query-sha256"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    form = SpecimenForm({"means": "500", "months": "three", "reason": "illness"})
    context = {
        **_case(),
        **_record(),
        "consent": _consent(),
        "roles": ROLES,
        "form": form,
        "loan": _loan(),
        "columns": {"sums": [915_905, 818_925, 720_781], "names": ["M1", "M2", "M3"], "title": _("Principal left")},
        "calendar": _calendar(),
        "lenders": [_("Riverside Bank"), _("Greenfield Finance")],
        "options": _options(),
        "glyphs": _glyphs(),
        "letter": _letter(),
        "sums": {"owed_minor": 915_905, "cost_minor": 32_973, "due_minor": 53_309, "next_minor": 111_635},
        "days": {"due_on": date(2026, 5, 27), "hard_on": date(2026, 5, 29)},
    }
    return render(request, "style.html", context)
