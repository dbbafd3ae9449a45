"""What the workbench calls things: rules, holds, states, what was done, and what stood in the way."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.errors import Conflict, LeewayError
from accounts.wording import money_text
from deferrals.errors import (
    AboveYourLimit,
    ClaimLost,
    NothingToClaim,
    NotYourCase,
    PolicyRefuses,
    ReasonsNeeded,
    TooManyClaims,
)
from deferrals.models import Clock
from deferrals.rules import Outcome, Policy, RuleHit
from deferrals.selectors.promises import Left
from deferrals.states import RequestState
from loans.models import Hold

# The state of a request as staff say it; `RequestState` speaks to the borrower.
STATES: dict[str, Any] = {
    RequestState.SUBMITTED: gettext_lazy("Just received"),
    RequestState.READY: gettext_lazy("Free"),
    RequestState.IN_REVIEW: gettext_lazy("In review"),
    RequestState.OFFERED: gettext_lazy("Offer with the borrower"),
    RequestState.ACCEPTED: gettext_lazy("Accepted"),
    RequestState.ACTIVE: gettext_lazy("On arrangement"),
    RequestState.COMPLETED: gettext_lazy("Arrangement completed"),
    RequestState.WITHDRAWN: gettext_lazy("Withdrawn"),
    RequestState.DENIED: gettext_lazy("Not approved"),
    RequestState.OFFER_DECLINED: gettext_lazy("Offer declined"),
    RequestState.OFFER_EXPIRED: gettext_lazy("Offer lapsed"),
    RequestState.RESCINDED: gettext_lazy("Taken back by the borrower"),
    RequestState.ENDED_EARLY: gettext_lazy("Ended early"),
}

HOLDS: dict[str, Any] = {
    Hold.Kind.CONTACT: gettext_lazy("Requests for payment"),
    Hold.Kind.LEGAL: gettext_lazy("Legal steps"),
    Hold.Kind.PENALTY: gettext_lazy("Penalty interest"),
    Hold.Kind.BUREAU: gettext_lazy("Credit record"),
    Hold.Kind.AUTO_DEBIT: gettext_lazy("Auto-debit"),
    Hold.Kind.LIMIT: gettext_lazy("Credit limit"),
}

OUTCOMES: dict[str, Any] = {
    Outcome.PASS: gettext_lazy("passes"),
    Outcome.REFER: gettext_lazy("refers"),
    Outcome.FAIL: gettext_lazy("fails"),
}

RULES: dict[str, Any] = {
    "person": gettext_lazy("A person decides every pause; asked for %(value)s."),
    "periods": gettext_lazy("At most %(limit)s instalments a request; asked for %(value)s."),
    "lifetime": gettext_lazy("At most %(limit)s instalments in the life of the loan; %(value)s with this request."),
    "age": gettext_lazy("At least %(limit)s instalments paid; %(value)s are."),
    "lateness": gettext_lazy("At most %(limit)s days past due; today %(value)s."),
    "limit": gettext_lazy("A reviewer decides up to %(limit)s of principal left; here %(value)s."),
}
MONEY_RULES = frozenset({"limit"})

DONE: dict[str, Any] = {
    "submit_request": gettext_lazy("Request received"),
    "claim": gettext_lazy("Taken for review"),
    "release": gettext_lazy("Given back to the queue"),
    "decide": gettext_lazy("Decided"),
    "renew_offer": gettext_lazy("Offer made again with newer figures"),
    "accept": gettext_lazy("Offer accepted"),
    "complete_relief": gettext_lazy("Arrangement completed"),
    "withdrawn": gettext_lazy("Withdrawn by the borrower"),
    "offer_declined": gettext_lazy("Offer declined"),
    "offer_expired": gettext_lazy("Offer lapsed"),
    "rescinded": gettext_lazy("Taken back by the borrower"),
}


def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def rule_text(hit: RuleHit) -> str:
    """A rule with the figure found and the limit it was held against."""
    show = money_text if hit.rule in MONEY_RULES else str
    return str(RULES[hit.rule]) % {"value": show(hit.value), "limit": show(hit.limit)}


def promise_text(name: str, policy: Policy) -> str:
    """How the time of a promise is counted."""
    if name == Clock.Name.TARGET:
        days = policy.target_business_days
        return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}
    if name == Clock.Name.HARD:
        days = policy.hard_days
        return ngettext("%(days)s day, never stops", "%(days)s days, never stops", days) % {"days": days}
    if name == Clock.Name.OFFER:
        days = policy.offer_days
        return ngettext("%(days)s day to accept", "%(days)s days to accept", days) % {"days": days}
    return _("at once")


def kept_text(late_days: int) -> str:
    """That a promise was kept, or how late."""
    if not late_days:
        return _("kept")
    return ngettext("kept %(days)s day late", "kept %(days)s days late", late_days) % {"days": late_days}


def left_text(left: Left) -> str:
    """What is left of a promise, or how far it is broken."""
    if left.past_hard_days:
        days = left.past_hard_days
        return ngettext("%(days)s day past the latest day", "%(days)s days past the latest day", days) % {"days": days}
    if left.late_days:
        return ngettext("late by %(days)s day", "late by %(days)s days", left.late_days) % {"days": left.late_days}
    if not left.days:
        return _("today")
    return ngettext("%(days)s day left", "%(days)s days left", left.days) % {"days": left.days}


def done_text(verb: str) -> str:
    """An entry of the audit in words; a verb without words stays itself, so that nothing is hidden."""
    return str(DONE.get(verb, verb))


def problem_text(error: LeewayError) -> str:
    """Why something was not done, and what the reviewer can do now."""
    if isinstance(error, ClaimLost):
        if error.winner:
            return _("%(name)s has this case. Take the next one instead.") % {"name": error.winner}
        return _("This case is no longer waiting for a reviewer.")
    if isinstance(error, TooManyClaims):
        return ngettext(
            "You hold %(most)s case, which is as many as you can. Decide or release it first.",
            "You hold %(most)s cases, which is as many as you can. Decide or release one first.",
            error.most,
        ) % {"most": error.most}
    return str(_PLAIN[next(kind for kind in _PLAIN if isinstance(error, kind))])


_PLAIN: dict[type[LeewayError], Any] = {
    NothingToClaim: gettext_lazy("No case is waiting for you."),
    NotYourCase: gettext_lazy("This case is not yours, or your time with it has run out. Nothing was changed."),
    AboveYourLimit: gettext_lazy(
        "The principal left is above what you decide. A senior reviewer can; nothing was changed."
    ),
    PolicyRefuses: gettext_lazy(
        "The policy does not allow this on today's figures, so it cannot be offered. Nothing was changed."
    ),
    ReasonsNeeded: gettext_lazy(
        "A decision needs one to four reasons that the facts support, and words to the borrower. Nothing was changed."
    ),
    Conflict: gettext_lazy("The case has changed since you opened it. Nothing was changed; please look at it again."),
    LeewayError: gettext_lazy("This could not be done. Nothing was changed."),
}
