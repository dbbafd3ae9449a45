"""Which decided months may go to the credit file now; the others are held back, and the books say why."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings

from credit.codes import is_adverse
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors import terms_of
from loans.adverse import Hindrance, Permission, hindrance
from loans.models import Forewarning, HeldMonth, Loan


def permitted(
    loan: Loan, tradeline: Tradeline, facts: Sequence[MonthFacts], on_file: Iterable[MonthFact]
) -> list[MonthFacts]:
    """Those of `facts` that may be furnished today; for each other one it is written why not, once. Four queries."""
    may, held = [], []
    adverse = _adverse([*map(MonthFacts.of, on_file), *facts])
    consents = terms_of(loan.borrower, loan.lender, Purpose.REPORTING)
    permission, today = _permission(loan, consents), loan.lender.today()
    for each in facts:
        reason = hindrance(each.month, adverse, permission, closed_on=tradeline.closed_on, on=today)
        if reason is None:
            may.append(each)
        else:
            held.append(_held(loan, each.month, reason))
    HeldMonth.objects.bulk_create(held, ignore_conflicts=True)
    return may


def may_correct(loan: Loan, current: MonthFact, facts: MonthFacts, on_file: Iterable[MonthFact], reason: str) -> bool:
    """Whether a month on file may say `facts` from now on; if not, it is written why it waits.

    Putting right what is on file needs no new consent. What turns against the borrower needs
    them to be told first, as anything late does.
    """
    if not is_adverse(facts) or is_adverse(MonthFacts.of(current)):
        return True
    adverse = _adverse([*map(MonthFacts.of, on_file), facts])
    today = loan.lender.today()
    why = hindrance(facts.month, adverse, _permission(loan, [(date.min, None)]), closed_on=None, on=today)
    if why is None:
        return True
    row = _held(loan, facts.month, why, version=current.version, correction=reason)
    HeldMonth.objects.bulk_create([row], ignore_conflicts=True)
    return False


def waiting_corrections(loan: Loan, on_file: Iterable[MonthFact]) -> list[tuple[date, str]]:
    """Months on file that are to be corrected and were held back, with the reason given then. One query."""
    versions = {row.month: row.version for row in on_file}
    rows = HeldMonth.objects.filter(loan=loan, version__gt=0).order_by("month", "pk")
    waiting = {row.month: row.correction for row in rows if versions.get(row.month) == row.version}
    return list(waiting.items())


def _adverse(facts: Iterable[MonthFacts]) -> set[date]:
    return {each.month for each in facts if is_adverse(each)}


def _permission(loan: Loan, consents: Sequence[tuple[date, date | None]]) -> Permission:
    told = Forewarning.objects.filter(loan=loan, kind=Forewarning.Kind.ADVERSE).values_list("told_on", flat=True)
    return Permission(consents, list(told), settings.ADVERSE_NOTICE_DAYS)


def _held(loan: Loan, month: date, reason: Hindrance, *, version: int = 0, correction: str = "") -> HeldMonth:
    return HeldMonth(
        lender=loan.lender,
        loan=loan,
        month=month,
        reason=reason.value,
        version=version,
        correction=correction[:80],
        held_on=loan.lender.today(),
    )
