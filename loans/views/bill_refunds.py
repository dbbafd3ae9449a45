"""What was paid on a monthly bill and no bill asks for: the borrower asks for it, staff send it."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from accounts.models import User
from accounts.roles import Verb
from loans.errors import AccountRefused, AmountRefused, BillRefused, InQuestion, KeyTaken, NoGateway, OrderOpen
from loans.forms.paying import sent_key
from loans.forms.payout import AccountForm
from loans.forms.refund import REFUND_IN_QUESTION, RefundForm
from loans.models import RevolvingAccount
from loans.selectors.desk import desk
from loans.selectors.refunds import order_by_key, refund_of
from loans.services import send_orders
from loans.services.bill_refunding import order_bill_refund, wish_bill_refund
from loans.views.bill_desk import ACCOUNT, READ_OR_SEND, account_at_desk
from loans.views.bills import own_account
from loans.views.frame import person, shown

TEMPLATE = "loans/bills/refund.html"


@require_http_methods(READ_OR_SEND)
@login_required
def refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is kept for the borrower, how far it is on its way back, and the wish to have it."""
    account = own_account(request, public_id)
    page = refund_of(account)
    can_ask = page.is_open and page.wish is None
    form = AccountForm(request.POST if request.method == "POST" else None, sources=page.sources) if can_ask else None
    if request.method != "POST":
        return shown(request, TEMPLATE, page, form=form)
    if form is None:
        return shown(request, TEMPLATE, page, form=None, status=409)
    if not form.is_valid():
        return shown(request, TEMPLATE, page, form=form, status=422)
    try:
        wish_bill_refund(account=account, bank_account=form.cleaned_data["account"], acting_user=person(request))
    except (Conflict, AmountRefused, AccountRefused, BillRefused):
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
    return redirect("loans:bill_refund", account.public_id)


@require_http_methods(READ_OR_SEND)
def refund_at_desk(request: HttpRequest, pk: str) -> HttpResponse:
    """Staff send back what no bill asks for, or a part of it, to a proved account of the borrower."""
    account = account_at_desk(request, pk, Verb.REFUND)
    if request.method == "POST" and order_by_key(account, sent_key(request.POST)):
        # The same form again: its order stands.
        return redirect(ACCOUNT, account.pk)
    page = refund_of(account)
    form = RefundForm(request.POST if request.method == "POST" else None, page=page)
    if request.method == "POST" and form.is_valid() and _order(request, account, form):
        return redirect(ACCOUNT, account.pk)
    user = cast(User, request.user)
    context = {"page": page, "account": account, "form": form, **desk(user, account.lender)}
    return render(request, "loans/admin/bill_refund.html", context, status=422 if form.is_bound else 200)


def _order(request: HttpRequest, account: RevolvingAccount, form: Any) -> bool:
    try:
        order = order_bill_refund(
            account=account,
            bank_account=form.cleaned_data["account"],
            amount_minor=form.cleaned_data["amount"],
            key=str(form.cleaned_data["key"]),
            acting_user=cast(User, request.user),
        )
    except InQuestion:
        form.add_error(None, REFUND_IN_QUESTION)
    except OrderOpen:
        form.add_error(
            None,
            _("A refund, or a payment of everything, is under way. Wait for its result, or money is used twice."),
        )
    except KeyTaken:
        form.add_error(None, _("This form recorded another payment before. Open it again for a new one."))
    except AmountRefused:
        form.add_error("amount", _("Meanwhile less is owed back. Look at the sum again."))
    except (AccountRefused, NoGateway):
        form.add_error(None, _("It cannot be sent: the account was removed, or the lender has no gateway."))
    except (BillRefused, Conflict):
        form.add_error(None, _("It does not fit what happened on the account since then, or the account is closed."))
    else:
        send_orders(lender=account.lender, orders=[order])
        messages.success(request, _("Ordered. The books change when the gateway says that it was sent."))
        return True
    return False
