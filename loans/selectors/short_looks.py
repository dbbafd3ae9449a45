"""The schedule in force as the close of a day needs it: of a loan that is paid in time, the rows around that day.

What is left out must come to nothing, by the same engine that would count it:

    rows before the first one kept   are paid and were by the last look, which found no penalty interest
    the first row kept               was paid by its due date, so nothing before it changes the grace of those after
    rows after the last one kept     one row with their principal stands for them; nothing was paid on them

A loan of which that is not certain is read whole: another version of its schedule, a payment
that was ever put right, penalty interest once fixed or held, one paid late or far ahead, a
last look more than a month ago, a principal left that does not come out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.db.models import Exists, Min, OuterRef, Q

from accounts.keys import among, table_of
from loans.engine.penalty import may_charge
from loans.engine.remembered import NOTHING_REMEMBERED
from loans.engine.schedule import Row
from loans.models import Allocation, Hold, Instalment, Loan, PaymentCorrection, PenaltyCharge, ScheduleVersion
from loans.selectors.in_force import PENALTY, InForce, Share, in_force, paid_off, paid_rows, shares_in

# No loan is looked at less often than at the end of each month, and no instalment is due less often.
A_MONTH = timedelta(days=32)
A_DAY = timedelta(days=1)
# The ORM has no join with values.
SHARES = """
    SELECT a.loan_id, a.payment_id, p.value_on, a.instalment_number, a.component, a.amount_minor
    FROM {wanted}
    JOIN loans_allocation a ON a.loan_id = wanted.key AND a.instalment_number >= wanted.number
    JOIN loans_payment p ON p.id = a.payment_id
    WHERE p.value_on <= %s AND a.component <> 'credit'
    ORDER BY p.value_on, a.payment_id, a.instalment_number
"""


def in_force_around(loans: Sequence[Loan], day: date) -> dict[int, InForce]:
    """By the loan's primary key, for receivables and the next look at the end of `day` and for nothing else.

    Four queries, and three more for those that are read whole, however many loans.
    """
    short = short_looks(loans, day)
    return short | in_force([loan for loan in loans if loan.pk not in short], day)


def short_looks(loans: Iterable[Loan], day: date) -> dict[int, InForce]:
    """Only those of which it is certain that the rows around the day are enough."""
    asked = {loan.pk: loan for loan in loans if _may_be_short(loan, day)}
    versions = _plain_versions(asked) if asked else {}
    rows = _rows_around(versions, day)
    kept = {pk: rows[version] for version, (pk, _) in versions.items() if _is_around(asked[pk], rows[version], day)}
    if not kept:
        return {}
    shares, oldest = _shares_from({pk: of[0].number for pk, of in kept.items()}, day), _oldest_touched(kept, day)
    hashes = dict(versions.values())
    found = {}
    for pk, own in kept.items():
        if oldest.get(pk, own[0].number) >= own[0].number and (
            held := _held(asked[pk], own, shares[pk], hashes[pk], day)
        ):
            found[pk] = held
    return found


def _may_be_short(loan: Loan, day: date) -> bool:
    return (
        loan.current_version == 1
        and loan.written_off_on is None
        and loan.penalty_receivable_minor == 0
        and loan.receivable_on is not None
        and day - A_MONTH < loan.receivable_on <= day
    )


def _plain_versions(loans: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Contracts that nothing was added to: loan and hash by the version's primary key. One query."""
    of_loan = {"loan": OuterRef("loan")}
    unusual = (
        PaymentCorrection.objects.filter(**of_loan),
        PenaltyCharge.objects.filter(**of_loan),
        Hold.objects.filter(**of_loan, kind=Hold.Kind.PENALTY),
    )
    contracts = ScheduleVersion.objects.filter(
        *(~Exists(rows) for rows in unusual),
        loan__in=among(loans), number=1, source=ScheduleVersion.Source.CONTRACT, remembered={},
    ).order_by()  # fmt: skip
    return {pk: (loan, hash_) for pk, loan, hash_ in contracts.values_list("pk", "loan_id", "hash")}


def _rows_around(versions: Iterable[int], day: date) -> Mapping[int, list[Row]]:
    """A month's rows before the day and after it, by version, in order. One query."""
    found: dict[int, list[Row]] = defaultdict(list)
    stored = Instalment.objects.filter(
        version__in=among(versions), due_on__gte=day - A_MONTH, due_on__lte=day + A_MONTH
    )
    for version, *values in stored.order_by("version_id", "number").values_list("version_id", *Row._fields):
        found[version].append(Row._make(values))
    return found


def _is_around(loan: Loan, rows: Sequence[Row], day: date) -> bool:
    """Whether the first row is the loan's own first, or due by the day, and the period that runs is among them.

    A row that asks for no interest leaves its own to a later one, so it cannot be the first.
    """
    if not rows:
        return False
    first, last = rows[0], rows[-1]
    is_begun = first.number == 1 or (first.due_on <= day and first.interest_minor > 0)
    return is_begun and (last.due_on > day + A_DAY or last.number == loan.instalment_count)


def _shares_from(first: Mapping[int, int], day: date) -> Mapping[int, tuple[Share, ...]]:
    """What was paid by the day on the row of each loan that `first` names, and on those after it. One query."""
    wanted, parameters = table_of(first)
    with connection.cursor() as cursor:
        # the table is ours, values are parameters
        cursor.execute(SHARES.format(wanted=wanted), [*parameters, day])
        return shares_in(cursor.fetchall())


def _oldest_touched(loans: Iterable[int], day: date) -> dict[int, int]:
    """The lowest instalment that a payment of the last month, received or dated in it, was for. One query."""
    since = day - A_MONTH
    # Midnight in Greenwich of the day before comes earlier than that of the day anywhere.
    received = datetime.combine(since - A_DAY, time.min, tzinfo=UTC)
    lately = Q(payment__value_on__gte=since) | Q(payment__received_at__gte=received)
    recent = Allocation.objects.filter(lately, payment__loan__in=among(loans)).order_by()
    return dict(recent.values_list("loan_id").annotate(Min("instalment_number")))


def _held(loan: Loan, rows: Sequence[Row], shares: tuple[Share, ...], hash_: str, day: date) -> InForce | None:
    """What the close needs; None where it is not certain that this is all."""
    first, last = rows[0], rows[-1]
    if loan.oldest_unpaid_due_on is not None and loan.oldest_unpaid_due_on < first.due_on:
        return None
    if any(share.number > last.number or share.component == PENALTY for share in shares):
        return None
    paid, last_on = paid_rows(shares)
    paid_off_on = paid_off(rows, paid, last_on)
    if first.number > 1 and paid_off_on.get(first.number, date.max) > first.due_on:
        return None
    left_minor = sum(row.principal_minor for row in rows) + last.balance_minor
    left_minor -= sum(of.principal_minor for of in paid.values())
    if left_minor != loan.principal_left_minor or may_charge(rows, paid, paid_off_on, day, loan.grace_days):
        return None
    rest = _rest(last)
    return InForce(
        version_number=1, version_hash=hash_, rows=(*rows, *rest), paid=paid, paid_off_on=paid_off_on, paused_on=(),
        charged_since=None, has_charges=False, remembered=NOTHING_REMEMBERED, shares=shares,
    )  # fmt: skip


def _rest(last: Row) -> list[Row]:
    """All that falls due after the last row, as one."""
    if not last.balance_minor:
        return []
    return [Row(last.number + 1, last.due_on, last.due_on + A_MONTH, last.balance_minor, 0, 0)]
