"""Where staff begin: with the cases, if cases are their work; else at the workbench's index."""

from typing import Any

from accounts.models import Membership
from accounts.roles import Verb, roles_for

QUEUE = "admin:deferrals_reliefrequest_queue"
INDEX = "admin:index"
KEEPERS_OF_THE_QUEUE = (*roles_for(Verb.CLAIM), *roles_for(Verb.REASSIGN))


def landing(user: Any) -> str:
    """The name of the first page of a member of staff. One query."""
    posts = Membership.objects.in_force().filter(user=user, role__in=KEEPERS_OF_THE_QUEUE)
    return QUEUE if posts.exists() else INDEX
