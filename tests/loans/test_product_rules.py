"""What a product may be; caps and limits are those of the lending rules R3, R5 and R12."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loans.engine.profile import PROFILES
from loans.product_rules import Offering, blocking, cap_annual, limits, plan_rate_annual, problems, specimen, year_of

TODAY = date(2026, 5, 8)
PLAIN = Offering(
    kind="instalment",
    methods=("level",),
    instalment_counts=(3, 6, 12),
    min_principal_minor=50_000,
    max_principal_minor=20_000_000,
    rate_annual=Decimal("0.144"),
    rate_annual_min=Decimal("0.0730"),
    rate_annual_max=Decimal("0.16"),
    profile="consumer-cn",
    penalty_uplift=Decimal("0.5"),
    annual_cap=Decimal("0.24"),
    compound_on_interest=False,
    allocation=("fee", "penalty", "interest", "principal"),
    reminder_days=(-7, 0, 30),
    debit_times=("10:00", "20:00"),
)
BILL = replace(
    PLAIN,
    kind="revolving",
    instalment_counts=(),
    bill_day=1,
    due_days=(8, 9, 10),
    daily_rate=Decimal("0.0005"),
    plan_fees=((3, Decimal("0.023")), (12, Decimal("0.088"))),
)


def said(offering: Offering, kind: str = "commercial_bank", on: date = TODAY, **more: Any) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in problems(offering, lender_kind=kind, on=on, **more)]


def test_a_usual_product_has_no_problem() -> None:
    assert said(PLAIN) == []
    assert said(BILL) == []


@pytest.mark.parametrize(
    ("kind", "on", "cap"),
    [
        ("commercial_bank", date(2026, 5, 8), "0.24"),
        ("consumer_finance", date(2026, 5, 8), "0.20"),
        ("micro_lender", date(2027, 12, 31), "0.24"),
        ("micro_lender", date(2028, 1, 1), "0.12"),  # four times the 1-year LPR of 3.0 %
        ("commercial_bank", date(2028, 1, 1), "0.24"),
    ],
)
def test_each_kind_of_lender_has_its_cap(kind: str, on: date, cap: str) -> None:
    assert cap_annual(kind, on) == Decimal(cap)


def test_a_rate_at_the_cap_is_allowed_and_one_above_is_refused_with_the_figures() -> None:
    at = replace(PLAIN, rate_annual=Decimal("0.24"), rate_annual_max=None, penalty_uplift=Decimal(0))
    above = replace(at, rate_annual=Decimal("0.2401"))
    assert said(at) == []
    [problem] = problems(above, lender_kind="commercial_bank", on=TODAY)
    assert (problem.field, problem.code, problem.params["cap"]) == ("rate_annual", "above_cap", Decimal("0.24"))
    assert said(replace(at, rate_annual=Decimal("0.2001"), annual_cap=Decimal("0.20")), "consumer_finance") == [
        ("rate_annual", "above_cap")
    ]


def test_it_is_the_highest_rate_of_the_band_that_must_stay_below() -> None:
    assert said(replace(PLAIN, rate_annual_max=Decimal("0.25"))) == [("rate_annual_max", "above_cap")]


def test_years_of_360_days_cost_more_than_they_say() -> None:
    """23.8 % by actual/360 is 23.8 x 365 / 360 = 24.13 % over a year of 365 days."""
    assert year_of(Decimal("0.238"), PROFILES["consumer-cn-360"]) == Decimal("0.2413")
    dear = replace(PLAIN, rate_annual=Decimal("0.238"), rate_annual_max=None, penalty_uplift=Decimal(0))
    assert said(dear) == []
    assert said(replace(dear, profile="consumer-cn-360")) == [("rate_annual", "above_cap")]


def test_a_penalty_beyond_the_cap_warns_from_sixteen_percent_on() -> None:
    """24 % / 1.5 = 16.0 %."""
    assert said(replace(PLAIN, rate_annual_max=Decimal("0.16"))) == []
    found = problems(replace(PLAIN, rate_annual_max=Decimal("0.1601")), lender_kind="commercial_bank", on=TODAY)
    assert [(each.field, each.code, each.is_warning) for each in found] == [("penalty_uplift", "cut_by_cap", True)]
    assert found[0].params["threshold"] == Decimal("0.16")
    assert blocking(found) == ()


@pytest.mark.parametrize(
    ("kind", "until", "largest"),
    [
        ("commercial_bank", None, (20_000_000, 60)),
        ("commercial_bank", TODAY, (30_000_000, 84)),
        ("commercial_bank", date(2026, 5, 7), (20_000_000, 60)),
        ("consumer_finance", TODAY, (20_000_000, 60)),
    ],
)
def test_limits_are_raised_for_banks_alone_and_until_a_day(
    kind: str, until: date | None, largest: tuple[int, int]
) -> None:
    assert limits(kind, TODAY, until) == largest


def test_a_bank_may_offer_more_while_the_notice_holds() -> None:
    big = replace(PLAIN, max_principal_minor=30_000_000, instalment_counts=(84,))
    assert said(big) == [("max_principal_minor", "above_largest"), ("instalment_counts", "too_long")]
    assert said(big, bank_raised_until=TODAY) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"min_principal_minor": None}, [("min_principal_minor", "missing")]),
        ({"max_principal_minor": None}, [("max_principal_minor", "missing")]),
        ({"min_principal_minor": 0}, [("min_principal_minor", "not_positive")]),
        ({"min_principal_minor": 20_000_001}, [("max_principal_minor", "below_smallest")]),
        ({"max_principal_minor": 20_000_001}, [("max_principal_minor", "above_largest")]),
        ({"instalment_counts": ()}, [("instalment_counts", "missing")]),
        ({"instalment_counts": (0, 3)}, [("instalment_counts", "not_whole")]),
        ({"instalment_counts": (61,)}, [("instalment_counts", "too_long")]),
        ({"methods": ("level", "bullet"), "instalment_counts": (13,)}, [("instalment_counts", "bullet_too_long")]),
        ({"methods": ("bullet",), "instalment_counts": (12,)}, []),
        ({"rate_annual_min": Decimal("0.15")}, [("rate_annual_min", "above_usual")]),
        ({"rate_annual_max": Decimal("0.14")}, [("rate_annual_max", "below_usual")]),
        ({"rate_annual_min": Decimal("-0.01")}, [("rate_annual_min", "not_a_rate")]),
        ({"annual_cap": Decimal("0.25")}, [("annual_cap", "above_cap")]),
        ({"compound_on_interest": True}, [("compound_on_interest", "not_posted")]),
        ({"profile": "made-up"}, [("profile", "unknown")]),
        ({"allocation": ("fee", "fee", "interest", "principal")}, [("allocation", "not_each_once")]),
        ({"reminder_days": (-31,)}, [("reminder_days", "too_far")]),
        ({"debit_times": ("24:00",)}, [("debit_times", "not_a_time")]),
        ({"debit_times": ("9:00",)}, [("debit_times", "not_a_time")]),
    ],
)
def test_each_problem_names_its_field_and_why(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert said(replace(PLAIN, **changed)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"bill_day": None}, [("bill_day", "not_a_day")]),
        ({"bill_day": 29}, [("bill_day", "not_a_day")]),
        ({"due_days": ()}, [("due_days", "not_a_day")]),
        ({"due_days": (29,)}, [("due_days", "not_a_day")]),
        ({"due_days": (1,)}, [("due_days", "on_bill_day")]),
        ({"daily_rate": None}, [("daily_rate", "missing")]),
        ({"daily_rate": Decimal("0.0007")}, [("daily_rate", "above_cap")]),  # 25.55 % a year
        ({"plan_fees": ((61, Decimal("0.1")),)}, [("plan_fees", "too_long")]),
        ({"plan_fees": ((3, Decimal("0.05")),)}, [("plan_fees", "plan_above_cap")]),  # 29.6 % a year
    ],
)
def test_a_monthly_bill_has_problems_of_its_own(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert said(replace(BILL, **changed)) == expected


@pytest.mark.parametrize(
    ("count", "fee", "rate"),
    [(3, "0.023", "0.1375"), (6, "0.045", "0.1527"), (9, "0.065", "0.1534"), (12, "0.088", "0.1586")],
)
def test_the_fee_of_a_plan_really_costs_what_the_rules_say(count: int, fee: str, rate: str) -> None:
    """The four test values of R24."""
    assert plan_rate_annual(count, Decimal(fee)).quantize(Decimal("0.0001")) == Decimal(rate)


def test_a_specimen_is_the_schedule_that_a_loan_would_have() -> None:
    """2,500.00 in five equal principal parts at 0.05 % a day from 1 May: the golden case of R4."""
    made = specimen(
        rate_annual=Decimal("0.1825"),
        method="equal_principal",
        instalment_count=5,
        principal_minor=250_000,
        profile="consumer-cn",
        on=date(2026, 5, 1),
    )
    assert [row.interest_minor for row in made.rows] == [3875, 3000, 2325, 1550, 750]
    assert made.interest_minor == 11_500
    assert Decimal("0.182") < made.rate_annual_real < Decimal("0.187")
