"""What accounts anywhere mean for new credit here: rules P01 to P06 over a report.

    ALLOW < EVIDENCE < LIMIT_CUT < MANUAL < VETO; the result is the highest of all hits

    P01  90 days late or more now, or written off or at court within 24 months   VETO
         lifts 12 months after the month in which it was made good
    P02  60 to 89 days late now                                                  VETO
    P03  30 to 59 days late now, or 3 late account-months in 6 months            LIMIT_CUT
         P02 and P03 lift after the month of cure and 3 months on time after it
    P04  1 to 29 days late now at another lender                                 EVIDENCE
    P05  the score is below the lender's minimum, or fell by 60 in 60 days       MANUAL
    P06  nothing is shown, fewer than 3 months, or facts older than 35 days      EVIDENCE

"Now" is the latest month on record; facts older than 35 days are unknown, and unknown is
not bad. A month of an agreed pause is not late (`credit.report`), so relief can never hit.
What rests on disputed months alone never cuts and never vetoes: a person looks (MANUAL).
A score is never a reason to refuse, only to look; without a score P05 is silent. Every hit
says its facts, their day, whose they are and what lifts it. Source: spec credit.md 3.8.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from credit.grid import shift
from credit.report import Report, ReportAccount, ReportMonth

FRESH_DAYS = 35
EVIDENCE_DAYS = 14
THIN_MONTHS = 3
LOST = frozenset({"charged_off", "legal", "sold"})
SCORE_FALL = 60


class Action(IntEnum):
    """What follows, the mildest first."""

    ALLOW = 0
    EVIDENCE = 1
    LIMIT_CUT = 2
    MANUAL = 3
    VETO = 4


# What lifts each rule; the words stand in `credit.policy_words`.
LIFTS_WHEN = MappingProxyType(
    {
        "P01": "cured_12_months",
        "P02": "cured_3_months",
        "P03": "cured_3_months",
        "P04": "paid_or_explained",
        "P05": "looked_at",
        "P06": "shown",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One rule that fits; `lifts_on` is the first day without it if nothing new happens, None if not yet known."""

    rule: str
    action: Action
    facts: dict[str, Any] = field(default_factory=dict)
    data_on: date | None = None
    lender: str = ""
    lifts_on: date | None = None
    rests_on_dispute: bool = False

    @property
    def lifts_when(self) -> str:
        return LIFTS_WHEN[self.rule]


@dataclass(frozen=True, slots=True)
class Verdict:
    """All hits, in the order of the rules."""

    hits: tuple[Hit, ...] = ()

    @property
    def action(self) -> Action:
        return max((hit.action for hit in self.hits), default=Action.ALLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A score, the lender's minimum, and the score of 60 days before; what is unknown is None."""

    score: int | None = None
    minimum: int | None = None
    before: int | None = None


def verdict(report: Report, scores: Scores | None = None) -> Verdict:
    """What the rules say about `report` on its day.

    >>> verdict(Report(on=date(2026, 5, 8))).action.name
    'EVIDENCE'
    """
    hits = _of_facts(report.accounts, report.on)
    undisputed = _of_facts([_without_disputed(account) for account in report.accounts], report.on)
    sure = {_key(hit) for hit in undisputed}
    weighed = [hit if _key(hit) in sure else _to_a_person(hit) for hit in hits]
    hits = [*weighed, *_score(scores or Scores()), *_unknown(report)]
    return Verdict(tuple(sorted(hits, key=lambda hit: (hit.rule, hit.lender))))


def limit_after_cut(limit_minor: int, drawn_minor: int) -> int:
    """A limit that P03 cuts: to half, the odd unit to the borrower, and never below what is drawn.

    >>> limit_after_cut(1_000_001, 0), limit_after_cut(1_000_000, 800_000)
    (500001, 800000)
    """
    return max(drawn_minor, limit_minor - limit_minor // 2)


def _of_facts(accounts: Sequence[ReportAccount], on: date) -> list[Hit]:
    known = [account for account in accounts if account.months and is_fresh(account, on)]
    found = [hit for account in known for hit in _of_account(account, on)]
    return [*found, *_often_late(known, on)]


def is_fresh(account: ReportAccount, on: date) -> bool:
    """Whether what is known of the account can still be used: it is closed, or its last month is recent."""
    if account.closed_on is not None:
        return True
    return bool(account.months) and account.months[-1].as_of >= on - timedelta(days=FRESH_DAYS)


def _of_account(account: ReportAccount, on: date) -> Iterable[Hit]:
    yield from _lost(account, on)
    for rule, action, least, most, months in (
        ("P01", Action.VETO, 90, None, 12),
        ("P02", Action.VETO, 60, 89, 3),
        ("P03", Action.LIMIT_CUT, 30, 59, 3),
    ):
        bad = _last([month for month in account.months if month.days_late >= least])
        if bad is None or (most is not None and bad.days_late > most):
            continue
        cured = _cured(account, bad.month)
        if cured is not None and rule != "P01":
            cured = _clean_from(account, cured, months)
        lifts_on = shift(cured, months + 1) if cured is not None else None
        if lifts_on is None or on < lifts_on:
            yield _hit(rule, action, account, {"days_late": bad.days_late, "month": bad.month}, lifts_on)
    latest = account.months[-1]
    if not account.is_own and account.closed_on is None and 1 <= latest.days_late <= 29:
        by = on + timedelta(days=EVIDENCE_DAYS)
        yield _hit("P04", Action.EVIDENCE, account, {"days_late": latest.days_late, "by": by}, None)


def _lost(account: ReportAccount, on: date) -> Iterable[Hit]:
    """Written off, sold or at court: 24 months from the month that says so."""
    month = _last([month for month in account.months if month.status_end in LOST])
    if month is not None and on < (lifts_on := shift(month.month, 25)):
        facts = {"status": month.status_end, "month": month.month}
        yield _hit("P01", Action.VETO, account, facts, lifts_on)


def _cured(account: ReportAccount, late: date) -> date | None:
    """The first month after `late` that was not late, or in which the account was settled."""
    closed = account.closed_on.replace(day=1) if account.closed_on is not None else None
    clean = next((month.month for month in account.months if month.month > late and not month.is_late), None)
    found = [month for month in (clean, closed) if month is not None]
    return min(found) if found else None


def _clean_from(account: ReportAccount, cured: date, months: int) -> date | None:
    """The month of cure that was followed by on-time months only; a late one among them begins the count anew."""
    late = next((m.month for m in account.months if cured < m.month <= shift(cured, months) and m.is_late), None)
    if late is None:
        return cured
    again = _cured(account, late)
    return _clean_from(account, again, months) if again is not None and again > cured else None


def _often_late(accounts: Sequence[ReportAccount], on: date) -> Iterable[Hit]:
    """Three late account-months among the last six months; it lifts when the third last leaves them."""
    first = shift(on.replace(day=1), -6)
    late = sorted(
        (
            (month.month, account)
            for account in accounts
            for month in account.months
            if month.is_late and month.month >= first
        ),
        key=lambda pair: pair[0],
    )
    if len(late) >= 3:
        facts = {"late_months": len(late), "since": first}
        yield _hit("P03", Action.LIMIT_CUT, late[-1][1], facts, shift(late[-3][0], 7))


def _score(scores: Scores) -> Iterable[Hit]:
    if scores.score is None:
        return
    fell = scores.before is not None and scores.before - scores.score >= SCORE_FALL
    if (scores.minimum is not None and scores.score < scores.minimum) or fell:
        facts = {"score": scores.score, "minimum": scores.minimum, "before": scores.before}
        yield Hit(rule="P05", action=Action.MANUAL, facts=facts)


def _unknown(report: Report) -> Iterable[Hit]:
    """What is not known is asked for; it is never held against anybody."""
    months = sum(len(account.months) for account in report.accounts)
    if months < THIN_MONTHS:
        why = "empty" if report.is_empty else "thin"
        yield Hit(rule="P06", action=Action.EVIDENCE, facts={"why": why, "months": months})
    for account in report.accounts:
        if account.months and not is_fresh(account, report.on):
            yield _hit("P06", Action.EVIDENCE, account, {"why": "stale"}, None)


def _hit(rule: str, action: Action, account: ReportAccount, facts: dict[str, Any], lifts_on: date | None) -> Hit:
    named = {"reference": account.reference, **facts}
    data_on = account.months[-1].as_of
    return Hit(rule=rule, action=action, facts=named, data_on=data_on, lender=account.lender, lifts_on=lifts_on)


def _key(hit: Hit) -> tuple[str, str, str]:
    return hit.rule, hit.lender, str(hit.facts.get("reference", ""))


def _to_a_person(hit: Hit) -> Hit:
    if hit.action in (Action.VETO, Action.LIMIT_CUT):
        return replace(hit, action=Action.MANUAL, rests_on_dispute=True)
    return hit


def _without_disputed(account: ReportAccount) -> ReportAccount:
    return replace(account, months=tuple(month for month in account.months if not month.is_disputed))


def _last(months: Sequence[ReportMonth]) -> ReportMonth | None:
    return months[-1] if months else None
