"""The workbench's pages: HTTP in, a selector or a service, HTTP out.

Registered by `deferrals/admin.py`, which lets only staff with a second factor come here.
Who may not see a request finds nothing: 404, as for what does not exist.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import LeewayError, NotPermitted
from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from deferrals import services
from deferrals.errors import NotYourCase
from deferrals.models import ReliefRequest
from deferrals.selectors.case import CasePage, case_page
from deferrals.selectors.desk import Desk, desk_of
from deferrals.selectors.queue import queue_page
from deferrals.workbench import frame, sheet
from deferrals.workbench.forms import DecisionForm, QueueForm
from deferrals.workbench.frame import QUEUE
from deferrals.workbench.wording import left_text, problem_text

View = Callable[..., HttpResponse]
CASE = "admin:deferrals_reliefrequest_case"


def at_a_desk(view: View) -> View:
    """Give the view the person's desk; whoever may look at no lender's requests finds nothing here."""

    @wraps(view)
    def seated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        desk = desk_of(cast(User, request.user))  # the staff site lets nobody in without signing in
        if not desk.posts:
            raise Http404
        return view(request, desk, *args, **kwargs)

    return seated


def saying_why(view: View) -> View:
    """Say in words why a service did nothing, and go back to where the reviewer was."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotPermitted as error:
            raise Http404 from error
        except LeewayError as error:
            messages.warning(request, problem_text(error))
        return redirect(CASE, **kwargs) if "public_id" in kwargs else redirect(QUEUE)

    return answered


@require_safe
@at_a_desk
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, and the next case at the top right."""
    form = QueueForm(request.GET)
    page = queue_page(desk, form.wanted)
    return render(
        request,
        "deferrals/workbench/queue.html",
        {
            "page": page,
            "form": form,
            "next_left": left_text(page.next_left) if page.next_left is not None else "",
            "tabs": frame.tabs(page),
            **frame.frame(desk, counts=page.counts),
        },
    )


@require_POST
@saying_why
@at_a_desk
def next_case(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The usual way to take a case: the one whose promise is nearest."""
    taken = services.claim_next(acting_user=desk.user)
    return redirect(CASE, public_id=taken.public_id)


@require_safe
@at_a_desk
def case(request: HttpRequest, desk: Desk, public_id: UUID) -> HttpResponse:
    """One case on one screen."""
    return _shown(request, desk, public_id)


@require_POST
@saying_why
@at_a_desk
def claim(request: HttpRequest, desk: Desk, public_id: UUID) -> HttpResponse:
    """Take this very case: one's own again, or any for whom may choose."""
    found = _found(desk, public_id)
    if found.claimed_by_id != desk.user.pk:
        require(lender=found.lender, verb=Verb.CLAIM_ANY, user=desk.user)
    services.claim(request=found, acting_user=desk.user)
    return redirect(CASE, public_id=public_id)


@require_POST
@saying_why
@at_a_desk
def release(request: HttpRequest, desk: Desk, public_id: UUID) -> HttpResponse:
    """Give the case back to the queue."""
    released = services.release(request=_found(desk, public_id), acting_user=desk.user)
    messages.success(request, _("%(number)s is back in the queue.") % {"number": released.number})
    return redirect(QUEUE)


@require_POST
@at_a_desk
def decide(request: HttpRequest, desk: Desk, public_id: UUID) -> HttpResponse:
    """Check what was written, show it once more, then send it; whatever goes wrong, the words are kept."""
    page = case_page(_found(desk, public_id), desk)
    form = DecisionForm(page, request.POST)
    step = request.POST.get("step")
    try:
        require(lender=page.request.lender, verb=Verb.DECIDE, user=desk.user)
        if not page.stand.may_decide:
            raise NotYourCase(f"{page.request.number} cannot be decided by this person now")
        if not form.is_valid() or step == "change":
            return _shown(request, desk, public_id, form=form, status=200 if step == "change" else 422)
        form.check_fresh()
        if step != "send":
            return _checked(request, desk, page, form)
        decided = form.send(desk.user)
    except NotPermitted as error:
        raise Http404 from error
    except LeewayError as error:
        messages.warning(request, problem_text(error))
        return _shown(request, desk, public_id, posted=request.POST, status=409)
    messages.success(request, _("%(number)s is decided, and the borrower has the letter.") % {"number": decided.number})
    return redirect(QUEUE)


def _found(desk: Desk, public_id: UUID) -> ReliefRequest:
    requests = ReliefRequest.objects.for_review_by(desk.user)
    requests = requests.select_related("lender", "borrower", "policy", "claimed_by")
    found: ReliefRequest = get_object_or_404(requests, public_id=public_id)
    return found


def _shown(
    request: HttpRequest,
    desk: Desk,
    public_id: UUID,
    *,
    form: DecisionForm | None = None,
    posted: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The case page; `posted` is what a reviewer had written when something got in between."""
    page = case_page(_found(desk, public_id), desk)
    if form is None and page.stand.may_decide:
        form = DecisionForm(page, _as_of_now(posted, page) if posted is not None else None)
    context = {
        "page": page,
        "form": form,
        "unsent": posted.get("words", "") if posted is not None and not page.stand.may_decide else "",
        "desk": desk,
        **sheet.sheet(page),
        **frame.frame(desk, lender=page.request.lender),
    }
    return render(request, "deferrals/workbench/case.html", context, status=status)


def _as_of_now(posted: QueryDict, page: CasePage) -> QueryDict:
    """What was written, on the case as it is now, so that it can be checked and sent again."""
    renewed = posted.copy()
    fresh = DecisionForm(page)
    for name in ("expected_version", "seen"):
        renewed[name] = fresh.get_initial_for_field(fresh.fields[name], name)
    return renewed


def _checked(request: HttpRequest, desk: Desk, page: CasePage, form: DecisionForm) -> HttpResponse:
    """The last look before a decision leaves the house."""
    return render(
        request,
        "deferrals/workbench/check.html",
        {"page": page, "form": form, **sheet.letter(page, form), **frame.frame(desk, lender=page.request.lender)},
    )
