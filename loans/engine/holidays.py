"""On which day an instalment can be paid when its due date is no working day.

The contractual due date is never moved: interest, days past due and the later dates
follow from it. A rule only says until when a payment still counts as made on it.

    rule                 a due date that is no working day is payable
    none                 on the day itself
    following            on the next working day
    preceding            on the last working day before
    modified_following   on the next one, or, if that is in another month, on the last before

A working day is any day outside the weekend that is no holiday, and any day on which
work is made up for one (调休上班, Saturdays and Sundays around Chinese holidays).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

LONGEST_CLOSURE_DAYS = 60
SATURDAY_AND_SUNDAY = frozenset({5, 6})


class Rule(StrEnum):
    """Which way the day to pay moves."""

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"


class HolidayError(ValueError):
    """A calendar is written wrongly (`field` says where), or has no working day for 60 days."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A rule and the days it looks at; weekdays count from Monday, 0."""

    rule: Rule = Rule.NONE
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    holidays: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()

    def is_working(self, on: date) -> bool:
        """Say whether a day is a working day."""
        return on in self.made_up or (on.weekday() not in self.weekend and on not in self.holidays)

    def payable_on(self, due_on: date) -> date:
        """Return until when what is due on a day can be paid on time.

        Due on Saturday, 28 February 2026; the next working day is in March:

        >>> due_on = date(2026, 2, 28)
        >>> [str(WorkingDays(rule).payable_on(due_on)) for rule in Rule]
        ['2026-02-28', '2026-03-02', '2026-02-27', '2026-02-27']

        Raises HolidayError.
        """
        if self.rule is Rule.NONE or self.is_working(due_on):
            return due_on
        if self.rule is Rule.PRECEDING:
            return self._nearest(due_on, -1)
        found = self._nearest(due_on, 1)
        if self.rule is Rule.MODIFIED_FOLLOWING and found.month != due_on.month:
            return self._nearest(due_on, -1)
        return found

    def _nearest(self, on: date, step: int) -> date:
        for _ in range(LONGEST_CLOSURE_DAYS):
            on += timedelta(days=step)
            if self.is_working(on):
                return on
        raise HolidayError("holidays", "no_working_day")

    def as_dict(self) -> dict[str, Any]:
        """Return the calendar ready for JSON; `working_days` reads it back."""
        days = {name: sorted(on.isoformat() for on in getattr(self, name)) for name in ("holidays", "made_up")}
        return {"rule": self.rule.value, "weekend": sorted(self.weekend), **days}


def working_days(written: Mapping[str, Any]) -> WorkingDays:
    """Return the calendar that `WorkingDays.as_dict` wrote; what is not given is the default.

    Raises HolidayError.
    """
    known = ("rule", "weekend", "holidays", "made_up")
    for key in written:
        if key not in known:
            raise HolidayError(key, "unknown_key")
    try:
        rule = Rule(written.get("rule", "none"))
    except ValueError:
        raise HolidayError("rule", "unknown") from None
    weekend = written.get("weekend", sorted(SATURDAY_AND_SUNDAY))
    if not isinstance(weekend, list) or any(type(day) is not int or not 0 <= day <= 6 for day in weekend):
        raise HolidayError("weekend", "not_weekdays")
    return WorkingDays(rule, frozenset(weekend), *(_days(name, written.get(name, [])) for name in known[2:]))


def _days(field: str, written: Iterable[Any]) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(on) for on in written)
    except (TypeError, ValueError):
        raise HolidayError(field, "not_a_date") from None
