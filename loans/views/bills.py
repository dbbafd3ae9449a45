"""A monthly bill: the account, each bill, what is collected, buying in the demonstration, closing."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict
from accounts.wording import money_text
from loans.errors import BillRefused, LimitExceeded, LimitRefused, NotSettled, StillOpen
from loans.forms.bills import BuyForm, CollectedForm
from loans.models import AccountEntry, RevolvingAccount
from loans.selectors.bill_pay_page import auto_debit
from loans.selectors.bills import account_page, own_accounts, receipt_page, statement_page
from loans.selectors.limit_use import use_of
from loans.services.bill_buying import purchase
from loans.services.bill_closing import certify_account, close_account
from loans.services.bill_instructing import choose_collected
from loans.views.frame import person, shown

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _account_page(request, own_account(request, public_id))


@login_required
@require_POST
def collected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The borrower's choice of what is collected on the due day."""
    found = own_account(request, public_id)
    form = CollectedForm(request.POST, account=found)
    if not form.is_valid():
        return _account_page(request, found, form)
    try:
        choose_collected(account=found, collected=form.cleaned_data["collected"], acting_user=person(request))
    except (Conflict, BillRefused):
        messages.warning(request, _("Something changed meanwhile. Nothing was changed by you; please look again."))
    else:
        messages.success(request, _("Your choice holds from now on."))
    return redirect("loans:bill_account", found.public_id)


def _account_page(request: HttpRequest, found: RevolvingAccount, form: CollectedForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "has_shop": settings.DEMO,
        "debit": auto_debit(found),
        "form": form or CollectedForm(account=found),
    }
    return shown(request, "loans/bills/account.html", account_page(found), status=422 if form else 200, **context)


@require_safe
@login_required
def statement(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    found = own_account(request, public_id)
    bill = get_object_or_404(found.bills, number=number)
    return shown(request, "loans/bills/statement.html", statement_page(found, bill))


@require_safe
@login_required
def receipt(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    found = own_account(request, public_id)
    entry = get_object_or_404(found.entries, public_id=entry_id, kind=AccountEntry.Kind.PAYMENT)
    return shown(request, "loans/bills/receipt.html", receipt_page(found, entry))


@require_http_methods(READ_OR_SEND)
@login_required
def shop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A shop of the demonstration; elsewhere merchants report purchases, and there is no such page."""
    found = own_account(request, public_id)
    if not settings.DEMO:
        raise Http404
    use = use_of(found.limit, found.lender.today())
    sent = request.POST if request.method == "POST" else None
    form = BuyForm(sent, account=found, available_minor=use.available_minor)
    if request.method == "POST" and form.is_valid():
        answer = _buy(request, found, form)
        if answer is not None:
            return answer
    context: dict[str, Any] = {"form": form, "use": use}
    return shown(request, "loans/bills/shop.html", found, status=422 if form.errors else 200, **context)


def _buy(request: HttpRequest, found: RevolvingAccount, form: BuyForm) -> HttpResponse | None:
    """Where to go next, or None where the form says what is wrong."""
    try:
        made = purchase(
            account=found,
            merchant=form.cleaned_data["merchant"],
            amount_minor=form.cleaned_data["amount"],
            key=str(form.cleaned_data["key"]),
            acting_user=person(request),
        )
    except LimitExceeded as error:
        form.add_error("amount", form.too_much() % {"sum": money_text(error.available_minor, found.currency)})
        return None
    except (Conflict, LimitRefused, BillRefused):
        messages.warning(request, _("Something changed meanwhile. Nothing was bought; please look again."))
    else:
        sums = {"merchant": made.merchant, "sum": money_text(made.amount_minor or 0, found.currency)}
        messages.success(request, _("Bought at %(merchant)s for %(sum)s. It is on your next bill.") % sums)
    return redirect("loans:bill_account", found.public_id)


@require_http_methods(READ_OR_SEND)
@login_required
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is open, or the button that closes it."""
    found = own_account(request, public_id)
    if request.method == "POST":
        try:
            close_account(account=found, acting_user=person(request))
        except (Conflict, StillOpen, BillRefused, LimitRefused):
            messages.warning(request, _("Something is open, so nothing was closed. It is listed below."))
            return redirect("loans:bill_close", found.public_id)
        messages.success(request, _("Your monthly bill is closed. You can have a certificate of it."))
        return redirect("loans:bill_account", found.public_id)
    return shown(request, "loans/bills/close.html", account_page(found))


@login_required
@require_POST
def certify(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asking twice, or in two languages, leads to the one certificate."""
    found = own_account(request, public_id)
    try:
        made = certify_account(account=found, language=get_language() or "zh-hans", acting_user=person(request))
    except NotSettled:
        messages.warning(request, _("This monthly bill is not closed yet, so there is nothing to certify."))
        return redirect("loans:bill_account", found.public_id)
    except Conflict:
        return redirect("loans:bill_account", found.public_id)
    return redirect("loans:certificate", made.public_id)


def own_account(request: HttpRequest, public_id: UUID) -> RevolvingAccount:
    """The person's own account, or 404: for strangers and for staff alike."""
    found: RevolvingAccount = get_object_or_404(own_accounts(request.user), public_id=public_id)
    return found
