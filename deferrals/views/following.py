"""Following a request: the list, one request, its offer, and the ways out."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reauthentication import confirm_url, recently_confirmed
from deferrals.errors import (
    CannotRescind,
    CannotWithdraw,
    FiguresChanged,
    NameDiffers,
    NothingToPause,
    OfferClosed,
    OfferLapsed,
)
from deferrals.forms import AcceptForm
from deferrals.models import Offer, ReliefRequest
from deferrals.selectors.request_page import OfferPage, offer_page, request_page, requests_of
from deferrals.services import accept, decline, rescind, withdraw
from deferrals.services.accepting import Signature


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "deferrals/list.html", {"place": "relief", "requests": requests_of(request.user)})


@login_required
@require_safe
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    page = request_page(_own(request, public_id))
    return render(request, "deferrals/request.html", {"place": "relief", "page": page})


@login_required
@require_safe
def offer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The offer with its whole disclosure; the form comes last, after every figure."""
    page = offer_page(_own(request, public_id))
    if page is None:
        return redirect("relief:request", public_id)
    return _offer(request, page, AcceptForm(initial={"shown_hash": page.offer.projection_hash}))


@login_required
@require_POST
def accept_offer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sign; an offer that is closed says so, whatever was typed."""
    page = offer_page(_own(request, public_id))
    if page is None:
        return redirect("relief:request", public_id)
    if not recently_confirmed(request):
        messages.warning(request, _("Please confirm that it is you, then accept."))
        return redirect(confirm_url(request, request.path.removesuffix("accept/")))
    form = AcceptForm(request.POST)
    if not form.is_valid() and page.is_live:
        return _offer(request, page, form, status=422)
    return _accept(request, page, form)


def _accept(request: HttpRequest, page: OfferPage, form: AcceptForm) -> HttpResponse:
    public_id, shown_hash = page.request.public_id, form.cleaned_data.get("shown_hash", "")
    signature = _signature(request, form)
    try:
        accept(offer=page.offer, shown_hash=shown_hash, signature=signature, acting_user=request.user)  # type: ignore[arg-type]
    except NameDiffers:
        name = page.request.borrower.name
        form.add_error("typed_name", _("Type your name as on your agreement: %(name)s.") % {"name": name})
        return _offer(request, page, form, status=422)
    except FiguresChanged:
        messages.warning(
            request,
            _(
                "Something changed since you opened this page. These are the figures now; please read them again. Nothing was accepted."
            ),
        )
        return redirect("relief:offer", public_id)
    except OfferLapsed:
        messages.error(
            request,
            _("The last day to accept has passed, so nothing was changed. You can send a new request; it is free."),
        )
    except (OfferClosed, NothingToPause):
        _say_closed(request)
    else:
        messages.success(request, _("Accepted. Your new schedule is in force."))
    return redirect("relief:request", public_id)


def _signature(request: HttpRequest, form: AcceptForm) -> Signature:
    return Signature(
        typed_name=form.cleaned_data.get("typed_name", ""),
        ticks=frozenset(form.cleaned_data.get("ticks", ())),
        method="reauthentication",
        language=get_language() or "zh-hans",
        ip_address=request.META.get("REMOTE_ADDR"),
        user_agent=request.headers.get("User-Agent", ""),
    )


def _say_closed(request: HttpRequest) -> None:
    messages.warning(request, _("This offer is no longer open. Here is where your request stands."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_offer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A page before saying no; then no is said once."""
    page = offer_page(_own(request, public_id))
    if page is None or not page.is_live:
        if page is not None:
            _say_closed(request)
        return redirect("relief:request", public_id)
    if request.method == "POST":
        try:
            decline(offer=Offer.objects.get(pk=page.offer.pk), acting_user=request.user)  # type: ignore[arg-type]
            messages.success(request, _("You did not accept the offer. Your old schedule stays as it is."))
        except OfferClosed:
            _say_closed(request)
        return redirect("relief:request", public_id)
    return render(request, "deferrals/decline.html", {"place": "relief", "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_request(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A page before withdrawing, since it cannot be undone."""
    page = request_page(_own(request, public_id))
    if request.method == "POST":
        try:
            withdraw(request=page.request, acting_user=request.user)  # type: ignore[arg-type]
            messages.success(request, _("Withdrawn. No mark is left."))
        except CannotWithdraw:
            messages.warning(request, _("This request can no longer be withdrawn. Here is where it stands."))
        return redirect("relief:request", public_id)
    if not page.may_withdraw:
        return redirect("relief:request", public_id)
    return render(request, "deferrals/withdraw.html", {"place": "relief", "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rescind_plan(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A page before taking an arrangement back, within its days."""
    page = request_page(_own(request, public_id))
    if page.plan is None:
        return redirect("relief:request", public_id)
    if request.method == "POST":
        try:
            rescind(plan=page.plan, acting_user=request.user)  # type: ignore[arg-type]
            messages.success(request, _("Taken back. The schedule before it is in force again."))
        except CannotRescind:
            messages.warning(request, _("This arrangement can no longer be taken back."))
        return redirect("relief:request", public_id)
    if not page.may_rescind:
        return redirect("relief:request", public_id)
    return render(request, "deferrals/rescind.html", {"place": "relief", "page": page})


def _own(request: HttpRequest, public_id: uuid.UUID) -> ReliefRequest:
    requests: QuerySet[ReliefRequest]
    requests = ReliefRequest.objects.of(request.user).select_related("lender", "borrower", "policy")
    found: ReliefRequest = get_object_or_404(requests, public_id=public_id)
    return found


def _offer(request: HttpRequest, page: OfferPage, form: AcceptForm, status: int = 200) -> HttpResponse:
    context = {"place": "relief", "page": page, "form": form, "confirmed": recently_confirmed(request)}
    context["ticked"] = dict.fromkeys(form["ticks"].value() or (), True)
    context["confirm_url"] = confirm_url(request, request.path.removesuffix("accept/"))
    return render(request, "deferrals/offer.html", context, status=status)
