"""Reading a hidden number: by a person, with a reason that everybody concerned can see; or by a machine that pays."""

import re
from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted, Refused
from accounts.models import BankAccount, Borrower, Identity, Lender, LenderRelation, Membership, Unmasking
from accounts.models.identity import seal_of_identity
from accounts.roles import Verb
from accounts.sealed_box import sealed_box
from accounts.services.enrolling import require
from config import clock

SHORTEST_REASON = 6
_A_NUMBER = re.compile(r"\d{8}")


@transaction.atomic
def unmask(
    *, borrower: Borrower, lender: Lender, account: BankAccount | None = None, reason: str, acting_user: Any
) -> str:
    """The whole identity number of a customer of `lender`, or that of `account`. Recorded before it is returned.

    `NotPermitted` without the role, for somebody else's customer and for oneself; `Refused`
    with `reason` (too short, or with a number in it) or `nothing` (no number is kept).
    """
    require(lender=lender, verb=Verb.UNMASK, user=acting_user)
    relation = LenderRelation.objects.filter(borrower=borrower, lender=lender).first()
    if relation is None or borrower.user_id == acting_user.pk or (account and account.borrower_id != borrower.pk):
        raise NotPermitted("not this person's customer")
    words = " ".join(reason.split())
    if len(words) < SHORTEST_REASON or _A_NUMBER.search(words):
        raise Refused("reason")
    number = opened_account_number(account) if account else _identity_number(borrower)
    post = Membership.objects.allowing(Verb.UNMASK).filter(user=acting_user, lender=lender).exclude(handle="").first()
    looked = Unmasking.objects.create(
        lender=lender,
        borrower=borrower,
        what=Unmasking.What.BANK_ACCOUNT if account else Unmasking.What.IDENTITY,
        bank_account=account,
        reason=words,
        by=acting_user,
        handle=post.handle if post else "",
        at=clock.now(),
    )
    audit.record(
        lender=lender,
        verb="unmask",
        subject=relation.reference,
        after={"what": looked.what, "reason": words},
        acting_user=acting_user,
    )
    return number


def _identity_number(borrower: Borrower) -> str:
    identity = Identity.objects.filter(borrower=borrower).exclude(number_sealed="").first()
    if identity is None:
        raise Refused("nothing")
    return sealed_box().open(identity.number_sealed, identity.seal_of)


def opened_identities(borrowers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Name and number of those whose identity is confirmed, by the borrower's primary key. One query.

    For a file that goes to a credit bureau; never for a page.
    """
    known = Identity.objects.filter(borrower__in=borrowers, state=Identity.State.VERIFIED).exclude(number_sealed="")
    rows = list(known.values_list("borrower", "borrower__public_id", "name", "number_sealed"))
    if not rows:
        return {}
    box = sealed_box()
    return {pk: (name, box.open(sealed, seal_of_identity(public_id))) for pk, public_id, name, sealed in rows}


def opened_account_number(account: BankAccount) -> str:
    """The whole number, for a gateway that sends or takes money; never for a page. `Refused` if none is kept."""
    if not account.number_sealed:
        raise Refused("nothing")
    return sealed_box().open(account.number_sealed, account.seal_of)
