"""Money at the lender's desk: record a payment that came some other way, take one back.

Registered by `loans/admin/books.py`, which lets only staff with a second factor come here.
"""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from loans import services
from loans.errors import KeyTaken, LaterSchedule, NotRunning, RefundedAlready
from loans.forms.cash_desk import ReceiveForm, TakeBackForm
from loans.models import Loan, Payment, PaymentCorrection
from loans.selectors.desk import desk
from loans.selectors.payment_lines import payment_line

READ_OR_SEND = ["GET", "HEAD", "POST"]
PAYMENT = "admin:loans_payment_change"


@require_http_methods(READ_OR_SEND)
def receive(request: HttpRequest, pk: str) -> HttpResponse:
    """Record a payment on a running loan; the same form sent twice is one payment."""
    loans = Loan.objects.filter(lender__in=Lender.objects.where(request.user, Verb.RECORD_PAYMENT))
    loan: Loan = get_object_or_404(loans.select_related("lender", "borrower", "product"), pk=pk)
    form = ReceiveForm(request.POST if request.method == "POST" else None, loan=loan)
    if request.method == "POST" and form.is_valid():
        try:
            payment = services.record_payment(
                loan=loan,
                amount_minor=form.cleaned_data["amount"],
                key=str(form.cleaned_data["key"]),
                channel=Payment.Channel.STAFF,
                value_on=form.cleaned_data["value_on"],
                acting_user=_person(request),
            )
        except NotRunning:
            form.add_error(None, _("This loan is not running: nothing can be paid on it. Look for a sum in suspense."))
        except KeyTaken:
            form.add_error(None, _("This form recorded another payment before. Open it again for a new one."))
        else:
            messages.success(request, _("Recorded. This is what it went to."))
            return redirect(PAYMENT, payment.pk)
    return _shown(request, "loans/admin/receive.html", loan, {"form": form, "loan": loan})


@require_http_methods(READ_OR_SEND)
def take_back(request: HttpRequest, pk: str) -> HttpResponse:
    """Take one payment back, whole; what stands in the way is said, and nothing changes then."""
    payments = Payment.objects.filter(lender__in=Lender.objects.where(request.user, Verb.REVERSE_PAYMENT))
    payment: Payment = get_object_or_404(payments.select_related("loan__lender", "loan__borrower"), pk=pk)
    if payment.corrections.filter(kind=PaymentCorrection.Kind.REVERSED).exists():
        messages.warning(request, _("This payment was taken back before."))
        return redirect(PAYMENT, payment.pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse_payment(payment=payment, reason=form.text, acting_user=_person(request))
        except LaterSchedule:
            form.add_error(
                None, _("A later agreement stands on this payment. End that first, or write to the borrower.")
            )
        except RefundedAlready:
            form.add_error(None, _("What this payment left over was refunded already. Claim that back first."))
        except Conflict:
            form.add_error(None, _("Somebody else changed this loan meanwhile. Look at it again."))
        else:
            messages.success(request, _("Taken back. Later payments were shared out anew."))
            return redirect(PAYMENT, payment.pk)
    context = {"form": form, "line": payment_line(payment), "loan": payment.loan}
    return _shown(request, "loans/admin/take_back.html", payment.loan, context)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _shown(request: HttpRequest, template: str, loan: Loan, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, template, {**context, **desk(_person(request), loan.lender)}, status=status)
