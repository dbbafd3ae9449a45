"""Reading a case: the facts of a loan on a day, the policy in force, and what a pause would do.

Everything here is a calculation on what `loans` and this app have stored; nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from accounts.models import Lender
from deferrals.errors import NothingToPause
from deferrals.models import PolicyVersion, ReliefMonth, ReliefPlan, ReliefRequest
from deferrals.rules import Facts, Policy
from loans.engine.components import Component, component_from_dict
from loans.engine.relief import Projection, ReliefError
from loans.models import Hold, Loan
from loans.selectors.relieved import relieved
from loans.selectors.standing import Standing, standing

# The kinds that leave months in which nothing is due, and where they say how many.
WAITING = {"PAUSE": "n", "APPEND": "next"}
RATE_STEP = Decimal("1E-10")
PENDING_HOLDS: tuple[str, ...] = (
    Hold.Kind.CONTACT,
    Hold.Kind.LEGAL,
    Hold.Kind.PENALTY,
    Hold.Kind.BUREAU,
    Hold.Kind.LIMIT,
)


def policy_for(lender: Lender, on: date) -> PolicyVersion:
    """The lender's policy in force on a day: the newest that took effect by then."""
    return PolicyVersion.objects.filter(lender=lender, effective_from__lte=on).latest("effective_from", "pk")


def relief_periods_used(loan: Loan) -> int:
    """Months of effective relief this loan has had so far. One query."""
    return ReliefMonth.objects.filter(loan=loan, is_effective=True).count()


def running_plan(loan: Loan, on: date) -> ReliefPlan | None:
    """The arrangement whose pause has not ended on that day, or None."""
    return ReliefPlan.objects.filter(loan=loan, state=ReliefPlan.State.ACTIVE, resume_on__gt=on).first()


def facts_of(at: Standing, *, asked: int, affordable_minor: int, used: int) -> Facts:
    """The facts the rules read, from a loan's standing."""
    loan, position, first = at.loan, at.position, at.unpaid_rows[0]
    return Facts(
        on=at.on,
        loan_number=loan.number,
        principal_minor=loan.principal_minor,
        principal_left_minor=at.principal_left_minor,
        left_minor=at.left_minor,
        rate_annual=str(loan.rate_annual.normalize()),
        instalment_count=loan.instalment_count,
        paid_count=at.paid_count,
        next_number=first.number,
        next_due_on=first.due_on,
        next_due_minor=first.due_minor,
        days_past_due=position.days_overdue,
        overdue_minor=position.overdue_minor,
        schedule_version=at.version_number,
        earlier_relief_periods=used,
        asked_periods=asked,
        affordable_minor=affordable_minor,
    )


def projection_of(at: Standing, components: Sequence[dict[str, Any]], policy: Policy) -> Projection:
    """What these components do to the loan as it stands; the one projection that everybody reads."""
    return relieved(at, components_of(at, components), policy.limits)


def components_of(at: Standing, written: Sequence[dict[str, Any]]) -> tuple[Component, ...]:
    """The engine's components of what a request keeps, for the loan as it stands.

    The next instalments are the first unpaid ones, whatever their numbers are by now, and a
    share is that of the contract's rate.
    """
    return tuple(component_from_dict(_for_engine(at, one)) for one in written)


def _for_engine(at: Standing, written: dict[str, Any]) -> dict[str, Any]:
    own = dict(written)
    if "next" in own:
        own["numbers"] = [row.number for row in at.unpaid_rows[: own.pop("next")]]
    if "share" in own:
        rate_annual = at.loan.rate_annual * Decimal(own.pop("share"))
        own["rate_annual"] = format(rate_annual.quantize(RATE_STEP, ROUND_DOWN), "f")
    return own


def asked_periods(components: Sequence[dict[str, Any]]) -> int:
    """How many instalments are not to be paid in their months."""
    return sum(int(one[WAITING[one["kind"]]]) for one in components if one["kind"] in WAITING)


@dataclass(frozen=True, slots=True)
class Case:
    """A request as it stands on a day: what was frozen, and what is true now."""

    request: ReliefRequest
    loan: Loan
    components: tuple[dict[str, Any], ...]
    policy: Policy
    now: Standing
    facts: Facts
    frozen: Facts
    projection: Projection | None

    @property
    def need_minor(self) -> int:
        """The whole instalment after relief; today's where relief is no longer possible."""
        if self.projection is None:
            return self.facts.next_due_minor
        first = self.projection.after[0].number
        return next(row.due_minor for row in self.projection.schedule_after if row.number == first)


def case_of(request: ReliefRequest, on: date) -> Case:
    """Read a request for review, offer or activation. About seven queries.

    Raises `NothingToPause` where the loan was settled meanwhile; `tick` then closes the request.
    """
    asked = request.loans.select_related("loan__borrower__user", "loan__lender").get()
    components = tuple(asked.components)
    policy = Policy.from_dict(request.policy.terms)
    now = standing(asked.loan, on)
    if not now.unpaid_rows:
        raise NothingToPause(f"{asked.loan.number} is settled")
    facts = facts_of(
        now,
        asked=asked_periods(components),
        affordable_minor=request.affordable_minor,
        used=relief_periods_used(asked.loan),
    )
    return Case(
        request=request,
        loan=asked.loan,
        components=components,
        policy=policy,
        now=now,
        facts=facts,
        frozen=Facts.from_dict(request.facts),
        projection=_possible(now, components, policy),
    )


def _possible(at: Standing, components: Sequence[dict[str, Any]], policy: Policy) -> Projection | None:
    """The projection, or None where time has made what was asked impossible (the pause would end in the past)."""
    try:
        return projection_of(at, components, policy)
    except ReliefError:
        return None


def held_until(case_policy: Policy, submitted_on: date) -> date:
    """The longest that things stand still while a request is pending and we are on time."""
    return submitted_on + timedelta(days=case_policy.hold_max_days)
