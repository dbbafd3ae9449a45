"""One notice, marking it read, and which notices somebody wants outside the inbox."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import language, services
from accounts.forms.notices import NoticesForm, as_chosen
from accounts.models import Notice, NoticePreferences

INBOX = "relief:inbox"  # stands above, where letters are known too


@require_safe
@login_required
def notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = Notice.objects.of(request.user).select_related("lender", "reading")
    found = get_object_or_404(own, public_id=public_id)
    return render(request, "accounts/notice.html", {"place": "inbox", "notice": found})


@require_POST
@login_required
def mark_read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user: Any = request.user
    found = get_object_or_404(Notice.objects.of(user).select_related("borrower"), public_id=public_id)
    services.read_notice(notice=found, acting_user=user)
    return redirect(INBOX)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    preferences = NoticePreferences.objects.filter(user=user).first() or NoticePreferences()
    form = NoticesForm(
        request.POST if request.method == "POST" else None, initial=as_chosen(preferences, user.language)
    )
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["language"]
        services.choose_notices(user=user, chosen=form.chosen, language=chosen, acting_user=user)
        with translation.override(chosen):
            messages.success(request, _("Saved. It holds from now on."))
        response = redirect("accounts:notices")
        language.remember(response, chosen)
        return response
    return render(request, "accounts/notices.html", {"form": form}, status=422 if form.is_bound else 200)
