"""What an application comes to: a limit, a rate, the reasons, and what would change the answer.

    room a month  = half of the income, less other payments, less instalments already owed here
    from income   = the largest sum, in whole hundreds, whose equal instalments over the longest
                    term fit into that room
    from record   = 12 months' income with a year on time, 6 with less, 3 with none
    limit         = the least of: what was wished for, from income, from record, the product's most
    rate          = the product's lowest with a year on time and no late month,
                    its usual one otherwise; its highest with a late month

The rules may approve, ask for more, or hand over to a person. They never refuse, and a score
is not looked at: what speaks against somebody is a fact, with its day, and what lifts it.

    the rules of the credit record say VETO, MANUAL or CUT    a person decides
    nothing can be lent from the figures                      a person decides
    asked to be looked at again                               a person decides
    they say EVIDENCE, or no income was stated                a few words, within 14 days
    otherwise                                                 approved

Shares and multiples are this house's defaults; no law gives a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from loans.engine.schedule import Method, Terms, schedule

RULES = "AS-2026.1"
SHARE_NUMERATOR, SHARE_DENOMINATOR = 1, 2
STEP_MINOR = 10_000  # whole hundreds
LONG_MONTHS, SHORT_MONTHS = 12, 3
INCOMES = ((LONG_MONTHS, 12), (SHORT_MONTHS, 6), (0, 3))
EVIDENCE_DAYS = 14
ANSWER_DAYS = 7
HAND_OVER = frozenset({"VETO", "MANUAL", "LIMIT_CUT"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule of the credit record found: its name, what it asks for, its facts as JSON values."""

    rule: str
    action: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an assessment looks at, frozen; `own_monthly_minor` are the next instalments at this lender."""

    on: date
    wished_minor: int
    income_minor: int
    other_monthly_minor: int
    own_monthly_minor: int
    reported_monthly_minor: int
    months_on_time: int
    late_months: int
    findings: tuple[Finding, ...]
    least_minor: int
    most_minor: int
    longest_months: int
    rate_annual: Decimal
    rate_annual_min: Decimal
    rate_annual_max: Decimal
    wants_a_person: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON values."""
        plain = asdict(self)
        rates = {name: format(plain[name], "f") for name in ("rate_annual", "rate_annual_min", "rate_annual_max")}
        return plain | rates | {"on": self.on.isoformat(), "findings": [asdict(found) for found in self.findings]}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, its facts, and whether it bounds the limit, sets the rate or asks for a look."""

    code: str
    facts: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Result:
    """`outcome` is approve, evidence or manual; `by_on` the day until which somebody has to move."""

    outcome: str
    limit_minor: int
    rate_annual: Decimal
    reasons: tuple[Reason, ...]
    by_on: date | None


def assess(facts: Facts) -> Result:
    """The answer to an application, from its facts alone."""
    rate, why_rate = rate_of(facts)
    bounds = _bounds(facts, rate)
    least = min(bounds, key=lambda bound: bound[1])
    limit_minor = least[1] - least[1] % STEP_MINOR
    reasons = [Reason(least[0], {"limit_minor": limit_minor, **least[2]}), why_rate]
    reasons += [Reason(found.rule, dict(found.facts)) for found in facts.findings]
    outcome = _outcome(facts, limit_minor)
    if limit_minor < facts.least_minor:
        limit_minor = 0
    days = {"approve": None, "evidence": EVIDENCE_DAYS, "manual": ANSWER_DAYS}[outcome]
    by_on = None if days is None else facts.on + timedelta(days=days)
    return Result(outcome, limit_minor, rate, tuple(reasons), by_on)


def room_minor(facts: Facts) -> int:
    """What is left a month for a new instalment, never below nothing.

    8,000.00 of income, 1,000.00 of other payments, 500.00 owed here already: 4,000 - 1,500.

    >>> from loans.assessment import specimen_facts
    >>> room_minor(specimen_facts(income_minor=800_000, other_monthly_minor=100_000, own_monthly_minor=50_000))
    250000
    """
    half = facts.income_minor * SHARE_NUMERATOR // SHARE_DENOMINATOR
    # Payments elsewhere are what was stated or what is on record, whichever is more; never both.
    elsewhere = max(facts.other_monthly_minor, facts.reported_monthly_minor)
    return max(half - elsewhere - facts.own_monthly_minor, 0)


def rate_of(facts: Facts) -> tuple[Decimal, Reason]:
    """The annual rate inside the product's band, and why that one."""
    record = {"months_on_time": facts.months_on_time, "late_months": facts.late_months}
    if facts.late_months:
        return facts.rate_annual_max, Reason("rate_late", record)
    if facts.months_on_time >= LONG_MONTHS:
        return facts.rate_annual_min, Reason("rate_clean", record)
    return facts.rate_annual, Reason("rate_usual", record)


def affordable_minor(monthly_minor: int, months: int, rate_annual: Decimal, on: date) -> int:
    """The largest sum in whole hundreds whose equal instalments over `months` are at most so much each.

    900.08 a month over 12 months at 14.4 % repay 10,000.00 by actual days; with a fen less, only 9,900.00:

    >>> [affordable_minor(monthly, 12, Decimal("0.144"), date(2026, 5, 8)) for monthly in (90_008, 90_007)]
    [1000000, 990000]
    """
    low, high = 0, monthly_minor * months // STEP_MINOR
    while low < high:
        middle = (low + high + 1) // 2
        if _largest_instalment(middle * STEP_MINOR, months, rate_annual, on) <= monthly_minor:
            low = middle
        else:
            high = middle - 1
    return low * STEP_MINOR


def _largest_instalment(principal_minor: int, months: int, rate_annual: Decimal, on: date) -> int:
    rows = schedule(Terms(principal_minor, rate_annual, Method.LEVEL, months, on))
    return max(row.due_minor for row in rows)


def _bounds(facts: Facts, rate: Decimal) -> Sequence[tuple[str, int, dict[str, Any]]]:
    """What bounds the limit, each with its facts; the first of equals counts."""
    room = room_minor(facts)
    incomes = next(incomes for months, incomes in INCOMES if facts.months_on_time >= months)
    return (
        ("wished", facts.wished_minor, {"wished_minor": facts.wished_minor}),
        (
            "income",
            affordable_minor(room, facts.longest_months, rate, facts.on),
            {"income_minor": facts.income_minor, "room_minor": room, "months": facts.longest_months},
        ),
        (
            "record",
            facts.income_minor * incomes,
            {"months_on_time": facts.months_on_time, "incomes": incomes},
        ),
        ("product", facts.most_minor, {"most_minor": facts.most_minor}),
    )


def _outcome(facts: Facts, limit_minor: int) -> str:
    actions = {found.action for found in facts.findings}
    if facts.wants_a_person or actions & HAND_OVER:
        return "manual"
    if facts.income_minor == 0 or "EVIDENCE" in actions:
        return "evidence"
    return "manual" if limit_minor < facts.least_minor else "approve"


def specimen_facts(**changed: Any) -> Facts:
    """A plain case for worked examples: 10,000.00 wished for, 8,000.00 of income, a year on time."""
    plain: dict[str, Any] = {
        "on": date(2026, 5, 8), "wished_minor": 1_000_000, "income_minor": 800_000, "other_monthly_minor": 0,
        "own_monthly_minor": 0, "reported_monthly_minor": 0, "months_on_time": 12, "late_months": 0, "findings": (),
        "least_minor": 100_000, "most_minor": 20_000_000, "longest_months": 12, "rate_annual": Decimal("0.144"),
        "rate_annual_min": Decimal("0.108"), "rate_annual_max": Decimal("0.18"),
    }  # fmt: skip
    return Facts(**(plain | changed))
