"""The reports of a past day on the staff's site: portfolio, arrears by age, income, trial balance; a page and a file.

Registered by `loans/admin/books.py`, which lets only staff with a second factor come here.
Who may look at a lender's loans may look; nothing can be changed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Lender, User
from accounts.roles import Verb
from loans.forms.as_of import AsOfForm
from loans.selectors.desk import desk
from loans.selectors.report_page import PAGES
from loans.selectors.sheets import FIRST_DAY, SHEETS
from loans.sheet import csv_lines

PAGE, FILE = "admin:loans_journalentry_books", "admin:loans_journalentry_books_file"
KINDS = {
    "portfolio": _("Portfolio"),
    "arrears": _("Arrears by age"),
    "income": _("Income"),
    "balance": _("Trial balance"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; `on` is None where no such day can be answered for."""

    lenders: tuple[Lender, ...]
    lender: Lender
    kind: str
    form: AsOfForm
    on: date | None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One report of a lender, at the end of the day that is asked for, or of today."""
    return _shown(request, _asked(request))


@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    asked = _asked(request)
    if asked.on is None:
        return _shown(request, asked)
    lender, on = asked.lender, asked.on
    lines = csv_lines(SHEETS[asked.kind](lender, on), lender.code, on, lender.currency)
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{lender.code}-{asked.kind}-{on}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: HttpRequest) -> Asked:
    lenders = tuple(Lender.objects.where(request.user, Verb.VIEW_LOANS).order_by("code"))
    code, kind = request.GET.get("lender"), request.GET.get("show", "portfolio")
    lender = next((each for each in lenders if code in (None, each.code)), None)
    if lender is None or kind not in KINDS:
        raise Http404
    today = lender.today()
    given = request.GET if "as_of" in request.GET else {"as_of": today}
    form = AsOfForm(given, first=FIRST_DAY, last=today)
    return Asked(lenders, lender, kind, form, form.cleaned_data["as_of"] if form.is_valid() else None)


def _shown(request: HttpRequest, asked: Asked) -> HttpResponse:
    def to(name: str, **changed: str) -> str:
        query = {"lender": asked.lender.code, "show": asked.kind}
        if asked.on is not None:
            query["as_of"] = asked.on.isoformat()
        return f"{reverse(name)}?{urlencode(query | changed)}"

    context: dict[str, Any] = {
        "asked": asked,
        "title": KINDS[asked.kind],
        "part": f"loans/admin/books/{asked.kind}.html",
        "report": PAGES[asked.kind](asked.lender, asked.on) if asked.on else None,
        "tabs": [
            {"label": label, "url": to(PAGE, show=kind), "count": None, "current": kind == asked.kind}
            for kind, label in KINDS.items()
        ],
        "other_lenders": [(each.name, to(PAGE, lender=each.code)) for each in asked.lenders if each != asked.lender],
        "file_url": to(FILE),
    }
    around = desk(cast(User, request.user), asked.lender)
    return render(request, "loans/admin/books.html", {**context, **around}, status=200 if asked.on else 422)
