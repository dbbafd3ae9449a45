"""Giving the months of a loan to the credit file, and correcting one when the facts were others."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import Lender, User
from accounts.roles import Verb
from credit import services as credit
from credit.models import MonthFact, Tradeline
from loans.engine.calendar import month_end, month_of
from loans.errors import MonthNotFurnished, MonthNotOver, NotDisbursed
from loans.models import Loan
from loans.selectors.month_histories import histories_of
from loans.services.furnishing_many import furnish_loans
from loans.services.head import lock, permit
from loans.services.withholding import may_correct, waiting_corrections_among


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
    _tradeline(loan)
    last = month_of(through)
    _check_over(loan, last)
    for month, reason in waiting_corrections_among([loan.pk])[loan.pk].items():
        correct_month(loan=loan, month=month, reason=reason, acting_user=acting_user)
    done = furnish_loans(loan.lender, [loan], {loan.pk: last}, acting_user)
    if loan.pk in done.faults:
        raise done.faults[loan.pk]
    facts = done.went.get(loan.pk, ())
    if facts:
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
    returned then. A month after a settlement that was known late says from now on that the loan
    was settled. Raises `MonthNotFurnished` for a month that the file does not have.
    """
    loan = lock(loan)
    permit(loan, Verb.FURNISH, acting_user)
    tradeline = _tradeline(loan)
    rows: Iterable[MonthFact] = MonthFact.objects.current().filter(tradeline=tradeline)
    on_file = {row.month: row for row in rows}
    current = on_file.get(month_of(month))
    if current is None:
        raise MonthNotFurnished(f"{loan.number} {month:%Y-%m}")
    facts = histories_of([loan], {loan.pk: [current.month]})[loan.pk].facts_on_file(current.month)
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


def judge_each_anew(lender: Lender, since: Mapping[Loan, date], *, reason: str) -> None:
    """`judge_anew` for each loan that has months on file since its day. One query, and those of the loans that have."""
    if not since:
        return
    by_number = {loan.number: loan for loan in since}
    on_file = MonthFact.objects.filter(
        tradeline__lender=lender, tradeline__reference__in=list(by_number), month__gte=month_of(min(since.values()))
    )
    for number in sorted(set(on_file.values_list("tradeline__reference", flat=True))):
        judge_anew(by_number[number], from_on=since[by_number[number]], reason=reason)


def _tradeline(loan: Loan) -> Tradeline:
    tradeline = Tradeline.objects.select_related("lender").filter(lender=loan.lender, reference=loan.number).first()
    if tradeline is None:
        raise NotDisbursed(loan.number)
    return tradeline


def _check_over(loan: Loan, month: date) -> None:
    if month_end(month) + timedelta(days=loan.grace_days) >= loan.lender.today():
        raise MonthNotOver(f"{month:%Y-%m}")
