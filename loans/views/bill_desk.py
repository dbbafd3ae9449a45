"""Monthly bills at the lender's desk: a payment that came some other way or is taken back, and money given back.

Registered by `loans/admin/bills.py`, which lets only staff with a second factor come here.
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
from loans.errors import BillRefused, DateRefused, InQuestion, KeyTaken, OrderOpen
from loans.forms.bill_desk import GiveBackForm, ReceiveBillForm
from loans.forms.cash_desk import TakeBackForm
from loans.forms.refund import REFUND_IN_QUESTION
from loans.models import AccountEntry, Payment, RevolvingAccount
from loans.selectors.bills import account_page
from loans.selectors.desk import desk
from loans.services.bill_paying import pay_bill, return_credit
from loans.services.bill_reversing import reverse_bill_payment

READ_OR_SEND = ["GET", "HEAD", "POST"]
ACCOUNT = "admin:loans_revolvingaccount_change"
ENTRY = "admin:loans_accountentry_change"


@require_http_methods(READ_OR_SEND)
def receive(request: HttpRequest, pk: str) -> HttpResponse:
    """Record a payment; the same form sent twice is one payment."""
    account = account_at_desk(request, pk, Verb.RECORD_PAYMENT)
    form = ReceiveBillForm(request.POST if request.method == "POST" else None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            pay_bill(
                account=account,
                amount_minor=form.cleaned_data["amount"],
                key=str(form.cleaned_data["key"]),
                channel=Payment.Channel.STAFF,
                value_on=form.cleaned_data["value_on"],
                acting_user=_person(request),
            )
        except DateRefused:
            form.add_error("value_on", _("A bill was made since. Enter the day of the last bill or a later one."))
        except (BillRefused, Conflict):
            form.add_error(
                None, _("It does not fit what happened on the account since then, or the account is closed.")
            )
        except KeyTaken:
            form.add_error(None, _("This form recorded another payment before. Open it again for a new one."))
        else:
            messages.success(request, _("Recorded."))
            return redirect(ACCOUNT, account.pk)
    return _shown(request, account, form, is_giving=False)


@require_http_methods(READ_OR_SEND)
def give_back(request: HttpRequest, pk: str) -> HttpResponse:
    """Record that money which no bill asks for went back to the borrower."""
    account = account_at_desk(request, pk, Verb.REFUND)
    credit_minor = account_page(account).now.credit_minor
    form = GiveBackForm(request.POST if request.method == "POST" else None, account=account, most_minor=credit_minor)
    if request.method == "POST" and form.is_valid():
        try:
            return_credit(
                account=account,
                amount_minor=form.cleaned_data["amount"],
                key=str(form.cleaned_data["key"]),
                acting_user=_person(request),
            )
        except InQuestion:
            form.add_error(None, REFUND_IN_QUESTION)
        except OrderOpen:
            form.add_error(
                None,
                _("A refund, or a payment of everything, is under way. Wait for its result, or money is used twice."),
            )
        except (BillRefused, Conflict):
            form.add_error(None, _("So much is not there any more. Look at the account again."))
        except KeyTaken:
            form.add_error(None, _("This form recorded another payment before. Open it again for a new one."))
        else:
            messages.success(request, _("Recorded."))
            return redirect(ACCOUNT, account.pk)
    return _shown(request, account, form, is_giving=True)


@require_http_methods(READ_OR_SEND)
def take_back(request: HttpRequest, pk: str) -> HttpResponse:
    """Take one payment back, whole; what stands in the way is said, and nothing changes then."""
    payments = AccountEntry.objects.filter(
        kind=AccountEntry.Kind.PAYMENT, lender__in=Lender.objects.where(request.user, Verb.REVERSE_PAYMENT)
    )
    entry: AccountEntry = get_object_or_404(payments.select_related("account__lender", "account__borrower"), pk=pk)
    if AccountEntry.objects.filter(about=entry, kind=AccountEntry.Kind.TAKEN_BACK).exists():
        messages.warning(request, _("This payment was taken back before."))
        return redirect(ENTRY, entry.pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = reverse_bill_payment(entry=entry, reason=form.text, acting_user=_person(request))
        except BillRefused:
            form.add_error(
                None, _("What this payment left over was paid back or used since, or the monthly bill is closed.")
            )
        except Conflict:
            form.add_error(None, _("Somebody else changed this monthly bill meanwhile. Look at it again."))
        else:
            messages.success(request, _("Taken back. What it had paid is unpaid again."))
            return redirect(ENTRY, made.pk)
    context = {"form": form, "entry": entry, "account": entry.account, **desk(_person(request), entry.lender)}
    return render(request, "loans/admin/bill_take_back.html", context, status=422 if form.errors else 200)


def account_at_desk(request: HttpRequest, pk: str, verb: Verb) -> RevolvingAccount:
    """An open account of a lender where this person may `verb`, or 404."""
    own = RevolvingAccount.objects.active().filter(lender__in=Lender.objects.where(request.user, verb))
    related = ("lender", "borrower", "product__lender", "limit__product", "limit__lender")
    found: RevolvingAccount = get_object_or_404(own.select_related(*related), pk=pk)
    return found


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _shown(request: HttpRequest, account: RevolvingAccount, form: Any, *, is_giving: bool) -> HttpResponse:
    context = {"form": form, "account": account, "is_giving": is_giving}
    status = 422 if form.errors else 200
    return render(
        request, "loans/admin/bill_money.html", {**context, **desk(_person(request), account.lender)}, status=status
    )
