"""Asking for relief: the request, its frozen facts, its promises, and what stands still from now."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import User
from accounts.services import next_reference
from config import clock
from deferrals import casework
from deferrals.clocks import calendar_for, promises
from deferrals.errors import AlreadyOpen, NothingToPause, PauseOutOfRange, PauseTooShort, ReliefRunning
from deferrals.letters import write_letter
from deferrals.models import Clock, Letter, PolicyVersion, ReliefRequest, RequestLoan
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.rules import Policy
from deferrals.services.moves import move
from deferrals.states import RequestState
from loans.engine.relief import ReliefError
from loans.models import Hold, Loan
from loans.selectors.standing import Standing, standing
from loans.services import open_holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a borrower asks for, in their own answers; `key` makes a double click one request."""

    pause_count: int
    ground: Ground
    affordable_minor: int
    auto_debit: AutoDebitChoice
    key: str
    language: str
    words: str = ""


@transaction.atomic
def submit_request(*, loan: Loan, acting_user: User, **answers: Any) -> ReliefRequest:
    """Send a request to pause the next `pause_count` instalments of `loan`; the answers are those of `Ask`.

    The same `key` sent again returns the request it made. Raises `PauseOutOfRange`,
    `PauseTooShort`, `AlreadyOpen`, `ReliefRunning` or `NothingToPause`; then nothing was written.
    """
    ask = Ask(**answers)
    loan = (
        Loan.objects.select_for_update(of=("self",), no_key=True)
        .select_related("borrower__user", "lender")
        .get(pk=loan.pk)
    )
    if loan.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the borrower asks for relief")
    sent = ReliefRequest.objects.filter(key=ask.key, borrower=loan.borrower).first()
    if sent is not None:
        return sent
    version = casework.policy_for(loan.lender, loan.lender.today())
    policy = Policy.from_dict(version.terms)
    _check(loan, ask.pause_count, policy)
    request = _open(loan, ask, version, policy)
    asked = RequestLoan.objects.create(
        request=request, lender=loan.lender, loan=loan, components=policy.relief(ask.pause_count)
    )
    _promise(request)
    _hold(request, loan, policy, acting_user)
    move(request, RequestState.READY)
    audit.record(
        lender=loan.lender,
        verb="submit_request",
        subject=request.number,
        after={"loan": loan.number, "components": asked.components, "ground": str(ask.ground)},
        acting_user=acting_user,
    )
    write_letter(request=request, kind=Letter.Kind.RECEIVED)
    return request


def _open(loan: Loan, ask: Ask, version: PolicyVersion, policy: Policy) -> ReliefRequest:
    """The request with its facts frozen and its dates promised."""
    on = loan.lender.today()
    at = standing(loan, on)
    _check_possible(at, policy, ask.pause_count)
    used = casework.relief_periods_used(loan)
    facts = casework.facts_of(at, asked=ask.pause_count, affordable_minor=ask.affordable_minor, used=used)
    dates = promises(
        on,
        target_business_days=policy.target_business_days,
        hard_days=policy.hard_days,
        calendar=calendar_for(loan.lender.time_zone),
    )
    return ReliefRequest.objects.create(
        lender=loan.lender,
        borrower=loan.borrower,
        number=next_reference(lender=loan.lender, prefix="R", year=on.year),
        key=ask.key,
        ground=ask.ground,
        words=ask.words,
        affordable_minor=ask.affordable_minor,
        auto_debit=ask.auto_debit,
        language=ask.language,
        policy=version,
        facts=facts.as_dict(),
        submitted_at=clock.now(),
        submitted_on=on,
        target_on=dates.target_on,
        decide_by_on=dates.decide_by_on,
    )


def _check(loan: Loan, pause_count: int, policy: Policy) -> None:
    if loan.state != Loan.State.ACTIVE or loan.oldest_unpaid_due_on is None:
        raise NothingToPause(f"{loan.number} is {loan.state}")
    if not 1 <= pause_count <= policy.max_periods:
        raise PauseOutOfRange(policy.max_periods)
    open_one = RequestLoan.objects.filter(loan=loan, is_open=True).select_related("request").first()
    if open_one is not None:
        raise AlreadyOpen(open_one.request)
    if casework.running_plan(loan, loan.lender.today()) is not None:
        raise ReliefRunning(f"{loan.number} is on an arrangement")


def _check_possible(at: Standing, policy: Policy, pause_count: int) -> None:
    """A pause must end after today; one that is too short for how late the loan is helps nobody."""
    try:
        casework.projection_of(at, policy.relief(pause_count), policy)
    except ReliefError as error:
        raise PauseTooShort(f"{pause_count} instalments end in the past") from error


def _promise(request: ReliefRequest) -> None:
    on = request.submitted_on
    clocks: tuple[tuple[Clock.Name, Any, Any], ...] = (
        (Clock.Name.ACKNOWLEDGE, on, on),
        (Clock.Name.TARGET, request.target_on, None),
        (Clock.Name.HARD, request.decide_by_on, None),
    )
    Clock.objects.bulk_create(
        Clock(request=request, lender=request.lender, name=name, starts_on=on, due_on=due, met_on=met)
        for name, due, met in clocks
    )


def _hold(request: ReliefRequest, loan: Loan, policy: Policy, acting_user: User) -> None:
    """Open the holds, unless the same ground was decided against on this loan a short while ago."""
    since = request.submitted_on - timedelta(days=policy.repeat_days)
    again = ReliefRequest.objects.filter(
        loans__loan=loan, ground=request.ground, state=RequestState.DENIED, decision__decided_on__gte=since
    )
    if again.exists():
        return
    kinds = [*casework.PENDING_HOLDS]
    if request.auto_debit == AutoDebitChoice.PAUSE:
        kinds.append(Hold.Kind.AUTO_DEBIT)
    open_holds(loan=loan, kinds=kinds, source=request.number, from_on=request.submitted_on, acting_user=acting_user)
