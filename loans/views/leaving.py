"""Closing the service of one lender: what is in the way, what it does, two steps, and the way back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict
from accounts.models import LenderRelation
from accounts.reauthentication import confirm_url, recently_confirmed
from loans.forms.leaving import CloseForm
from loans.leaving_errors import LeavingBlocked, TextDiffers
from loans.leaving_words import effects, effects_text
from loans.selectors.leaving import ClosingPage, closing_page, relation_of
from loans.services.leaving import ask_to_close, undo_closing
from loans.views.frame import person, shown


@require_safe
@login_required
def closing(request: HttpRequest, lender_code: str) -> HttpResponse:
    """The first step: where one stands, and what closing would do."""
    page = _page(_own(request, lender_code))
    return shown(request, "loans/closing.html", page, effects=effects(page, _language()))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest, lender_code: str) -> HttpResponse:
    """The second step: the same person, and a tick under the effects."""
    page = _page(_own(request, lender_code))
    if not page.may_ask:
        return redirect("loans:closing", lender_code)
    if request.method != "POST":
        return _form(request, page, CloseForm(text=effects_text(page, _language())))
    if not recently_confirmed(request):
        messages.warning(request, _("Please confirm that it is you, then close."))
        return redirect(confirm_url(request, request.path))
    form = CloseForm(request.POST, text=effects_text(page, _language()))
    if not form.is_valid():
        return _form(request, page, form, status=422)
    return _ask(request, page, form)


def _ask(request: HttpRequest, page: ClosingPage, form: CloseForm) -> HttpResponse:
    try:
        ask_to_close(
            relation=page.relation,
            text=form.text,
            shown_sha256=form.cleaned_data["shown_sha256"],
            language=_language(),
            acting_user=person(request),
        )
    except TextDiffers:
        messages.warning(request, _("Something changed since you opened this page. Please read it again."))
        return redirect("loans:closing_confirm", page.lender.code)
    except (LeavingBlocked, Conflict):
        messages.warning(request, _("Something changed meanwhile. This is how it stands now; nothing was closed."))
    else:
        messages.success(request, _("Noted. You can take it back here until the day below."))
    return redirect("loans:closing", page.lender.code)


@login_required
@require_POST
def undo(request: HttpRequest, lender_code: str) -> HttpResponse:
    """One button, no questions."""
    relation = _own(request, lender_code)
    try:
        undo_closing(relation=relation, acting_user=person(request))
        messages.success(request, _("Taken back. Everything is as it was."))
    except Conflict:
        messages.warning(request, _("There is nothing to take back here."))
    return redirect("loans:closing", lender_code)


def _own(request: HttpRequest, lender_code: str) -> LenderRelation:
    relation = relation_of(request.user, lender_code)
    if relation is None:
        raise Http404
    return relation


def _page(relation: LenderRelation) -> ClosingPage:
    return closing_page(relation, relation.lender.today())


def _language() -> str:
    return get_language() or "zh-hans"


def _form(request: HttpRequest, page: ClosingPage, form: CloseForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "effects": effects(page, _language()), "confirmed": recently_confirmed(request)}
    context["confirm_url"] = confirm_url(request, request.path)
    return shown(request, "loans/closing_confirm.html", page, status=status, **context)
