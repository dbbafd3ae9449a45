"""The inbox, a letter, marking it read, and the public page that checks a letter."""

import uuid
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from deferrals.forms import VerifyForm
from deferrals.models import Letter
from deferrals.selectors.inbox import inbox
from deferrals.selectors.letters import verify
from deferrals.services.reading import read_letter


@login_required
@require_safe
def box(request: HttpRequest) -> HttpResponse:
    """Letters and notices of all one's lenders; `before` leads on to the older ones."""
    found = inbox(request.user, _instant(request.GET.get("before", "")))
    return render(request, "deferrals/inbox.html", {"place": "inbox", "page": found})


def _instant(text: str) -> datetime | None:
    """An aware instant as the page itself wrote it; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


@login_required
@require_safe
def letter(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Letter.objects.of(request.user).select_related("lender", "request", "reading"), public_id=public_id
    )
    return render(request, "deferrals/letter.html", {"place": "inbox", "letter": found})


@login_required
@require_POST
def mark_read(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Letter.objects.of(request.user), public_id=public_id)
    read_letter(letter=found, acting_user=request.user)  # type: ignore[arg-type]
    return redirect("relief:inbox")


@require_safe
def check_letter(request: HttpRequest) -> HttpResponse:
    """Anybody may check a letter; number and code must belong together, else nothing is told."""
    form = VerifyForm(request.GET or None)
    found = (
        verify(form.cleaned_data["number"], form.cleaned_data["code"]) if form.is_bound and form.is_valid() else None
    )
    return render(request, "deferrals/verify.html", {"form": form, "found": found})
