"""One loan as its borrower sees it: what now, the way so far and ahead, every instalment, every payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loans.engine.day_count import DayCount
from loans.engine.remembered import Remembered
from loans.engine.schedule import Row
from loans.gateways.configured import gateway_for
from loans.models import Loan, PaymentOrder, ScheduleVersion, SettlementCertificate
from loans.selectors.certificates import certificate_of
from loans.selectors.debits import did_not_go_through, under_way
from loans.selectors.in_force import rows_of
from loans.selectors.payment_lines import PaymentLine, payment_lines
from loans.selectors.payout import Payout, payout
from loans.selectors.plan import Payments, Plan, plan
from loans.selectors.refunds import credit_minor
from loans.selectors.stage_facts import facts_of
from loans.selectors.standing import Standing, standing
from loans.selectors.what_now import Now, WhatNow, what_now
from loans.stages import Facts, earliest_on

Point = tuple[date, int]
LISTED = 12  # payments on the page of a loan; all of them have a page of their own


@dataclass(frozen=True, slots=True)
class Balance:
    """The principal left over time, for the picture: lists of a day and the sum left after it.

    `new` and `old` lie ahead; `old` is the plan that relief replaced. `paused_on` are the
    paused dates since the last payment, at which the sum stood still.
    """

    past: tuple[Point, ...]
    new: tuple[Point, ...]
    old: tuple[Point, ...]
    paused_on: tuple[date, ...]

    @property
    def rows(self) -> list[tuple[date, int | None, int | None]]:
        """The picture as a table: day, sum left, sum that would have been left."""
        now, before = dict((*self.past, *self.new)), dict(self.old)
        return [(on, now.get(on), before.get(on)) for on in sorted({*now, *before})]


@dataclass(frozen=True, slots=True)
class LoanPage:
    loan: Loan
    on: date
    now: WhatNow
    version: ScheduleVersion
    older: tuple[ScheduleVersion, ...]
    plan: Plan
    balance: Balance
    payments: tuple[PaymentLine, ...]
    paid_minor: int
    paid_count: int
    left_minor: int
    principal_left_minor: int
    last_row: Row
    under_way: tuple[PaymentOrder, ...]
    certificate: SettlementCertificate | None = None
    stage: Facts | None = None
    payout: Payout | None = None
    failed: PaymentOrder | None = None
    owed_back_minor: int = 0

    @property
    def newest(self) -> tuple[PaymentLine, ...]:
        """The payments that the page lists."""
        return self.payments[:LISTED]

    @property
    def has_older(self) -> bool:
        return len(self.payments) > LISTED

    @property
    def next_stage_on(self) -> date | None:
        """Where the loan is overdue: the first day on which the next step of collection could be taken."""
        return earliest_on(self.stage) if self.stage is not None else None

    @property
    def picture_on(self) -> date:
        """Where "now" is in the picture: the day the loan ended, where it has."""
        return self.loan.settled_on or self.on

    @property
    def is_by_days(self) -> bool:
        return by_days(self.loan)

    @property
    def is_withdrawal(self) -> bool:
        """Whether the money came today, so that it can be given back for the interest of one day."""
        return self.now.is_running and self.loan.disbursed_on == self.on


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """Every payment on a loan, the latest first, and what of them counts."""

    loan: Loan
    payments: tuple[PaymentLine, ...]
    paid_minor: int


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A schedule version that is not in force any more, and since when not."""

    loan: Loan
    version: ScheduleVersion
    replaced_on: date
    plan: Plan

    @property
    def is_by_days(self) -> bool:
        return by_days(self.loan)


def by_days(loan: Loan) -> bool:
    """Whether interest counts the real days, not twelve equal months."""
    return loan.conventions.day_count is not DayCount.THIRTY_360


def loan_page(loan: Loan, on: date) -> LoanPage:
    """Eight queries, three more where somebody was late and two where it is overdue, one more where it is settled.

    Five more before it is paid out. Those that found the loan, lender and product come on top.
    """
    found = standing(loan, on)
    now = what_now(found)
    versions = list(loan.schedules.order_by("number"))
    current = next(version for version in versions if version.number == found.version_number)
    payments = payment_lines(loan)
    replaced = _replaced_by_relief(versions, current)
    old_rows = rows_of([replaced.pk if replaced else -1]).get(replaced.pk if replaced else -1, ())
    paused = paused_dates(versions, up_to=current.number)
    paid = Payments(found.paid, found.paid_off_on, on, now.grace_until_on)
    return LoanPage(
        loan=loan,
        on=on,
        now=now,
        version=current,
        older=tuple(version for version in reversed(versions) if version.number < current.number),
        plan=plan(loan, found.rows, paused, paid, found.remembered),
        balance=balance(found, payments, old_rows, paused),
        payments=payments,
        paid_minor=sum(line.paid_minor for line in payments),
        paid_count=found.paid_count,
        left_minor=found.left_minor,
        principal_left_minor=found.principal_left_minor,
        last_row=found.rows[-1],
        certificate=certificate_of(loan),
        stage=facts_of(loan, on) if now.now is Now.OVERDUE else None,
        under_way=tuple(under_way(loan)),
        owed_back_minor=credit_minor(loan) if any(line.owed_back_minor for line in payments) else 0,
        failed=did_not_go_through(loan) if now.is_owed and gateway_for(loan.lender.code) else None,
        payout=payout(loan, on) if now.is_before else None,
    )


def payments_page(loan: Loan) -> PaymentsPage:
    """Two queries."""
    payments = payment_lines(loan)
    return PaymentsPage(loan, payments, sum(line.paid_minor for line in payments))


def version_page(loan: Loan, number: int) -> VersionPage | None:
    """An older version, or None where there is none of that number. Two queries."""
    versions = {version.number: version for version in loan.schedules.all()}
    if number not in versions or number >= loan.current_version:
        return None
    version = versions[number]
    paused = paused_dates(list(versions.values()), up_to=number)
    rows = rows_of([version.pk])[version.pk]
    return VersionPage(
        loan=loan,
        version=version,
        replaced_on=versions[number + 1].adopted_on,
        plan=plan(loan, rows, paused, Payments({}, {}, loan.disbursed_on), Remembered.from_dict(version.remembered)),
    )


def paused_dates(versions: Sequence[ScheduleVersion], *, up_to: int) -> list[date]:
    """The dates freed by any version up to that one; a version names only those it freed itself."""
    return [date.fromisoformat(on) for version in versions if version.number <= up_to for on in version.paused_on]


def balance(
    found: Standing, payments: Sequence[PaymentLine], old_rows: Sequence[Row], paused: Sequence[date]
) -> Balance:
    left_minor = found.loan.principal_minor
    past = {found.loan.disbursed_on: left_minor}
    for line in reversed(payments):
        left_minor -= line.principal_minor
        past[line.payment.value_on] = left_minor
    last_on = max(past)
    ahead = [(row.due_on, row.balance_minor) for row in found.unpaid_rows if row.due_on > max(found.on, last_on)]
    return Balance(
        past=tuple(sorted(past.items())),
        new=tuple(ahead),
        old=tuple((row.due_on, row.balance_minor) for row in old_rows if row.due_on > last_on),
        paused_on=tuple(sorted(on for on in paused if on > last_on)),
    )


def _replaced_by_relief(versions: Sequence[ScheduleVersion], current: ScheduleVersion) -> ScheduleVersion | None:
    """The version that stood before the one in force, where relief replaced it."""
    if current.source != ScheduleVersion.Source.RELIEF:
        return None
    return next(version for version in versions if version.number == current.number - 1)
