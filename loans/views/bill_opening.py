"""Opening a monthly bill: the due day, what it costs, the contract; and the contract to read and to keep."""

from typing import Any
from uuid import UUID

from allauth.core.internal.ratelimit import get_ip
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict
from accounts.reauthentication import confirm_url, recently_confirmed
from loans.errors import BillRefused, FiguresChanged, LimitRefused, NameDiffers, NotRead, TermsRefused
from loans.forms.bills import OpenForm
from loans.forms.drawing import SignForm
from loans.models import BillContract, BillOffer, CreditLimit, Product
from loans.papers import plain_text
from loans.selectors.bill_offer import offer_page, own_offers
from loans.selectors.bills import is_whole_contract, own_bill_contracts
from loans.services.bill_opening import ask_to_open, confirm_offer_read, open_account
from loans.services.drawing import Signature
from loans.views.frame import person, shown

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
@login_required
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """On which day the bill shall be due."""
    own = CreditLimit.objects.of(request.user).active().filter(product__kind=Product.Kind.REVOLVING)
    limit: CreditLimit = get_object_or_404(own.select_related("lender", "product", "borrower"), public_id=public_id)
    if hasattr(limit, "revolving_account"):
        return redirect("loans:bill_account", limit.revolving_account.public_id)
    form = OpenForm(request.POST if request.method == "POST" else None, limit=limit)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_to_open(limit=limit, due_day=form.cleaned_data["due_day"], acting_user=person(request))
        except (TermsRefused, BillRefused, LimitRefused):
            form.add_error(None, _("This is not offered any more. Please look at the choices again."))
        else:
            return redirect("loans:bill_costs", made.public_id)
    return shown(request, "loans/bills/open.html", limit, status=422 if form.errors else 200, form=form)


@require_http_methods(READ_OR_SEND)
@login_required
def costs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The cost sheet as a step of its own; it stands for some seconds before it can be confirmed."""
    found = _offer(request, public_id)
    if found.state == BillOffer.State.SIGNED:
        return redirect("loans:bill_account", found.contract.account.public_id)
    page = offer_page(found, get_language() or "zh-hans")
    if not page.is_current:
        return _anew(request, found)
    if request.method == "POST":
        try:
            confirm_offer_read(offer=found, acting_user=person(request))
        except NotRead as error:
            return shown(request, "loans/bills/costs.html", page, status=422, too_early=too_early(error))
        return redirect("loans:bill_sign", found.public_id)
    return shown(request, "loans/bills/costs.html", page)


@require_http_methods(READ_OR_SEND)
@login_required
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole contract, and the signature under it."""
    found = _offer(request, public_id)
    if found.state != BillOffer.State.READ:
        return redirect("loans:bill_costs", found.public_id)
    page = offer_page(found, get_language() or "zh-hans")
    if not page.is_current:
        return _anew(request, found)
    is_confirmed, confirm = recently_confirmed(request), confirm_url(request, request.path)
    context: dict[str, Any] = {"is_confirmed": is_confirmed, "confirm_url": confirm}
    if request.method != "POST":
        form = SignForm(initial={"shown_hash": found.terms_hash})
        return shown(request, "loans/bills/sign.html", page, form=form, **context)
    if not is_confirmed:
        messages.warning(request, _("Please confirm that it is you, then sign."))
        return redirect(confirm)
    form = SignForm(request.POST)
    if form.is_valid():
        answer = _sign(request, found, form)
        if answer is not None:
            return answer
    return shown(request, "loans/bills/sign.html", page, status=422, form=form, **context)


def _sign(request: HttpRequest, found: BillOffer, form: SignForm) -> HttpResponse | None:
    """Where to go next, or None where the form says what is wrong."""
    try:
        opened = open_account(
            offer=found,
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
    except (FiguresChanged, TermsRefused):
        return _anew(request, found)
    except (Conflict, LimitRefused, BillRefused):
        messages.warning(request, _("Something changed meanwhile. Nothing was signed; please look again."))
        return redirect("loans:limit", found.limit.public_id)
    messages.success(request, _("Signed. You can buy from now on, and read and print the contract here at any time."))
    return redirect("loans:bill_account", opened.public_id)


@require_safe
@login_required
def contract(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _contract(request, public_id)
    return shown(request, "loans/bills/contract.html", found, is_whole=is_whole_contract(found))


@require_safe
@login_required
def contract_text(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The contract as a text file, in both languages where there are two."""
    found = _contract(request, public_id)
    parts = [f"{found.number}\n{found.sha256}", plain_text(found.title, found.blocks)]
    if found.governing_blocks:
        parts.append(plain_text(found.governing_title, found.governing_blocks))
    response = HttpResponse("\n\n\n".join(parts), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.txt"'
    return response


def too_early(error: NotRead) -> str:
    """How long a cost sheet must still stand, in words."""
    text = ngettext(
        "Please take the time to read it: %(seconds)d second more, then confirm.",
        "Please take the time to read it: %(seconds)d seconds more, then confirm.",
        error.seconds,
    )
    return text % {"seconds": error.seconds}


def _anew(request: HttpRequest, found: BillOffer) -> HttpResponse:
    messages.warning(
        request, _("These figures are not those of today any more. Nothing was signed; please see the new ones.")
    )
    return redirect("loans:bill_open", found.limit.public_id)


def _offer(request: HttpRequest, public_id: UUID) -> BillOffer:
    found: BillOffer = get_object_or_404(own_offers(request.user), public_id=public_id)
    return found


def _contract(request: HttpRequest, public_id: UUID) -> BillContract:
    found: BillContract = get_object_or_404(own_bill_contracts(request.user), public_id=public_id)
    return found
