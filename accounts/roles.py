"""Which role may do what, for one lender: a table, nothing else.

A membership gives a person one role at one lender; what follows from it stands here and
nowhere else. Being a superuser adds nothing: it manages people and lenders, never cases.
Roles are those of a relief desk (intake, review, second signature, appeal, supervision,
policy, events), collections and audit.
"""

from enum import StrEnum
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    INTAKE = "intake", _("Intake clerk")
    REVIEWER = "reviewer", _("Reviewer")
    SENIOR_REVIEWER = "senior_reviewer", _("Senior reviewer")
    APPEAL_REVIEWER = "appeal_reviewer", _("Appeal reviewer")
    SUPERVISOR = "supervisor", _("Supervisor")
    POLICY_AUTHOR = "policy_author", _("Policy author")
    POLICY_PUBLISHER = "policy_publisher", _("Policy publisher")
    EVENT_OFFICER = "event_officer", _("Event officer")
    COLLECTIONS = "collections", _("Collections")
    SERVICING = "servicing", _("Loan servicing")
    AUDITOR = "auditor", _("Auditor")


class Verb(StrEnum):
    """What a member of staff may be allowed to do at a lender."""

    VIEW_BORROWERS = "view_borrowers"
    UNMASK = "unmask"
    VIEW_LOANS = "view_loans"
    VIEW_PRODUCTS = "view_products"
    DRAFT_PRODUCT = "draft_product"
    PUBLISH_PRODUCT = "publish_product"
    VIEW_APPLICATIONS = "view_applications"
    DECIDE_APPLICATION = "decide_application"
    CHANGE_LIMIT = "change_limit"
    OPEN_LOAN = "open_loan"
    DISBURSE_LOAN = "disburse_loan"
    RECORD_PAYMENT = "record_payment"
    REVERSE_PAYMENT = "reverse_payment"
    REFUND = "refund"
    MATCH_SUSPENSE = "match_suspense"
    HANDLE_BANK_FILES = "handle_bank_files"
    VIEW_HOLDS = "view_holds"
    PLACE_HOLD = "place_hold"
    COLLECT = "collect"
    WRITE_OFF = "write_off"
    FURNISH = "furnish"
    INQUIRE = "inquire"
    VIEW_REQUESTS = "view_requests"
    CLAIM = "claim"
    CLAIM_ANY = "claim_any"
    DECIDE = "decide"
    DECIDE_ABOVE_LIMIT = "decide_above_limit"
    REASSIGN = "reassign"
    VIEW_POLICY = "view_policy"
    VIEW_AUDIT = "view_audit"


_REVIEW = frozenset(
    {
        Verb.VIEW_PRODUCTS,
        Verb.VIEW_APPLICATIONS,
        Verb.VIEW_BORROWERS,
        Verb.VIEW_LOANS,
        Verb.VIEW_HOLDS,
        Verb.VIEW_REQUESTS,
        Verb.VIEW_POLICY,
        Verb.CLAIM,
        Verb.DECIDE,
        Verb.DECIDE_APPLICATION,
        Verb.INQUIRE,
    }
)
_LOOK = frozenset(
    {
        Verb.VIEW_PRODUCTS,
        Verb.VIEW_APPLICATIONS,
        Verb.VIEW_BORROWERS,
        Verb.VIEW_LOANS,
        Verb.VIEW_HOLDS,
        Verb.VIEW_REQUESTS,
        Verb.VIEW_POLICY,
    }
)

PERMITTED: MappingProxyType[str, frozenset[Verb]] = MappingProxyType(
    {
        Role.INTAKE.value: frozenset({Verb.VIEW_PRODUCTS, Verb.VIEW_BORROWERS, Verb.VIEW_LOANS}),
        Role.REVIEWER.value: _REVIEW,
        Role.SENIOR_REVIEWER.value: _REVIEW | {Verb.CLAIM_ANY, Verb.DECIDE_ABOVE_LIMIT, Verb.UNMASK, Verb.CHANGE_LIMIT},
        Role.APPEAL_REVIEWER.value: frozenset({Verb.VIEW_POLICY}),
        Role.SUPERVISOR.value: _LOOK | {Verb.REASSIGN, Verb.VIEW_AUDIT, Verb.WRITE_OFF},
        Role.POLICY_AUTHOR.value: frozenset({Verb.VIEW_POLICY, Verb.VIEW_PRODUCTS, Verb.DRAFT_PRODUCT}),
        Role.POLICY_PUBLISHER.value: frozenset({Verb.VIEW_POLICY, Verb.VIEW_PRODUCTS, Verb.PUBLISH_PRODUCT}),
        Role.EVENT_OFFICER.value: frozenset({Verb.VIEW_POLICY}),
        Role.COLLECTIONS.value: frozenset({Verb.VIEW_HOLDS, Verb.COLLECT}),
        Role.SERVICING.value: frozenset(
            {
                Verb.VIEW_PRODUCTS,
                Verb.VIEW_BORROWERS,
                Verb.UNMASK,
                Verb.VIEW_LOANS,
                Verb.OPEN_LOAN,
                Verb.DISBURSE_LOAN,
                Verb.RECORD_PAYMENT,
                Verb.REVERSE_PAYMENT,
                Verb.REFUND,
                Verb.MATCH_SUSPENSE,
                Verb.HANDLE_BANK_FILES,
                Verb.VIEW_HOLDS,
                Verb.PLACE_HOLD,
                Verb.COLLECT,
                Verb.FURNISH,
                Verb.INQUIRE,
            }
        ),
        Role.AUDITOR.value: _LOOK | {Verb.VIEW_AUDIT},
    }
)


def permits(role: str, verb: Verb) -> bool:
    """Whether `role` may do `verb`; an unknown role may do nothing.

    >>> permits("reviewer", Verb.DECIDE), permits("auditor", Verb.DECIDE), permits("?", Verb.CLAIM)
    (True, False, False)
    """
    return verb in PERMITTED.get(role, frozenset())


def roles_for(verb: Verb) -> tuple[str, ...]:
    """The roles that may do `verb`, in the order of `Role`."""
    return tuple(role.value for role in Role if permits(role.value, verb))
