"""Drawing from a limit: ask, read what it costs, sign; and the contract, to read and to keep."""

from typing import Any
from uuid import UUID

from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict
from accounts.reauthentication import confirm_url, recently_confirmed
from accounts.selectors import debit_sources
from accounts.wording import money_text
from loans.errors import AccountRefused, FiguresChanged, LimitExceeded, LimitRefused, NameDiffers, NotRead, TermsRefused
from loans.forms.drawing import DrawForm, SignForm
from loans.models import Contract, CreditLimit, DrawDown
from loans.papers import plain_text
from loans.selectors.drawing import draw_page, is_whole, own_contracts, own_draw_downs
from loans.selectors.limit_use import use_of
from loans.selectors.payout import payout
from loans.services.drawing import Signature, ask_to_draw, confirm_reading, sign_contract
from loans.services.sending import send_orders
from loans.views.frame import person

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
@login_required
def draw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How much, in how many instalments, to which account."""
    limit = _limit(request, public_id)
    use = use_of(limit, limit.lender.today())
    accounts = debit_sources(limit.borrower)
    sent = request.POST if request.method == "POST" else None
    form = DrawForm(sent, limit=limit, available_minor=use.available_minor, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_to_draw(
                limit=limit,
                amount_minor=form.cleaned_data["amount"],
                instalment_count=form.cleaned_data["count"],
                method=form.cleaned_data["method"],
                account=form.cleaned_data["account"],
                due_day=form.cleaned_data.get("due_day"),
                acting_user=person(request),
            )
        except LimitExceeded as error:
            text, currency = _("This is more than you can draw. The most is %(sum)s."), limit.lender.currency
            form.add_error("amount", text % {"sum": money_text(error.available_minor, currency)})
        except (TermsRefused, AccountRefused):
            form.add_error(None, _("This is not offered any more. Please look at the choices again."))
        else:
            return redirect("loans:draw_costs", made.public_id)
    context = {"form": form, "limit": limit, "use": use, "accounts": accounts}
    return _shown(request, "loans/drawing/draw.html", 422 if form.errors else 200, **context)


@require_http_methods(READ_OR_SEND)
@login_required
def costs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The cost sheet as a step of its own; it stands for some seconds before it can be confirmed."""
    found = _draw_down(request, public_id)
    page = draw_page(found, get_language() or "zh-hans")
    if found.state == DrawDown.State.SIGNED:
        return redirect("loans:contract", found.contract.public_id)
    if page is None or not page.is_current:
        return _anew(request, found)
    if request.method == "POST":
        try:
            confirm_reading(draw_down=found, acting_user=person(request))
        except NotRead as error:
            text = ngettext(
                "Please take the time to read it: %(seconds)d second more, then confirm.",
                "Please take the time to read it: %(seconds)d seconds more, then confirm.",
                error.seconds,
            )
            notice = text % {"seconds": error.seconds}
            return _shown(request, "loans/drawing/costs.html", 422, page=page, too_early=notice)
        return redirect("loans:draw_sign", found.public_id)
    return _shown(request, "loans/drawing/costs.html", page=page)


@require_http_methods(READ_OR_SEND)
@login_required
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole contract, and the signature under it."""
    found = _draw_down(request, public_id)
    if found.state == DrawDown.State.SIGNED:
        return redirect("loans:contract", found.contract.public_id)
    if found.state != DrawDown.State.READ:
        return redirect("loans:draw_costs", found.public_id)
    page = draw_page(found, get_language() or "zh-hans")
    if page is None or not page.is_current:
        return _anew(request, found)
    is_confirmed = recently_confirmed(request)
    confirm = confirm_url(request, request.path)
    context: dict[str, Any] = {"page": page, "is_confirmed": is_confirmed, "confirm_url": confirm}
    if request.method != "POST":
        form = SignForm(initial={"shown_hash": page.drawing.hash})
        return _shown(request, "loans/drawing/sign.html", form=form, **context)
    if not is_confirmed:
        messages.warning(request, _("Please confirm that it is you, then sign."))
        return redirect(confirm)
    form = SignForm(request.POST)
    if form.is_valid():
        answer = _sign(request, found, form)
        if answer is not None:
            return answer
    return _shown(request, "loans/drawing/sign.html", 422, form=form, **context)


def _sign(request: HttpRequest, found: DrawDown, form: SignForm) -> HttpResponse | None:
    """Where to go next, or None where the form says what is wrong."""
    try:
        contract = sign_contract(
            draw_down=found,
            shown_hash=form.cleaned_data["shown_hash"],
            signature=Signature(
                typed_name=form.cleaned_data["typed_name"],
                method="reauthentication",
                language=get_language() or "zh-hans",
                ip_address=get_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
            ),
            acting_user=person(request),
        )
    except NameDiffers:
        form.add_error("typed_name", _("This is not the name we know you by. Type it as on your identity card."))
        return None
    except LimitExceeded as error:
        text = _("Meanwhile only %(sum)s can be drawn: perhaps you drew in another window. Nothing was signed.")
        currency = found.lender.currency
        messages.warning(request, text % {"sum": money_text(error.available_minor, currency)})
        return redirect("loans:draw", found.limit.public_id)
    except (FiguresChanged, AccountRefused, TermsRefused):
        return _anew(request, found)
    except (Conflict, LimitRefused):
        messages.warning(request, _("Something changed meanwhile. Nothing was signed; please look again."))
        return redirect("loans:limit", found.limit.public_id)
    order = contract.loan.orders.filter(direction="payout").first()
    if order is not None:
        send_orders(lender=contract.lender, orders=[order])
    messages.success(request, _("Signed. You can read, print and download the contract here at any time."))
    return redirect("loans:contract", contract.public_id)


@require_safe
@login_required
def contract(request: HttpRequest, public_id: UUID) -> HttpResponse:
    page = _contract(request, public_id)
    where = None if page.loan.has_been_paid_out else payout(page.loan, page.lender.today())
    return _shown(request, "loans/drawing/contract.html", page=page, payout=where, is_whole=is_whole(page))


@require_safe
@login_required
def contract_text(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The contract as a text file, in both languages where there are two."""
    page = _contract(request, public_id)
    parts = [f"{page.number}\n{page.sha256}", plain_text(page.title, page.blocks)]
    if page.governing_blocks:
        parts.append(plain_text(page.governing_title, page.governing_blocks))
    response = HttpResponse("\n\n\n".join(parts), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.number}.txt"'
    return response


def _anew(request: HttpRequest, found: DrawDown) -> HttpResponse:
    messages.warning(
        request, _("These figures are not those of today any more. Nothing was signed; please see the new ones.")
    )
    return redirect("loans:draw", found.limit.public_id)


def _limit(request: HttpRequest, public_id: UUID) -> CreditLimit:
    own = CreditLimit.objects.of(request.user).active().select_related("lender", "product__lender", "borrower")
    found: CreditLimit = get_object_or_404(own, public_id=public_id)
    return found


def _draw_down(request: HttpRequest, public_id: UUID) -> DrawDown:
    found: DrawDown = get_object_or_404(own_draw_downs(request.user), public_id=public_id)
    return found


def _contract(request: HttpRequest, public_id: UUID) -> Contract:
    found: Contract = get_object_or_404(own_contracts(request.user), public_id=public_id)
    return found


def _shown(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"place": "loans", **context}, status=status)
