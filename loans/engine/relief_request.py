"""What relief does to a schedule, as one request and one answer: what `manage.py project_relief` says.

The answer is made from the same projection as a preview, an offer and an agreement;
`docs/relief-kinds.md` describes both. A limit of the policy that is not given holds by
its default; one given as null is not applied.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from loans.engine.annual_rate import RateError
from loans.engine.components import Component, Limits, component_from_dict
from loans.engine.money import LARGEST_MINOR
from loans.engine.projection import Projection, Refusal
from loans.engine.relief import project
from loans.engine.request import DEFAULTS, REQUIRED, RequestError, checked, read_date, read_rate, read_terms
from loans.engine.revolving.relief import project as project_bill
from loans.engine.revolving.request import read_standing
from loans.engine.schedule import PaidRow, Row, Terms, schedule

BILL_KEYS = ("bill", "as_of", "overdue", "components", "policy")
KEYS = ("terms", "paid_instalments", "as_of", "overdue", "components", "policy")
TERMS_KEYS = (*REQUIRED, *DEFAULTS, "events", "as_of", "recalculate")
POLICY: Mapping[str, Any] = MappingProxyType(
    {"max_payment_shock": "1.25", "max_capitalised_pct": "0.05", "min_instalment_minor": 1000}
)
HIGHEST_LIMIT = Decimal(1000)


def project_request(request: object) -> dict[str, Any]:
    """Return the answer to a request, ready for JSON.

    >>> answer = project_request({
    ...     "terms": {"principal_minor": 1200000, "rate_annual": "0.144", "method": "level",
    ...               "instalments": 12, "disbursed_on": "2026-01-15", "profile": "30-360"},
    ...     "paid_instalments": 3, "as_of": "2026-05-08", "components": [{"kind": "PAUSE", "n": 3}]})
    >>> answer["resume_on"], answer["resume_minor"], answer["cost_to_borrower_minor"]
    ('2026-08-15', 111635, 32973)

    A request with a `bill` instead of `terms` is about one of those (`docs/bills.md`).

    Raises RequestError, and ReliefError for relief that is impossible.
    """
    if isinstance(request, Mapping) and "bill" in request:
        return _of_bill(request)
    given = checked(request, KEYS, ("terms", "as_of", "components"))
    written = checked(given["terms"], TERMS_KEYS, REQUIRED, "terms")
    for key in ("events", "recalculate"):
        if written.get(key) not in (None, [], "none"):
            raise RequestError(f"terms.{key}", "not_with_relief")
    terms = _terms(written)
    rows = schedule(terms)
    try:
        projection = project(
            rows,
            paid=_paid(rows, given.get("paid_instalments")),
            rate_annual=terms.rate_annual,
            profile=terms.profile,
            method=terms.method,
            as_of=_as_of(given["as_of"], terms.disbursed_on),
            components=_components(given["components"]),
            limits=_limits(given.get("policy")),
            anchor_day=terms.anchor_day,
            every=terms.every,
            unit=terms.unit,
            disbursed_on=terms.disbursed_on,
            penalty_minor=_penalty_minor(given.get("overdue")),
        )
    except RateError:
        raise RequestError("terms", "no_annual_rate") from None
    return answer(projection)


def _of_bill(request: Mapping[str, Any]) -> dict[str, Any]:
    given = checked(request, BILL_KEYS, ("bill", "as_of", "components"))
    as_of = read_date("as_of", given["as_of"])
    found = read_standing(given["bill"], as_of, _penalty_minor(given.get("overdue")))
    return answer(project_bill(found, _components(given["components"]), _limits(given.get("policy"))))


def answer(projection: Projection) -> dict[str, Any]:
    """Return what a projection says to a script; `shock_pct` is a fraction (0.0339 is 3.39 % more)."""
    return {
        "before": [_written(row) for row in projection.before],
        "after": [_written(row) for row in projection.after],
        "resume_on": projection.resume_on.isoformat(),
        "resume_minor": projection.resume_minor,
        "shock_pct": format(projection.shock, "f"),
        "maturity_before": projection.maturity_before.isoformat(),
        "maturity_after": projection.maturity_after.isoformat(),
        "cost_to_borrower_minor": projection.cost_to_borrower_minor,
        "lender_npv_given_up_minor": projection.lender_npv_given_up_minor,
        "compounded_extra_minor": projection.compounded_extra_minor,
        "effective_annual_rate_before": format(projection.effective_annual_rate_before, "f"),
        "effective_annual_rate_after": format(projection.effective_annual_rate_after, "f"),
        "refused": [_refusal(refusal) for refusal in projection.refused],
        "hash": projection.hash,
    }


def _terms(written: Mapping[str, Any]) -> Terms:
    try:
        return read_terms(written)
    except RequestError as error:
        raise RequestError(f"terms.{error.field}", error.code) from None


def _paid(rows: Sequence[Row], count: object) -> dict[int, PaidRow]:
    last = _whole("paid_instalments", 0 if count is None else count, rows[-1].number)
    return {
        row.number: PaidRow(row.principal_minor, row.interest_minor, row.fee_minor)
        for row in rows
        if row.number <= last
    }


def _as_of(written: object, disbursed_on: date) -> date:
    as_of = read_date("as_of", written)
    if as_of < disbursed_on:
        raise RequestError("as_of", "before_disbursement")
    return as_of


def _components(written: object) -> list[Component]:
    if not isinstance(written, list):
        raise RequestError("components", "wrong_kind")
    components = []
    for number, one in enumerate(written):
        if not isinstance(one, Mapping):
            raise RequestError(f"components[{number}]", "wrong_kind")
        components.append(component_from_dict(one))
    return components


def _limits(written: object) -> Limits:
    given = {**POLICY, **checked({} if written is None else written, tuple(POLICY), (), "policy")}
    lowest = given["min_instalment_minor"]
    return Limits(
        max_payment_shock=_limit("max_payment_shock", given),
        max_capitalised_pct=_limit("max_capitalised_pct", given),
        min_instalment_minor=None if lowest is None else _whole("policy.min_instalment_minor", lowest, LARGEST_MINOR),
    )


def _limit(key: str, given: Mapping[str, Any]) -> Decimal | None:
    if given[key] is None:
        return None
    limit = read_rate(f"policy.{key}", given[key])
    if not limit.is_finite():
        raise RequestError(f"policy.{key}", "not_a_number")
    if not 0 <= limit <= HIGHEST_LIMIT:
        raise RequestError(f"policy.{key}", "too_small" if limit < 0 else "too_large")
    return limit


def _penalty_minor(written: object) -> int:
    given = checked({} if written is None else written, ("penalty_minor",), (), "overdue")
    return _whole("overdue.penalty_minor", given.get("penalty_minor", 0), LARGEST_MINOR)


def _whole(field: str, value: object, largest: int) -> int:
    if type(value) is not int:
        raise RequestError(field, "wrong_kind")
    if not 0 <= value <= largest:
        raise RequestError(field, "too_small" if value < 0 else "too_large")
    return value


def _refusal(refusal: Refusal) -> dict[str, Any]:
    limit, value = (
        format(figure, "f") if isinstance(figure, Decimal) else figure for figure in (refusal.limit, refusal.value)
    )
    return {"reason": refusal.reason, "limit": limit, "value": value}


def _written(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal_minor,
        # Interest of a pause is interest to whoever pays it.
        "interest_minor": row.interest_minor + row.relief_interest_minor,
        "fee_minor": row.fee_minor,
        "due_minor": row.due_minor,
        "paid_minor": 0,
        "balance_minor": row.balance_minor,
    }
