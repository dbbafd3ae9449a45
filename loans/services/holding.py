"""Letting kinds of action stand still on a loan, and ending that."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import User
from loans.models import Hold, Loan
from loans.services.head import iso, lock, look_again, permit_party


@transaction.atomic
def open_holds(*, loan: Loan, kinds: Iterable[str], source: str, from_on: date, acting_user: User | None) -> list[Hold]:
    """The holds of `source` on the loan, one per kind, in the order asked; opened from `from_on` where there is none.

    A hold that stands is left as it is, an ended one too: a source holds once.
    """
    loan = lock(loan)
    permit_party(loan, acting_user)
    wanted = [Hold.Kind(kind) for kind in dict.fromkeys(kinds)]
    stored = {hold.kind: hold for hold in loan.holds.filter(source=source, kind__in=wanted)}
    new = [
        Hold(lender=loan.lender, loan=loan, kind=kind.value, source=source, from_on=from_on)
        for kind in wanted
        if kind.value not in stored
    ]
    if new:
        look_again(loan)
        stored |= {hold.kind: hold for hold in Hold.objects.bulk_create(new)}
        audit.record(
            lender=loan.lender,
            verb="open_holds",
            subject=loan.number,
            after={"kinds": [hold.kind for hold in new], "source": source, "from_on": iso(from_on)},
            acting_user=acting_user,
        )
    return [stored[kind.value] for kind in wanted]


@transaction.atomic
def end_holds(
    *, loan: Loan, source: str, until_on: date, kinds: Iterable[str] | None = None, acting_user: User | None
) -> int:
    """Let the holds of `source` end with `until_on`; return how many that shortened.

    A hold that ends earlier is never lengthened, and the day on which a hold began stays held.
    """
    loan = lock(loan)
    permit_party(loan, acting_user)
    later = loan.holds.filter(Q(until_on__isnull=True) | Q(until_on__gt=until_on), source=source)
    if kinds is not None:
        later = later.filter(kind__in=[Hold.Kind(kind).value for kind in kinds])
    ended = []
    for hold in later:
        last_on = max(until_on, hold.from_on)
        if last_on != hold.until_on:
            Hold.objects.filter(pk=hold.pk).update(until_on=last_on)
            ended.append({"kind": hold.kind, "until_on": iso(hold.until_on), "now": iso(last_on)})
    if ended:
        look_again(loan)
        audit.record(
            lender=loan.lender,
            verb="end_holds",
            subject=loan.number,
            before={"holds": [{"kind": each["kind"], "until_on": each["until_on"]} for each in ended]},
            after={"source": source, "holds": [{"kind": each["kind"], "until_on": each["now"]} for each in ended]},
            acting_user=acting_user,
        )
    return len(ended)
