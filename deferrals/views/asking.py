"""From "I cannot pay" to "sent": start, suitability, the form, check your answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import LeewayError
from deferrals.errors import AlreadyOpen, NothingToPause, PauseOutOfRange, PauseTooShort, ReliefRunning
from deferrals.forms import AskForm, SuitabilityForm
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.selectors.asking import ask_page, loan_choices, promised
from deferrals.services import submit_request
from loans.models import Loan

DRAFTS = "relief_drafts"


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What relief is, what it costs, how long it takes; for everybody."""
    return render(request, "deferrals/start.html", {"place": "relief"})


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Two questions, answered in the address, so that the answer page can be kept; nothing is stored."""
    form = SuitabilityForm(request.GET or None)
    advice = form.advice() if form.is_bound and form.is_valid() else ""
    return render(request, "deferrals/check.html", {"place": "relief", "form": form, "advice": advice})


@login_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which loan it is about; straight on if there is one."""
    choices = loan_choices(request.user)
    if len(choices) == 1 and choices[0].open_request is None:
        return redirect("relief:new", choices[0].loan.public_id)
    return render(request, "deferrals/choose.html", {"place": "relief", "choices": choices})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, loan_id: uuid.UUID) -> HttpResponse:
    """The form. Valid answers wait in the session until they are checked and sent."""
    loan = _own_loan(request, loan_id)
    page = ask_page(loan)
    if page.blocked == "open":
        return redirect("relief:request", page.open_request.public_id)
    draft = request.session.get(DRAFTS, {}).get(str(loan_id))
    too_short = [item.count for item in page.previews if item.projection is None]
    typed = request.POST if request.method == "POST" else None
    form = AskForm(typed, initial=_initial(draft), most=page.policy.max_periods, too_short=too_short)
    if not page.blocked and form.is_valid():
        choice = form.cleaned_data["pause"]
        if choice == AskForm.PART:
            return redirect("loans:pay", loan.public_id)
        if choice == AskForm.KEEP:
            messages.success(request, _("Nothing was sent. Your schedule stays as it is."))
            return redirect("loans:detail", loan.public_id)
        _keep_draft(request, loan_id, {**form.cleaned_data, "key": str(uuid.uuid4())})
        return redirect("relief:answers", loan.public_id)
    return render(request, "deferrals/new.html", {"place": "relief", "page": page, "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, loan_id: uuid.UUID) -> HttpResponse:
    """Check your answers, then send. Sent twice it is still one request."""
    loan = _own_loan(request, loan_id)
    page = ask_page(loan)
    if page.blocked == "open":
        _drop_draft(request, loan_id)
        return redirect("relief:request", page.open_request.public_id)
    draft = request.session.get(DRAFTS, {}).get(str(loan_id))
    if draft is None or page.blocked:
        return redirect("relief:new", loan_id)
    if request.method == "POST":
        return _send(request, loan, draft)
    count = int(draft["pause"])
    context = {
        "place": "relief",
        "page": page,
        "draft": draft,
        "count": count,
        "projection": page.preview(count),
        "ground": Ground(draft["ground"]).label,
        "auto_debit": AutoDebitChoice(draft["auto_debit"]).label,
        "promised": promised(loan, page.policy),
    }
    return render(request, "deferrals/answers.html", context)


def _send(request: HttpRequest, loan: Loan, draft: dict[str, Any]) -> HttpResponse:
    try:
        sent = submit_request(
            loan=loan,
            pause_count=int(draft["pause"]),
            ground=Ground(draft["ground"]),
            affordable_minor=draft["affordable_minor"],
            auto_debit=AutoDebitChoice(draft["auto_debit"]),
            words=draft["words"],
            key=draft["key"],
            language=get_language() or "zh-hans",
            acting_user=request.user,  # type: ignore[arg-type]
        )
    except AlreadyOpen as error:
        return redirect("relief:request", error.request.public_id)  # type: ignore[attr-defined]
    except (PauseOutOfRange, PauseTooShort, ReliefRunning, NothingToPause) as error:
        messages.error(request, _sorry(error))
        return redirect("relief:new", loan.public_id)
    _drop_draft(request, loan.public_id)
    messages.success(request, _("Sent. Your request has the number %(number)s.") % {"number": sent.number})
    return redirect("relief:request", sent.public_id)


def _sorry(error: LeewayError) -> str:
    if isinstance(error, PauseOutOfRange):
        return _("A pause is 1 to %(most)d instalments. Choose one of the ways forward.") % {"most": error.most}
    if isinstance(error, PauseTooShort):
        return _("That pause would already be over. Choose a longer one.")
    if isinstance(error, ReliefRunning):
        return _("This loan is on an arrangement. You can ask again when its pause ends.")
    return _("There is nothing to pause on this loan.")


def _own_loan(request: HttpRequest, loan_id: uuid.UUID) -> Loan:
    loans: QuerySet[Loan] = Loan.objects.of(request.user).select_related("lender", "borrower")
    return get_object_or_404(loans, public_id=loan_id)


def _initial(draft: dict[str, Any] | None) -> dict[str, Any]:
    if draft is None:
        return {}
    minor = draft["affordable_minor"]
    return {**draft, "affordable_minor": f"{minor // 100}.{minor % 100:02d}"}


def _keep_draft(request: HttpRequest, loan_id: uuid.UUID, answers: dict[str, Any]) -> None:
    request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), str(loan_id): answers}


def _drop_draft(request: HttpRequest, loan_id: uuid.UUID) -> None:
    drafts = request.session.get(DRAFTS, {})
    if str(loan_id) in drafts and request.method == "POST":
        request.session[DRAFTS] = {key: value for key, value in drafts.items() if key != str(loan_id)}
