"""A case in words: what its template cannot say by itself, because it goes by code.

Sums, dates and labels stand in the templates; here are the sentences for rules, reasons,
promises and what was done, and which facts differ from what was frozen.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from deferrals.letters import reason_text
from deferrals.models import Decision
from deferrals.refusing import refusal_text
from deferrals.rules import Outcome
from deferrals.selectors.case import CasePage, Reading
from deferrals.selectors.promises import left_until
from deferrals.workbench.forms import DecisionForm
from deferrals.workbench.wording import (
    HOLDS,
    OUTCOMES,
    STATES,
    done_text,
    kept_text,
    language_name,
    left_text,
    promise_text,
    rule_text,
)


def sheet(page: CasePage) -> dict[str, Any]:
    """The variables of `case.html` beside the page itself."""
    reading, request = page.reading, page.request
    return {
        "state": STATES[request.state],
        "language_name": language_name(request.language),
        "was": changed(reading),
        "rules": [
            {"outcome": OUTCOMES[hit.outcome], "stands_out": hit.outcome != Outcome.PASS, "text": rule_text(hit)}
            for hit in reading.hits
        ],
        "refusals": refusals(page),
        "holds": [{"title": "", "note": HOLDS[kind]} for kind in dict.fromkeys(hold.kind for hold in page.holds)],
        "promises": promises(page),
        "decided_for": [reason_text(reason) for reason in page.decision.reasons] if page.decision else [],
        "notes": [{"text": done_text(entry.verb), "who": entry.actor, "at": entry.at} for entry in page.notes],
    }


def refusals(page: CasePage) -> list[str]:
    """The limits of the policy that the projection breaks, in words."""
    projection = page.reading.projection
    return [refusal_text(one, page.loan.currency) for one in projection.refused] if projection is not None else []


def changed(reading: Reading) -> dict[str, Any]:
    """What each fact was when it was frozen, for the facts that count differently now."""
    frozen, current = asdict(reading.frozen), asdict(reading.current)
    return {name: was for name, was in frozen.items() if was != current[name]}


def promises(page: CasePage) -> list[dict[str, Any]]:
    """Our promises with their dates and what is left of them, then the borrower's own next date."""
    ours = [
        {
            "label": each.label,
            "due_on": each.due_on,
            "note": promise_text(each.name, page.policy),
            "left": kept_text(each.late_days) if each.left is None else left_text(each.left),
            "tone": each.left.tone if each.left is not None else "",
        }
        for each in page.promises
    ]
    due_on = page.reading.current.next_due_on
    if not page.stand.with_us or due_on < page.on:
        return ours
    left = left_until(due_on, since=page.request.submitted_on, on=page.on)
    return [*ours, {"label": _("Their next due date"), "due_on": due_on, "left": left_text(left), "tone": left.tone}]


def letter(page: CasePage, form: DecisionForm) -> dict[str, Any]:
    """What is about to be sent: the reasons as the borrower will read them, and until when things hold."""
    outcome = Decision.Outcome(form.cleaned_data["outcome"])
    with translation.override(page.request.language):
        reasons = [reason_text(reason.as_dict()) for reason in form.chosen]
    return {
        "outcome": outcome.label,
        "approved": outcome == Decision.Outcome.APPROVED,
        "reasons": reasons,
        "words": form.cleaned_data["words"],
        "language_name": language_name(page.request.language),
        "open_until_on": page.on + timedelta(days=page.policy.offer_days),
        "held_until_on": page.on + timedelta(days=page.policy.hold_days_after_denial),
    }
