"""What the books knew at the end of a day: what had been posted until then, and the schedules adopted until then.

A payment that came on the 10th and was recorded on the 20th is not known on the 15th, however
often one asks; so the answer for a past day never changes. Two questions are asked of all
loans of a lender at once, each in one statement of SQL: the database joins and adds up, and
only sums or the few loans that need a closer look come back. A loan that needs one is judged
by the engine, from `in_force_as_known`.

The statements go back from today: from the cached columns of a loan (which `verify_books`
holds against the journal), without what was posted since. So a recent day, which is what is
mostly asked for, costs the loans that were late or have moved, and not the whole journal.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from accounts.models import Lender
from loans.models import Allocation, Loan, ScheduleVersion
from loans.selectors.in_force import InForce, build, rows_of, shares_of, with_charges

# Loans that had been paid out and not written off by then, and their principal in the books: what is there now,
# without what was posted since.
OWED = """
    later AS (
        SELECT entry.loan_id AS loan_id,
               SUM(CASE WHEN posting.account = 'principal' THEN posting.amount_minor ELSE 0 END) AS moved_minor,
               MAX(CASE WHEN entry.kind IN ('disbursement', 'opening') THEN 1 ELSE 0 END) AS begins
        FROM loans_journalentry entry JOIN loans_posting posting ON posting.entry_id = entry.id
        WHERE entry.lender_id = %(lender)s AND entry.posted_on > %(on)s AND entry.loan_id IS NOT NULL
        GROUP BY entry.loan_id
    ),
    owed AS (
        SELECT loan.id AS loan_id, loan.product_id, loan.state, loan.grace_days, loan.principal_minor AS lent_minor,
               loan.oldest_unpaid_due_on,
               CASE WHEN loan.written_off_on IS NULL THEN loan.principal_left_minor ELSE 0 END
                   - COALESCE(later.moved_minor, 0) AS left_minor,
               CASE WHEN later.loan_id IS NULL THEN 0 ELSE 1 END AS is_moved
        FROM loans_loan loan LEFT JOIN later ON later.loan_id = loan.id
        WHERE loan.lender_id = %(lender)s AND loan.state NOT IN ('pending', 'cancelled')
          AND COALESCE(later.begins, 0) = 0
          AND (loan.written_off_on IS NULL OR loan.written_off_on > %(on)s)
    )
"""
# A row a product, and a row for every loan without principal that is running now, or moved since: whether it was
# over is for the engine to say.
BY_PRODUCT = f"""
    WITH {OWED}
    SELECT product_id,
           CASE WHEN left_minor = 0 AND (state <> 'settled' OR is_moved = 1) THEN loan_id ELSE 0 END AS uncertain,
           COUNT(*), SUM(CASE WHEN left_minor <> 0 THEN 1 ELSE 0 END), SUM(lent_minor), SUM(left_minor)
    FROM owed GROUP BY 1, 2
"""  # noqa: S608  # put together from words of this module
DUE = "(due.principal_minor + due.interest_minor + due.relief_interest_minor + due.fee_minor)"
# Loans with instalments that were due before the day and not paid in full. Only those can have any that have one
# now, or of which something became known since.
UNPAID = f"""
    WITH {OWED},
    suspect AS (
        SELECT loan_id, grace_days, left_minor FROM owed
        WHERE oldest_unpaid_due_on < %(on)s OR is_moved = 1
           OR loan_id IN (SELECT loan_id FROM loans_scheduleversion
                          WHERE lender_id = %(lender)s AND adopted_at >= %(end)s)
           OR loan_id IN (SELECT loan_id FROM loans_paymentcorrection
                          WHERE lender_id = %(lender)s AND made_at >= %(end)s)
    ),
    known AS (
        SELECT version.loan_id AS loan_id, MAX(version.number) AS number
        FROM loans_scheduleversion version JOIN suspect ON suspect.loan_id = version.loan_id
        WHERE version.number = 1 OR version.adopted_at < %(end)s
        GROUP BY version.loan_id
    ),
    paid AS (
        SELECT share.loan_id AS loan_id, share.instalment_number AS number, SUM(share.amount_minor) AS paid_minor
        FROM suspect
        JOIN loans_allocation share ON share.loan_id = suspect.loan_id
        LEFT JOIN loans_paymentcorrection correction ON correction.id = share.correction_id
        WHERE share.component IN ('principal', 'interest', 'fee')
          AND (share.correction_id IS NULL OR correction.made_at < %(end)s)
          AND NOT EXISTS (
            SELECT 1 FROM loans_payment payment JOIN loans_journalentry entry ON entry.id = payment.journal_entry_id
            WHERE payment.id = share.payment_id AND entry.posted_on > %(on)s)
        GROUP BY share.loan_id, share.instalment_number
    )
    SELECT version.loan_id, suspect.grace_days, suspect.left_minor, MIN(due.due_on), MAX(due.due_on),
           SUM({DUE} - COALESCE(paid.paid_minor, 0))
    FROM known
    JOIN suspect ON suspect.loan_id = known.loan_id
    JOIN loans_scheduleversion version ON version.loan_id = known.loan_id AND version.number = known.number
    JOIN loans_instalment due ON due.version_id = version.id
    LEFT JOIN paid ON paid.loan_id = version.loan_id AND paid.number = due.number
    WHERE due.due_on < %(on)s AND {DUE} > COALESCE(paid.paid_minor, 0)
    GROUP BY version.loan_id, suspect.grace_days, suspect.left_minor
"""  # noqa: S608


class OfProduct(NamedTuple):
    """Loans of one product: paid out, of these with principal left, and both sums.

    `uncertain_pk` is 0, or the one loan that this is about: nothing of its principal is left.
    """

    product_pk: int
    uncertain_pk: int
    loans: int
    with_principal: int
    lent_minor: int
    left_minor: int


class Unpaid(NamedTuple):
    """A loan with unpaid instalments of days before: the first and the last of them, and what is open on all."""

    loan_pk: int
    grace_days: int
    principal_minor: int
    oldest_on: date
    newest_on: date
    open_minor: int


def by_product(lender: Lender, on: date) -> list[OfProduct]:
    return [OfProduct(*map(int, row)) for row in _rows(BY_PRODUCT, lender, on)]


def unpaid(lender: Lender, on: date) -> Iterator[Unpaid]:
    for loan_pk, grace_days, left_minor, oldest, newest, open_minor in _rows(UNPAID, lender, on):
        yield Unpaid(loan_pk, grace_days, int(left_minor), _day(oldest), _day(newest), int(open_minor))


def end_of(lender: Lender, on: date) -> datetime:
    """The instant at which that day is over at the lender, in UTC.

    >>> end_of(Lender(time_zone="Asia/Shanghai"), date(2026, 5, 8)).isoformat()
    '2026-05-08T16:00:00+00:00'
    """
    midnight = datetime.combine(on + timedelta(days=1), time.min, tzinfo=ZoneInfo(lender.time_zone))
    return midnight.astimezone(UTC)


def in_force_as_known(lender: Lender, loans: Sequence[Loan], on: date) -> dict[int, InForce]:
    """As `in_force`, with what was known at the end of the day. Three queries, however many loans."""
    end, pks = end_of(lender, on), [loan.pk for loan in loans]
    known = ScheduleVersion.objects.filter(Q(number=1) | Q(adopted_at__lt=end), loan__in=pks)
    versions = {version.loan_id: version for version in with_charges(known).order_by("loan_id", "number")}
    rows = rows_of(version.pk for version in versions.values())
    shares = shares_of(
        Allocation.objects.filter(
            Q(correction__isnull=True) | Q(correction__made_at__lt=end),
            loan__in=pks,
            payment__journal_entry__posted_on__lte=on,
        )
    )
    return {pk: build(version, rows[version.pk], shares[pk]) for pk, version in versions.items()}


def _rows(sql: str, lender: Lender, on: date) -> list[Any]:
    values = {
        "lender": lender.pk,
        "on": connection.ops.adapt_datefield_value(on),
        "end": connection.ops.adapt_datetimefield_value(end_of(lender, on)),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _day(value: date | str) -> date:
    """A date of an aggregate: SQLite says it in letters."""
    return value if isinstance(value, date) else date.fromisoformat(value)
