"""What relief can do, one verb per intention."""

from deferrals.services.accepting import accept
from deferrals.services.closing import decline, rescind, tick, withdraw
from deferrals.services.deciding import approve, deny
from deferrals.services.publishing import publish_policy
from deferrals.services.reviewing import claim, claim_next, release
from deferrals.services.submitting import submit_request

__all__ = [
    "accept",
    "approve",
    "claim",
    "claim_next",
    "decline",
    "deny",
    "publish_policy",
    "release",
    "rescind",
    "submit_request",
    "tick",
    "withdraw",
]
