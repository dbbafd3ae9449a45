"""Relief of every kind, put in force: what is stored says what a payoff owes and what comes next."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Lender
from loans import services
from loans.books import violations
from loans.engine.components import (
    Append,
    AppendInterest,
    DueDay,
    InterestOnly,
    Limits,
    Pause,
    Rate,
    Reduced,
    component_from_dict,
)
from loans.engine.earning import Earning
from loans.engine.prepayment import Keep
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered, version_hash
from loans.models import Loan, ScheduleVersion
from loans.selectors.plan import explained
from loans.selectors.relieved import relieved
from loans.selectors.settle_page import payoff_on, quote
from loans.selectors.standing import standing
from tests.loans.conftest import at_noon
from tests.loans.engine.golden import table

MAY_8 = date(2026, 5, 8)
CASES = [row for row in table("payoffs_of_relief") if "ACCRUE_CAP" not in row["components"]]


def in_force(loan: Loan, *components: Any, on: date = MAY_8) -> Any:
    """Adopt what the components do on a day; the projection is returned."""
    with at_noon(on):
        loan.refresh_from_db()
        at = standing(loan, on)
        found = relieved(at, components, Limits())
        services.adopt_schedule(
            loan=loan,
            rows=found.schedule_after,
            source="relief",
            paused_on=found.paused_on,
            remembered=at.remembered.then(found.remembered),
            expected_version=loan.current_version,
            adopted_on=on,
            acting_user=None,
        )
    loan.refresh_from_db()
    return found


def pay(loan: Loan, amount_minor: int, on: date) -> None:
    with at_noon(on):
        services.record_payment(
            loan=loan, amount_minor=amount_minor, key=f"{on}", channel="auto_debit", value_on=on, acting_user=None
        )


def test_nothing_is_left_to_remember_of_a_contract(paid_three: Loan) -> None:
    version = ScheduleVersion.objects.get(loan=paid_three)
    assert version.remembered == {}
    assert standing(paid_three, MAY_8).remembered == NOTHING_REMEMBERED


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["case"])
def test_a_payoff_from_the_books_has_its_hand_made_figures(paid_three: Loan, qinghe: Lender, row: Any) -> None:
    on = date.fromisoformat(row["on"])
    as_of = min(date.fromisoformat(row["as_of"]), on)
    if ahead_minor := int(row["paid_ahead_minor"]):
        # What is paid ahead is interest of the fourth instalment first.
        pay(paid_three, ahead_minor, as_of)
    in_force(paid_three, *(component_from_dict(one) for one in json.loads(row["components"])), on=as_of)
    for due in standing(paid_three, on).rows[3 : int(row["paid_count"])]:
        pay(paid_three, due.due_minor, due.due_on)
    with at_noon(on):
        paid_three.refresh_from_db()
        owed = payoff_on(paid_three, standing(paid_three, on), on)
        assert (owed.principal_minor, owed.interest_minor) == (int(row["principal_minor"]), int(row["interest_minor"]))
        said = quote(standing(paid_three, on))
        assert sum(step.amount_minor for step in said.steps) == owed.total_minor
        services.settle_early(loan=paid_three, key="off", value_on=on, acting_user=None)
        paid_three.refresh_from_db()
        assert paid_three.state == Loan.State.SETTLED
        assert list(violations([qinghe])) == []


def test_a_part_repaid_in_a_pause_is_remembered_with_what_the_days_to_come_cost(paid_three: Loan) -> None:
    in_force(paid_three, Pause(3))
    with at_noon(date(2026, 6, 1)):
        services.repay_early(loan=paid_three, amount_minor=200000, keep=Keep.COUNT, key="part", acting_user=None)
        after = standing(paid_three, date(2026, 6, 1))
    # 47 days cost 168.53, so 7,327.58 are left, and 44 days more of it 128.97.
    assert after.principal_left_minor == 732758
    assert after.remembered.earning is not None
    assert [(str(one.opens_on), one.interest_minor) for one in after.remembered.earning.stretches] == [
        ("2026-06-01", 12897)
    ]
    assert sum(row.relief_interest_minor for row in after.unpaid_rows) == 12897
    # 7,327.58 x 14.4 % x 29 / 360 = 85.00 to the end of June.
    with at_noon(date(2026, 6, 30)):
        assert payoff_on(paid_three, standing(paid_three, date(2026, 6, 30)), date(2026, 6, 30)).interest_minor == 8500


def test_taking_that_payment_back_brings_back_what_was_remembered(paid_three: Loan, qinghe: Lender) -> None:
    in_force(paid_three, Pause(3))
    before = ScheduleVersion.objects.get(loan=paid_three, number=2)
    with at_noon(date(2026, 6, 1)):
        payment = services.repay_early(
            loan=paid_three, amount_minor=200000, keep=Keep.COUNT, key="part", acting_user=None
        )
        services.reverse_payment(payment=payment, reason="bounced", acting_user=None)
        restored = ScheduleVersion.objects.get(loan=paid_three, number=4)
        assert (restored.remembered, restored.hash) == (before.remembered, before.hash)
        assert list(violations([qinghe])) == []


def test_what_was_appended_bears_nothing_under_the_next_relief(paid_three: Loan) -> None:
    in_force(paid_three, Append((4, 5, 6)))
    # 6,214.59 x 1.2 % = 74.58: the 2,944.46 that were moved bear no interest.
    assert in_force(paid_three, Pause(1)).pause_interest_minor == 7458
    rows = standing(paid_three, MAY_8).unpaid_rows
    assert [str(row.due_on) for row in (rows[0], rows[-1])] == ["2026-09-15", "2027-05-15"]


def test_a_lower_rate_holds_under_the_next_relief(paid_three: Loan) -> None:
    in_force(paid_three, Rate(Decimal("0.072")))
    # 9,159.05 x 0.6 % = 54.95.
    assert in_force(paid_three, Pause(1)).pause_interest_minor == 5495


def test_another_due_day_is_kept_under_the_next_relief(paid_three: Loan) -> None:
    in_force(paid_three, DueDay(25))
    in_force(paid_three, Pause(1))
    found = standing(paid_three, MAY_8)
    assert found.remembered.due_day == 25
    assert {row.due_on.day for row in found.unpaid_rows} == {25}
    assert found.unpaid_rows[0].due_on == date(2026, 6, 25)


@pytest.mark.parametrize("component", [InterestOnly(3), Reduced(3, 5000), Reduced(3, 50000)], ids=repr)
def test_smaller_instalments_stay_smaller_when_a_part_is_repaid(paid_three: Loan, component: Any) -> None:
    agreed = in_force(paid_three, component).after
    with at_noon(date(2026, 5, 20)):
        first = standing(paid_three, date(2026, 5, 20)).unpaid_rows[0]
        pay(paid_three, first.due_minor, first.due_on)
        services.repay_early(loan=paid_three, amount_minor=200000, keep=Keep.COUNT, key="part", acting_user=None)
        rows = standing(paid_three, date(2026, 5, 20)).unpaid_rows
    assert len(rows) == len(agreed) - 1
    assert [new.due_minor <= old.due_minor for new, old in zip(rows, agreed[1:], strict=True)] == [True] * len(rows)
    assert rows[2].due_minor > rows[1].due_minor


def test_what_is_remembered_is_part_of_the_hash(paid_three: Loan) -> None:
    rows = in_force(paid_three, Pause(3)).schedule_after
    known = ScheduleVersion.objects.get(loan=paid_three, number=2)
    assert version_hash(rows, known.remembered) == known.hash
    waived = Remembered(Earning()).as_dict()
    assert waived == {"stretches": [], "idle": []}
    assert len({version_hash(rows, told) for told in ({}, waived, known.remembered)}) == 3


def test_the_plan_of_appended_instalments_is_explained_from_the_books(paid_three: Loan) -> None:
    in_force(paid_three, Append((4, 5, 6)))
    found = standing(paid_three, MAY_8)
    told = [
        [(line.label_code, line.formula) for line in lines]
        for lines in explained(paid_three, found.rows, found.remembered)
    ]
    # Of 9,159.05 the 2,944.46 that were moved bear nothing.
    assert told[3][0] == ("interest", "6,214.59 × 1.2% = 74.5750… ≈ 74.58")
    assert told[8][1:3] == [("principal", "1,066.84"), ("residue", "1,079.64 − 1,079.71 = −0.07")]
    assert told[11][2:4] == [
        ("old_interest", "7,207.81 × 1.2% = 86.4937… ≈ 86.49"),
        ("due", "993.22 + 86.49 = 1,079.71"),
    ]


def test_the_plan_tells_paid_rows_as_before_and_what_waiting_costs(paid_three: Loan) -> None:
    in_force(paid_three, Append((4, 5, 6), AppendInterest.SIMPLE))
    found = standing(paid_three, MAY_8)
    told = [
        [(line.label_code, line.formula) for line in lines]
        for lines in explained(paid_three, found.rows, found.remembered)
    ]
    assert told[0][0] == ("interest", "12,000.00 × 1.2% = 144.00")
    assert told[9][:3] == [
        ("interest", "969.80 × 1.2% × 9 = 104.7384 ≈ 104.74"),
        ("principal", "969.80"),
        ("old_interest", "9,159.05 × 1.2% = 109.9086 ≈ 109.91"),
    ]


def test_the_plan_at_a_lower_rate_is_explained_with_both_rates(paid_three: Loan) -> None:
    in_force(paid_three, Rate(Decimal("0.072"), 3))
    found = standing(paid_three, MAY_8)
    told = [lines[0].formula for lines in explained(paid_three, found.rows, found.remembered)]
    assert told[3] == "9,159.05 × 0.6% = 54.9543 ≈ 54.95"
    assert told[6] == "6,160.64 × 1.2% = 73.9276… ≈ 73.93"
