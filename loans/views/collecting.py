"""Asking the borrower's bank for a sum that was agreed on: what every page that does so has in common."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.errors import Conflict
from loans.errors import AccountRefused, NoGateway, NotRunning
from loans.models import Loan
from loans.selectors.pay_page import payment_by_key
from loans.services import order_early, send_orders
from loans.views.frame import address, person, receipt

CHANGED_MEANWHILE = (Conflict, NotRunning, AccountRefused, NoGateway)


def collect_early(request: HttpRequest, loan: Loan, form: Any, aim: str) -> HttpResponse | None:
    """Order the sum that was shown and say where it is; None where the loan is not what it was."""
    key = form.cleaned_data["key"]
    try:
        order = order_early(
            loan=loan,
            bank_account=form.cleaned_data["account"],
            aim=aim,
            amount_minor=form.cleaned_data["total"],
            key=str(key),
            acting_user=person(request),
        )
    except CHANGED_MEANWHILE:
        return None
    send_orders(lender=loan.lender, orders=[order])
    made = payment_by_key(loan, key)
    if made is None:
        messages.info(request, _("Your bank is being asked. This page says what it answered."))
    return redirect(receipt(made) if made else address("detail", loan))
