"""Overdue loans at the lender's desk: the stage of one, the letter before a step, the step itself.

Registered by `loans/admin/`, which lets only staff with a second factor come here.
"""

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import NotRunning
from loans.forms.collection import ReasonForm
from loans.models import Loan
from loans.overdue_errors import StepRefused
from loans.selectors.collection_list import collection_list
from loans.selectors.desk import desk, desk_of_all, may
from loans.selectors.stage_page import stage_page
from loans.services import staging

READ_OR_SEND = ["GET", "HEAD", "POST"]
STAGE = "admin:loans_loan_stage"
NOT_NOW = (StepRefused, NotRunning, Conflict)


@require_safe
def overdue(request: HttpRequest) -> HttpResponse:
    """Every overdue loan of the lenders where one collects, the latest first."""
    lenders = Lender.objects.where(request.user, Verb.COLLECT)
    if not lenders.exists():
        raise Http404
    context = {"page": collection_list(lenders, stage=request.GET.get("stage", ""))}
    return render(request, "loans/admin/overdue.html", context | desk_of_all(_person(request), Verb.COLLECT))


@require_http_methods(READ_OR_SEND)
def stage(request: HttpRequest, pk: str) -> HttpResponse:
    """The stage of a loan; who collects may write a letter, or take the next step with a reason."""
    loan = _loan(request, pk)
    may_collect = may(_person(request), Verb.COLLECT, loan.lender)
    if request.method != "POST":
        return _shown(request, loan, ReasonForm(), may_collect)
    if not may_collect:
        raise Http404
    if letter := request.POST.get("letter"):
        return _write(request, loan, letter)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, loan, form, may_collect)
    try:
        staging.take_step(
            loan=loan, into=request.POST.get("into", ""), words=form.cleaned_data["words"], acting_user=_person(request)
        )
    except NOT_NOW:
        form.add_error(None, _("This step cannot be taken now. What stands in its way is listed below."))
        return _shown(request, _loan(request, pk), form, may_collect)
    messages.success(request, _("The step is taken, and the borrower is told."))
    return redirect(STAGE, pk)


def _write(request: HttpRequest, loan: Loan, letter: str) -> HttpResponse:
    try:
        staging.write_letter(loan=loan, letter=letter, acting_user=_person(request))
    except (ValueError, *NOT_NOW):
        messages.warning(request, _("This letter cannot be written now."))
    else:
        messages.success(request, _("The letter is written. The step may follow in 14 days."))
    return redirect(STAGE, loan.pk)


def _loan(request: HttpRequest, pk: str) -> Loan:
    """For whom may look at loans there, or collects."""
    lenders = [Lender.objects.where(request.user, verb) for verb in (Verb.VIEW_LOANS, Verb.COLLECT)]
    loans = Loan.objects.filter(Q(lender__in=lenders[0]) | Q(lender__in=lenders[1]))
    loan: Loan = get_object_or_404(loans.select_related("lender", "borrower", "product"), pk=pk)
    return loan


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _shown(request: HttpRequest, loan: Loan, form: ReasonForm, may_collect: bool) -> HttpResponse:
    context: dict[str, Any] = {
        "page": stage_page(loan, loan.lender.today()),
        "form": form,
        "may_collect": may_collect,
        "may_view": may(_person(request), Verb.VIEW_LOANS, loan.lender),
        **desk(_person(request), loan.lender),
    }
    return render(request, "loans/admin/stage.html", context, status=422 if form.errors else 200)
