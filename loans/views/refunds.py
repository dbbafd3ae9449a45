"""Money owed back: the borrower asks for it, staff order it; never more than is owed, never twice."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import AccountRefused, AmountRefused, InQuestion, KeyTaken, NoGateway, OrderOpen
from loans.forms.paying import sent_key
from loans.forms.payout import AccountForm
from loans.forms.refund import REFUND_IN_QUESTION, RefundForm
from loans.models import Loan
from loans.selectors.desk import desk
from loans.selectors.refunds import order_by_key, refund_of
from loans.services import order_refund, send_orders
from loans.services.refunding import wish_refund
from loans.views.frame import address, own_loan, person, shown

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
@login_required
def refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is owed back on a loan, how far it is, and the wish to have it."""
    loan = own_loan(request, public_id)
    page = refund_of(loan)
    can_ask = page.is_open and page.wish is None
    form = AccountForm(request.POST if request.method == "POST" else None, sources=page.sources) if can_ask else None
    if request.method != "POST":
        return shown(request, "loans/refund.html", page, form=form)
    if form is None:
        return shown(request, "loans/refund.html", page, form=None, status=409)
    if not form.is_valid():
        return shown(request, "loans/refund.html", page, form=form, status=422)
    try:
        wish_refund(loan=loan, bank_account=form.cleaned_data["account"], acting_user=person(request))
    except (Conflict, AmountRefused, AccountRefused):
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
    return redirect(address("refund", loan))


@require_http_methods(READ_OR_SEND)
def refund_at_desk(request: HttpRequest, pk: str) -> HttpResponse:
    """Staff send back what is owed, or a part of it, to a proved account of the borrower."""
    loans = Loan.objects.filter(lender__in=Lender.objects.where(request.user, Verb.REFUND))
    loan: Loan = get_object_or_404(loans.select_related("lender", "borrower", "product"), pk=pk)
    if request.method == "POST" and order_by_key(loan, sent_key(request.POST)):
        # The same form again: its order stands.
        return redirect("admin:loans_loan_change", loan.pk)
    page = refund_of(loan)
    form = RefundForm(request.POST if request.method == "POST" else None, page=page)
    if request.method == "POST" and form.is_valid() and _order(request, loan, form):
        return redirect("admin:loans_loan_change", loan.pk)
    user = cast(User, request.user)
    context = {"page": page, "loan": loan, "form": form, **desk(user, loan.lender)}
    return render(request, "loans/admin/refund.html", context, status=422 if form.is_bound else 200)


def _order(request: HttpRequest, loan: Loan, form: Any) -> bool:
    try:
        order = order_refund(
            loan=loan,
            bank_account=form.cleaned_data["account"],
            amount_minor=form.cleaned_data["amount"],
            key=str(form.cleaned_data["key"]),
            acting_user=cast(User, request.user),
        )
    except InQuestion:
        form.add_error(None, REFUND_IN_QUESTION)
    except OrderOpen:
        form.add_error(None, _("A refund on this loan is under way already: perhaps somebody else ordered it."))
    except KeyTaken:
        form.add_error(None, _("This form recorded another payment before. Open it again for a new one."))
    except AmountRefused:
        form.add_error("amount", _("Meanwhile less is owed back. Look at the sum again."))
    except (AccountRefused, NoGateway):
        form.add_error(None, _("It cannot be sent: the account was removed, or the lender has no gateway."))
    else:
        send_orders(lender=loan.lender, orders=[order])
        messages.success(request, _("Ordered. The books change when the gateway says that it was sent."))
        return True
    return False
