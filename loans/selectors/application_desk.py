"""Applications as staff see them: the list of what waits, and one case."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.roles import Verb
from config import clock
from loans.assessment_words import Line, decision_lines, reason_lines
from loans.models import Assessment, LoanApplication
from loans.selectors.application_facts import range_of
from loans.selectors.application_standing import active_limit
from loans.selectors.desk import may

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class WaitingRow:
    application: LoanApplication
    days_left: int
    is_mine: bool
    is_free: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """One application for somebody who may look at it; `stand` says what they may do now."""

    application: LoanApplication
    assessment: Assessment | None
    lines: tuple[Line, ...]
    decision_lines: tuple[Line, ...]
    previous_lines: tuple[Line, ...]
    least_minor: int
    most_minor: int
    may_claim: bool
    is_mine: bool
    is_own: bool


def waiting(user: User) -> list[WaitingRow]:
    """What waits for a person at the lenders where one may look, the nearest promise first. One query."""
    rows = LoanApplication.objects.for_review_by(user).waiting()
    rows = rows.select_related("lender", "borrower", "product", "claimed_by")
    return [_row(one, user) for one in rows[:MOST_LISTED]]


def case_page(application: LoanApplication, user: User) -> CasePage:
    """Seven queries."""
    today = application.lender.today()
    least, most = range_of(application.product, active_limit(application.borrower, application.product), today)
    last = application.assessments.first()
    decision = getattr(application, "decision", None)
    previous = getattr(application.previous, "decision", None) if application.previous else None
    barred = application.borrower.user_id == user.pk or (previous is not None and previous.decided_by_id == user.pk)
    is_mine = is_held_by(application, user)
    return CasePage(
        application=application,
        assessment=last,
        lines=tuple(reason_lines(last.reasons, application.lender.currency)) if last is not None else (),
        decision_lines=tuple(decision_lines(decision.reasons)) if decision is not None else (),
        previous_lines=tuple(decision_lines(previous.reasons)) if previous is not None else (),
        least_minor=least,
        most_minor=min(most, application.wished_minor),
        may_claim=not barred and may(user, Verb.DECIDE_APPLICATION, application.lender) and _is_free(application),
        is_mine=is_mine and not barred,
        is_own=barred,
    )


def is_held_by(application: LoanApplication, user: User) -> bool:
    until = application.claimed_until
    return application.claimed_by_id == user.pk and until is not None and until > clock.now()


def _is_free(application: LoanApplication) -> bool:
    state, until = application.state, application.claimed_until
    is_over = until is not None and until <= clock.now()
    return state == LoanApplication.State.MANUAL or (state == LoanApplication.State.IN_REVIEW and is_over)


def _row(application: LoanApplication, user: User) -> WaitingRow:
    by_on: date | None = application.decide_by_on
    return WaitingRow(
        application=application,
        days_left=(by_on - application.lender.today()).days if by_on is not None else 0,
        is_mine=is_held_by(application, user),
        is_free=_is_free(application),
    )
