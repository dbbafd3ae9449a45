"""A bill in instalments: how much and in how many, what it really costs, agreeing, and ending it early."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Conflict
from loans.errors import BillRefused, FiguresChanged, NotRead
from loans.forms.bills import PlanForm
from loans.models import BillPlan
from loans.selectors.bill_offer import own_plans, plan_page
from loans.selectors.bills import account_page
from loans.services.bill_planning import end_plan, offer_plan, plan_bill
from loans.views.bill_opening import too_early
from loans.views.bills import own_account
from loans.views.frame import person, shown

READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_SEND)
@login_required
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How much of the running bill, in how many parts."""
    found = own_account(request, public_id)
    page = account_page(found)
    sent = request.POST if request.method == "POST" else None
    is_possible = page.plannable_minor and not page.under_way
    form = PlanForm(sent, account=found, most_minor=page.plannable_minor) if is_possible else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            made = offer_plan(
                account=found,
                amount_minor=form.cleaned_data["amount"],
                parts=form.cleaned_data["parts"],
                acting_user=person(request),
            )
        except (BillRefused, Conflict):
            form.add_error(None, _("This is not possible any more. Please look at your bill again."))
        else:
            return redirect("loans:bill_plan", made.public_id)
    is_refused = request.method == "POST" and (form is None or bool(form.errors))
    return shown(request, "loans/bills/plan_new.html", page, status=422 if is_refused else 200, form=form)


@require_http_methods(READ_OR_SEND)
@login_required
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The cost sheet; confirming it after some seconds is agreeing. Agreed, it is what is left."""
    found = _plan(request, public_id)
    if found.state == BillPlan.State.AGREED:
        return _agreed(request, found)
    page = plan_page(found)
    if request.method != "POST":
        return shown(request, "loans/bills/plan.html", page)
    try:
        plan_bill(plan=found, shown_hash=request.POST.get("shown_hash", ""), acting_user=person(request))
    except NotRead as error:
        return shown(request, "loans/bills/plan.html", page, status=422, too_early=too_early(error))
    except (FiguresChanged, BillRefused, Conflict):
        messages.warning(request, _("This is not possible any more; nothing was agreed to. Please look at your bill."))
        return redirect("loans:bill_account", found.account.public_id)
    messages.success(request, _("Agreed. The first instalment is on your next bill."))
    return redirect("loans:bill_account", found.account.public_id)


def _agreed(request: HttpRequest, found: BillPlan) -> HttpResponse:
    lines = {line.plan.pk: line for line in account_page(found.account).plans}
    return shown(request, "loans/bills/plan.html", plan_page(found, lines[found.pk].left_minor))


@login_required
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _plan(request, public_id)
    try:
        end_plan(plan=found, acting_user=person(request))
    except (BillRefused, Conflict):
        messages.warning(request, _("Nothing is left of these instalments."))
    else:
        messages.success(request, _("Ended. The rest is on your next bill, with the fee for the days gone by only."))
    return redirect("loans:bill_account", found.account.public_id)


def _plan(request: HttpRequest, public_id: UUID) -> BillPlan:
    found: BillPlan = get_object_or_404(own_plans(request.user), public_id=public_id)
    return found
