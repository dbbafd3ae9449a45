"""Which decided months may go to the credit file now; the others are held back, and the books say why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from accounts.keys import among
from accounts.models import Lender
from credit.codes import is_adverse, is_bad_debt
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.models.consent import Purpose
from credit.selectors import terms_of
from loans.adverse import Hindrance, Permission, has_consent, hindrance
from loans.models import Forewarning, HeldMonth, Loan
from loans.selectors.debits import Debt, of_debt
from loans.selectors.held_months import with_waiting
from loans.services.head import look_at_months

ADVERSE, BAD_DEBT = Forewarning.Kind.ADVERSE, Forewarning.Kind.BAD_DEBT
AT_ONCE = 500
FACTS = tuple(field.name for field in fields(MonthFacts))
Consents = Collection[tuple[date, date | None]]
Told = Mapping[str, Collection[date]]


class Decided(NamedTuple):
    """Months of one loan that are decided and not on file, with the consents to reporting there are."""

    loan: Loan
    tradeline: Tradeline
    months: Sequence[date]
    consents: Consents

    def is_agreed(self, on: date) -> bool:
        """Whether consent holds for any of the months; without it there is nothing to judge."""
        terms = Permission(self.consents, (), 0)
        return any(has_consent(month, terms, closed_on=self.tradeline.closed_on, on=on) for month in self.months)


def permitted(
    debt: Debt, tradeline: Tradeline, facts: Sequence[MonthFacts], on_file: Iterable[MonthFact]
) -> list[MonthFacts]:
    """Those of `facts` that may be furnished today; for each other one it is written why not, once. Four queries."""
    consents = terms_of(debt.borrower, debt.lender, Purpose.REPORTING)
    gate = _gate([*map(MonthFacts.of, on_file), *facts], consents, _told(debt))
    may, why = _sorted(gate, tradeline, facts, debt.lender.today())
    write_held([_held(debt, month, reason) for month, reason in why.items()])
    return may


def permitted_among(
    decided: Sequence[tuple[Decided, Sequence[MonthFacts]]], on: date
) -> dict[int, tuple[list[MonthFacts], dict[date, Hindrance]]]:
    """By the loan's primary key the months that may be furnished on that day, and why each other one may not.

    What is on file and who was told is only looked up where a month tells against the borrower:
    of the others nothing but consent is asked. Up to two queries, however many loans.
    """
    grave = {each.loan.pk: each.tradeline.pk for each, facts in decided if any(map(is_adverse, facts))}
    on_file, told = _on_file(grave.values()), _told_among(grave)
    found = {}
    for each, facts in decided:
        known = [*on_file[each.tradeline.pk], *facts] if each.loan.pk in grave else ()
        found[each.loan.pk] = _sorted(_gate(known, each.consents, told[each.loan.pk]), each.tradeline, facts, on)
    return found


def may_correct(debt: Debt, current: MonthFact, facts: MonthFacts, on_file: Iterable[MonthFact], reason: str) -> bool:
    """Whether a month on file may say `facts` from now on; if not, it is written why it waits.

    Putting right what is on file needs no new consent. What turns against the borrower needs
    them to be told first, as anything late does. Where the facts are again those on file,
    a correction that waited has fallen away, and that is written.
    """
    if facts == MonthFacts.of(current):
        _end_waiting(debt, current)
        return True
    if _gravity(facts) <= _gravity(MonthFacts.of(current)):
        return True
    gate = _gate([*map(MonthFacts.of, on_file), facts], [(date.min, None)], _told(debt))
    why = gate.hindrance(facts, closed_on=None, on=debt.lender.today())
    if why is None:
        return True
    write_held([_held(debt, facts.month, why, version=current.version, correction=reason, turn=_turn(debt, current))])
    if isinstance(debt, Loan):
        look_at_months(debt)
    return False


def _end_waiting(debt: Debt, current: MonthFact) -> None:
    """Write that a correction of this month has fallen away, if one waits. One query, and one where it does."""
    held: QuerySet[HeldMonth] = HeldMonth.objects.filter(of_debt(debt), month=current.month, version=current.version)
    turns = with_waiting(held).filter(is_waiting=True).values_list("turn", "correction").order_by("pk")
    if turns:
        turn, correction = turns[0]
        reason = HeldMonth.Why.FELL_AWAY
        write_held([_held(debt, current.month, reason, version=current.version, correction=correction, turn=turn)])


def _turn(debt: Debt, current: MonthFact) -> int:
    """How often a correction of this version of the month has fallen away. One query."""
    held = HeldMonth.objects.filter(of_debt(debt), month=current.month, version=current.version)
    return held.filter(reason=HeldMonth.Why.FELL_AWAY).count()


def waiting_corrections(debt: Debt) -> list[tuple[date, str]]:
    """Months on file that are to be corrected and were held back, with the reason given then. One query."""
    held: QuerySet[HeldMonth] = HeldMonth.objects.filter(of_debt(debt), version__gt=0)
    rows = with_waiting(held).filter(is_waiting=True).order_by("month", "pk")
    return list(dict(rows.values_list("month", "correction")).items())


def waiting_corrections_among(loans: Collection[int]) -> dict[int, dict[date, str]]:
    """The same of many loans: by primary key, month and reason. One query."""
    held: QuerySet[HeldMonth] = HeldMonth.objects.filter(loan__in=among(loans), version__gt=0)
    rows = with_waiting(held).filter(is_waiting=True).order_by("loan_id", "month", "pk")
    found: dict[int, dict[date, str]] = defaultdict(dict)
    for loan_pk, month, correction in rows.values_list("loan_id", "month", "correction"):
        found[loan_pk][month] = correction
    return found


def write_waiting(lender: Lender, waits: Mapping[int, Mapping[date, Hindrance]], loans: Iterable[Loan]) -> None:
    """Write why months of these loans wait, as `permitted_among` says it, where it is not written yet. Two queries."""
    if not any(waits.values()):
        return
    stored = HeldMonth.objects.filter(loan__in=among(pk for pk, why in waits.items() if why), version=0)
    have = set(stored.values_list("loan", "month", "reason"))
    rows = []
    for loan in (loan for loan in loans if waits.get(loan.pk)):
        loan.lender = lender  # or it would be asked for, loan by loan
        rows += [
            _held(loan, month, why) for month, why in waits[loan.pk].items() if (loan.pk, month, why.value) not in have
        ]
    write_held(rows)


def write_held(rows: Sequence[HeldMonth]) -> None:
    """Write what is held back; what is written already stays as it is."""
    if rows:
        HeldMonth.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


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


def _gate(known: Iterable[MonthFacts], consents: Consents, told: Told) -> _Gate:
    late = [each for each in known if is_adverse(each)]
    days = settings.ADVERSE_NOTICE_DAYS
    return _Gate(
        late={each.month for each in late},
        bad_debt={each.month for each in late if is_bad_debt(each)},
        told=Permission(consents, told.get(ADVERSE, ()), days),
        told_of_bad_debt=Permission(consents, told.get(BAD_DEBT, ()), days),
    )


def _sorted(
    gate: _Gate, tradeline: Tradeline, facts: Iterable[MonthFacts], today: date
) -> tuple[list[MonthFacts], dict[date, Hindrance]]:
    """What may go, and why what may not."""
    may: list[MonthFacts] = []
    why: dict[date, Hindrance] = {}
    for each in facts:
        reason = gate.hindrance(each, closed_on=tradeline.closed_on, on=today)
        if reason is None:
            may.append(each)
        else:
            why[each.month] = reason
    return may, why


def _told(debt: Debt) -> Told:
    """Days on which the borrower was told, by what of. One query."""
    return _by_kind(Forewarning.objects.filter(of_debt(debt)))[getattr(debt, "pk", None)]


def _told_among(loans: Collection[int]) -> Mapping[int | None, Told]:
    """The same of many loans, by primary key. One query, none without loans."""
    return _by_kind(Forewarning.objects.filter(loan__in=among(loans))) if loans else defaultdict(dict)


def _by_kind(rows: QuerySet[Forewarning]) -> Mapping[int | None, Told]:
    found: dict[int | None, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    asked = rows.filter(kind__in=[ADVERSE, BAD_DEBT])
    for loan_pk, account_pk, kind, told_on in asked.values_list("loan", "bill_account", "kind", "told_on"):
        found[account_pk if loan_pk is None else loan_pk][kind].append(told_on)
    return found


def _on_file(tradelines: Collection[int]) -> Mapping[int, list[MonthFacts]]:
    """What the file says of these accounts now. One query, none without accounts."""
    found: dict[int, list[MonthFacts]] = defaultdict(list)
    if tradelines:
        rows = MonthFact.objects.current().filter(tradeline__in=among(tradelines))
        for row in rows.values("tradeline", *FACTS):
            found[row.pop("tradeline")].append(MonthFacts(**row))
    return found


def _gravity(facts: MonthFacts) -> int:
    """How much a month tells against the borrower: not at all, late, bad debt."""
    return 2 if is_bad_debt(facts) else int(is_adverse(facts))


def _held(
    debt: Debt,
    month: date,
    reason: Hindrance | HeldMonth.Why,
    *,
    version: int = 0,
    correction: str = "",
    turn: int = 0,
) -> HeldMonth:
    return HeldMonth(
        lender=debt.lender,
        loan=debt if isinstance(debt, Loan) else None,
        bill_account=None if isinstance(debt, Loan) else debt,
        month=month,
        reason=reason.value,
        version=version,
        turn=turn,
        correction=correction[:80],
        held_on=debt.lender.today(),
    )
