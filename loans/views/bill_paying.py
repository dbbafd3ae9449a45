"""Paying a monthly bill: through the lender's gateway, or taken down here in the demonstration."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from loans.errors import AccountRefused, AmountRefused, BillRefused
from loans.forms.bills import PayBillForm
from loans.forms.paying import sent_key
from loans.models import AccountEntry, Payment, PaymentOrder, RevolvingAccount
from loans.selectors.bill_pay_page import BillPayPage, bill_pay_page
from loans.selectors.bills import entry_by_key
from loans.services import send_orders
from loans.services.bill_ordering import order_bill_debit
from loans.services.bill_paying import pay_bill, pay_off
from loans.views.bills import READ_OR_SEND, own_account
from loans.views.frame import person, refusal, shown

TEMPLATE = "loans/bills/pay.html"
CHANGED_MEANWHILE = (Conflict, BillRefused, AmountRefused, AccountRefused)


@require_http_methods(READ_OR_SEND)
@login_required
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same form sent twice leads to the same payment, or to the same order."""
    found = own_account(request, public_id)
    page = bill_pay_page(found, is_recording=settings.DEMO)
    if request.method != "POST":
        return shown(request, TEMPLATE, page, form=PayBillForm(page=page) if page.is_open else None)
    key = sent_key(request.POST)
    if sent_before := entry_by_key(found, key):
        return _receipt(sent_before)
    if key and PaymentOrder.objects.filter(bill_account=found, key=str(key)).exists():
        return redirect("loans:bill_pay", found.public_id)
    if not page.is_open:
        return shown(request, TEMPLATE, page, status=refusal(page), form=None)
    form = PayBillForm(request.POST, page=page)
    if not form.is_valid():
        return shown(request, TEMPLATE, page, status=422, form=form)
    try:
        return _record(request, page, form) if page.is_recording else _collect(request, page, form)
    except CHANGED_MEANWHILE:
        messages.warning(request, _("Something changed meanwhile. Nothing was paid; please look again."))
        return redirect("loans:bill_account", found.public_id)


def _record(request: HttpRequest, page: BillPayPage, form: PayBillForm) -> HttpResponse:
    """Only the demonstration takes payments down here."""
    sent = _sent(request, page.account, form)
    made = pay_off(**sent) if form.is_payoff else pay_bill(channel=Payment.Channel.BORROWER, **sent)
    return _receipt(made)


def _collect(request: HttpRequest, page: BillPayPage, form: PayBillForm) -> HttpResponse:
    """Ask the borrower's bank for the money; the page then says that it is on its way, or shows the receipt."""
    order = order_bill_debit(
        bank_account=form.cleaned_data["source"],
        aim=PaymentOrder.Aim.SETTLE if form.is_payoff else PaymentOrder.Aim.PAY,
        **_sent(request, page.account, form),
    )
    send_orders(lender=page.account.lender, orders=[order])
    made = entry_by_key(page.account, form.cleaned_data["key"])
    return _receipt(made) if made else redirect("loans:bill_pay", page.account.public_id)


def _sent(request: HttpRequest, account: RevolvingAccount, form: PayBillForm) -> dict[str, Any]:
    return {
        "account": account,
        "amount_minor": form.cleaned_data["amount"],
        "key": str(form.cleaned_data["key"]),
        "acting_user": person(request),
    }


def _receipt(made: AccountEntry) -> HttpResponse:
    return redirect("loans:bill_receipt", made.account.public_id, made.public_id)
