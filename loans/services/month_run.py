"""The run of the months: who is late is told, and what is decided and may be reported goes to the credit file.

A loan is looked at on the day that `Loan.next_month_on` names (`loans/month_looks.py`), found by
an index, and some hundred loans are done in one transaction. The close of a day does it in two
steps, telling first; `furnish --all` does both, and may be run besides.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import audit
from accounts.errors import Conflict
from accounts.keys import among, in_order
from accounts.models import Lender
from credit.models import Consent
from credit.models.consent import Purpose
from loans.adverse import Hindrance
from loans.closing.steps import Done
from loans.models import HeldMonth, Loan
from loans.month_looks import last_decided, next_month_on
from loans.selectors.held_months import waiting_count, with_waiting
from loans.services.forewarning import tell_all
from loans.services.furnishing import correct_month
from loans.services.furnishing_many import Furnished, furnish_loans
from loans.services.ranges import in_ranges
from loans.services.withholding import waiting_corrections_among

DAY = timedelta(days=1)
AT_ONCE = 500
COLUMNS = (
    "lender", "borrower", "number", "state", "grace_days", "grace_needs_clean_previous", "disbursed_on", "settled_on",
    "written_off_on", "oldest_unpaid_due_on", "principal_left_minor",
)  # fmt: skip
NEVER = (Loan.State.PENDING, Loan.State.CANCELLED)


def run_months(*, lender: Lender) -> Counter[str]:
    """Tell, then furnish every month that is decided; some hundred loans in one transaction. Safe to repeat.

    Counts borrowers `told`, months `furnished`, months that are `held` back now, and loans
    that somebody `changed` at the same moment: they wait for the next run. A loan that cannot
    be done keeps no other from it; the first error is raised when all is done.
    """
    day = lender.today() - DAY
    look_again(lender)
    telling = tell_all(lender, lender.today())
    months = in_ranges(loans_with_months(lender, day), partial(furnish_range, lender, day), AT_ONCE)
    counts = Counter(told=telling.counts["told"], furnished=months.counts["furnished"])
    faults = {**telling.faults, **months.faults}
    if changed := sum(isinstance(fault, Conflict) for fault in faults.values()):
        counts["changed"] = changed
    counts["held"] = waiting_count(HeldMonth.objects.filter(lender=lender))
    for fault in faults.values():
        if not isinstance(fault, Conflict):
            raise fault
    return counts


def look_again(lender: Lender) -> int:
    """Have loans looked at whose borrowers have consented since their months were held back; how many.

    Before months are furnished. Three queries. Whether a month still waits is asked only where
    there is a consent: of those who never gave one, months are held back every month.
    """
    given = Consent.objects.standing().filter(
        borrower=OuterRef("loan__borrower"), lender=lender, purpose=Purpose.REPORTING, given_on__gte=OuterRef("held_on")
    )
    held = HeldMonth.objects.filter(lender=lender, reason=HeldMonth.Why.NO_CONSENT, loan__isnull=False)
    asked = set(held.filter(Exists(given)).values_list("loan", flat=True))
    waits = with_waiting(held.filter(Exists(given), loan__in=among(asked))).filter(is_waiting=True)
    agreed = set(waits.values_list("loan", flat=True)) if asked else asked
    return Loan.objects.filter(pk__in=among(agreed)).update(next_month_on=lender.today() - DAY) if agreed else 0


def loans_with_months(lender: Lender, day: date) -> Sequence[int]:
    """Keys of the loans whose months the close of that day must look at, in order. One query."""
    return in_order(Loan.objects.filter(lender=lender, next_month_on__lte=day))


@transaction.atomic
def furnish_range(lender: Lender, day: date, first_pk: int, last_pk: int) -> Done:
    """Do one range. As many queries for many loans as for one, but for corrections that waited.

    Counts months `furnished`, and months `held` back. A loan that cannot be computed is left
    as it is and stands in `faults`.
    """
    mine = Loan.objects.select_for_update(of=("self",), no_key=True).filter(pk__gte=first_pk, pk__lte=last_pk)
    loans = list(mine.filter(lender=lender, next_month_on__lte=day).only(*COLUMNS).order_by("pk"))
    paid_out = [loan for loan in loans if loan.state not in NEVER]
    corrected, faults = _correct(paid_out)
    last = {loan.pk: last_decided(day, loan.grace_days) for loan in paid_out}
    done = furnish_loans(lender, [loan for loan in paid_out if loan.pk not in faults], last, None)
    faults |= done.faults
    _record(lender, day, done)
    _look_next(day, [loan for loan in loans if loan.pk not in faults], done, corrected)
    counts = Counter(
        furnished=sum(map(len, done.went.values())), held=len(corrected) + sum(map(len, done.waits.values()))
    )
    return Done(+counts, [loan.pk for loan in loans if loan.pk not in faults], faults)


def _correct(loans: Sequence[Loan]) -> tuple[set[int], dict[int, Exception]]:
    """Corrections that waited, loan by loan, for they are few; return which loans still have some, and what failed."""
    faults: dict[int, Exception] = {}
    waiting = waiting_corrections_among([loan.pk for loan in loans])
    for loan in (loan for loan in loans if loan.pk in waiting):
        try:
            with transaction.atomic():
                for month, reason in waiting[loan.pk].items():
                    correct_month(loan=loan, month=month, reason=reason, acting_user=None)
        except Exception as error:  # whatever is wrong with this loan, the others go on
            faults[loan.pk] = error
    return set(waiting_corrections_among(waiting)) if waiting else set(), faults


def _record(lender: Lender, day: date, done: Furnished) -> None:
    """One entry in the audit chain for all of it."""
    months = sorted({facts.month for went in done.went.values() for facts in went})
    if months:
        audit.record(
            lender=lender,
            verb="furnish_months",
            subject=day.isoformat(),
            after={
                "loans": sum(map(bool, done.went.values())),
                "months": sum(map(len, done.went.values())),
                "from": f"{months[0]:%Y-%m}",
                "through": f"{months[-1]:%Y-%m}",
            },
            acting_user=None,
        )


def _look_next(day: date, loans: Iterable[Loan], done: Furnished, corrected: set[int]) -> None:
    """Write on which day each loan is looked at next: a statement for each such day, of which there are few."""
    keys: dict[date | None, list[int]] = defaultdict(list)
    for loan in loans:
        waits = set(done.waits.get(loan.pk, {}).values()) - {Hindrance.NO_CONSENT}
        next_on = next_month_on(
            day,
            grace_days=loan.grace_days,
            disbursed_on=loan.disbursed_on,
            settled_on=loan.settled_on,
            is_waiting=bool(waits) or loan.pk in corrected,
        )
        keys[None if loan.state in NEVER else next_on].append(loan.pk)
    for next_on, pks in keys.items():
        Loan.objects.filter(pk__in=among(pks)).update(next_month_on=next_on)
