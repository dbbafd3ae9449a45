"""Who looked at a person's record in the last 24 months, why, and what they were shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Lender
from credit import grid
from credit.models import Inquiry

MONTHS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Look:
    """One look: by whom, for what, what came of it, and whose facts were shown."""

    inquiry: Inquiry
    who: str
    sources: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        return bool(self.inquiry.outcome == Inquiry.Outcome.REFUSED)

    @property
    def outcome(self) -> str:
        return self.inquiry.get_refusal_display() if self.is_refused else self.inquiry.get_outcome_display()


@dataclass(frozen=True, slots=True)
class InquiriesPage:
    since: date
    looks: tuple[Look, ...]


def inquiries_page(user: Any, today: date) -> InquiriesPage:
    """Every look since this month two years ago, the latest first. Two queries."""
    since = grid.shift(today.replace(day=1), -MONTHS_SHOWN)
    rows = list(Inquiry.objects.of(user).filter(asked_on__gte=since).select_related("lender", "consent"))
    names = _names({code for row in rows for code in row.sources})
    return InquiriesPage(since=since, looks=tuple(_look(row, names) for row in rows))


def _look(row: Inquiry, names: Mapping[str, str]) -> Look:
    who = row.lender.name if row.lender is not None else _("You")
    return Look(row, who, tuple(names[code] for code in row.sources))


def _names(codes: set[str]) -> dict[str, str]:
    return {lender.code: lender.name for lender in Lender.objects.filter(code__in=codes)}
