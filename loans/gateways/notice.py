"""A gateway's message: one JSON object, read strictly.

    {"event_id": "ev-81", "order": "<our key>", "outcome": "succeeded", "amount_minor": 107971,
     "currency": "CNY", "reason": "", "reference": "B-4711", "value_on": "2026-05-15"}

`reason`, `reference` and `value_on` may be left out. Money is a whole number of minor units,
the day is ISO. A key that is not listed, or is there twice, is an error that names it: a
message that is half understood is not acted upon.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from loans.engine.money import LARGEST_MINOR
from loans.gateways.interface import Outcome, Report

LONGEST = {"event_id": 100, "order": 64, "currency": 3, "reason": 40, "reference": 64}
NEEDED = ("event_id", "order", "outcome", "amount_minor", "currency")
OPTIONAL = ("reason", "reference", "value_on")


class NoticeError(ValueError):
    """The message cannot be read; `field` says where."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Notice:
    """One message; the same `event_id` is the same message for ever."""

    event_id: str
    report: Report


def notice(body: bytes) -> Notice:
    """The message in `body`; raises `NoticeError`.

    >>> body = b'{"event_id": "e1", "order": "k1", "outcome": "failed", "amount_minor": 1, "currency": "CNY"}'
    >>> notice(body).report.outcome
    <Outcome.FAILED: 'failed'>
    """
    given = _object(body)
    for name in NEEDED:
        if name not in given:
            raise NoticeError(name)
    return Notice(event_id=_text(given, "event_id"), report=report(given))


def report(given: Mapping[str, Any]) -> Report:
    """What a gateway says of one order, in a message or in answer to a question."""
    amount = given.get("amount_minor")
    if type(amount) is not int or not 0 < amount <= LARGEST_MINOR:
        raise NoticeError("amount_minor")
    try:
        outcome = Outcome(given.get("outcome", ""))
    except ValueError as error:
        raise NoticeError("outcome") from error
    return Report(
        key=_text(given, "order"),
        outcome=outcome,
        amount_minor=amount,
        currency=_text(given, "currency"),
        reason=_text(given, "reason", needed=False),
        reference=_text(given, "reference", needed=False),
        value_on=_day(given.get("value_on")),
    )


def as_dict(report: Report) -> dict[str, Any]:
    """The same as JSON values, `report` reads it back."""
    return {
        "order": report.key,
        "outcome": report.outcome.value,
        "amount_minor": report.amount_minor,
        "currency": report.currency,
        "reason": report.reason,
        "reference": report.reference,
        "value_on": report.value_on.isoformat() if report.value_on else None,
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_float=_whole, parse_constant=_whole)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, NoticeError) else NoticeError("body") from error
    if not isinstance(found, dict):
        raise NoticeError("body")
    for name in found:
        if name not in (*NEEDED, *OPTIONAL):
            raise NoticeError(name[:40])
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NoticeError(name[:40])
        found[name] = value
    return found


def _whole(_text: str) -> Any:
    raise NoticeError("amount_minor")


def _text(given: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = given.get(name)
    if value in (None, "") and not needed:
        return ""
    if not isinstance(value, str) or not value or len(value) > LONGEST[name] or not value.isprintable():
        raise NoticeError(name)
    return value


def _day(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise NoticeError("value_on") from error
