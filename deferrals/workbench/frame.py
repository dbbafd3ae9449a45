"""What stands around a page of the workbench: whose cases, who is here, and where else one can go."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Lender
from accounts.roles import Verb
from config import clock
from deferrals.selectors.desk import Counts, Desk
from deferrals.selectors.queue import QueuePage, Tab

QUEUE = "admin:deferrals_reliefrequest_queue"


def frame(desk: Desk, *, lender: Lender | None = None, counts: Counts | None = None) -> dict[str, Any]:
    """The variables of `desk.html`. With `lender` the page is about that lender's case and takes the whole width."""
    lenders = (lender,) if lender is not None else desk.lenders
    roles = dict.fromkeys(post.get_role_display() for post in desk.posts if post.lender in lenders)
    return {
        "lender_name": " · ".join(each.name for each in lenders),
        "desk_now": clock.now(),
        "time_zone": lenders[0].time_zone,
        "staff_name": str(desk.user),
        "role_name": " · ".join(str(role) for role in roles),
        "places": _places(desk, counts) if counts is not None else [],
    }


def _places(desk: Desk, counts: Counts) -> list[tuple[str, str, int | None, bool]]:
    """Label, address, count and whether one is there; a heading has no address."""
    lists = [
        (_("Requests"), "reliefrequest"),
        (_("Decisions"), "decision"),
        (_("Offers"), "offer"),
        (_("Arrangements"), "reliefplan"),
        (_("Letters"), "letter"),
    ]
    if desk.lenders_for(Verb.VIEW_POLICY):
        lists.append((_("Policy versions"), "policyversion"))
    return [
        (_("Relief"), "", None, False),
        (_("Review queue"), reverse(QUEUE), counts.act, True),
        (_("Records"), "", None, False),
        *((label, reverse(f"admin:deferrals_{model}_changelist"), None, False) for label, model in lists),
    ]


def tabs(page: QueuePage) -> list[dict[str, Any]]:
    """The views of the queue, each with its number."""
    counts, here = page.counts, page.wanted.tab
    mine = _("%(held)s of %(most)s") % {"held": counts.mine, "most": page.most_claims}
    shown = [
        (Tab.ACT, _("To act"), counts.act),
        (Tab.MINE, _("Mine"), mine if page.may_claim else None),
        (Tab.OFFERED, _("Waiting for the borrower"), counts.offered),
        (Tab.DECIDED, _("Decided today"), counts.decided),
    ]
    queue = reverse(QUEUE)
    return [
        {"label": label, "url": f"{queue}?tab={tab.value}", "count": count, "current": tab == here}
        for tab, label, count in shown
        if count is not None
    ]
