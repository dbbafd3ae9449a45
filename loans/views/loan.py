"""The borrower's loan pages. Only one's own loans are here; anybody else's are not found."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict
from loans.errors import AccountRefused, DateRefused, NotRunning
from loans.forms.paying import PayForm, SentOnce, SettleForm, sent_key
from loans.models import Payment, PaymentOrder
from loans.selectors import loan_list as list_page
from loans.selectors import loan_page, pay_page, settle_page
from loans.selectors.bills import account_lines
from loans.services import order_debit, record_payment, send_orders, settle_early
from loans.views.collecting import collect_early
from loans.views.frame import address, own_loan, person, receipt, refusal, shown

READ_OR_SEND = ["GET", "HEAD", "POST"]
# Each says that the loan, or the day, is not what it was when the page was made.
CHANGED_MEANWHILE = (Conflict, NotRunning, DateRefused)


@require_safe
@login_required
def loan_list(request: HttpRequest) -> HttpResponse:
    page = list_page.loan_list(request.user)
    return shown(request, "loans/list.html", page, bills=account_lines(request.user))


@require_safe
@login_required
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = own_loan(request, public_id)
    return shown(request, "loans/detail.html", loan_page.loan_page(loan, loan.lender.today()))


@require_safe
@login_required
def version(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    loan = own_loan(request, public_id)
    if number == loan.current_version:
        return redirect(f"{address('detail', loan)}#plan")
    page = loan_page.version_page(loan, number)
    if page is None:
        raise Http404
    return shown(request, "loans/version.html", page)


@require_http_methods(READ_OR_SEND)
@login_required
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same form sent twice leads to the same payment; nothing is written from a page that is out of date."""
    loan = own_loan(request, public_id)
    page = pay_page.pay_page(loan, loan.lender.today(), is_recording=settings.DEMO)
    if request.method != "POST":
        return (
            redirect(address("settle", loan))
            if page.is_better_settled
            else _form(request, "loans/pay.html", PayForm, page)
        )
    if sent_before := pay_page.payment_by_key(loan, sent_key(request.POST)):
        return redirect(receipt(sent_before))
    if pay_page.order_by_key(loan, sent_key(request.POST)):
        return redirect(address("pay", loan))
    if not page.is_open:
        return _form(request, "loans/pay.html", PayForm, page, status=refusal(page))
    form = PayForm(request.POST, page=page)
    is_valid = form.is_valid()
    if form.is_outdated:
        return _look_again(request, "loans/pay.html", PayForm, page)
    if not is_valid:
        return shown(request, "loans/pay.html", page, form=form)
    return _record(request, page, form) if page.is_recording else _collect(request, page, form)


def _collect(request: HttpRequest, page: pay_page.PayPage, form: PayForm) -> HttpResponse:
    """Ask the borrower's bank for the money; the page then says that it is on its way, or shows the receipt."""
    key = form.cleaned_data["key"]
    try:
        order = order_debit(
            loan=page.loan,
            bank_account=form.cleaned_data["account"],
            amount_minor=form.cleaned_data["amount"],
            key=str(key),
            acting_user=person(request),
        )
    except (*CHANGED_MEANWHILE, AccountRefused):
        loan = own_loan(request, page.loan.public_id)
        page = pay_page.pay_page(loan, loan.lender.today(), is_recording=False)
        return _look_again(request, "loans/pay.html", PayForm, page)
    send_orders(lender=page.loan.lender, orders=[order])
    made = pay_page.payment_by_key(page.loan, key)
    return redirect(receipt(made) if made else address("pay", page.loan))


def _record(request: HttpRequest, page: pay_page.PayPage, form: PayForm) -> HttpResponse:
    try:
        payment = record_payment(
            loan=page.loan,
            amount_minor=form.cleaned_data["amount"],
            key=str(form.cleaned_data["key"]),
            channel=Payment.Channel.BORROWER,
            value_on=page.on,
            acting_user=person(request),
        )
    except CHANGED_MEANWHILE:
        loan = own_loan(request, page.loan.public_id)
        page = pay_page.pay_page(loan, loan.lender.today(), is_recording=page.is_recording)
        return _look_again(request, "loans/pay.html", PayForm, page)
    return redirect(receipt(payment))


@require_http_methods(READ_OR_SEND)
@login_required
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Only the sum that was shown is taken; if it has changed, the new one is shown instead."""
    loan = own_loan(request, public_id)
    page = settle_page.settle_page(loan, loan.lender.today(), is_recording=settings.DEMO)
    if request.method != "POST":
        return _form(request, "loans/settle.html", SettleForm, page)
    if sent_before := pay_page.payment_by_key(loan, sent_key(request.POST)):
        return redirect(receipt(sent_before))
    if pay_page.order_by_key(loan, sent_key(request.POST)):
        return redirect(address("detail", loan))
    if not page.is_open:
        return _form(request, "loans/settle.html", SettleForm, page, status=refusal(page))
    form = SettleForm(request.POST, page=page)
    is_valid = form.is_valid()
    if form.is_outdated:
        return _look_again(request, "loans/settle.html", SettleForm, page)
    if not is_valid:
        return shown(request, "loans/settle.html", page, form=form)
    return _settle(request, page, form) if page.is_recording else _collect_all(request, page, form)


def _collect_all(request: HttpRequest, page: settle_page.SettlePage, form: SettleForm) -> HttpResponse:
    answer = collect_early(request, page.loan, form, PaymentOrder.Aim.SETTLE)
    if answer is not None:
        return answer
    loan = own_loan(request, page.loan.public_id)
    page = settle_page.settle_page(loan, loan.lender.today(), is_recording=False)
    return _look_again(request, "loans/settle.html", SettleForm, page)


def _settle(request: HttpRequest, page: settle_page.SettlePage, form: SettleForm) -> HttpResponse:
    try:
        with transaction.atomic():
            payment = settle_early(
                loan=page.loan, key=str(form.cleaned_data["key"]), value_on=page.on, acting_user=person(request)
            )
            if payment.amount_minor != form.cleaned_data["total"]:
                # Something happened between the look and the lock: the sum is not the one agreed to.
                raise Conflict(page.loan.number)
    except CHANGED_MEANWHILE:
        loan = own_loan(request, page.loan.public_id)
        page = settle_page.settle_page(loan, loan.lender.today(), is_recording=page.is_recording)
        return _look_again(request, "loans/settle.html", SettleForm, page)
    return redirect(receipt(payment))


@require_safe
@login_required
def payments(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return shown(request, "loans/payments.html", loan_page.payments_page(own_loan(request, public_id)))


@require_safe
@login_required
def payment(request: HttpRequest, public_id: UUID, payment_id: UUID) -> HttpResponse:
    loan = own_loan(request, public_id)
    made = get_object_or_404(loan.payments, public_id=payment_id)
    return shown(request, "loans/payment.html", pay_page.payment_page(loan, made, loan.lender.today()))


def _form(request: HttpRequest, template: str, form: type[SentOnce], page: Any, *, status: int = 200) -> HttpResponse:
    return shown(request, template, page, status=status, form=form(page=page) if page.is_open else None)


def _look_again(request: HttpRequest, template: str, form: type[SentOnce], page: Any) -> HttpResponse:
    """The page anew, saying that the loan has changed since it was opened."""
    return shown(request, template, page, status=409, form=form(page=page) if page.is_open else None, is_outdated=True)
