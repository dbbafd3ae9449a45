"""What relief can do, one verb per intention."""

from deferrals.services.accept import accept
from deferrals.services.close import decline, rescind, tick, withdraw
from deferrals.services.decide import approve, deny
from deferrals.services.policy import publish_policy
from deferrals.services.review import claim, claim_next, release
from deferrals.services.submit import submit_request

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
