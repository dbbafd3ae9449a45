"""A schedule from terms, as one request and one answer: what `manage.py quote` says.

The answer holds every instalment, the annual rates under four conventions and the whole
profile; its hash is the same on every machine for the same request. `docs/quote.md`
describes both.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from loans.engine.annual_rate import Dated, RateError, effective, eu_aprc, periodic_irr
from loans.engine.calendar import Unit
from loans.engine.course import followed
from loans.engine.events import read_events, read_recalculate
from loans.engine.fingerprint import fingerprint
from loans.engine.request import DEFAULTS, REQUIRED, RequestError, checked, read_date, read_terms
from loans.engine.schedule import Row
from loans.engine.terms import Terms
from loans.engine.unit_periods import us_appendix_j

KEYS = (*REQUIRED, *DEFAULTS, "events", "as_of", "recalculate")


def quote(request: object) -> dict[str, Any]:
    """Return the answer to a request, ready for JSON.

    >>> answer = quote({"principal_minor": 1200000, "rate_annual": "0.144", "method": "level",
    ...                 "instalments": 12, "disbursed_on": "2026-01-15", "profile": "30-360"})
    >>> answer["instalments"][0]["due_minor"], answer["total_interest_minor"]
    (107971, 95645)
    >>> answer["annual_rates"]["irr_x12"]
    '0.14399884'

    Raises RequestError.
    """
    given = checked(request, KEYS, REQUIRED)
    terms = read_terms(given)
    as_of = None if given.get("as_of") is None else read_date("as_of", given["as_of"])
    if as_of is not None and as_of < terms.disbursed_on:
        raise RequestError("as_of", "before_disbursement")
    events = read_events(given.get("events"), terms.disbursed_on)
    rows, paid = followed(terms, events, read_recalculate(given.get("recalculate")), as_of)
    answer = {
        "instalments": [_written(row, paid_minor) for row, paid_minor in zip(rows, paid, strict=True)],
        "total_interest_minor": sum(row.interest_minor for row in rows),
        "annual_rates": annual_rates(terms, rows),
        "profile": terms.profile.as_dict(),
    }
    return {**answer, "hash": fingerprint({**answer, "currency": given.get("currency") or DEFAULTS["currency"]})}


def annual_rates(terms: Terms, rows: Sequence[Row]) -> dict[str, str | None]:
    """Return what a loan costs a year under each convention, as text with 8 decimals.

    None where no rate up to 10,000 % a year explains the payments.
    """
    flows = payments(terms, rows)
    unit = Unit(terms.unit)
    conventions: dict[str, Callable[[], Decimal]] = {
        "irr_x12": lambda: periodic_irr(flows, terms.every, unit),
        "effective": lambda: effective(flows),
        "us_appendix_j": lambda: us_appendix_j(flows),
        "eu_aprc": lambda: eu_aprc(flows, unit),
    }
    return {name: _rate_text(rate) for name, rate in conventions.items()}


def payments(terms: Terms, rows: Sequence[Row]) -> list[Dated]:
    """Return what changes hands and when: the loan with minus sign, then what is due, one sum a day."""
    flows = [(terms.disbursed_on, -terms.principal_minor), *((row.due_on, row.due_minor) for row in rows)]
    by_day = groupby(sorted(flows), key=lambda flow: flow[0])
    days = [(on, sum(amount_minor for _, amount_minor in parts)) for on, parts in by_day]
    return [days[0], *(flow for flow in days[1:] if flow[1])]


def _rate_text(rate: Callable[[], Decimal]) -> str | None:
    try:
        return format(rate(), "f")
    except RateError:
        return None


def _written(row: Row, paid_minor: int) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal_minor,
        "interest_minor": row.interest_minor,
        "fee_minor": row.fee_minor,
        "due_minor": row.due_minor,
        "paid_minor": paid_minor,
        "balance_minor": row.balance_minor,
    }
