"""Writing off at the lender's desk: one person proposes, another decides, and either may look.

Registered by `loans/admin/`, which lets only staff with a second factor come here.
"""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import NotRunning
from loans.forms.write_off import DecisionForm, ProposeForm, UndoForm
from loans.models import Loan
from loans.overdue_errors import NotWrittenOff, WriteOffRefused
from loans.selectors import write_off_page as pages
from loans.selectors.desk import desk, desk_of_all, may
from loans.services import writing_off

READ_OR_SEND = ["GET", "HEAD", "POST"]
PAGE = "admin:loans_loan_write_off"
NOT_NOW = (WriteOffRefused, NotRunning, NotWrittenOff, Conflict)
MAY_SEE = (Verb.VIEW_LOANS, Verb.COLLECT, Verb.WRITE_OFF)


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was written off and is still owed."""
    lenders = Lender.objects.where(request.user, Verb.WRITE_OFF) | Lender.objects.where(request.user, Verb.COLLECT)
    if not lenders.exists():
        raise Http404
    person = _person(request)
    verb = Verb.COLLECT if Lender.objects.where(person, Verb.COLLECT).exists() else Verb.WRITE_OFF
    context = {"page": pages.queue(lenders.distinct())}
    return render(request, "loans/admin/write_offs.html", context | desk_of_all(person, verb))


@require_http_methods(READ_OR_SEND)
def write_off(request: HttpRequest, pk: str) -> HttpResponse:
    """One loan: propose, withdraw, approve or decline, whatever is open and one may do."""
    loan = _loan(request, pk)
    if request.method != "POST":
        return _shown(request, loan)
    page = pages.write_off_page(loan, loan.lender.today())
    act = {
        "propose": _propose,
        "undo": _propose_undo,
        "approve": _decide,
        "decline": _decide,
        "withdraw": _withdraw,
    }.get(request.POST.get("do", "propose"))
    if act is None:
        raise Http404
    try:
        answer = act(request, page)
    except NotPermitted:
        raise Http404 from None
    except NOT_NOW:
        messages.warning(request, _("This cannot be done now, and nothing was done. Please look at the loan again."))
        return redirect(PAGE, pk)
    return answer or redirect(PAGE, pk)


def _propose(request: HttpRequest, page: pages.WriteOffPage) -> HttpResponse | None:
    _needs(request, Verb.COLLECT, page)
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return _shown(request, page.loan, propose=form)
    writing_off.propose_write_off(loan=page.loan, acting_user=_person(request), **form.cleaned_data)
    messages.success(request, _("Proposed. Another person decides; nothing has happened to the loan."))
    return None


def _propose_undo(request: HttpRequest, page: pages.WriteOffPage) -> HttpResponse | None:
    _needs(request, Verb.COLLECT, page)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _shown(request, page.loan, undo=form)
    writing_off.propose_undo(loan=page.loan, acting_user=_person(request), **form.cleaned_data)
    messages.success(request, _("Proposed. Another person decides; nothing has happened to the loan."))
    return None


def _decide(request: HttpRequest, page: pages.WriteOffPage) -> HttpResponse | None:
    _needs(request, Verb.WRITE_OFF, page)
    is_declining = request.POST["do"] == "decline"
    form = DecisionForm(request.POST, is_declining=is_declining)
    if not form.is_valid():
        return _shown(request, page.loan, decide=form)
    if page.proposal is None or request.POST.get("seen") != page.seen:
        raise Conflict(page.loan.number)
    decide = writing_off.decline_proposal if is_declining else writing_off.approve_proposal
    decide(proposal=page.proposal, acting_user=_person(request), **form.cleaned_data)
    if is_declining:
        messages.success(request, _("Declined. The loan stays as it is."))
    else:
        messages.success(request, _("Approved, and done. The borrower is told."))
    return None


def _withdraw(request: HttpRequest, page: pages.WriteOffPage) -> None:
    _needs(request, Verb.COLLECT, page)
    if page.proposal is None or request.POST.get("seen") != page.seen:
        raise Conflict(page.loan.number)
    writing_off.withdraw_proposal(proposal=page.proposal, acting_user=_person(request))
    messages.success(request, _("Withdrawn. The loan stays as it is."))


def _needs(request: HttpRequest, verb: Verb, page: pages.WriteOffPage) -> None:
    if not may(_person(request), verb, page.loan.lender):
        raise Http404


def _loan(request: HttpRequest, pk: str) -> Loan:
    """For whom may look at loans there, collects, or decides."""
    seen = Q()
    for verb in MAY_SEE:
        seen |= Q(lender__in=Lender.objects.where(request.user, verb))
    loan: Loan = get_object_or_404(Loan.objects.filter(seen).select_related("lender", "borrower", "product"), pk=pk)
    return loan


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _shown(
    request: HttpRequest,
    loan: Loan,
    *,
    propose: forms.Form | None = None,
    undo: forms.Form | None = None,
    decide: forms.Form | None = None,
) -> HttpResponse:
    person = _person(request)
    page = pages.write_off_page(loan, loan.lender.today())
    is_own = page.proposal is not None and page.proposal.proposed_by_id == person.pk
    is_wrong = any(form is not None for form in (propose, undo, decide))
    context: dict[str, Any] = {
        "page": page,
        "propose": propose or ProposeForm(),
        "undo": undo or UndoForm(),
        "decide": decide or DecisionForm(),
        "is_own": is_own,
        "may_collect": may(person, Verb.COLLECT, loan.lender),
        "may_decide": may(person, Verb.WRITE_OFF, loan.lender) and not is_own,
        "may_view": may(person, Verb.VIEW_LOANS, loan.lender),
        **desk(person, loan.lender),
    }
    return render(request, "loans/admin/write_off.html", context, status=422 if is_wrong else 200)
