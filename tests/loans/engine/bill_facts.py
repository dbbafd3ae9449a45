"""Accounts as the golden tables write them: "2026-05-20 buy 100000; 2026-06-10 pay 10000".

The place of a fact in its line, from 1, is its sequence.
"""

from datetime import date
from decimal import Decimal

from loans.engine.components import Limits
from loans.engine.penalty import PenaltyRules
from loans.engine.profile import profile
from loans.engine.revolving import (
    BillTerms,
    CreditReturned,
    DueDayMoved,
    Entry,
    Fee,
    Instalments,
    Payment,
    PlanEnded,
    Purchase,
    Refund,
    Standing,
    standing,
)
from loans.engine.schedule import Row

OPENED_ON = date(2026, 5, 1)
# 0.05 % a day.
RATE_ANNUAL = Decimal("0.1825")


def bill_terms(text: str = "") -> BillTerms:
    """Return the terms of "due_day=28;grace_days=3"; what is not named is usual."""
    given = dict(one.split("=") for one in text.split(";")) if text else {}
    conventions = {"base": given.pop("profile", "consumer-cn")}
    if "day_count" in given:
        conventions["day_count"] = given.pop("day_count")
    rules = {
        name: read(given.pop(name))
        for name, read in {
            "uplift": Decimal,
            "base": str,
            "cap_annual": lambda value: Decimal(value) if value else None,
            "grace_days": int,
        }.items()
        if name in given
    }
    return BillTerms(
        opened_on=date.fromisoformat(given.pop("opened_on", OPENED_ON.isoformat())),
        rate_annual=Decimal(given.pop("rate_annual", str(RATE_ANNUAL))),
        minimum_share=Decimal(given.pop("minimum_share", "0.1")),
        profile=profile(conventions),
        penalty=PenaltyRules(**rules),
        **{name: int(value) for name, value in given.items()},
    )


def facts(text: str) -> list[Entry]:
    """Return the facts of a line."""
    return [_fact(sequence, one.split()) for sequence, one in enumerate(text.split(";"), start=1)]


def held(text: str) -> list[tuple[date, date]]:
    """Return the stretches of "2026-06-11/2026-06-30"."""
    stretches = [one.split("/") for one in text.split(";")] if text else []
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in stretches]


def _fact(sequence: int, words: list[str]) -> Entry:
    on, kind, *more = words
    numbers = [int(word) for word in more if word.isdigit()]
    made = {
        "buy": lambda at: Purchase(*at, numbers[0]),
        "pay": lambda at: Payment(*at, numbers[0]),
        "back": lambda at: CreditReturned(*at, numbers[0]),
        "fee": lambda at: Fee(*at, numbers[0]),
        "refund": lambda at: Refund(*at, numbers[0], numbers[1]),
        "split": lambda at: Instalments(*at, numbers[0], numbers[1], Decimal(more[2])),
        "end": lambda at: PlanEnded(*at, numbers[0]),
        "due": lambda at: DueDayMoved(*at, numbers[0]),
    }
    return made[kind]((date.fromisoformat(on), sequence))


BOUGHT = "2026-05-20 buy 100000"
DUE = date(2026, 6, 10)
FREE = Limits()
USUAL = Limits(Decimal("1.25"), Decimal("0.05"), 1000)


def bill(name: str, as_of: date) -> Standing:
    """Return 1,000.00 billed on 1 June: as it is found, or with interest and fees on the bill."""
    if name == "charged":
        return Standing(as_of, (Row(1, DUE, DUE, 100000, 1200, 0, fee_minor=500),), DUE, DUE, 0, RATE_ANNUAL)
    if name == "owing":
        rows = (Row(1, DUE, DUE, 10000, 1200, 90000, fee_minor=500), Row(2, as_of, as_of, 90000, 375, 0, fee_minor=200))
        return Standing(as_of, rows, as_of, date(2026, 7, 10), 75, RATE_ANNUAL)
    return standing(bill_terms(), facts(BOUGHT), as_of)


FRESH = bill("fresh", date(2026, 6, 5))
LATE = bill("late", date(2026, 6, 20))
