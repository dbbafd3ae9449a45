"""Two small rules of the verbs about oneself: only oneself, and one's lenders are told."""

from collections.abc import Mapping
from typing import Any

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Borrower, User


def only_oneself(user: User | None, acting_user: Any) -> None:
    """Raise `NotPermitted` unless the acting person is that very user."""
    if user is None or acting_user is None or user.pk != acting_user.pk:
        raise NotPermitted("only the person themself may do this")


def tell_lenders(borrower: Borrower, verb: str, after: Mapping[str, Any], acting_user: User | None) -> None:
    """One entry in the chain of each lender the borrower is a customer of, under that lender's own reference.

    `after` must hold nothing of any number.
    """
    for relation in borrower.relations.select_related("lender").order_by("lender_id"):
        audit.record(
            lender=relation.lender, verb=verb, subject=relation.reference, after=after, acting_user=acting_user
        )
