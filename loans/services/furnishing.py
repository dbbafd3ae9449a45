"""Giving the months of a loan to the credit file, and correcting one when the facts were others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.roles import Verb
from credit import services as credit
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from loans.engine.calendar import add_months, month_end, month_of
from loans.engine.schedule import Row
from loans.errors import MonthNotFurnished, MonthNotOver, NotDisbursed
from loans.models import Allocation, Hold, Loan, ScheduleVersion
from loans.months import Part, Span, month_facts
from loans.selectors.in_force import rows_of
from loans.services.head import lock, permit
from loans.services.withholding import may_correct, permitted, waiting_corrections


@transaction.atomic
def furnish_months(*, loan: Loan, through: date, acting_user: User | None) -> int:
    """Furnish every month of the loan up to `through` that the credit file does not have yet; return how many.

    A month is furnished once it and the grace after it are over; after settlement there are
    none. One that nobody may report yet is held back (`loans/adverse.py`), and the others go;
    so are corrections that waited. Run again, it furnishes nothing. Raises `MonthNotOver` if
    `through` is not decided yet, `NotDisbursed`. About thirteen queries, however many months.
    """
    loan = lock(loan)
    permit(loan, Verb.FURNISH, acting_user)
    tradeline = _tradeline(loan)
    last = month_of(through)
    _check_over(loan, last)
    on_file = list(MonthFact.objects.current().filter(tradeline=tradeline))
    for month, reason in waiting_corrections(loan, on_file):
        correct_month(loan=loan, month=month, reason=reason, acting_user=acting_user)
    have = {row.month for row in on_file}
    missing = [month for month in _months(loan, last) if month not in have]
    if not missing:
        return 0
    history = history_of(loan)
    facts = permitted(loan, tradeline, [history.facts(month) for month in missing], on_file)
    if not facts:
        return 0
    credit.furnish_months(tradeline=tradeline, facts=facts, acting_user=acting_user)
    audit.record(
        lender=loan.lender,
        verb="furnish_months",
        subject=loan.number,
        after={"months": len(facts), "from": f"{facts[0].month:%Y-%m}", "through": f"{facts[-1].month:%Y-%m}"},
        acting_user=acting_user,
    )
    return len(facts)


@transaction.atomic
def correct_month(*, loan: Loan, month: date, reason: str, acting_user: User | None) -> MonthFact:
    """Judge a furnished month again by what the books say now; a month that differs gets a new version.

    One that turns against the borrower waits until they were told; the version that stands is
    returned then. Raises `MonthNotFurnished` for a month that the file does not have.
    """
    loan = lock(loan)
    permit(loan, Verb.FURNISH, acting_user)
    tradeline = _tradeline(loan)
    rows: Iterable[MonthFact] = MonthFact.objects.current().filter(tradeline=tradeline)
    on_file = {row.month: row for row in rows}
    current = on_file.get(month_of(month))
    if current is None:
        raise MonthNotFurnished(f"{loan.number} {month:%Y-%m}")
    facts = history_of(loan).facts(current.month)
    if reason and not may_correct(loan, current, facts, on_file.values(), reason):
        return current
    return credit.furnish_month(tradeline=tradeline, facts=facts, reason=reason, acting_user=acting_user)


def judge_anew(loan: Loan, *, from_on: date, reason: str) -> None:
    """Judge every month on file from the month of that day on again; those that come out otherwise are corrected.

    For what follows from a payment that was known late or taken back, inside its transaction.
    """
    on_file = MonthFact.objects.filter(
        tradeline__lender=loan.lender, tradeline__reference=loan.number, month__gte=month_of(from_on)
    )
    for month in sorted(set(on_file.values_list("month", flat=True))):
        correct_month(loan=loan, month=month, reason=reason, acting_user=None)


@dataclass(frozen=True, slots=True)
class Version:
    """A schedule version as a month needs it."""

    adopted_on: date
    is_relief: bool
    reference: str
    paused_on: tuple[date, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Everything that months of one loan are judged by; versions in order."""

    loan: Loan
    versions: Sequence[Version]
    payments: Sequence[Part]
    holds: Sequence[Span]

    def facts(self, month: date) -> MonthFacts:
        """The facts of one month, under the version in force on its day of record."""
        end = month_end(month)
        as_of = end + timedelta(days=self.loan.grace_days)
        known = [version for version in self.versions if version.adopted_on <= as_of]
        rows = known[-1].rows
        due = {row.due_on for row in rows}
        reliefs = [version for version in reversed(known) if version.is_relief]
        # The last relief that took a date of this month away, for good; else the last there was.
        of_month = [each for each in reliefs if any(month <= on <= end and on not in due for on in each.paused_on)]
        relief = next(iter([*of_month, *reliefs]), None)
        return month_facts(
            month=month,
            rows_in_force=rows,
            paused_on=[on for on in relief.paused_on if on not in due] if relief else [],
            payments=self.payments,
            holds=self.holds,
            grace_days=self.loan.grace_days,
            disbursed_on=self.loan.disbursed_on,
            settled_on=self.loan.settled_on,
            written_off_on=self.loan.written_off_on,
            relief_reference=relief.reference if relief else "",
            relieved_on=relief.adopted_on if relief else None,
            grace_needs_clean_previous=self.loan.grace_needs_clean_previous,
        )


def history_of(loan: Loan) -> History:
    """Four queries."""
    stored = list(ScheduleVersion.objects.filter(loan=loan).order_by("number"))
    rows = rows_of(version.pk for version in stored)
    versions = [
        Version(
            adopted_on=version.adopted_on,
            is_relief=version.source == ScheduleVersion.Source.RELIEF,
            reference=version.source_reference,
            paused_on=tuple(date.fromisoformat(on) for on in version.paused_on),
            rows=rows[version.pk],
        )
        for version in stored
    ]
    holds = loan.holds.filter(kind=Hold.Kind.BUREAU).values_list("source", "from_on", "until_on")
    return History(loan, versions, _parts(loan), [Span(*hold) for hold in holds])


def _parts(loan: Loan) -> list[Part]:
    """What came in, by instalment and day."""
    sums: dict[tuple[int, date], tuple[int, int]] = {}
    own = (Allocation.Component.PRINCIPAL, Allocation.Component.INTEREST, Allocation.Component.FEE)
    lines = Allocation.objects.filter(loan=loan, component__in=own).values_list(
        "instalment_number", "payment__value_on", "component", "amount_minor"
    )
    for number, on, component, amount_minor in lines:
        amount, principal = sums.get((number, on), (0, 0))
        of_principal = amount_minor if component == Allocation.Component.PRINCIPAL else 0
        sums[number, on] = amount + amount_minor, principal + of_principal
    # What was taken back again is nothing that came in.
    return [Part(number, on, amount, principal) for (number, on), (amount, principal) in sorted(sums.items()) if amount]


def _tradeline(loan: Loan) -> Tradeline:
    tradeline = Tradeline.objects.select_related("lender").filter(lender=loan.lender, reference=loan.number).first()
    if tradeline is None:
        raise NotDisbursed(loan.number)
    return tradeline


def _check_over(loan: Loan, month: date) -> None:
    if month_end(month) + timedelta(days=loan.grace_days) >= loan.lender.today():
        raise MonthNotOver(f"{month:%Y-%m}")


def _months(loan: Loan, last: date) -> list[date]:
    """The months of the loan's life up to `last`, the month of settlement included."""
    if loan.settled_on is not None:
        last = min(last, month_of(loan.settled_on))
    month, months = month_of(loan.disbursed_on), []
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    return months
