"""What stands around a staff page of this floor: at which lender, and as what one is here."""

from typing import Any

from accounts.models import Lender, Membership, User
from accounts.roles import Verb
from config import clock


def desk(user: User, lender: Lender) -> dict[str, Any]:
    """The variables of `desk.html`. One query."""
    posts = Membership.objects.in_force().filter(user=user, lender=lender).order_by("pk")
    return {
        "lender_name": lender.name,
        "desk_now": clock.now(),
        "time_zone": lender.time_zone,
        "staff_name": str(user),
        "role_name": " · ".join(dict.fromkeys(str(post.get_role_display()) for post in posts)),
    }


def desk_of_all(user: User, verb: Verb) -> dict[str, Any]:
    """As `desk`, for a page over all lenders where one may do `verb`. Two queries."""
    lenders = list(Lender.objects.where(user, verb).order_by("code"))
    posts = Membership.objects.in_force().filter(user=user, lender__in=lenders).order_by("pk")
    return {
        "lender_name": " · ".join(lender.name for lender in lenders),
        "desk_now": clock.now(),
        "time_zone": lenders[0].time_zone if lenders else "",
        "staff_name": str(user),
        "role_name": " · ".join(dict.fromkeys(str(post.get_role_display()) for post in posts)),
    }


def may(user: User, verb: Verb, lender: Lender) -> bool:
    """Whether the person may do this at the lender. One query."""
    return bool(Lender.objects.where(user, verb).filter(pk=lender.pk).exists())
