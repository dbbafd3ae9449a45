"""The borrower's loan pages. Only one's own loans are here; anybody else's are not found."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict
from accounts.models import User
from loans.errors import AlreadySettled, DateRefused, NotDisbursed
from loans.forms.paying import PayForm, SentOnce, SettleForm, sent_key
from loans.models import Loan, Payment
from loans.selectors import loan_list as list_page
from loans.selectors import loan_page, pay_page, settle_page
from loans.services import record_payment, settle_early

READ_OR_SEND = ["GET", "HEAD", "POST"]
# Each says that the loan, or the day, is not what it was when the page was made.
CHANGED_MEANWHILE = (Conflict, AlreadySettled, NotDisbursed, DateRefused)


@require_safe
@login_required
def loan_list(request: HttpRequest) -> HttpResponse:
    return _page(request, "loans/list.html", list_page.loan_list(request.user))


@require_safe
@login_required
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = _own(request, public_id)
    return _page(request, "loans/detail.html", loan_page.loan_page(loan, loan.lender.today()))


@require_safe
@login_required
def version(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    loan = _own(request, public_id)
    if number == loan.current_version:
        return redirect(f"{_to('detail', loan)}#plan")
    page = loan_page.version_page(loan, number)
    if page is None:
        raise Http404
    return _page(request, "loans/version.html", page)


@require_http_methods(READ_OR_SEND)
@login_required
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same form sent twice leads to the same payment; nothing is written from a page that is out of date."""
    loan = _own(request, public_id)
    page = pay_page.pay_page(loan, loan.lender.today(), is_recording=settings.DEMO)
    if request.method != "POST":
        return (
            redirect(_to("settle", loan)) if page.is_better_settled else _form(request, "loans/pay.html", PayForm, page)
        )
    if sent_before := pay_page.payment_by_key(loan, sent_key(request.POST)):
        return redirect(_receipt(sent_before))
    if not page.is_open:
        return _form(request, "loans/pay.html", PayForm, page, status=_refusal(page))
    form = PayForm(request.POST, page=page)
    is_valid = form.is_valid()
    if form.is_outdated:
        return _look_again(request, "loans/pay.html", PayForm, page)
    return _record(request, page, form) if is_valid else _page(request, "loans/pay.html", page, form=form)


def _record(request: HttpRequest, page: pay_page.PayPage, form: PayForm) -> HttpResponse:
    try:
        payment = record_payment(
            loan=page.loan,
            amount_minor=form.cleaned_data["amount"],
            key=str(form.cleaned_data["key"]),
            channel=Payment.Channel.BORROWER,
            value_on=page.on,
            acting_user=_person(request),
        )
    except CHANGED_MEANWHILE:
        loan = _own(request, page.loan.public_id)
        page = pay_page.pay_page(loan, loan.lender.today(), is_recording=page.is_recording)
        return _look_again(request, "loans/pay.html", PayForm, page)
    return redirect(_receipt(payment))


@require_http_methods(READ_OR_SEND)
@login_required
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Only the sum that was shown is taken; if it has changed, the new one is shown instead."""
    loan = _own(request, public_id)
    page = settle_page.settle_page(loan, loan.lender.today(), is_recording=settings.DEMO)
    if request.method != "POST":
        return _form(request, "loans/settle.html", SettleForm, page)
    if sent_before := pay_page.payment_by_key(loan, sent_key(request.POST)):
        return redirect(_receipt(sent_before))
    if not page.is_open:
        return _form(request, "loans/settle.html", SettleForm, page, status=_refusal(page))
    form = SettleForm(request.POST, page=page)
    is_valid = form.is_valid()
    if form.is_outdated:
        return _look_again(request, "loans/settle.html", SettleForm, page)
    return _settle(request, page, form) if is_valid else _page(request, "loans/settle.html", page, form=form)


def _settle(request: HttpRequest, page: settle_page.SettlePage, form: SettleForm) -> HttpResponse:
    try:
        with transaction.atomic():
            payment = settle_early(
                loan=page.loan, key=str(form.cleaned_data["key"]), value_on=page.on, acting_user=_person(request)
            )
            if payment.amount_minor != form.cleaned_data["total"]:
                # Something happened between the look and the lock: the sum is not the one agreed to.
                raise Conflict(page.loan.number)
    except CHANGED_MEANWHILE:
        loan = _own(request, page.loan.public_id)
        page = settle_page.settle_page(loan, loan.lender.today(), is_recording=page.is_recording)
        return _look_again(request, "loans/settle.html", SettleForm, page)
    return redirect(_receipt(payment))


@require_safe
@login_required
def payment(request: HttpRequest, public_id: UUID, payment_id: UUID) -> HttpResponse:
    loan = _own(request, public_id)
    made = get_object_or_404(loan.payments, public_id=payment_id)
    return _page(request, "loans/payment.html", pay_page.payment_page(loan, made, loan.lender.today()))


def _own(request: HttpRequest, public_id: UUID) -> Loan:
    """The person's own loan, or 404: for strangers and for staff alike."""
    own = Loan.objects.of(request.user).select_related("lender", "product")
    loan: Loan = get_object_or_404(own, public_id=public_id)
    return loan


def _person(request: HttpRequest) -> User:
    """Who is signed in; every view here is behind the sign-in."""
    return cast(User, request.user)


def _to(name: str, loan: Loan) -> str:
    return reverse(f"loans:{name}", args=[loan.public_id])


def _receipt(made: Payment) -> str:
    return reverse("loans:payment", args=[made.loan.public_id, made.public_id])


def _refusal(page: pay_page.PayPage | settle_page.SettlePage) -> int:
    """Why a form that was not offered is not taken: not here, or not for this loan."""
    return 409 if page.is_recording else 403


def _page(request: HttpRequest, template: str, page: Any, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"page": page, "place": "loans", **context}, status=status)


def _form(request: HttpRequest, template: str, form: type[SentOnce], page: Any, *, status: int = 200) -> HttpResponse:
    return _page(request, template, page, status=status, form=form(page=page) if page.is_open else None)


def _look_again(request: HttpRequest, template: str, form: type[SentOnce], page: Any) -> HttpResponse:
    """The page anew, saying that the loan has changed since it was opened."""
    return _page(request, template, page, status=409, form=form(page=page) if page.is_open else None, is_outdated=True)
