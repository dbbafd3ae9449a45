"""Repaying part of a loan early: a sum first, then what it would change, then the choice."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from loans import services
from loans.engine.prepayment import Keep
from loans.errors import DateRefused, EarlyRefused, NotRunning, ScheduleRefused
from loans.forms.early import ChoiceForm, SumForm
from loans.forms.paying import sent_key
from loans.models import Loan, PaymentOrder
from loans.selectors.early import EarlyPage, early_page
from loans.selectors.pay_page import order_by_key, payment_by_key
from loans.views.collecting import collect_early
from loans.views.frame import address, own_loan, person, receipt, refusal, shown

CHANGED_MEANWHILE = (Conflict, NotRunning, DateRefused, EarlyRefused, ScheduleRefused)
AIMS = {Keep.COUNT: PaymentOrder.Aim.REPAY_COUNT, Keep.INSTALMENT: PaymentOrder.Aim.REPAY_INSTALMENT}
TEMPLATE = "loans/repay_early.html"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def repay_early(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Looking at what a sum would change is a GET with the sum; taking one way is a POST."""
    loan = own_loan(request, public_id)
    if request.method != "POST":
        return _look(request, loan, request.GET)
    if sent_before := payment_by_key(loan, sent_key(request.POST)):
        return redirect(receipt(sent_before))
    if order_by_key(loan, sent_key(request.POST)):
        return redirect(address("detail", loan))
    page, sums = _page(loan, request.POST)
    if not page.is_open:
        return shown(request, TEMPLATE, page, sums=sums, status=400 if sums.errors else refusal(page))
    form = ChoiceForm(request.POST, page=page)
    is_valid = form.is_valid()
    if form.is_outdated:
        return shown(request, TEMPLATE, page, sums=sums, form=ChoiceForm(page=page), is_outdated=True, status=409)
    if not is_valid:
        return shown(request, TEMPLATE, page, sums=sums, form=form)
    return _take(request, page, form) if page.is_recording else _collect(request, page, form)


def _look(request: HttpRequest, loan: Loan, sent: Any, **context: Any) -> HttpResponse:
    page, sums = _page(loan, sent)
    form = ChoiceForm(page=page) if page.is_open else None
    return shown(request, TEMPLATE, page, sums=sums, form=form, **context)


def _page(loan: Loan, sent: Any) -> tuple[EarlyPage, SumForm]:
    """The page for the sum that was typed; without one, or with one that cannot be read, only the question."""
    sums = SumForm(sent if "amount" in sent else None, currency=loan.currency)
    amount_minor = sums.cleaned_data["amount"] if sums.is_bound and sums.is_valid() else None
    page = early_page(loan, loan.lender.today(), amount_minor, is_recording=settings.DEMO)
    sums.tell(page)
    return page, sums


def _collect(request: HttpRequest, page: EarlyPage, form: ChoiceForm) -> HttpResponse:
    answer = collect_early(request, page.loan, form, AIMS[Keep(form.cleaned_data["keep"])])
    if answer is not None:
        return answer
    return _look(request, own_loan(request, page.loan.public_id), request.POST, is_outdated=True, status=409)


def _take(request: HttpRequest, page: EarlyPage, form: ChoiceForm) -> HttpResponse:
    try:
        payment = services.repay_early(
            loan=page.loan,
            amount_minor=form.cleaned_data["total"],
            keep=form.cleaned_data["keep"],
            key=str(form.cleaned_data["key"]),
            value_on=page.on,
            acting_user=person(request),
        )
    except CHANGED_MEANWHILE:
        loan = own_loan(request, page.loan.public_id)
        return _look(request, loan, request.POST, is_outdated=True, status=409)
    return redirect(receipt(payment))
