"""What a write-off is judged by, and what the books say of one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from loans.models import Account, Loan, PaymentOrder, Posting
from loans.selectors.in_force import exceeds, in_force, rows_of
from loans.selectors.stage_facts import facts_of
from loans.writing_off import Case, Ground, Hindrance


@dataclass(frozen=True, slots=True)
class Balances:
    """What was written off of a loan and stands so, and what of it has come in since."""

    written_off_minor: int
    recovered_minor: int


def case_of(loan: Loan, ground: Ground, on: date) -> Case:
    """Three queries."""
    debits = PaymentOrder.objects.open().filter(loan=loan, direction=PaymentOrder.Direction.DEBIT)
    return Case(ground, facts_of(loan, on), loan.principal_left_minor, debits.exists())


def undo_hindrances(loan: Loan) -> tuple[Hindrance, ...]:
    """Whether what was paid since no longer fits the schedule of before. Five queries."""
    held = in_force([loan], loan.lender.today())[loan.pk]
    former = loan.schedules.get(number=loan.current_version - 1)
    rows = {row.number: row for row in rows_of([former.pk])[former.pk]}
    fits = all(number in rows and not exceeds(paid, rows[number]) for number, paid in held.paid.items())
    return () if fits else (Hindrance.PAID_SINCE,)


def balances(loan: Loan) -> Balances:
    """One query."""
    lines = Posting.objects.filter(entry__loan=loan, account__in=[Account.WRITE_OFFS, Account.RECOVERIES])
    sums = dict(lines.values_list("account").annotate(Sum("amount_minor")).order_by())
    return Balances(sums.get(Account.WRITE_OFFS, 0), -sums.get(Account.RECOVERIES, 0))
