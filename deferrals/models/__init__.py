"""The objects of relief: request, decision, offer, acceptance, plan, letter, policy."""

from deferrals.models.decision import Acceptance, Decision, Offer
from deferrals.models.letter import Letter, LetterReading
from deferrals.models.plan import ReliefMonth, ReliefPlan
from deferrals.models.policy import PolicyVersion
from deferrals.models.request import Clock, ReliefRequest, RequestLoan

__all__ = [
    "Acceptance",
    "Clock",
    "Decision",
    "Letter",
    "LetterReading",
    "Offer",
    "PolicyVersion",
    "ReliefMonth",
    "ReliefPlan",
    "ReliefRequest",
    "RequestLoan",
]
