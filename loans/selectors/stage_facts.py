"""What a step of collection is judged by: lateness, holds, and the letters that were written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from accounts.keys import among
from loans.models import Forewarning, Hold, Loan
from loans.stages import Facts, Letter, Stage


def facts_of(loan: Loan, on: date) -> Facts:
    """Two queries."""
    return Facts(
        on=on,
        stage=Stage(loan.stage),
        due_on=loan.oldest_unpaid_due_on,
        grace_days=loan.grace_days,
        held=held_kinds([loan], on)[loan.pk],
        letters=letters_of(loan),
    )


def held_kinds(loans: Iterable[Loan], on: date) -> Mapping[int, set[str]]:
    """The kinds of action that stand still on a day, by loan. One query, none without loans."""
    found: dict[int, set[str]] = defaultdict(set)
    mine = [loan.pk for loan in loans]
    holds = Hold.objects.on(on).filter(loan__in=among(mine)) if mine else Hold.objects.none()
    for loan_pk, kind in holds.values_list("loan", "kind"):
        found[loan_pk].add(kind)
    return found


def letters_of(loan: Loan) -> dict[Letter, date]:
    """When each letter was written last. One query."""
    kinds = [letter.value for letter in Letter]
    rows = Forewarning.objects.filter(loan=loan, kind__in=kinds).order_by("told_on")
    return {Letter(kind): told_on for kind, told_on in rows.values_list("kind", "told_on")}
