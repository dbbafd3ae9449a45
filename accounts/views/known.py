"""What we know about somebody, and the first thing we ask: name and identity number."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors, services, throttle
from accounts.errors import Conflict
from accounts.forms.known import IdentityForm
from accounts.models import Borrower
from accounts.sealed_box import sealed_box

PAGES = {"identity": "accounts:identity", "phone": "account_change_phone", "bank_account": "accounts:bank_account_new"}


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    found = selectors.known_page(request.user)
    step = selectors.next_step(request.user)
    shown = {"page": found, "steps": steps(found), "next_step": step, "next_page": PAGES.get(step, "")}
    return render(request, "accounts/known/page.html", shown)


@require_safe
@login_required
def next_step(request: HttpRequest) -> HttpResponse:
    """To the page of the first thing that is missing; to the overview when nothing is."""
    return redirect(PAGES.get(selectors.next_step(request.user), "accounts:known"))


@sensitive_post_parameters("name", "number")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def identity(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    found = selectors.known_page(user)
    if found.known.is_identified:
        return redirect("accounts:known")
    name = found.identity.name if found.identity else user.name
    form = IdentityForm(request.POST if request.method == "POST" else None, initial={"name": name})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if not throttle.may_identify(request, sealed_box().fingerprint(given["number"], "identity number")):
            return throttle.too_many_requests(request, seconds=throttle.AN_HOUR_SECONDS)
        return _settle(request, user, given)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/known/identity.html", {"form": form, "page": found}, status=status)


def _settle(request: HttpRequest, user: Any, given: dict[str, Any]) -> HttpResponse:
    try:
        borrower = services.identify_person(user=user, name=given["name"], number=given["number"], acting_user=user)
    except Conflict:
        messages.warning(request, _("Something changed meanwhile. Please look once more."))
        return redirect("accounts:known")
    said = {
        "verified": _("Thank you. Your name and number are confirmed."),
        "waiting": _("Thank you. We are asking the register; you need not wait for it."),
    }
    if borrower.identity.state in said:  # the next page itself says what was not confirmed, and what to do
        messages.success(request, said[borrower.identity.state])
    return redirect("accounts:next_step")


@require_POST
@login_required
def ask_a_person(request: HttpRequest) -> HttpResponse:
    borrower = get_object_or_404(Borrower, user=request.user)
    try:
        services.ask_about_identity(borrower=borrower, acting_user=request.user)
    except Conflict:
        messages.info(request, _("There is nothing to look at any more."))
    return redirect("accounts:known")


def steps(found: selectors.KnownPage) -> list[dict[str, Any]]:
    """The three steps with their state, for `components/path.html`."""
    missing = found.known.missing
    titles = {
        "identity": _("Name and identity number"),
        "phone": _("Phone"),
        "bank_account": _("Bank account"),
    }
    notes = {"identity": _("We are asking the register.")} if _is_waiting(found) else {}
    first = missing[0] if missing else ""
    return [
        {
            "title": title,
            "note": notes.get(step, _("Verified") if step not in missing else ""),
            "state": "done" if step not in missing else "now" if step == first else "",
        }
        for step, title in titles.items()
    ]


def _is_waiting(found: selectors.KnownPage) -> bool:
    return bool(found.identity and found.identity.state == "waiting")
