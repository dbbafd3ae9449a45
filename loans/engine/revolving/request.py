"""Bills and their instalments in written form: what the commands read.

A plan is quoted as a loan is, with the same answer; relief on a bill has the same answer
as relief on a loan. `docs/bills.md` describes both.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loans.engine.calendar import add_months
from loans.engine.fingerprint import fingerprint
from loans.engine.money import LARGEST_MINOR
from loans.engine.profile import Profile
from loans.engine.quote import quote as loan_quote
from loans.engine.request import DEFAULTS, RequestError, checked, read_date, read_rate, read_terms
from loans.engine.revolving.plan import MOST_PARTS, bill_plan, plan_rates
from loans.engine.revolving.terms import LATEST_DAY, BillError
from loans.engine.revolving.unpaid import Standing, numbered
from loans.engine.schedule import Row
from loans.engine.terms import FIRST_DAY, LAST_DAY

PLAN_KEYS = ("currency", "amount_minor", "parts", "fee_rate", "due_on", "profile")
_SUMS = ("principal_minor", "interest_minor", "fee_minor")
BILL_KEYS = ("currency", "rate_annual", "rate_daily", "profile", "bill_day", "due_on", "starts_on", *_SUMS, "overdue")
# Relief may take twenty years from then on.
_LATEST_DUE_ON = add_months(LAST_DAY, -12 * 20)


def quote(request: object) -> dict[str, Any]:
    """Return the answer to a request for a loan, or for a bill in instalments under `bill_plan`.

    >>> answer = quote({"bill_plan": {"amount_minor": 1200000, "parts": 12, "fee_rate": "0.088",
    ...                               "due_on": "2026-06-10"}})
    >>> answer["instalments"][0]["due_minor"], answer["annual_rates"]["irr_x12"]
    (108800, '0.15864326')

    Raises RequestError.
    """
    if not (isinstance(request, Mapping) and "bill_plan" in request):
        return loan_quote(request)
    whole = checked(request, ("bill_plan",), ("bill_plan",))
    given = checked(whole["bill_plan"], PLAN_KEYS, PLAN_KEYS[1:5], "bill_plan")
    currency, profile, _ = _conventions("bill_plan", {**given, "rate_annual": "0"})
    try:
        rows = bill_plan(
            given["amount_minor"],
            given["parts"],
            read_rate("bill_plan.fee_rate", given["fee_rate"]),
            read_date("bill_plan.due_on", given["due_on"]),
            profile,
        )
    except BillError as error:
        raise RequestError(f"bill_plan.{error.field}", error.code) from None
    answer = {
        "instalments": [_written(row) for row in rows],
        "total_interest_minor": 0,
        "total_fee_minor": sum(row.fee_minor for row in rows),
        "annual_rates": plan_rates(rows),
        "profile": profile.as_dict(),
    }
    return {**answer, "hash": fingerprint({**answer, "currency": currency})}


def read_standing(written: object, as_of: date, penalty_minor: int) -> Standing:
    """Return what relief finds, from the `bill` of a request.

    >>> found = read_standing({"rate_daily": "0.0005", "due_on": "2026-06-10", "principal_minor": 100000},
    ...                       date(2026, 6, 5), 0)
    >>> found.rate_annual, found.starts_on
    (Decimal('0.1825'), datetime.date(2026, 6, 10))

    Raises RequestError.
    """
    given = checked(written, BILL_KEYS, ("due_on", "principal_minor"), "bill")
    _, profile, rate_annual = _conventions("bill", given)
    due_on = _day("bill.due_on", given["due_on"], as_of, date.max)
    if due_on > _LATEST_DUE_ON:
        raise RequestError("bill.due_on", "beyond_the_calendar")
    starts_on = due_on if given.get("starts_on") is None else _day("bill.starts_on", given["starts_on"], as_of, due_on)
    rows = [row for row in (*_overdue(given.get("overdue"), as_of), _row("bill", given, starts_on)) if row.due_minor]
    if not rows:
        raise RequestError("bill", "nothing_left")
    bill_day = given.get("bill_day")
    if bill_day is not None and _whole("bill.bill_day", bill_day, LATEST_DAY) in (0, due_on.day):
        raise RequestError("bill.bill_day", "out_of_order")
    return Standing(as_of, numbered(rows), starts_on, due_on, penalty_minor, rate_annual, profile, bill_day)


def _overdue(written: object, as_of: date) -> list[Row]:
    if not isinstance(written, list | None):
        raise RequestError("bill.overdue", "wrong_kind")
    if len(written or ()) > MOST_PARTS:
        raise RequestError("bill.overdue", "too_large")
    rows: list[Row] = []
    for index, one in enumerate(written or ()):
        at = f"bill.overdue[{index}]"
        given = checked(one, ("due_on", *_SUMS), ("due_on",), at)
        due_on = _day(f"{at}.due_on", given["due_on"], FIRST_DAY, as_of)
        if due_on == as_of or (rows and due_on < rows[-1].due_on):
            raise RequestError(f"{at}.due_on", "out_of_order")
        rows.append(_row(at, given, due_on))
    return rows


def _day(field: str, written: object, first: date, last: date) -> date:
    on = read_date(field, written)
    if not first <= on <= last:
        raise RequestError(field, "out_of_order")
    return on


def _row(at: str, given: Mapping[str, Any], due_on: date) -> Row:
    sums = {name: _whole(f"{at}.{name}", given.get(name)) for name in _SUMS}
    return Row(0, due_on, due_on, balance_minor=0, **sums)


def _whole(field: str, value: object, largest: int = LARGEST_MINOR) -> int:
    if value is None:
        return 0
    if type(value) is not int:
        raise RequestError(field, "wrong_kind")
    if not 0 <= value <= largest:
        raise RequestError(field, "too_small" if value < 0 else "too_large")
    return value


def _conventions(at: str, given: Mapping[str, Any]) -> tuple[str, Profile, Decimal]:
    """Return currency, profile and annual rate, read as those of a loan are."""
    loan = {key: given.get(key) for key in ("currency", "rate_annual", "rate_daily", "profile")}
    shape = {"principal_minor": 1, "method": "bullet", "instalments": 1, "disbursed_on": "2026-01-01"}
    try:
        terms = read_terms({**shape, **loan})
    except RequestError as error:
        raise RequestError(f"{at}.{error.field}", error.code) from None
    return loan["currency"] or DEFAULTS["currency"], terms.profile, terms.rate_annual


def _written(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal_minor,
        "interest_minor": row.interest_minor,
        "fee_minor": row.fee_minor,
        "due_minor": row.due_minor,
        "paid_minor": 0,
        "balance_minor": row.balance_minor,
    }
