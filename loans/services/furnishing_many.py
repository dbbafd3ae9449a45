"""Giving decided months of many loans to the credit file at once, with as many queries as for one.

The rule that judges a month is `loans/months.py`, whether of one loan or of five hundred; here
it is found out which months are not on file, what they are judged by is read, those that may
go are written together, and of the others it is written why they wait.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max

from accounts.keys import among
from accounts.models import Lender, User
from credit import services as credit
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors import terms_among
from loans.adverse import Hindrance
from loans.engine.calendar import add_months
from loans.errors import NotDisbursed
from loans.models import Loan
from loans.month_looks import life_months, months_between
from loans.selectors.month_histories import histories_of
from loans.services.withholding import Decided, permitted_among, write_waiting


@dataclass(frozen=True, slots=True)
class Furnished:
    """What became of loans, by primary key: months that went, months that wait and why, and what could not be done."""

    went: dict[int, Sequence[MonthFacts]] = field(default_factory=dict)
    waits: dict[int, Mapping[date, Hindrance]] = field(default_factory=dict)
    faults: dict[int, Exception] = field(default_factory=dict)


def furnish_loans(lender: Lender, loans: Sequence[Loan], last: Mapping[int, date], user: User | None) -> Furnished:
    """Furnish what the file lacks of these loans up to the month that `last` has for each.

    For a caller that has locked the loans, and knows those months to be decided. A loan that
    cannot be computed is left as it is, and the others go. Up to sixteen queries.
    """
    done, today = Furnished(), lender.today()
    decided = _decided(lender, loans, last, done)
    agreed = [each for each in decided if each.is_agreed(today)]
    judged = _judged(agreed, today, done)
    done.waits.update({each.loan.pk: dict.fromkeys(each.months, Hindrance.NO_CONSENT) for each in decided})
    for pk, (may, why) in permitted_among(judged, today).items():
        done.went[pk], done.waits[pk] = may, why
    months = [(each.tradeline, facts) for each, _ in judged for facts in done.went[each.loan.pk]]
    if months:
        credit.furnish_new_months(lender=lender, months=months, acting_user=user)
    for pk in done.faults.keys() & done.waits.keys():
        del done.waits[pk]
    write_waiting(lender, done.waits, loans)
    return done


def _decided(lender: Lender, loans: Sequence[Loan], last: Mapping[int, date], done: Furnished) -> list[Decided]:
    """Loans of which the file lacks decided months. Up to five queries."""
    tradelines = _tradelines(lender, loans, done)
    missing = _missing([loan for loan in loans if loan.pk in tradelines], tradelines, last)
    concerned = [loan for loan in loans if loan.pk in missing]
    consents = terms_among({loan.borrower_id for loan in concerned}, lender, Purpose.REPORTING) if concerned else {}
    return [
        Decided(loan, tradelines[loan.pk], missing[loan.pk], consents.get(loan.borrower_id, ())) for loan in concerned
    ]


def _judged(decided: Sequence[Decided], today: date, done: Furnished) -> list[tuple[Decided, Sequence[MonthFacts]]]:
    """The facts of their months. Four queries."""
    months = {each.loan.pk: each.months for each in decided}
    histories = histories_of([each.loan for each in decided], months) if decided else {}
    judged: list[tuple[Decided, Sequence[MonthFacts]]] = []
    for each in decided:
        history = histories[each.loan.pk]
        try:
            facts = [history.facts(month) for month in each.months]
            credit.check_fits(each.tradeline, facts, today)
        except Exception as error:  # whatever is wrong with this loan, the others go on
            done.faults[each.loan.pk] = error
        else:
            judged.append((each, facts))
    return judged


def _tradelines(lender: Lender, loans: Sequence[Loan], done: Furnished) -> dict[int, Tradeline]:
    """The account of each loan on the credit file. One query."""
    rows = Tradeline.objects.filter(lender=lender, reference__in=[loan.number for loan in loans])
    rows = rows.only("lender", "reference", "opened_on", "closed_on")
    by_number = {row.reference: row for row in rows}
    found = {}
    for loan in loans:
        if loan.number in by_number:
            found[loan.pk] = by_number[loan.number]
        else:
            done.faults[loan.pk] = NotDisbursed(loan.number)
    return found


def _missing(
    loans: Sequence[Loan], tradelines: Mapping[int, Tradeline], last: Mapping[int, date]
) -> dict[int, list[date]]:
    """Months that are decided and not on file, by loan; only loans that have some.

    Months follow each other, so a file without gaps is known by how many there are and the
    latest. One query, and one more where there is a gap.
    """
    keys = [tradelines[loan.pk].pk for loan in loans]
    first_versions = MonthFact.objects.filter(tradeline__in=among(keys), version=1).order_by()
    counted = first_versions.values_list("tradeline").annotate(Count("month"), Max("month"))
    on_file = {key: (count, latest) for key, count, latest in counted}
    found, gaps = {}, {}
    for loan in loans:
        count, latest = on_file.get(tradelines[loan.pk].pk, (0, None))
        is_whole = latest is None or count == months_between(loan.disbursed_on, latest)
        since = add_months(latest, 1) if latest is not None and is_whole else loan.disbursed_on
        months = life_months(since, loan.settled_on, last[loan.pk])
        if is_whole:
            found[loan.pk] = months
        else:
            gaps[tradelines[loan.pk].pk] = loan.pk, months
    if gaps:
        have = defaultdict(set)
        for key, month in first_versions.filter(tradeline__in=gaps).values_list("tradeline", "month"):
            have[key].add(month)
        found |= {pk: [month for month in months if month not in have[key]] for key, (pk, months) in gaps.items()}
    return {pk: months for pk, months in found.items() if months}
