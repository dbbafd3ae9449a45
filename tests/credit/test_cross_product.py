"""The cross-product policy: a table by hand, and what must hold for any report."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from credit import policy_words
from credit.cross_product import LIFTS_WHEN, Action, Scores, limit_after_cut, verdict
from credit.facts import MonthFacts
from credit.grid import shift
from credit.report import Report, ReportAccount, ReportMonth

TODAY = date(2026, 5, 8)
GOLDEN = Path(__file__).parents[1] / "golden" / "cross_product.csv"


def month_of(first: date, token: str) -> ReportMonth | None:
    if token == "-":
        return None
    disputed, plain = token.endswith("d"), token.removesuffix("d")
    days = int(plain) if plain.isdigit() else 0
    return ReportMonth(
        month=first,
        as_of=shift(first, 1) + timedelta(days=2),
        days_late=days,
        is_late=days > 0 or plain == "p",
        status_end="charged_off" if plain == "x" else "open",
        is_disputed=disputed,
    )


def account(tokens: str, first: date, *, own: bool = True, closed: date | None = None) -> ReportAccount:
    made = [month_of(shift(first, number), token) for number, token in enumerate(tokens.split())]
    return ReportAccount(
        lender="qinghe" if own else "jiangpan", is_own=own, reference="LN-1", portfolio="instalment", currency="CNY",
        opened_on=first, closed_on=closed, original_minor=1_200_000, months=tuple(one for one in made if one),
    )  # fmt: skip


def rows() -> Iterator[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row["case"])
def test_the_table(row: dict[str, str]) -> None:
    on = date.fromisoformat(row["on"]) if row["on"] else TODAY
    accounts = ()
    if row["first"]:
        closed = date.fromisoformat(row["closed"]) if row["closed"] else None
        first = date.fromisoformat(f"{row['first']}-01")
        accounts = (account(row["months"], first, own=row["own"] == "yes", closed=closed),)
    result = verdict(Report(on=on, accounts=accounts))
    assert result.action.name == row["action"]
    assert [hit.rule for hit in result.hits] == row["rules"].split()
    assert [hit.lifts_on.isoformat() for hit in result.hits if hit.lifts_on] == row["lifts_on"].split()


def test_each_hit_says_what_it_rests_on() -> None:
    shown = Report(on=TODAY, accounts=(account("0 0 0 0 31 0", date(2025, 11, 1), own=False),))
    (hit,) = verdict(shown).hits
    assert hit.facts == {"reference": "LN-1", "days_late": 31, "month": date(2026, 3, 1)}
    assert (hit.lender, hit.data_on, hit.lifts_when) == ("jiangpan", date(2026, 5, 3), "cured_3_months")


def test_papers_are_asked_for_within_fourteen_days() -> None:
    shown = Report(on=TODAY, accounts=(account("0 0 0 0 0 5", date(2025, 11, 1), own=False),))
    assert verdict(shown).hits[0].facts["by"] == date(2026, 5, 22)


def test_the_result_is_the_highest_of_all_hits() -> None:
    late = account("0 0 0 0 0 31", date(2025, 11, 1))
    worse = replace(account("0 0 0 0 31 62", date(2025, 11, 1), own=False), reference="JP-7")
    result = verdict(Report(on=TODAY, accounts=(late, worse)), Scores(score=500, minimum=600))
    assert [hit.rule for hit in result.hits] == ["P02", "P03", "P03", "P05"]
    assert result.action is Action.VETO


@pytest.mark.parametrize(
    ("scores", "action"),
    [
        (None, Action.ALLOW),
        (Scores(score=599), Action.ALLOW),
        (Scores(score=600, minimum=600), Action.ALLOW),
        (Scores(score=599, minimum=600), Action.MANUAL),
        (Scores(score=700, before=759), Action.ALLOW),
        (Scores(score=700, before=760), Action.MANUAL),
        (Scores(minimum=600, before=900), Action.ALLOW),
    ],
)
def test_a_score_makes_somebody_look_and_never_refuses(scores: Scores | None, action: Action) -> None:
    shown = Report(on=TODAY, accounts=(account("0 0 0 0 0 0", date(2025, 11, 1)),))
    assert verdict(shown, scores).action is action


def test_the_order_of_the_actions_is_the_lattice() -> None:
    assert [action.name for action in sorted(Action)] == ["ALLOW", "EVIDENCE", "LIMIT_CUT", "MANUAL", "VETO"]


def test_a_pause_that_froze_a_lateness_is_not_late() -> None:
    """31 days late when the pause was agreed: the pause itself adds nothing, in any month of it."""
    paused = [
        ReportMonth.of(
            MonthFacts(
                month=date(2026, number, 1), as_of=date(2026, number + 1, 3), had_obligation=False,
                days_past_due=31, relief_kind="temporary",
            )
        )
        for number in (1, 2, 3, 4)
    ]  # fmt: skip
    shown = replace(account("0", date(2025, 12, 1)), months=tuple(paused))
    assert verdict(Report(on=TODAY, accounts=(shown,))).action is Action.ALLOW


@given(limit=st.integers(0, 10**9), drawn=st.integers(0, 10**9))
def test_a_cut_never_goes_below_what_is_drawn(limit: int, drawn: int) -> None:
    left = limit_after_cut(limit, drawn)
    assert left >= drawn
    assert 2 * left >= limit


@given(
    days=st.lists(st.sampled_from(["0", "p", "1", "29", "30", "59", "60", "89", "90", "200"]), min_size=3, max_size=24),
    own=st.booleans(),
)
def test_one_more_month_on_time_never_makes_it_worse(days: list[str], own: bool) -> None:
    """Seen from the same day, with the last month late or on time."""
    first = shift(date(2026, 4, 1), 1 - len(days))

    def action(last: str) -> Action:
        made: Any = account(" ".join([*days[:-1], last]), first, own=own)
        return verdict(Report(on=TODAY, accounts=(made,))).action

    assert action("0") <= action(days[-1])


@given(days=st.lists(st.sampled_from(["0", "p", "31", "62", "95"]), min_size=3, max_size=24), own=st.booleans())
def test_a_verdict_ends_on_the_day_it_says(days: list[str], own: bool) -> None:
    """With nothing but months on time after it, each hit is gone on its day and not one day sooner."""
    shown = account(" ".join([*days, "0", "0", "0"]), shift(date(2026, 4, 1), -2 - len(days)), own=own)
    for hit in verdict(Report(on=TODAY, accounts=(shown,))).hits:
        assert hit.lifts_on is not None
        ahead = [month_of(shift(date(2026, 5, 1), number), "0") for number in range(14)]
        for on, stands in ((hit.lifts_on - timedelta(days=1), True), (hit.lifts_on, False)):
            known = [month for month in ahead if month is not None and month.as_of <= on]
            later = replace(shown, months=(*shown.months, *known))
            again = verdict(Report(on=on, accounts=(later,))).hits
            assert (hit.lifts_on in {one.lifts_on for one in again if one.rule == hit.rule}) is stands


def test_every_rule_says_what_it_is_and_what_lifts_it() -> None:
    assert set(policy_words.RULES) == set(LIFTS_WHEN)
    assert set(policy_words.LIFTS) == set(LIFTS_WHEN.values())
    assert set(policy_words.ACTIONS) == set(Action)
    shown = Report(on=TODAY, accounts=(account("0 0 0 0 0 62", date(2025, 11, 1)),))
    with translation.override("en"):
        assert policy_words.said(verdict(shown).hits[0]) == (
            "An account is 60 to 89 days late.",
            "It ends once what is late has been paid and three months on time have followed.",
        )
