"""What happens to a loan on its way, as data in the order of its dates.

kind               further keys                              what it does
payment            amount_minor                              pays, oldest instalment first
interest_pause     until                                     no interest from `on` until, both included
rate_change        rate_annual                               a new rate from `on`
move_due_date      number, to                                that date and all later ones
extra_instalments  count                                     more instalments for the same debt
re_age             instalments, every, unit, first_due_on    what is unpaid in new equal parts
re_amortise                                                  what is past due onto the later instalments
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from loans.engine.calendar import Unit
from loans.engine.money import LARGEST_MINOR
from loans.engine.request import RequestError, checked, read_date, read_rate
from loans.engine.terms import HIGHEST_RATE_ANNUAL, LAST_DAY, MOST_INSTALMENTS, RATE_DECIMALS

MOST_EVENTS = 400


class Recalculate(StrEnum):
    """What a payment ahead of time changes: nothing, the instalments, or how many there are."""

    NONE = "none"
    REDUCE_INSTALMENT = "reduce_instalment"
    REDUCE_COUNT = "reduce_count"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that comes in."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class InterestPause:
    """No interest on the days from `on` to `until`, both included; the instalment stays."""

    on: date
    until: date


@dataclass(frozen=True, slots=True)
class RateChange:
    """Another annual rate from this day on, this day included."""

    on: date
    rate_annual: Decimal


@dataclass(frozen=True, slots=True)
class MoveDueDate:
    """Instalment `number` is due on another day, the later ones follow; the instalment stays."""

    on: date
    number: int
    to: date


@dataclass(frozen=True, slots=True)
class ExtraInstalments:
    """The principal left is spread over `count` instalments more."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class ReAge:
    """All that is unpaid, in equal parts on new dates, without further interest."""

    on: date
    instalments: int
    every: int
    unit: Unit
    first_due_on: date


@dataclass(frozen=True, slots=True)
class ReAmortise:
    """Unpaid principal that is due by this day goes onto the later instalments in equal parts."""

    on: date


Event = Payment | InterestPause | RateChange | MoveDueDate | ExtraInstalments | ReAge | ReAmortise

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "payment": ("amount_minor",),
        "interest_pause": ("until",),
        "rate_change": ("rate_annual",),
        "move_due_date": ("number", "to"),
        "extra_instalments": ("count",),
        "re_age": ("instalments", "first_due_on"),
        "re_amortise": (),
    }
)


def read_events(written: object, disbursed_on: date) -> tuple[Event, ...]:
    """Return the events of a request. Raises RequestError; fields are named `events[0].on`."""
    if written is None:
        return ()
    if not isinstance(written, list):
        raise RequestError("events", "wrong_kind")
    if len(written) > MOST_EVENTS:
        raise RequestError("events", "too_large")
    events: list[Event] = []
    for index, one in enumerate(written):
        event = _read(one, f"events[{index}]")
        if event.on < disbursed_on:
            raise RequestError(f"events[{index}].on", "before_disbursement")
        if events and event.on < events[-1].on:
            raise RequestError(f"events[{index}].on", "out_of_order")
        events.append(event)
    return tuple(events)


def read_recalculate(written: object) -> Recalculate:
    """Return what a payment ahead of time changes. Raises RequestError."""
    try:
        return Recalculate(str(written)) if written is not None else Recalculate.NONE
    except ValueError:
        raise RequestError("recalculate", "unknown") from None


def _read(written: object, at: str) -> Event:
    kind = written.get("kind") if isinstance(written, Mapping) else None
    if not isinstance(written, Mapping):
        raise RequestError(at, "wrong_kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise RequestError(f"{at}.kind", "unknown")
    optional = ("every", "unit") if kind == "re_age" else ()
    given = checked(written, ("on", "kind", *KINDS[kind], *optional), ("on", *KINDS[kind]), at)
    on = read_date(f"{at}.on", given["on"])
    return _READERS[kind](on, given, at)


def _payment(on: date, given: Mapping[str, Any], at: str) -> Event:
    return Payment(on, _whole(f"{at}.amount_minor", given["amount_minor"], LARGEST_MINOR))


def _interest_pause(on: date, given: Mapping[str, Any], at: str) -> Event:
    until = read_date(f"{at}.until", given["until"])
    if until < on:
        raise RequestError(f"{at}.until", "out_of_order")
    if until > LAST_DAY:
        raise RequestError(f"{at}.until", "beyond_the_calendar")
    return InterestPause(on, until)


def _rate_change(on: date, given: Mapping[str, Any], at: str) -> Event:
    rate = read_rate(f"{at}.rate_annual", given["rate_annual"])
    if not rate.is_finite():
        raise RequestError(f"{at}.rate_annual", "wrong_kind")
    if not 0 <= rate <= HIGHEST_RATE_ANNUAL:
        raise RequestError(f"{at}.rate_annual", "too_small" if rate < 0 else "too_large")
    if rate != round(rate, RATE_DECIMALS):
        raise RequestError(f"{at}.rate_annual", "too_precise")
    return RateChange(on, rate)


def _move_due_date(on: date, given: Mapping[str, Any], at: str) -> Event:
    number = _whole(f"{at}.number", given["number"], MOST_INSTALMENTS * 2)
    return MoveDueDate(on, number, read_date(f"{at}.to", given["to"]))


def _extra_instalments(on: date, given: Mapping[str, Any], at: str) -> Event:
    return ExtraInstalments(on, _whole(f"{at}.count", given["count"], MOST_INSTALMENTS))


def _re_age(on: date, given: Mapping[str, Any], at: str) -> Event:
    first = read_date(f"{at}.first_due_on", given["first_due_on"])
    if first <= on:
        raise RequestError(f"{at}.first_due_on", "out_of_order")
    try:
        unit = Unit(given.get("unit") or "month")
    except ValueError:
        raise RequestError(f"{at}.unit", "unknown") from None
    every = 1 if given.get("every") is None else _whole(f"{at}.every", given["every"], 366)
    count = _whole(f"{at}.instalments", given["instalments"], MOST_INSTALMENTS)
    if first.toordinal() + count * every * 31 > LAST_DAY.toordinal():
        raise RequestError(f"{at}.instalments", "beyond_the_calendar")
    return ReAge(on, count, every, unit, first)


def _re_amortise(on: date, _given: Mapping[str, Any], _at: str) -> Event:
    return ReAmortise(on)


_READERS = MappingProxyType(
    {
        "payment": _payment,
        "interest_pause": _interest_pause,
        "rate_change": _rate_change,
        "move_due_date": _move_due_date,
        "extra_instalments": _extra_instalments,
        "re_age": _re_age,
        "re_amortise": _re_amortise,
    }
)


def _whole(field: str, value: object, largest: int) -> int:
    if type(value) is not int:
        raise RequestError(field, "wrong_kind")
    if not 1 <= value <= largest:
        raise RequestError(field, "too_small" if value < 1 else "too_large")
    return value
