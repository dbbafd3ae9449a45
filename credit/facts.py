"""What happened on an account in one month: facts, from which every code follows.

A lender furnishes these; nothing here is a judgement or a code. `credit.codes` turns a
month of facts into the code or the mark that a reader knows, so a new market is a new
encoder and the same facts.

    days_past_due   calendar days at the month's end, counted from the day after the due
                    date, once a running grace has been decided; during relief or a pending
                    request the days of the day on which relief was asked for, never more
    arrears_minor   due and unpaid at that moment, in minor units
    paid_in_grace   some instalment was paid after its due date and within grace
    paid_late       some instalment was paid after grace and before the month's end
    resumes_on      in a month of agreed relief, the due date with which paying begins again
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self


class StatusEnd(StrEnum):
    """How the account stood when the month ended."""

    OPEN = "open"
    CLOSED = "closed"
    CHARGED_OFF = "charged_off"


class Relief(StrEnum):
    """What the lender had agreed to, or was asked for, in the month."""

    NONE = "none"
    TEMPORARY = "temporary"
    PENDING_HOLD = "pending_hold"
    VARIATION = "variation"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """One account in one month; `month` is its first day, money is in minor units.

    Raises `ValueError`, naming the field, for facts that cannot be.
    """

    month: date
    as_of: date
    had_obligation: bool
    scheduled_minor: int = 0
    paid_minor: int = 0
    arrears_minor: int = 0
    balance_minor: int = 0
    days_past_due: int = 0
    paid_in_grace: bool = False
    paid_late: bool = False
    first_delinquency_on: date | None = None
    status_end: StatusEnd = StatusEnd.OPEN
    relief_kind: Relief = Relief.NONE
    relief_reference: str = ""
    resumes_on: date | None = None

    def __post_init__(self) -> None:
        if self.month.day != 1:
            raise ValueError(f"month: {self.month} is not the first day of a month")
        if self.as_of < self.month:
            raise ValueError(f"as_of: {self.as_of} is before the month {self.month:%Y-%m}")
        for name in ("scheduled_minor", "paid_minor", "arrears_minor", "balance_minor", "days_past_due"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative")
        # A plain string from a row or a file becomes its member, so that comparisons by identity hold.
        object.__setattr__(self, "status_end", StatusEnd(self.status_end))
        object.__setattr__(self, "relief_kind", Relief(self.relief_kind))

    @classmethod
    def of(cls, row: Any) -> Self:
        """The facts in anything that carries them under the same names, such as a stored month."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """The facts by name, as a stored month takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON values, dates in ISO form."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in self.columns().items()}
