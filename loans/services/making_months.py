"""The months of a made-up loan that the credit file has: all that are decided, but for those that tell against it.

A late month is reported after the borrower was told; nobody was, so it is left to the run of the months.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from credit.codes import is_adverse
from credit.facts import MonthFacts
from loans.engine.waterfall import Component
from loans.models import Loan
from loans.month_looks import last_decided, life_months, next_month_on
from loans.months import Part, Span
from loans.selectors.month_histories import History, Version
from loans.synthetic.life import GRACE_DAYS, Life

Value = int | str | bool | None
DAY = timedelta(days=1)


def months_of(life: Life, relief_reference: str, on: date) -> Iterator[tuple[Value, ...]]:
    """The facts of each month, in order, as a stored month's columns have them, in their own order."""
    history = _history(life, relief_reference)
    for month in _decided(life, on):
        facts = history.facts(month)
        if not is_adverse(facts):
            yield _columns(facts)


def next_look_on(life: Life, on_file: int, on: date) -> date | None:
    """When the months are looked at next, if so many are on file: at once where one is not."""
    yesterday = on - DAY
    if on_file < len(_decided(life, on)):
        return yesterday
    return next_month_on(
        yesterday,
        grace_days=GRACE_DAYS,
        disbursed_on=life.terms.disbursed_on,
        settled_on=life.settled_on,
        is_waiting=False,
    )


def _decided(life: Life, on: date) -> list[date]:
    """The months that are decided when `on` begins."""
    return life_months(life.terms.disbursed_on, life.settled_on, last_decided(on - DAY, GRACE_DAYS))


def _columns(facts: MonthFacts) -> tuple[Value, ...]:
    return tuple(value.value if isinstance(value, StrEnum) else value for value in facts.as_dict().values())


def _history(life: Life, relief_reference: str) -> History:
    loan = Loan(
        disbursed_on=life.terms.disbursed_on,
        settled_on=life.settled_on,
        grace_days=GRACE_DAYS,
        grace_needs_clean_previous=True,
    )
    versions = [Version(life.terms.disbursed_on, False, "", (), life.contract)]
    holds = []
    if life.relief is not None:
        relief = life.relief
        versions.append(Version(relief.adopted_on, True, relief_reference, relief.paused_on, relief.rows))
        holds.append(Span(f"{relief_reference}/plan", relief.adopted_on, relief.resume_on - DAY))
    return History(loan, versions, _parts(life), holds)


def _parts(life: Life) -> list[Part]:
    """What each payment put to each instalment, penalty interest left out."""
    parts = []
    for paid in life.payments:
        own = [line for line in paid.lines if line.component is not Component.PENALTY]
        for number in dict.fromkeys(line.number for line in own):
            of_row = [line for line in own if line.number == number]
            principal_minor = sum(line.amount_minor for line in of_row if line.component is Component.PRINCIPAL)
            parts.append(Part(number, paid.on, sum(line.amount_minor for line in of_row), principal_minor))
    return parts
