"""Making people customers and staff of a lender, and numbering what is theirs."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Borrower, Lender, LenderRelation, Membership, ReferenceCounter, User
from accounts.roles import Role, Verb, roles_for


def require(*, lender: Lender, verb: Verb, user: Any) -> None:
    """Raise `NotPermitted` unless `user` holds, in force, a role at `lender` that allows `verb`. One query."""
    if user is None or not getattr(user, "is_authenticated", False):
        raise NotPermitted(f"{verb} needs a member of staff")
    allowed = Membership.objects.in_force().filter(user=user, lender=lender, role__in=roles_for(verb))
    if not allowed.exists():
        raise NotPermitted(f"{user} may not {verb} at {lender.code}")


def next_reference(*, lender: Lender, prefix: str, year: int) -> str:
    """The next short reference of its kind, such as `R-2026-000123`; no gaps, no repeats per lender."""
    with transaction.atomic():
        counter, _ = ReferenceCounter.objects.select_for_update(no_key=True).get_or_create(
            lender=lender, prefix=prefix, year=year
        )
        ReferenceCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
        counter.refresh_from_db(fields=["last"])
    return f"{prefix}-{year}-{counter.last:06d}"


@transaction.atomic
def enrol_borrower(
    *,
    lender: Lender,
    name: str,
    since: date,
    user: User | None = None,
    name_latin: str = "",
    reference: str = "",
    acting_user: User | None,
) -> Borrower:
    """The borrower behind `user` (made if new), as a customer of `lender`.

    Called again for the same person and lender it changes nothing.
    """
    borrower = Borrower.objects.filter(user=user).first() if user is not None else None
    if borrower is None:
        borrower = Borrower.objects.create(user=user, name=name, name_latin=name_latin)
    elif name_latin and not borrower.name_latin:
        borrower.name_latin = name_latin
        borrower.save(update_fields=["name_latin"])
    if LenderRelation.objects.filter(borrower=borrower, lender=lender).exists():
        return borrower
    number = reference or next_reference(lender=lender, prefix="C", year=since.year)
    LenderRelation.objects.create(borrower=borrower, lender=lender, reference=number, since=since)
    audit.record(
        lender=lender,
        verb="enrol_borrower",
        subject=number,
        after={"since": since.isoformat()},
        acting_user=acting_user,
    )
    return borrower


@transaction.atomic
def appoint(*, user: User, lender: Lender, role: Role, handle: str = "", acting_user: User | None) -> Membership:
    """Give `user` a role at `lender` and let them open the staff site."""
    membership, made = Membership.objects.get_or_create(
        user=user, lender=lender, role=role, defaults={"handle": handle}
    )
    if not made and (not membership.is_active or handle not in ("", membership.handle)):
        membership.is_active, membership.handle = True, handle or membership.handle
        membership.save(update_fields=["is_active", "handle"])
    if not user.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True)
        user.is_staff = True
    audit.record(
        lender=lender, verb="appoint", subject=str(user.public_id), after={"role": str(role)}, acting_user=acting_user
    )
    return membership
