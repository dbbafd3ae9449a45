"""What relief does to a loan, as one value that is shown, signed, stored and compared.

Its hash covers every figure. The same projection made again on another day has the
same hash as long as nothing it says has changed, so what was accepted can be
compared with what is about to be put in force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from loans.engine.calendar import months_between
from loans.engine.components import Bucket, ReliefError, Vest
from loans.engine.earning import Earning, Stretch
from loans.engine.fingerprint import fingerprint
from loans.engine.remembered import Remembered, stretch_from_dict
from loans.engine.schedule import Row, row_from_dict


class Refusal(NamedTuple):
    """A policy limit that this relief goes beyond; both figures in the limit's own unit.

    Reasons: `payment_shock` (1.3054 where 1.25 is allowed), `capitalised` (0.0627 of the
    principal where 0.05 is allowed), `annual_rate` (0.2512 where 0.24 is allowed),
    `min_instalment`, `waive_penalty`, `waive_interest` (minor units; no more than the
    limit is waived).
    """

    reason: str
    limit: Decimal | int
    value: Decimal | int


class Waiver(NamedTuple):
    """An amount forgiven, of which bucket, and when that is final."""

    bucket: Bucket
    amount_minor: int
    vest: Vest


@dataclass(frozen=True)
class Projection:
    """Before and after, and what the difference costs.

    `before` and `after` are the rows still to pay, with what is still to pay on
    them; `schedule_after` is every row, paid ones unchanged, to be adopted as the
    next version. `paused_on` are old due dates on which nothing is due any more.
    `shock` is how much larger the first new instalment is than the old one
    (0.0339 is 3.39 % more). `cost_to_borrower_minor` is negative where relief saves
    money. `lender_npv_given_up_minor` is at the contract rate, at the start of the
    pause. The effective annual rates are those of the whole loan, from disbursement
    to the last instalment, paid rows included.

    `resume_on` and `resume_minor` are the first instalment after relief: that after
    those of interest alone or of a reduced amount. `pause_interest_minor` is all
    interest that relief brings about by moving or leaving things, `capitalised_minor`
    what of it became principal, and `compounded_extra_minor` what that costs more than
    simple interest. `balloon_minor` is the last instalment where others were moved into
    it. Penalty interest stands beside the rows and counts in `left_*`.

    What the loan must remember where the schedule is put in force, since the contract no
    longer says it: `cut_rate_annual`, the rate until `cut_until` (not included; None is
    to the end), `due_day`, the new day of the month, `stretches`, when interest beside the
    rows is earned, and `idle`, (number, principal that bears no interest) of rows.

    Fields with a default are written and hashed only where they hold something else.
    """

    before: tuple[Row, ...]
    after: tuple[Row, ...]
    schedule_after: tuple[Row, ...]
    paused_on: tuple[date, ...]
    resume_on: date
    resume_minor: int
    shock: Decimal
    maturity_before: date
    maturity_after: date
    months_added: int
    left_before_minor: int
    left_after_minor: int
    cost_to_borrower_minor: int
    pause_interest_minor: int
    compounded_extra_minor: int
    lender_npv_given_up_minor: int
    effective_annual_rate_before: Decimal
    effective_annual_rate_after: Decimal
    refused: tuple[Refusal, ...]
    capitalised_minor: int = 0
    balloon_minor: int = 0
    penalty_before_minor: int = 0
    penalty_after_minor: int = 0
    waivers: tuple[Waiver, ...] = ()
    held_until: date | None = None
    cut_rate_annual: Decimal | None = None
    cut_until: date | None = None
    due_day: int | None = None
    stretches: tuple[Stretch, ...] = ()
    idle: tuple[tuple[int, int], ...] = ()

    @classmethod
    def comparing(cls, before: Sequence[Row], after: Sequence[Row], *, resume: Row, **others: Any) -> "Projection":
        """Return the projection whose dates and sums follow from the rows left before and after."""
        left_before_minor = sum(row.due_minor for row in before) + others.get("penalty_before_minor", 0)
        left_after_minor = sum(row.due_minor for row in after) + others.get("penalty_after_minor", 0)
        still_due = {row.due_on for row in after}
        return cls(
            before=tuple(before),
            after=tuple(after),
            paused_on=tuple(row.due_on for row in before if row.due_on not in still_due),
            resume_on=resume.due_on,
            resume_minor=resume.due_minor,
            maturity_before=before[-1].due_on,
            maturity_after=after[-1].due_on,
            months_added=months_between(before[-1].due_on, after[-1].due_on),
            left_before_minor=left_before_minor,
            left_after_minor=left_after_minor,
            cost_to_borrower_minor=left_after_minor - left_before_minor,
            **others,
        )

    @property
    def earning(self) -> Earning:
        """When interest is earned under the schedule after relief; `payoff` needs it."""
        return Earning(self.stretches, dict(self.idle))

    @property
    def remembered(self) -> Remembered:
        """What is to be written with `schedule_after` where it is put in force."""
        return Remembered(self.earning, self.cut_rate_annual, self.cut_until, self.due_day)

    @cached_property
    def hash(self) -> str:
        """The fingerprint of everything the projection says."""
        return fingerprint(self._content())

    def as_dict(self) -> dict[str, Any]:
        """Return the whole projection ready for JSON, with its hash."""
        return {**self._content(), "hash": self.hash}

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Projection":
        """Read back what `as_dict` wrote.

        Raises ReliefError(`hash_mismatch`) where a figure no longer fits the hash.
        """
        read = {key: _read(key, value) for key, value in written.items() if key != "hash"}
        projection = cls(**read)
        if projection.hash != written["hash"]:
            raise ReliefError("hash_mismatch")
        return projection

    def _content(self) -> dict[str, Any]:
        held = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: _written(value) for name, (value, default) in held.items() if value != default}


def _written(value: Any) -> Any:
    if isinstance(value, Row):
        return value.as_dict()
    if isinstance(value, Refusal | Waiver | Stretch):
        return {key: _written(part) for key, part in value._asdict().items()}
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    # `f` keeps a rate from turning into 1E-8.
    return format(value, "f") if isinstance(value, Decimal) else value


def _read(name: str, value: Any) -> Any:
    if name in ("before", "after", "schedule_after"):
        return tuple(row_from_dict(row) for row in value)
    if name == "paused_on":
        return tuple(date.fromisoformat(on) for on in value)
    if name == "refused":
        return tuple(Refusal(one["reason"], _figure(one["limit"]), _figure(one["value"])) for one in value)
    if name == "waivers":
        return tuple(Waiver(Bucket(one["bucket"]), one["amount_minor"], Vest(one["vest"])) for one in value)
    if name == "stretches":
        return tuple(stretch_from_dict(one) for one in value)
    if name == "idle":
        return tuple((number, minor) for number, minor in value)
    if name in ("maturity_before", "maturity_after", "resume_on", "held_until", "cut_until"):
        return date.fromisoformat(value)
    return _figure(value)


def _figure(value: Any) -> Decimal | int:
    # Money is a whole number in JSON, a rate is text.
    return Decimal(value) if isinstance(value, str) else int(value)
