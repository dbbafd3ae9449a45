"""One's consents: what they are, giving one, reading it again, taking it back; and who looked."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict
from accounts.models import User
from config import clock
from credit.consent_form import ConsentForm, origin_of
from credit.errors import AlreadyWithdrawn, ConsentNeeded
from credit.models import Consent
from credit.selectors import consents as pages
from credit.selectors.inquiries import inquiries_page
from credit.services import answer_consents, withdraw_consent


@require_safe
@login_required
def consents(request: HttpRequest) -> HttpResponse:
    return _page(request, "credit/consents.html", lenders=pages.consents_page(request.user))


@require_safe
@login_required
def inquiries(request: HttpRequest) -> HttpResponse:
    page = inquiries_page(request.user, clock.today(settings.TIME_ZONE))
    return _page(request, "credit/inquiries.html", page=page)


@require_safe
@login_required
def consent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, "credit/consent.html", line=pages.consent_page(_own(request, public_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def give(request: HttpRequest, lender_code: str) -> HttpResponse:
    """The texts that do not stand at this lender, or the one named by `ask`; only what is ticked is taken."""
    lenders = list(pages.lenders_of(request.user))
    lender = next((one for one in lenders if one.code == lender_code), None)
    borrower = pages.borrower_of(request.user)
    if lender is None or borrower is None:
        raise Http404
    wanted = request.GET.get("ask", "")
    asks = [ask for ask in pages.asks_at(lender, lenders) if wanted in ("", ask.name)]
    data = request.POST if request.method == "POST" else None
    form = ConsentForm(data, borrower=borrower, lender=lender, asks=asks, asks_again=True)
    if not form.parts and data is None:
        return redirect("credit:consents")
    if data is None or not form.is_valid():
        return _page(request, "credit/give.html", status=200 if data is None else 422, lender=lender, form=form)
    ticked = [answer for answer in form.answers if answer.is_given]
    answer_consents(
        borrower=borrower, lender=lender, answers=ticked, language=form.language, origin=origin_of(request),
        acting_user=_person(request),
    )  # fmt: skip
    messages.success(
        request,
        _("Noted. You can take it back at any time.") if ticked else _("Nothing was ticked, so nothing was changed."),
    )
    return redirect("credit:consents")


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take it back at once; sending it twice takes it back once."""
    try:
        withdraw_consent(consent=_own(request, public_id), acting_user=_person(request))
        messages.success(request, _("Withdrawn. From now on it is not used any more."))
    except ConsentNeeded as error:
        messages.warning(
            request,
            _("It cannot be taken back yet: account %(account)s is still open. Once it is settled, you can.")
            % {"account": ", ".join(error.references)},
        )
    except (AlreadyWithdrawn, Conflict):
        messages.warning(request, _("This had ended already; nothing was changed."))
    return redirect("credit:consent", public_id)


def _own(request: HttpRequest, public_id: UUID) -> Consent:
    own = Consent.objects.of(request.user).select_related("lender", "named", "withdrawal", "borrower__user")
    found: Consent = get_object_or_404(own, public_id=public_id)
    return found


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, template, {"place": "credit", **context}, status=status)
