"""Why a request was decided as it was: codes, each tied to a fact of the case.

A reason is offered to the reviewer only where the facts support it, and is kept with the
figures it rests on. "Score too low" or "not our policy" is not among them, on purpose.
Codes are those of the reason table of the relief process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from deferrals.rules import Facts, Policy

MONEY_SLOTS = frozenset({"able", "instalment", "need"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with the facts it rests on (money in minor units)."""

    code: str
    facts: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "facts": dict(self.facts)}


TEXTS: dict[str, Any] = {
    "A01": _("You have paid %(paid)s instalments of this loan so far."),
    "A02": _("You asked for %(asked)s instalments; the rules allow up to %(cap)s."),
    "A03": _("After the pause an instalment is %(need)s; before it was %(instalment)s."),
    "R01": _("You asked for %(asked)s instalments; the most the rules allow is %(cap)s."),
    "R02": _("%(used)s instalments of relief would be used on this loan; the most is %(cap)s."),
    "R04": _("%(paid)s instalments are paid so far; the rules ask for %(least)s before a pause."),
    "R05": _("You told us you can pay %(able)s a month, which covers the instalment of %(instalment)s."),
    "R06": _("After the pause an instalment would be %(need)s, more than the %(able)s you told us you can pay."),
    "R11": _("The first instalment of this loan has not been paid."),
    "R18": _("We have to check something about the account first and will write to you separately."),
}


def for_approval(policy: Policy, facts: Facts, need_minor: int) -> tuple[Reason, ...]:
    """Reasons that these facts support for approving; `need_minor` is the instalment after the pause."""
    found: list[Reason] = []
    if facts.paid_count > 0:
        found.append(Reason("A01", {"paid": facts.paid_count}))
    if facts.asked_periods <= policy.max_periods:
        found.append(Reason("A02", {"asked": facts.asked_periods, "cap": policy.max_periods}))
    return (*found, Reason("A03", {"need": need_minor, "instalment": facts.next_due_minor}))


def for_denial(policy: Policy, facts: Facts, need_minor: int) -> tuple[Reason, ...]:
    """Reasons that these facts support for not approving, in the order of their codes."""
    used = facts.earlier_relief_periods + facts.asked_periods
    found: list[Reason] = []
    if facts.asked_periods > policy.max_periods:
        found.append(Reason("R01", {"asked": facts.asked_periods, "cap": policy.max_periods}))
    if used > policy.lifetime_periods:
        found.append(Reason("R02", {"used": used, "cap": policy.lifetime_periods}))
    if facts.paid_count < policy.min_paid_instalments:
        found.append(Reason("R04", {"paid": facts.paid_count, "least": policy.min_paid_instalments}))
    if facts.affordable_minor >= facts.next_due_minor:
        found.append(Reason("R05", {"able": facts.affordable_minor, "instalment": facts.next_due_minor}))
    elif facts.affordable_minor < need_minor:
        found.append(Reason("R06", {"able": facts.affordable_minor, "need": need_minor}))
    if facts.paid_count == 0:
        found.append(Reason("R11", {}))
    return (*found, Reason("R18", {}))
