"""The lender's rules over frozen facts: advice to the person who decides, never a refusal.

A policy is data (`Policy.from_dict`), facts are data (`Facts`), and every rule says how it
came out and on which figures, so that the reviewer, the letter and a later replay all read
the same explanation. The system approves and denies nothing here: a rule passes, refers
(a person must look) or fails (the policy speaks against it; a person still decides).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from loans.engine.relief import Limits

# What a request may come to; all of these leave months in which nothing is due.
# Capitalised interest can be projected, but the books cannot post it yet; of a lump sum no part can be repaid early.
CHOICES: Mapping[str, frozenset[str]] = {
    "kind": frozenset({"PAUSE", "APPEND"}),
    "interest": frozenset({"ACCRUE_SIMPLE", "WAIVE"}),
    "collect": frozenset({"FIRST", "SPREAD", "LAST"}),
    "then": frozenset({"EXTEND", "KEEP_END"}),
    "append_interest": frozenset({"NONE", "SIMPLE"}),
}


class PolicyError(ValueError):
    """A policy's data has an unknown or unreadable field; the message names it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms of one policy version. Periods are instalments, days are calendar days unless named.

    `kind` is what becomes of the instalments that are asked for: all wait (PAUSE, on the terms of
    `interest`, `collect` and `then`), or these go behind the last one (APPEND, with
    `append_interest` while they wait). `rate_share` is the part of the contract's rate that holds from then on, for
    `rate_periods`, or for the rest.
    """

    max_periods: int = 3
    lifetime_periods: int = 6
    min_paid_instalments: int = 3
    max_days_past_due: int = 90
    interest: str = "ACCRUE_SIMPLE"
    collect: str = "SPREAD"
    kind: str = "PAUSE"
    then: str = "EXTEND"
    append_interest: str = "NONE"
    rate_share: str | None = None
    rate_periods: int | None = None
    max_payment_shock: str | None = "1.25"
    max_capitalised_pct: str | None = "0.05"
    min_instalment_minor: int | None = 1000
    reviewer_limit_minor: int = 5_000_000
    open_claims: int = 5
    lease_minutes: int = 60
    target_business_days: int = 5
    hard_days: int = 21
    offer_days: int = 14
    rescind_days: int = 7
    hold_days_after_denial: int = 14
    hold_days_after_offer: int = 14
    hold_days_after_withdrawal: int = 7
    hold_max_days: int = 60
    repeat_days: int = 120

    @classmethod
    def from_dict(cls, terms: Mapping[str, Any]) -> "Policy":
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(terms) - known)
        if unknown:
            raise PolicyError(f"unknown policy field: {', '.join(unknown)}")
        policy = cls(**terms)
        for name, allowed in CHOICES.items():
            if getattr(policy, name) not in allowed:
                raise PolicyError(f"relief cannot be put in force with {name} {getattr(policy, name)}")
        if policy.rate_share is not None and not _is_share(policy.rate_share):
            raise PolicyError(f"rate_share is from 0 to less than 1, not {policy.rate_share}")
        return policy

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def limits(self) -> Limits:
        """What the engine checks a projection against."""
        return Limits(
            max_payment_shock=Decimal(self.max_payment_shock) if self.max_payment_shock is not None else None,
            max_capitalised_pct=Decimal(self.max_capitalised_pct) if self.max_capitalised_pct is not None else None,
            min_instalment_minor=self.min_instalment_minor,
        )

    def relief(self, count: int) -> list[dict[str, Any]]:
        """What the next `count` instalments come to on this policy's terms, as a request keeps it.

        `casework.components_of` makes of it what the engine takes.
        """
        rate = {"kind": "RATE", "share": self.rate_share, "periods": self.rate_periods}
        pause = {"kind": "PAUSE", "n": count, "interest": self.interest, "collect": self.collect, "then": self.then}
        append = {"kind": "APPEND", "next": count, "interest": self.append_interest}
        return [*([rate] if self.rate_share is not None else []), append if self.kind == "APPEND" else pause]


def _is_share(text: str) -> bool:
    try:
        return 0 <= Decimal(text) < 1
    except InvalidOperation:
        return False


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known of the loan and the ask on one day; frozen with the request as JSON."""

    on: date
    loan_number: str
    principal_minor: int
    principal_left_minor: int
    left_minor: int
    rate_annual: str
    instalment_count: int
    paid_count: int
    next_number: int
    next_due_on: date
    next_due_minor: int
    days_past_due: int
    overdue_minor: int
    schedule_version: int
    earlier_relief_periods: int
    asked_periods: int
    affordable_minor: int

    def as_dict(self) -> dict[str, Any]:
        content = asdict(self)
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in content.items()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "Facts":
        dates = {name: date.fromisoformat(content[name]) for name in ("on", "next_due_on")}
        return cls(**{**content, **dates})


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  (an outcome, not a password)
    REFER = "refer"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """How one rule came out: its id, the outcome, the figure found and the limit it was held against."""

    rule: str
    outcome: Outcome
    value: int
    limit: int

    def as_dict(self) -> dict[str, Any]:
        return {"rule": self.rule, "outcome": self.outcome.value, "value": self.value, "limit": self.limit}


def evaluate(policy: Policy, facts: Facts) -> tuple[RuleHit, ...]:
    """Every rule over these facts, in fixed order.

    >>> on = date(2026, 5, 8)
    >>> due_on = date(2026, 5, 15)
    >>> facts = Facts(on, "LN-1", 1200000, 915905, 971732, "0.144", 12, 3, 4, due_on, 107971, 0, 0, 1, 0, 3, 0)
    >>> [f"{hit.rule} {hit.outcome}" for hit in evaluate(Policy(), facts)]
    ['person refer', 'periods pass', 'lifetime pass', 'age pass', 'lateness pass', 'limit pass']
    """
    used = facts.earlier_relief_periods + facts.asked_periods
    return (
        RuleHit("person", Outcome.REFER, facts.asked_periods, 0),
        _at_most("periods", facts.asked_periods, policy.max_periods),
        _at_most("lifetime", used, policy.lifetime_periods),
        _at_least("age", facts.paid_count, policy.min_paid_instalments),
        _at_most("lateness", facts.days_past_due, policy.max_days_past_due),
        _within("limit", facts.principal_left_minor, policy.reviewer_limit_minor),
    )


def _at_most(rule: str, value: int, limit: int) -> RuleHit:
    return RuleHit(rule, Outcome.PASS if value <= limit else Outcome.FAIL, value, limit)


def _at_least(rule: str, value: int, limit: int) -> RuleHit:
    return RuleHit(rule, Outcome.PASS if value >= limit else Outcome.FAIL, value, limit)


def _within(rule: str, value: int, limit: int) -> RuleHit:
    return RuleHit(rule, Outcome.PASS if value <= limit else Outcome.REFER, value, limit)
