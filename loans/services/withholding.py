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
from loans.selectors.debits import Debt, of_debt


def permitted(
    debt: Debt, tradeline: Tradeline, facts: Sequence[MonthFacts], on_file: Iterable[MonthFact]
) -> list[MonthFacts]:
    """Those of `facts` that may be furnished today; for each other one it is written why not, once. Four queries."""
    may, held = [], []
    adverse = _adverse([*map(MonthFacts.of, on_file), *facts])
    consents = terms_of(debt.borrower, debt.lender, Purpose.REPORTING)
    permission, today = _permission(debt, consents), debt.lender.today()
    for each in facts:
        reason = hindrance(each.month, adverse, permission, closed_on=tradeline.closed_on, on=today)
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
    if not is_adverse(facts) or is_adverse(MonthFacts.of(current)):
        return True
    adverse = _adverse([*map(MonthFacts.of, on_file), facts])
    today = debt.lender.today()
    why = hindrance(facts.month, adverse, _permission(debt, [(date.min, None)]), closed_on=None, on=today)
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


def _adverse(facts: Iterable[MonthFacts]) -> set[date]:
    return {each.month for each in facts if is_adverse(each)}


def _permission(debt: Debt, consents: Sequence[tuple[date, date | None]]) -> Permission:
    told = Forewarning.objects.filter(of_debt(debt), kind=Forewarning.Kind.ADVERSE).values_list("told_on", flat=True)
    return Permission(consents, list(told), settings.ADVERSE_NOTICE_DAYS)


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
