"""Deciding on applications and changing limits, on the staff's site.

Registered by `loans/admin/applications.py`, which lets only staff with a second factor come
here. Who may not see an application finds nothing.
"""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Conflict, NotPermitted
from accounts.models import Lender, User
from accounts.roles import Verb
from accounts.wording import day_text
from loans.errors import DecisionRefused, LimitRefused, NotYourApplication
from loans.forms.deciding import CutForm, DecisionForm, RestoreForm
from loans.models import CreditLimit, LoanApplication
from loans.selectors.application_desk import CasePage, case_page, waiting
from loans.selectors.desk import desk, desk_of_all, may
from loans.selectors.limit_page import limit_page
from loans.services import deciding, limiting

LIST, CASE, LIMIT = (
    "admin:loans_loanapplication_waiting",
    "admin:loans_loanapplication_case",
    "admin:loans_creditlimit_page",
)


@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    """What waits for a person; never sorted by amount."""
    user = _user(request)
    if not Lender.objects.where(user, Verb.VIEW_APPLICATIONS).exists():
        raise Http404
    context = {"rows": waiting(user), **desk_of_all(user, Verb.VIEW_APPLICATIONS)}
    return render(request, "loans/desk/waiting.html", context)


@require_safe
def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _shown(request, _found(request, public_id))


@require_POST
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _moved(request, public_id, deciding.claim_application, CASE)


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _moved(request, public_id, deciding.release_application, LIST)


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decide as written; whatever goes wrong, the words stay."""
    found = _found(request, public_id)
    if not may(_user(request), Verb.DECIDE_APPLICATION, found.lender):
        raise Http404
    form = DecisionForm(request.POST, application=found)
    if not form.is_valid():
        return _shown(request, found, form, status=422)
    try:
        deciding.decide_application(
            application=found,
            outcome=form.cleaned_data["outcome"],
            reasons=form.reasons,
            words=form.cleaned_data["words"],
            limit_minor=form.cleaned_data["limit_minor"],
            rate_annual=form.cleaned_data["rate_annual"],
            expected_version=form.cleaned_data["expected_version"],
            acting_user=_user(request),
        )
    except NotPermitted as error:
        raise Http404 from error
    except DecisionRefused as refused:
        form.refuse(refused.field)
        return _shown(request, found, form, status=422)
    except (NotYourApplication, Conflict, LimitRefused):
        messages.warning(request, _("You do not hold this case any more. Your words are below; nothing was sent."))
        return _shown(request, _found(request, public_id), form, status=409)
    messages.success(request, _("%(number)s is decided, and the borrower can read it.") % {"number": found.number})
    return redirect(LIST)


@require_safe
def limit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _limit_shown(request, _limit(request, public_id))


@require_POST
def cut(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Announce a lower limit."""
    found = _limit(request, public_id, Verb.CHANGE_LIMIT)
    form = CutForm(request.POST)
    if not form.is_valid():
        return _limit_shown(request, found, cut_form=form, status=422)
    try:
        change = limiting.cut_limit(limit=found, acting_user=_user(request), **form.cleaned_data)
        day = day_text(change.effective_on, get_language() or "zh-hans")
        messages.success(request, _("Announced. It is in force from %(day)s.") % {"day": day})
    except LimitRefused:
        form.add_error("limit_minor", _("Enter less than the limit is now, and not less than what is drawn."))
        return _limit_shown(request, found, cut_form=form, status=422)
    except Conflict:
        messages.warning(request, _("The limit was changed or drawn from meanwhile. Look again."))
    return redirect(LIMIT, public_id)


@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the last cut back."""
    found = _limit(request, public_id, Verb.CHANGE_LIMIT)
    last = found.changes.filter(kind="cut", taken_back_by__isnull=True).order_by("-number").first()
    form = RestoreForm(request.POST, auto_id="restore_%s")
    if last is None or not form.is_valid():
        return _limit_shown(request, found, restore_form=form, status=422)
    try:
        limiting.restore_limit(change=last, words=form.cleaned_data["words"], acting_user=_user(request))
        messages.success(request, _("The cut is taken back."))
    except Conflict:
        messages.warning(request, _("The limit was changed or drawn from meanwhile. Look again."))
    return redirect(LIMIT, public_id)


def _moved(request: HttpRequest, public_id: UUID, act: Callable[..., LoanApplication], then: str) -> HttpResponse:
    found = _found(request, public_id)
    try:
        act(application=found, acting_user=_user(request))
    except NotPermitted as error:
        raise Http404 from error
    except (NotYourApplication, Conflict):
        messages.warning(request, _("Somebody else has this case, or it is decided."))
        return redirect(CASE, public_id)
    return redirect(CASE, public_id) if then == CASE else redirect(then)


def _found(request: HttpRequest, public_id: UUID) -> LoanApplication:
    rows = LoanApplication.objects.for_review_by(request.user).select_related(
        "lender", "borrower", "product__lender", "claimed_by", "decision__decided_by", "previous__decision"
    )
    found: LoanApplication = get_object_or_404(rows, public_id=public_id)
    return found


def _limit(request: HttpRequest, public_id: UUID, verb: Verb = Verb.VIEW_APPLICATIONS) -> CreditLimit:
    rows = CreditLimit.objects.filter(lender__in=Lender.objects.where(request.user, verb))
    rows = rows.exclude(borrower__user=_user(request)).select_related("lender", "borrower", "product__lender")
    found: CreditLimit = get_object_or_404(rows, public_id=public_id)
    return found


def _shown(
    request: HttpRequest, found: LoanApplication, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    page: CasePage = case_page(found, _user(request))
    if form is None and page.is_mine:
        form = DecisionForm(application=found)
    unsent = form.data.get("words", "") if form is not None and form.is_bound and not page.is_mine else ""
    context = {"page": page, "form": form if page.is_mine else None, "unsent": unsent}
    return render(request, "loans/desk/case.html", {**context, **desk(_user(request), found.lender)}, status=status)


def _limit_shown(request: HttpRequest, found: CreditLimit, status: int = 200, **forms: Any) -> HttpResponse:
    user = _user(request)
    context = {
        "page": limit_page(found, found.lender.today()),
        "may_change": may(user, Verb.CHANGE_LIMIT, found.lender),
        "cut_form": forms.get("cut_form") or CutForm(),
        "restore_form": forms.get("restore_form") or RestoreForm(auto_id="restore_%s"),
    }
    return render(request, "loans/desk/limit.html", {**context, **desk(user, found.lender)}, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
