"""What stands still on a monthly bill, at the lender's desk: placed by a person with a reason, and ended.

Registered by `loans/admin/bills.py`, which lets only staff with a second factor come here.
"""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.roles import Verb
from loans.errors import BillRefused
from loans.forms.bill_hold import HoldForm
from loans.models import RevolvingAccount
from loans.selectors.bill_holds import holds_on
from loans.selectors.desk import desk
from loans.services.bill_holding import end_placed_holds, place_holds
from loans.views.bill_desk import READ_OR_SEND, account_at_desk

HOLD = "admin:loans_revolvingaccount_hold"


@require_http_methods(READ_OR_SEND)
def hold(request: HttpRequest, pk: str) -> HttpResponse:
    """What stands still now; a form to let more stand still, and a button to end what a reference opened."""
    account = account_at_desk(request, pk, Verb.PLACE_HOLD)
    user = cast(User, request.user)
    if source := request.POST.get("end"):
        if end_placed_holds(account=account, source=source, acting_user=user):
            messages.success(request, _("It ends with today."))
        else:
            messages.warning(request, _("This has ended already."))
        return redirect(HOLD, account.pk)
    form = HoldForm(request.POST if request.method == "POST" else None, today=account.lender.today())
    if request.method == "POST" and form.is_valid() and _placed(account, form, user):
        messages.success(request, _("It stands still from today on."))
        return redirect(HOLD, account.pk)
    context = {
        "account": account,
        "holds": holds_on(account, account.lender.today()),
        "form": form,
        **desk(user, account.lender),
    }
    return render(request, "loans/admin/bill_hold.html", context, status=422 if form.errors else 200)


def _placed(account: RevolvingAccount, form: HoldForm, user: User) -> bool:
    try:
        place_holds(account=account, acting_user=user, **form.cleaned_data)
    except BillRefused:
        form.add_error(None, _("This monthly bill was closed meanwhile."))
        return False
    return True
