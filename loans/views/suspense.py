"""Staff place money that nobody could place, and look at reports that contradict what is known.

Registered by `loans/admin/orders.py`, which lets only staff with a second factor come here.
Whoever may not do it finds nothing.
"""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.wording import money_text
from loans.errors import AmountRefused, BillRefused, NotRunning
from loans.forms.suspense import LookForm, PlaceForm
from loans.gateways.interface import Outcome
from loans.models import GatewayEvent, SuspenseItem
from loans.selectors.desk import desk
from loans.services import match_suspense, match_suspense_to_bill, return_suspense, review_event, take_as_refund

SUSPENSE = "admin:loans_suspenseitem_changelist"
REPORTS = "admin:loans_gatewayevent_changelist"
READ_OR_SEND = ["GET", "HEAD", "POST"]
SAYS = {
    Outcome.PENDING: gettext_lazy("%(amount)s: not decided yet"),
    Outcome.SUCCEEDED: gettext_lazy("%(amount)s: moved"),
    Outcome.FAILED: gettext_lazy("%(amount)s: not moved"),
    Outcome.RETURNED: gettext_lazy("%(amount)s: went back"),
}


@require_http_methods(READ_OR_SEND)
def place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One sum: put it on a loan, or record that it went back."""
    item: SuspenseItem = get_object_or_404(
        _own(
            request, SuspenseItem.objects.select_related("lender", "loan", "bill_account", "event__order", "resolution")
        ),
        public_id=public_id,
    )
    if hasattr(item, "resolution"):
        messages.warning(request, _("This money has been placed already."))
        return redirect(SUSPENSE)
    form = PlaceForm(request.POST if request.method == "POST" else None, item=item)
    if not form.is_valid():
        return _shown(request, "loans/admin/place.html", item.lender, form, item=item)
    try:
        messages.success(request, _placed(item, form, cast(User, request.user)))
    except AmountRefused:
        messages.warning(request, _("So much is not owed back any more, and nothing was done. It has to come back."))
    except (Conflict, NotRunning, BillRefused):
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
    return redirect(SUSPENSE)


@require_http_methods(READ_OR_SEND)
def look(request: HttpRequest, pk: str) -> HttpResponse:
    """One report that contradicts what is known, or says that money went back."""
    event: GatewayEvent = get_object_or_404(
        _own(request, GatewayEvent.objects.to_review().select_related("lender", "order__loan", "order__bill_account")),
        pk=pk,
    )
    form = LookForm(request.POST if request.method == "POST" else None, event=event)
    if not form.is_valid():
        outcome = SAYS[Outcome(event.body["outcome"])] % {
            "amount": money_text(event.body["amount_minor"], event.body["currency"])
        }
        return _shown(request, "loans/admin/look.html", event.lender, form, event=event, outcome=outcome)
    has_come = form.cleaned_data.get("has_come", False)
    try:
        review_event(
            event=event, words=form.cleaned_data["words"], has_come=has_come, acting_user=cast(User, request.user)
        )
        messages.success(request, _("Noted. The report is off the list."))
    except Conflict:
        messages.warning(request, _("Something changed meanwhile, and nothing was done. Please look again."))
    return redirect(SUSPENSE if has_come else REPORTS)


def _own(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of lenders where the person may place money."""
    return rows.filter(lender__in=Lender.objects.where(request.user, Verb.MATCH_SUSPENSE))


def _placed(item: SuspenseItem, form: PlaceForm, user: User) -> str:
    """Do it, and say what was done."""
    words = form.cleaned_data["words"]
    amount = money_text(item.amount_minor, item.currency)
    if form.is_match and form.loan is not None:
        match_suspense(item=item, loan=form.loan, words=words, acting_user=user)
        said = _("%(amount)s is on loan %(number)s of %(name)s now.")
        return said % {"amount": amount, "number": form.loan.number, "name": form.loan.borrower}
    if form.is_match and form.account is not None:
        match_suspense_to_bill(item=item, account=form.account, words=words, acting_user=user)
        said = _("%(amount)s is on the monthly bill %(number)s of %(name)s now.")
        return said % {"amount": amount, "number": form.account.number, "name": form.account.borrower}
    if form.is_refund:
        take_as_refund(item=item, words=words, acting_user=user)
        return _("%(amount)s is recorded as refunded.") % {"amount": amount}
    return_suspense(item=item, words=words, acting_user=user)
    if item.is_outgoing:
        return _("%(amount)s is recorded as come back.") % {"amount": amount}
    return _("%(amount)s is recorded as sent back.") % {"amount": amount}


def _shown(request: HttpRequest, template: str, lender: Lender, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context, **desk(cast(User, request.user), lender)}, status=status)
