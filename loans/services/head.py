"""How every service on a loan begins and ends: lock, permit, compare-and-set."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Model

from accounts.bulk import overwrite
from accounts.errors import Conflict, NotPermitted
from accounts.models import Membership, User
from accounts.roles import Verb
from accounts.services import require
from loans.errors import AlreadySettled, NotDisbursed, WrittenOff
from loans.models import Loan

DAY = timedelta(days=1)


def lock(loan: Loan) -> Loan:
    """The loan as it is now, locked until the transaction ends. The first statement of every change."""
    return (
        Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower").get(pk=loan.pk)
    )


def permit(loan: Loan, verb: Verb, acting_user: User | None) -> None:
    """The system, or staff of this lender who may `verb`."""
    if acting_user is not None:
        require(lender=loan.lender, verb=verb, user=acting_user)


def permit_party(loan: Loan, acting_user: User | None) -> None:
    """The system, the borrower, or anybody in force on the lender's staff.

    For what another floor has permitted by a rule of its own (a decision, an acceptance):
    it keeps strangers and other lenders out and asks nothing more.
    """
    if acting_user is None or is_borrower(loan, acting_user):
        return
    if not Membership.objects.in_force().filter(user=acting_user, lender=loan.lender).exists():
        raise NotPermitted(f"{acting_user} has nothing to do with {loan.number}")


def is_borrower(loan: Loan, acting_user: User | None) -> bool:
    return acting_user is not None and loan.borrower.user_id == acting_user.pk


def check_running(loan: Loan) -> None:
    """Raise unless the loan is disbursed, not settled and not written off."""
    check_owed(loan)
    if loan.state == Loan.State.WRITTEN_OFF:
        raise WrittenOff(loan.number)


def check_owed(loan: Loan) -> None:
    """Raise unless something is still to pay: on a loan that runs, or was written off."""
    if loan.state in (Loan.State.PENDING, Loan.State.CANCELLED):
        raise NotDisbursed(loan.number)
    if loan.state == Loan.State.SETTLED:
        raise AlreadySettled(loan.number)


def change(loan: Loan, **columns: Any) -> Loan:
    """Write columns if nobody has changed the row since it was read; the row version counts up.

    Whatever changed, the close of the day looks at the loan. One whose months are all on file,
    or that had none, may have some now: they are looked at too.
    """
    columns.setdefault("next_close_on", today_or_sooner(loan))
    if loan.next_month_on is None:
        columns.setdefault("next_month_on", loan.lender.today() - DAY)
    changed = Loan.objects.filter(pk=loan.pk, version=loan.version).update(version=F("version") + 1, **columns)
    if not changed:
        raise Conflict(f"{loan.number} was changed by somebody else")
    loan.version += 1
    for name, value in columns.items():
        setattr(loan, name, value)
    return loan


def today_or_sooner(loan: Loan) -> date:
    """The day whose close looks at a loan that something happens to now."""
    today: date = loan.lender.today()
    return min(loan.next_close_on or today, today)


def look_again(loan: Loan) -> None:
    """Have the close of the day look at a loan whose row does not change, but something around it does."""
    Loan.objects.filter(pk=loan.pk).update(next_close_on=today_or_sooner(loan))


def look_at_months(loan: Loan) -> None:
    """Have the next run of the months look at a loan, whichever it is: of today or of yesterday's close."""
    Loan.objects.filter(pk=loan.pk).update(next_month_on=loan.lender.today() - DAY)


def update_each(model: type[Model], rows: Sequence[tuple[Model, Mapping[str, Any]]], guard: str) -> None:
    """Write columns of many rows, each with its own values, if `guard` (a column) still is what was read.

    A `version` counts up. Raises `Conflict` where a row was changed meanwhile; the caller's
    transaction undoes the rest.
    """
    if not rows:
        return
    names = tuple(rows[0][1])
    values = [(*(columns[name] for name in names), row.pk, getattr(row, guard)) for row, columns in rows]
    if overwrite(model, names, guard, values) != len(rows):
        raise Conflict(f"{model._meta.verbose_name}: changed by somebody else")


def change_each(rows: Sequence[tuple[Loan, Mapping[str, Any]]]) -> None:
    """What `change` does, for many running loans at once; each row names the day whose close looks at its loan."""
    update_each(Loan, rows, "version")
    for loan, columns in rows:
        loan.version += 1
        for name, value in columns.items():
            setattr(loan, name, value)


def iso(on: date | None) -> str | None:
    """A date as the audit chain holds it."""
    return on.isoformat() if on is not None else None
