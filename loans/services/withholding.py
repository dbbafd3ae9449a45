"""Which decided months may go to the credit file now; the others are held back, and the books say why."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from credit.codes import is_adverse, is_bad_debt
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors import terms_of
from loans.adverse import Hindrance, Permission, hindrance
from loans.models import Forewarning, HeldMonth, Loan
from loans.selectors.debits import Debt, of_debt


def permitted(
    debt: Debt, tradeline: Tradeline, facts: Sequence[MonthFacts], on_file: Iterable[MonthFact]
) -> list[MonthFacts]:
    """Those of `facts` that may be furnished today; for each other one it is written why not, once. Four queries."""
    may, held = [], []
    consents = terms_of(debt.borrower, debt.lender, Purpose.REPORTING)
    gate, today = _gate(debt, [*map(MonthFacts.of, on_file), *facts], consents), debt.lender.today()
    for each in facts:
        reason = gate.hindrance(each, closed_on=tradeline.closed_on, on=today)
        if reason is None:
            may.append(each)
        else:
            held.append(_held(debt, each.month, reason))
    HeldMonth.objects.bulk_create(held, ignore_conflicts=True)
    return may


def may_correct(debt: Debt, current: MonthFact, facts: MonthFacts, on_file: Iterable[MonthFact], reason: str) -> bool:
    """Whether a month on file may say `facts` from now on; if not, it is written why it waits.

    Putting right what is on file needs no new consent. What turns against the borrower needs
    them to be told first, as anything late does.
    """
    if _gravity(facts) <= _gravity(MonthFacts.of(current)):
        return True
    gate = _gate(debt, [*map(MonthFacts.of, on_file), facts], [(date.min, None)])
    why = gate.hindrance(facts, closed_on=None, on=debt.lender.today())
    if why is None:
        return True
    row = _held(debt, facts.month, why, version=current.version, correction=reason)
    HeldMonth.objects.bulk_create([row], ignore_conflicts=True)
    return False


def waiting_corrections(debt: Debt, on_file: Iterable[MonthFact]) -> list[tuple[date, str]]:
    """Months on file that are to be corrected and were held back, with the reason given then. One query."""
    versions = {row.month: row.version for row in on_file}
    rows = HeldMonth.objects.filter(of_debt(debt), version__gt=0).order_by("month", "pk")
    waiting = {row.month: row.correction for row in rows if versions.get(row.month) == row.version}
    return list(waiting.items())


@dataclass(frozen=True, slots=True)
class _Gate:
    """What late months must pass, and what those of bad debt must: of each the borrower is told by itself."""

    late: Collection[date]
    bad_debt: Collection[date]
    told: Permission
    told_of_bad_debt: Permission

    def hindrance(self, facts: MonthFacts, *, closed_on: date | None, on: date) -> Hindrance | None:
        run, told = (self.bad_debt, self.told_of_bad_debt) if is_bad_debt(facts) else (self.late, self.told)
        return hindrance(facts.month, run, told, closed_on=closed_on, on=on)


def _gate(debt: Debt, facts: Iterable[MonthFacts], consents: Sequence[tuple[date, date | None]]) -> _Gate:
    """One query."""
    known = list(facts)
    told: dict[str, list[date]] = {Forewarning.Kind.ADVERSE: [], Forewarning.Kind.BAD_DEBT: []}
    rows = Forewarning.objects.filter(of_debt(debt), kind__in=list(told))
    for kind, told_on in rows.values_list("kind", "told_on"):
        told[kind].append(told_on)
    days = settings.ADVERSE_NOTICE_DAYS
    return _Gate(
        late={each.month for each in known if is_adverse(each)},
        bad_debt={each.month for each in known if is_bad_debt(each)},
        told=Permission(consents, told[Forewarning.Kind.ADVERSE], days),
        told_of_bad_debt=Permission(consents, told[Forewarning.Kind.BAD_DEBT], days),
    )


def _gravity(facts: MonthFacts) -> int:
    """How much a month tells against the borrower: not at all, late, bad debt."""
    return 2 if is_bad_debt(facts) else int(is_adverse(facts))


def _held(debt: Debt, month: date, reason: Hindrance, *, version: int = 0, correction: str = "") -> HeldMonth:
    return HeldMonth(
        lender=debt.lender,
        loan=debt if isinstance(debt, Loan) else None,
        bill_account=None if isinstance(debt, Loan) else debt,
        month=month,
        reason=reason.value,
        version=version,
        correction=correction[:80],
        held_on=debt.lender.today(),
    )
