"""Where the money of a contract is: another account after a payout that failed, or giving the contract up."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.reauthentication import confirm_url, recently_confirmed
from accounts.roles import Verb
from loans.errors import AccountRefused, CancelRefused, NoGateway, NotPending
from loans.forms.payout import AccountForm, CancelForm
from loans.models import Loan
from loans.selectors.desk import desk
from loans.selectors.payout import Payout, payout
from loans.services.cancelling import cancel_contract, pay_out_to
from loans.services.sending import send_orders
from loans.views.frame import address, own_loan, person

READ_OR_SEND = ["GET", "HEAD", "POST"]
CHANGED_MEANWHILE = (Conflict, CancelRefused, NotPending, AccountRefused, NoGateway)


@require_http_methods(READ_OR_SEND)
@login_required
def payout_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What became of the payout; sent, it goes to the account that was chosen, by the same person."""
    loan = own_loan(request, public_id)
    page = payout(loan, loan.lender.today())
    if request.method != "POST":
        return _shown(request, page, AccountForm(sources=page.sources) if page.may_choose else None)
    if not recently_confirmed(request):
        messages.warning(request, _("Please confirm that it is you, then choose the account."))
        return redirect(confirm_url(request, request.path))
    form = AccountForm(request.POST, sources=page.sources)
    if page.may_choose and not form.is_valid():
        return _shown(request, page, form, status=422)
    if page.may_choose:
        _send(request, loan, form)
    else:
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
    return redirect(address("payout", loan))


def _send(request: HttpRequest, loan: Loan, form: AccountForm) -> None:
    try:
        order = pay_out_to(loan=loan, bank_account=form.cleaned_data["account"], acting_user=person(request))
    except CHANGED_MEANWHILE:
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
        return
    send_orders(lender=loan.lender, orders=[order])


@require_POST
@login_required
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = own_loan(request, public_id)
    try:
        cancel_contract(loan=loan, acting_user=person(request))
    except (CancelRefused, Conflict):
        messages.warning(request, _("This contract cannot be cancelled now; nothing was done. Please look again."))
    else:
        messages.success(request, _("Cancelled. Nothing was paid out, and nothing is owed."))
    return redirect(address("payout", loan))


@require_http_methods(READ_OR_SEND)
def cancel_at_desk(request: HttpRequest, pk: str) -> HttpResponse:
    """Staff give a contract up whose money is not with the gateway, with a reason that the borrower reads."""
    loans = Loan.objects.filter(lender__in=Lender.objects.where(request.user, Verb.DISBURSE_LOAN))
    loan: Loan = get_object_or_404(loans.select_related("lender", "borrower", "product"), pk=pk)
    page = payout(loan, loan.lender.today())
    form = CancelForm(request.POST if request.method == "POST" else None)
    user = cast(User, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_contract(loan=loan, words=form.cleaned_data["words"], acting_user=user)
        except (CancelRefused, Conflict):
            form.add_error(None, _("It cannot be cancelled now: its money is with the gateway, or a report waits."))
        else:
            messages.success(request, _("Cancelled. The limit is free again, and nothing is owed."))
            return redirect("admin:loans_loan_change", loan.pk)
    status = 422 if form.is_bound else 200
    context = {"page": page, "loan": loan, "form": form, **desk(user, loan.lender)}
    return render(request, "loans/admin/cancel.html", context, status=status)


def _shown(request: HttpRequest, page: Payout, form: Any, *, status: int = 200) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "place": "loans",
        "is_confirmed": recently_confirmed(request),
        "confirm_url": confirm_url(request, request.path),
    }
    return render(request, "loans/payout.html", context, status=status)
