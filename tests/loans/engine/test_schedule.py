"""Instalments from terms."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given

from loans.engine.calendar import Unit
from loans.engine.interest import interest_minor
from loans.engine.profile import PROFILES, profile
from loans.engine.schedule import Method, Row, Terms, TermsError, row_from_dict, schedule, schedule_hash
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1, terms


@pytest.mark.parametrize("row", table("schedules"), ids=lambda row: f"{row['case']} no. {row['number']}")
def test_a_row_has_its_published_figures(row):
    made = schedule(
        Terms(
            int(row["principal_minor"]),
            Decimal(row["rate_annual"]),
            Method(row["method"]),
            int(row["instalments"]),
            date.fromisoformat(row["disbursed_on"]),
            profile=PROFILES[row["profile"]],
        )
    )
    assert len(made) == int(row["instalments"])
    found = made[int(row["number"]) - 1]
    assert found.number == int(row["number"])
    assert found.due_on == date.fromisoformat(row["due_on"])
    assert found.principal_minor == int(row["principal_minor_due"])
    assert found.interest_minor == int(row["interest_minor"])
    assert found.due_minor == int(row["due_minor"])
    assert found.balance_minor == int(row["balance_minor"])


def test_the_worked_loan_adds_up_to_its_published_total():
    rows = schedule(l1())
    assert [row.due_minor for row in rows] == [107971] * 11 + [107964]
    assert sum(row.due_minor for row in rows) == 1295645
    assert sum(row.interest_minor for row in rows) == 95645
    assert sum(row.due_minor for row in rows[3:]) == 971732


@given(terms())
def test_principal_adds_up_and_the_balance_ends_at_nothing(made_up):
    rows = schedule(made_up)
    assert sum(row.principal_minor for row in rows) == made_up.principal_minor
    assert rows[-1].balance_minor == 0
    balance_minor = made_up.principal_minor
    for row in rows:
        balance_minor -= row.principal_minor
        assert row.balance_minor == balance_minor


@given(terms())
def test_no_part_of_a_row_is_negative(made_up):
    for row in schedule(made_up):
        assert min(row.principal_minor, row.interest_minor, row.balance_minor) >= 0


@given(terms())
def test_periods_follow_one_another_without_a_gap(made_up):
    rows = schedule(made_up)
    assert rows[0].opens_on == made_up.disbursed_on
    assert [row.number for row in rows] == list(range(1, made_up.instalments + 1))
    for earlier, later in pairwise(rows):
        assert earlier.due_on == later.opens_on < later.due_on


@given(terms())
def test_interest_is_that_of_the_balance_over_the_period(made_up):
    balance_minor = made_up.principal_minor
    for row in schedule(made_up):
        expected = interest_minor(balance_minor, made_up.rate_annual, made_up.profile, row.opens_on, row.due_on)
        assert row.interest_minor == expected
        balance_minor = row.balance_minor


@given(terms(least_minor=100_000))
def test_rounding_leaves_its_residue_in_the_last_row_only(made_up):
    rows = schedule(made_up)
    # A long first period may ask for interest only; the equal rows come after it.
    equal = rows if rows[0].principal_minor else rows[1:]
    kept = [row.due_minor if made_up.method is Method.LEVEL else row.principal_minor for row in equal]
    assert len(set(kept[:-1])) <= 1
    # Half a fen of each row, grown by interest, is all that can be left over.
    growth = 1 + max(made_up.rate_annual, Decimal(0)) * 8
    assert abs(kept[-1] - kept[0]) <= len(rows) * growth


@given(terms())
def test_a_schedule_and_its_hash_are_the_same_every_time(made_up):
    assert schedule_hash(schedule(made_up)) == schedule_hash(schedule(made_up))


def test_a_hash_is_the_same_in_another_process():
    code = (
        "from tests.loans.engine.loans_made_up import l1; from loans.engine.schedule import schedule, schedule_hash;"
        "print(schedule_hash(schedule(l1())))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert elsewhere.stdout.strip() == schedule_hash(schedule(l1()))


@pytest.mark.parametrize("field", [field for field in Row._fields if not field.endswith("_on")])
def test_any_changed_figure_changes_the_hash(field):
    rows = schedule(l1())
    changed = (rows[0]._replace(**{field: getattr(rows[0], field) + 1}), *rows[1:])
    assert schedule_hash(changed) != schedule_hash(rows)


@given(terms())
def test_a_row_survives_storage(made_up):
    for row in schedule(made_up):
        assert row_from_dict(row.as_dict()) == row


def test_stored_terms_may_be_plain_text():
    stored = Terms(
        1200000, Decimal("0.1440000000"), "level", 12, date(2026, 1, 15), unit="month", profile=PROFILES["30-360"]
    )
    assert stored.method is Method.LEVEL
    assert schedule(stored) == schedule(l1())


def test_whole_yuan_instalments_leave_the_rest_to_the_last_row():
    whole_yuan = profile({"base": "30-360", "instalment_multiple_minor": 100})
    rows = schedule(Terms(1200000, Decimal("0.144"), Method.LEVEL, 12, date(2026, 1, 15), profile=whole_yuan))
    assert {row.due_minor for row in rows[:-1]} == {108000}
    assert sum(row.principal_minor for row in rows) == 1200000


def test_half_even_rounds_an_exact_half_down_to_the_even_fen():
    # 1,250.00 at 0.01 % for one day is 12.5 fen.
    half_even = profile({"base": "consumer-cn", "rounding": "half_even"})
    for conventions, expected in ((PROFILES["consumer-cn"], 13), (half_even, 12)):
        made = Terms(
            125000,
            Decimal("0.0365"),
            Method.EQUAL_PRINCIPAL,
            1,
            date(2026, 1, 1),
            date(2026, 1, 2),
            profile=conventions,
        )
        assert schedule(made)[0].interest_minor == expected


@pytest.mark.parametrize(
    ("disbursed_on", "first_due_on", "anchor_day"),
    [
        (date(2026, 1, 31), None, 31),
        (date(2026, 1, 31), date(2026, 2, 28), 31),
        (date(2026, 1, 30), date(2026, 2, 28), 30),
        (date(2026, 1, 10), date(2026, 2, 28), 28),
        (date(2026, 1, 31), date(2026, 3, 15), 15),
        (date(2026, 1, 10), date(2026, 3, 31), 31),
    ],
)
def test_the_anchor_day_is_that_of_the_contract(disbursed_on, first_due_on, anchor_day):
    made = Terms(100000, Decimal("0.1"), Method.LEVEL, 3, disbursed_on, first_due_on)
    assert made.anchor_day == anchor_day


def test_a_long_first_period_bears_interest_for_all_its_days():
    made = Terms(1000000, Decimal("0.146"), Method.EQUAL_PRINCIPAL, 2, date(2026, 1, 1), date(2026, 2, 15))
    assert schedule(made)[0].interest_minor == 18000  # 10,000 x 0.04 % x 45


def test_a_first_period_dearer_than_the_instalment_asks_for_its_interest_only():
    # 10,000 at 36 %: 60 months want about 361.33 each, and 90 days from 1 Jan to 1 Apr alone cost 887.67.
    made = Terms(1000000, Decimal("0.36"), Method.LEVEL, 60, date(2026, 1, 1), date(2026, 4, 1))
    rows = schedule(made)
    assert (rows[0].principal_minor, rows[0].interest_minor, rows[0].balance_minor) == (0, 88767, 1000000)
    assert sum(row.principal_minor for row in rows) == 1000000
    # The other 59 are a level loan of their own, from 1 April on.
    rest = schedule(Terms(1000000, Decimal("0.36"), Method.LEVEL, 59, date(2026, 4, 1)))
    assert [row.due_minor for row in rows[1:]] == [row.due_minor for row in rest]


def test_a_month_dearer_than_the_instalment_never_adds_to_the_debt():
    # Over 30 years at 36 % the instalment is hardly more than the interest of an average month.
    rows = schedule(Terms(100_000_000, Decimal("0.36"), Method.LEVEL, 360, date(2026, 4, 1)))
    assert rows[1].interest_minor > rows[0].due_minor  # 31 days of May after 30 of April
    assert rows[1].principal_minor == 0
    assert min(row.principal_minor for row in rows) >= 0


def test_weekly_instalments_bear_interest_for_seven_days():
    made = Terms(1000000, Decimal("0.146"), Method.EQUAL_PRINCIPAL, 2, date(2026, 1, 1), every=1, unit=Unit.WEEK)
    assert [row.interest_minor for row in schedule(made)] == [2800, 1400]


GOOD = {
    "principal_minor": 100000,
    "rate_annual": Decimal("0.1"),
    "method": Method.LEVEL,
    "instalments": 12,
    "disbursed_on": date(2026, 1, 15),
}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("principal_minor", 0, "too_small"),
        ("principal_minor", 10**13 + 1, "too_large"),
        ("principal_minor", Decimal(1000), "wrong_kind"),
        ("instalments", 0, "too_small"),
        ("instalments", 601, "too_large"),
        ("instalments", True, "wrong_kind"),
        ("every", 0, "too_small"),
        ("method", "flat-ish", "unknown"),
        ("unit", "fortnight", "unknown"),
        ("profile", "consumer-cn", "wrong_kind"),
        ("rate_annual", Decimal("-0.01"), "too_small"),
        ("rate_annual", Decimal("10.01"), "too_large"),
        ("rate_annual", Decimal("NaN"), "wrong_kind"),
        ("rate_annual", 1, "wrong_kind"),
        ("rate_annual", Decimal("0.1234567890123"), "too_precise"),
        ("first_due_on", date(2026, 1, 15), "not_after_disbursement"),
    ],
)
def test_terms_that_cannot_be_followed_are_refused_by_field(field, value, code):
    with pytest.raises(TermsError) as refused:
        Terms(**{**GOOD, field: value})
    assert (refused.value.field, refused.value.code) == (field, code)
