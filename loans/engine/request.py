"""Reads terms from their written form: a JSON object with checked keys.

Money is a whole number of minor units, a rate text, a date ISO text. What is wrong is
named: an unknown key by itself, anything else by its field and a code.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from loans.engine.profile import Profile, ProfileError, profile
from loans.engine.terms import Terms, TermsError

LONGEST_NUMBER = 40
REQUIRED = ("principal_minor", "method", "instalments", "disbursed_on")
# Every key of terms, with what stands where it is not given.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "currency": "CNY",
        "rate_annual": None,
        "rate_daily": None,
        "every": 1,
        "unit": "month",
        "first_due_on": None,
        "profile": "consumer-cn",
        "interest_only_instalments": 0,
        "grace_on_principal_instalments": 0,
        "grace_on_interest_instalments": 0,
        "down_payment_minor": 0,
    }
)


class RequestError(ValueError):
    """A request cannot be followed; `field` and `code` say where and how.

    Besides the codes of `TermsError`: `unknown_key`, `missing`, `repeated`, `both`
    (two fields that exclude one another), `not_a_date`, `not_a_number`,
    `unknown_profile`, `not_json`, `before_disbursement`, `out_of_order`,
    `no_such_instalment`, `more_than_owed`, `nothing_left`, `not_for_this_method`.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def checked(written: object, allowed: tuple[str, ...], required: tuple[str, ...], within: str = "") -> dict[str, Any]:
    """Return a JSON object whose keys are all known and whose required ones are all there.

    Raises RequestError.
    """
    if not isinstance(written, Mapping):
        raise RequestError(within or "request", "wrong_kind")
    for key in written:
        if key not in allowed:
            raise RequestError(f"{within}.{key}" if within else str(key), "unknown_key")
    for key in required:
        if written.get(key) is None:
            raise RequestError(f"{within}.{key}" if within else key, "missing")
    return dict(written)


def read_date(field: str, written: object) -> date:
    """Return the day of an ISO date, YYYY-MM-DD. Raises RequestError."""
    try:
        if not isinstance(written, str) or len(written) != len("2026-01-15"):
            raise ValueError
        return date.fromisoformat(written)
    except ValueError:
        raise RequestError(field, "not_a_date") from None


def read_rate(field: str, written: object) -> Decimal:
    """Return a rate written as a decimal fraction. Raises RequestError.

    >>> read_rate("rate_annual", "0.144")
    Decimal('0.144')
    """
    if isinstance(written, bool) or not isinstance(written, str | int | Decimal):
        raise RequestError(field, "wrong_kind")
    if len(str(written)) > LONGEST_NUMBER:
        raise RequestError(field, "too_precise")
    try:
        return Decimal(written)
    except InvalidOperation:
        raise RequestError(field, "not_a_number") from None


def read_terms(request: Mapping[str, Any]) -> Terms:
    """Return the terms that the keys of a request describe; its other keys are not looked at.

    >>> read_terms({"principal_minor": 1200000, "rate_daily": "0.0004", "method": "level",
    ...             "instalments": 12, "disbursed_on": "2026-01-15"}).rate_annual
    Decimal('0.1460')

    Raises RequestError.
    """
    given = {**DEFAULTS, **{key: value for key, value in request.items() if value is not None}}
    _check_currency(given["currency"])
    conventions = read_profile("profile", given["profile"])
    # Two names for one thing: the instalments that repay no principal yet.
    used, unused = "grace_on_principal_instalments", "interest_only_instalments"
    if _is_zero(given[used]):
        used, unused = unused, used
    if not _is_zero(given[unused]):
        raise RequestError("interest_only_instalments", "both")
    try:
        return Terms(
            principal_minor=given["principal_minor"],
            rate_annual=_rate_annual(given, conventions),
            method=given["method"],
            instalments=given["instalments"],
            disbursed_on=read_date("disbursed_on", given["disbursed_on"]),
            first_due_on=None if given["first_due_on"] is None else read_date("first_due_on", given["first_due_on"]),
            every=given["every"],
            unit=given["unit"],
            profile=conventions,
            grace_on_principal_instalments=given[used],
            grace_on_interest_instalments=given["grace_on_interest_instalments"],
            down_payment_minor=given["down_payment_minor"],
        )
    except TermsError as error:
        field = used if error.field == "grace_on_principal_instalments" else error.field
        raise RequestError(field, error.code) from None


def read_profile(field: str, written: object) -> Profile:
    """Return the profile of a name or a mapping. Raises RequestError, naming the key at fault."""
    if not isinstance(written, str | Mapping):
        raise RequestError(field, "wrong_kind")
    try:
        return profile(written)
    except ProfileError as error:
        is_name = error.key in ("name", "base")
        raise RequestError(
            field if isinstance(written, str) else f"{field}.{error.key}", "unknown_profile" if is_name else "unknown"
        ) from None


def _rate_annual(given: Mapping[str, Any], conventions: Profile) -> Decimal:
    annual, daily = given["rate_annual"], given["rate_daily"]
    if annual is not None and daily is not None:
        raise RequestError("rate_daily", "both")
    if annual is None and daily is None:
        raise RequestError("rate_annual", "missing")
    if annual is not None:
        return read_rate("rate_annual", annual)
    rate_daily = read_rate("rate_daily", daily)
    if not rate_daily.is_finite():
        raise RequestError("rate_daily", "wrong_kind")
    # A daily rate is quoted for the days of the profile's own year.
    return rate_daily * (360 if conventions.ticks_per_year == 360 else 365)


def _is_zero(written: object) -> bool:
    return type(written) is int and written == 0


def _check_currency(written: object) -> None:
    if not (isinstance(written, str) and len(written) == 3 and written.isascii() and written.isupper()):
        raise RequestError("currency", "unknown")
