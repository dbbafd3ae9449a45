"""Putting a new schedule version in force: relief, payoff or correction."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from loans.engine.penalty import penalties
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered
from loans.engine.schedule import Row
from loans.errors import DateRefused, ScheduleRefused, StaleVersion
from loans.ledger import ScheduleDraft, write_schedule
from loans.models import Loan, PenaltyCharge, ScheduleVersion
from loans.selectors.charges import conventions_of, penalty_holds, row_payments
from loans.selectors.in_force import InForce, exceeds, in_force, rows_of, total
from loans.services.head import change, check_running, iso, lock, permit_party


@transaction.atomic
def adopt_schedule(
    *,
    loan: Loan,
    rows: Sequence[Row],
    source: str,
    reference: str = "",
    paused_on: Sequence[date] = (),
    remembered: Remembered = NOTHING_REMEMBERED,
    expected_version: int,
    adopted_on: date | None = None,
    acting_user: User | None,
) -> ScheduleVersion:
    """Put `rows` in force as the next version of the loan's schedule, from `adopted_on` (today unless given).

    `rows` are all rows, paid ones included and unchanged; `paused_on` are due dates on which
    nothing is due any more, `remembered` what relief leaves to remember. Who may decide this is
    the caller's rule; here the acting person need only be the borrower or staff of the lender.

    Raises `StaleVersion` unless `expected_version` is the one in force, `ScheduleRefused` for
    rows that cannot follow it.
    """
    loan = lock(loan)
    permit_party(loan, acting_user)
    check_running(loan)
    if loan.current_version != expected_version:
        raise StaleVersion(f"{loan.number} is at version {loan.current_version}, not {expected_version}")
    return adopt(
        loan,
        rows,
        source=source,
        reference=reference,
        paused_on=paused_on,
        remembered=remembered,
        adopted_on=adopted_on,
        acting_user=acting_user,
    )


def adopt(
    loan: Loan,
    rows: Sequence[Row],
    *,
    source: str,
    reference: str,
    paused_on: Sequence[date],
    remembered: Remembered,
    adopted_on: date | None,
    acting_user: User | None,
) -> ScheduleVersion:
    """The same on a loan that the caller has locked and whose version it knows."""
    today = loan.lender.today()
    adopted_on = adopted_on or today
    held = in_force([loan], today)[loan.pk]
    check_follows(loan, held, rows, adopted_on=adopted_on, today=today)
    draft = ScheduleDraft(
        loan=loan,
        number=held.version_number + 1,
        rows=rows,
        source=ScheduleVersion.Source(source),
        reference=reference,
        paused_on=paused_on,
        remembered=remembered,
        adopted_on=adopted_on,
        acting_user=acting_user,
    )
    fix_charges(loan, held, through_on=adopted_on, acting_user=acting_user)
    version = write_schedule(draft)
    change(loan, current_version=version.number, oldest_unpaid_due_on=_oldest_unpaid(held, rows))
    audit.record(
        lender=loan.lender,
        verb="adopt_schedule",
        subject=loan.number,
        before={"version": held.version_number, "hash": held.version_hash},
        after={
            "version": version.number,
            "hash": version.hash,
            "source": source,
            "reference": reference,
            "adopted_on": iso(adopted_on),
        },
        acting_user=acting_user,
    )
    return version


def fix_charges(loan: Loan, held: InForce, *, through_on: date, acting_user: User | None) -> None:
    """Write what the schedule in force has charged for being late, since it can't be counted from the next one."""
    own = conventions_of([loan], {loan.pk: held})[loan.pk]
    if own.penalty is None:
        return
    late = penalties(
        held.rows,
        row_payments(held.shares),
        through_on,
        own.rate_annual,
        own.profile,
        own.penalty,
        penalty_holds([loan])[loan.pk],
        since=own.charged_since,
    )
    PenaltyCharge.objects.bulk_create(
        PenaltyCharge(
            lender=loan.lender,
            loan=loan,
            version_number=held.version_number,
            instalment_number=one.number,
            days=one.days,
            amount_minor=one.amount_minor,
            beyond_cap_minor=one.beyond_cap_minor,
            through_on=through_on,
            made_by=acting_user,
        )
        for one in late
        if one.amount_minor or one.beyond_cap_minor
    )


def restore_before(
    loan: Loan, version: ScheduleVersion, *, reference: str, on: date, acting_user: User | None
) -> ScheduleVersion:
    """Put the rows of the version before `version` in force again, from a day, on a loan that the caller has locked."""
    former = loan.schedules.get(number=version.number - 1)
    restored = write_schedule(
        ScheduleDraft(
            loan=loan,
            number=version.number + 1,
            rows=rows_of([former.pk])[former.pk],
            source=ScheduleVersion.Source.CORRECTION,
            reference=reference,
            paused_on=[date.fromisoformat(day) for day in former.paused_on],
            remembered=Remembered.from_dict(former.remembered),
            adopted_on=on,
            acting_user=acting_user,
        )
    )
    change(loan, current_version=restored.number)
    return restored


def check_follows(loan: Loan, held: InForce, rows: Sequence[Row], *, adopted_on: date, today: date) -> None:
    """Raise unless `rows` may follow the schedule in force.

    What was paid stays paid: fully paid rows keep number and amounts, and no row asks for
    less than it was paid. No new due date lies in the past; only what was overdue before may
    stay so.
    """
    if adopted_on > today:
        raise DateRefused("in_future")
    _check_shape(loan, rows)
    new = {row.number: row for row in rows}
    for old in held.rows:
        # A row that never asked for anything is paid without money, and may go.
        is_paid = old.number in held.paid_off_on and old.number in held.paid
        if is_paid and not _same_amounts(old, new.get(old.number)):
            raise ScheduleRefused("paid_row_changed", old.number)
    for number, paid in held.paid.items():
        row = new.get(number)
        if row is None or exceeds(paid, row):
            raise ScheduleRefused("paid_more_than_due", number)
    overdue = {(row.number, row.due_on) for row in held.unpaid_rows if row.due_on < adopted_on}
    for row in rows:
        is_unpaid = total(held.paid_on(row)) < row.due_minor
        if is_unpaid and row.due_on < adopted_on and (row.number, row.due_on) not in overdue:
            raise ScheduleRefused("due_in_past", row.number)


def _check_shape(loan: Loan, rows: Sequence[Row]) -> None:
    """Numbers from 1 without gaps, dates in order, principal and balances adding up."""
    if not rows or [row.number for row in rows] != list(range(1, len(rows) + 1)):
        raise ScheduleRefused("numbers")
    balance_minor = loan.principal_minor
    last_on = loan.disbursed_on
    for row in rows:
        if row.due_on < last_on:
            raise ScheduleRefused("dates", row.number)
        balance_minor -= row.principal_minor
        if row.balance_minor != balance_minor:
            raise ScheduleRefused("balance", row.number)
        last_on = row.due_on
    if balance_minor != 0:
        raise ScheduleRefused("principal")


def _same_amounts(old: Row, new: Row | None) -> bool:
    return new is not None and (
        (old.principal_minor, old.interest_minor, old.relief_interest_minor, old.fee_minor)
        == (new.principal_minor, new.interest_minor, new.relief_interest_minor, new.fee_minor)
    )


def _oldest_unpaid(held: InForce, rows: Sequence[Row]) -> date | None:
    return next((row.due_on for row in rows if total(held.paid_on(row)) < row.due_minor), None)
