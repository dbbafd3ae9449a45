"""What a lender is shown of a person: accounts and months, as facts, and nothing else.

The person's own accounts at the lender that asks, and those at lenders whom a sharing
consent names. No score, no relief, no reason for it, no disputes of others, no count of
what is not shown: an account that may not be seen leaves no trace, not even a number.

`days_late` is what a decision may count: the days past due when the month ended, and 0 in
a month of an agreed pause, which is not late (spec credit.md 3.4). An empty report is the
same for a person without a record and for one who did not consent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from accounts.chain import digest
from credit.facts import MonthFacts, Relief


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMonth:
    """One month of an account; `month` is its first day, `as_of` the day of record, money in minor units."""

    month: date
    as_of: date
    days_late: int = 0
    is_late: bool = False
    scheduled_minor: int = 0
    balance_minor: int = 0
    status_end: str = "open"
    is_disputed: bool = False

    @classmethod
    def of(cls, facts: MonthFacts) -> "ReportMonth":
        days = 0 if facts.relief_kind is Relief.TEMPORARY else facts.days_past_due
        return cls(
            month=facts.month,
            as_of=facts.as_of,
            days_late=days,
            is_late=days > 0 or facts.paid_late,
            scheduled_minor=facts.scheduled_minor,
            balance_minor=facts.balance_minor,
            status_end=str(facts.status_end),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccount:
    """One account with its months, the earliest first."""

    lender: str
    is_own: bool
    reference: str
    portfolio: str
    currency: str
    opened_on: date
    closed_on: date | None
    original_minor: int
    months: tuple[ReportMonth, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was shown on `on`; `inquiry` names the row that says so."""

    on: date
    accounts: tuple[ReportAccount, ...] = ()
    inquiry: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.accounts

    @property
    def sources(self) -> tuple[str, ...]:
        """The codes of the lenders whose facts are in it."""
        return tuple(sorted({account.lender for account in self.accounts}))

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON values, without the name of the inquiry; dates in ISO form."""
        return {"on": self.on.isoformat(), "accounts": [_plain(asdict(account)) for account in self.accounts]}

    @property
    def sha256(self) -> str:
        """Of what was shown, to prove later what it was."""
        return digest(self.as_dict())


def field_names(report: Report) -> list[str]:
    """Which facts the report told, for the row of the inquiry; none where there was nothing to tell."""
    if report.is_empty:
        return []
    account = [field.name for field in fields(ReportAccount) if field.name != "months"]
    months = [f"months.{field.name}" for field in fields(ReportMonth)]
    return account + (months if any(one.months for one in report.accounts) else [])


def report_months(rows: Iterable[MonthFacts]) -> tuple[ReportMonth, ...]:
    return tuple(ReportMonth.of(facts) for facts in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
