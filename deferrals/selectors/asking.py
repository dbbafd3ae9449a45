"""The pages on which relief is asked for: which loans, what a pause would do, what was answered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from deferrals import casework
from deferrals.clocks import calendar_for, promises
from deferrals.models import ReliefPlan, RequestLoan
from deferrals.refusing import impossible_text
from deferrals.rules import Policy
from deferrals.selectors.computing import cost_of
from loans.engine.explain import Line
from loans.engine.relief import Projection, ReliefError
from loans.models import Loan
from loans.selectors.standing import Standing, standing, standings


@dataclass(frozen=True, slots=True)
class LoanChoice:
    """A running loan, and whether relief can be asked for it now (`open_request`: one is on its way)."""

    loan: Loan
    at: Standing
    open_request: Any


@dataclass(frozen=True, slots=True)
class Preview:
    """What a pause of `count` instalments would do, or `why` it is impossible; `steps` are those of its cost."""

    count: int
    projection: Projection | None
    steps: tuple[Line, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class AskPage:
    """The form's page: the loan as it stands, and every length of pause beside no change.

    `blocked` says why nothing can be asked now: settled, written_off, open (a request is on its
    way) or running (a pause has not ended; `again_on` is the day on which it has).
    """

    loan: Loan
    at: Standing
    policy: Policy
    previews: tuple[Preview, ...]
    blocked: str
    open_request: Any
    again_on: date | None

    def preview(self, count: int) -> Projection | None:
        return next((item.projection for item in self.previews if item.count == count), None)


@dataclass(frozen=True, slots=True)
class PromisedDates:
    target_on: date
    decide_by_on: date


def loan_choices(user: Any) -> tuple[LoanChoice, ...]:
    """The person's running loans, the one due first on top. Five queries."""
    loans = list(Loan.objects.of(user).running().select_related("lender"))
    if not loans:
        return ()
    at = standings(loans, loans[0].lender.today())
    asked = RequestLoan.objects.filter(loan__in=loans, is_open=True).select_related("request")
    open_ones = {item.loan_id: item.request for item in asked}
    choices = [LoanChoice(loan, at[loan.pk], open_ones.get(loan.pk)) for loan in loans if at[loan.pk].unpaid_rows]
    return tuple(sorted(choices, key=lambda choice: choice.at.unpaid_rows[0].due_on))


def ask_page(loan: Loan) -> AskPage:
    """What can be asked for this loan today. Seven queries."""
    on = loan.lender.today()
    policy = Policy.from_dict(casework.policy_for(loan.lender, on).terms)
    asked = RequestLoan.objects.filter(loan=loan, is_open=True).select_related("request").first()
    at = standing(loan, on)
    running = casework.running_plan(loan, on)
    blocked = _blocked(loan, at, asked, running)
    counts = () if blocked else range(1, policy.max_periods + 1)
    return AskPage(
        loan=loan,
        at=at,
        policy=policy,
        previews=tuple(_preview(at, policy, count) for count in counts),
        blocked=blocked,
        open_request=asked.request if asked is not None else None,
        again_on=running.resume_on if running is not None else None,
    )


def promised(loan: Loan, policy: Policy) -> PromisedDates:
    """When a request sent today would be answered."""
    dates = promises(
        loan.lender.today(),
        target_business_days=policy.target_business_days,
        hard_days=policy.hard_days,
        calendar=calendar_for(loan.lender.time_zone),
    )
    return PromisedDates(dates.target_on, dates.decide_by_on)


def _blocked(loan: Loan, at: Standing, asked: RequestLoan | None, running: ReliefPlan | None) -> str:
    if loan.state == Loan.State.WRITTEN_OFF:
        return "written_off"
    if loan.state != Loan.State.ACTIVE or not at.unpaid_rows:
        return "settled"
    if asked is not None:
        return "open"
    return "running" if running is not None else ""


def _preview(at: Standing, policy: Policy, count: int) -> Preview:
    try:
        projection = casework.projection_of(at, policy.relief(count), policy)
    except ReliefError as error:
        return Preview(count, None, why=impossible_text(error))
    components = casework.components_of(at, policy.relief(count))
    return Preview(count, projection, cost_of(projection, at.loan, components))
