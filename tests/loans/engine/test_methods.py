"""Every way a loan can be repaid."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from loans.engine.calendar import Unit
from loans.engine.interest import interest_minor
from loans.engine.profile import Profile, profile
from loans.engine.schedule import Method, Row, Terms, TermsError, level_instalment, schedule
from tests.loans.engine.any_terms import any_terms
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1


def conventions(row: dict[str, str]) -> Profile:
    given = {"base": row["base"]}
    if row["day_count"]:
        given["day_count"] = row["day_count"]
    if row["multiple"]:
        given["instalment_multiple_minor"] = int(row["multiple"])
    return profile(given)


def agreed(row: dict[str, str]) -> Terms:
    return Terms(
        int(row["principal_minor"]),
        Decimal(row["rate_annual"]),
        Method(row["method"]),
        int(row["instalments"]),
        date.fromisoformat(row["disbursed_on"]),
        date.fromisoformat(row["first_due_on"]) if row["first_due_on"] else None,
        int(row["every"]),
        Unit(row["unit"]),
        conventions(row),
        int(row["grace_on_principal"]),
        int(row["grace_on_interest"]),
        int(row["down_payment_minor"]),
    )


def known(found: list[int], published: str) -> list[int | None]:
    """Return the figures found, without those the source does not give."""
    return [None if word == "*" else figure for figure, word in zip(found, published.split(), strict=True)]


@pytest.mark.parametrize("row", table("method_schedules"), ids=lambda row: row["case"])
def test_a_schedule_has_its_published_figures(row):
    rows = schedule(agreed(row))
    for part, found in (
        ("principals", [one.principal_minor for one in rows]),
        ("interests", [one.interest_minor for one in rows]),
    ):
        expected = [None if word == "*" else int(word) for word in row[part].split()]
        assert known(found, row[part]) == expected
    assert rows[-1].balance_minor == 0


@given(any_terms())
def test_every_method_repays_the_loan_and_never_less_than_nothing(made_up):
    rows = schedule(made_up)
    assert sum(row.principal_minor for row in rows) == made_up.principal_minor
    assert rows[-1].balance_minor == 0
    assert min(min(row.principal_minor, row.interest_minor, row.balance_minor) for row in rows) >= 0
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == made_up.instalments + bool(made_up.down_payment_minor)


@given(any_terms())
def test_grace_lets_nothing_fall_due_too_soon(made_up):
    rows = schedule(made_up)[bool(made_up.down_payment_minor) :]
    for row in rows[: made_up.grace_on_interest_instalments]:
        assert row.interest_minor == 0
    for row in rows[: made_up.grace_on_principal_instalments]:
        assert row.principal_minor == 0


@given(any_terms())
def test_grace_on_interest_moves_it_and_changes_none_of_it(made_up):
    without = Terms(
        **{
            name: getattr(made_up, name)
            for name in made_up.__dataclass_fields__
            if name != "grace_on_interest_instalments"
        }
    )
    assert sum(row.interest_minor for row in schedule(made_up)) == sum(row.interest_minor for row in schedule(without))


@given(any_terms())
def test_a_flat_loan_bears_interest_on_what_was_lent(made_up):
    if made_up.profile.name in ("consumer-cn", "consumer-cn-360", "30-360"):
        flat = Terms(
            made_up.principal_minor,
            made_up.rate_annual,
            Method.FLAT,
            made_up.instalments,
            made_up.disbursed_on,
            profile=made_up.profile,
            down_payment_minor=made_up.down_payment_minor,
        )
        rows = schedule(flat)
        whole_minor = interest_minor(
            flat.principal_minor, flat.rate_annual, flat.profile, flat.disbursed_on, rows[-1].due_on
        )
        # 30/360 counts the days of a stub twice where a short month cuts it in two.
        assert abs(sum(row.interest_minor for row in rows) - whole_minor) <= whole_minor // 100 + 1


def test_after_grace_on_principal_a_level_loan_begins_anew():
    rows = schedule(l1(instalments=14, grace_on_principal_instalments=2))
    assert [(row.principal_minor, row.interest_minor) for row in rows[:2]] == [(0, 14400)] * 2
    plain = schedule(l1())
    assert [row.due_minor for row in rows[2:]] == [row.due_minor for row in plain]


def test_a_down_payment_is_due_at_once_and_the_rest_is_a_loan_of_its_own():
    rows = schedule(l1(principal_minor=1500000, down_payment_minor=300000))
    assert rows[0] == Row(1, date(2026, 1, 15), date(2026, 1, 15), 300000, 0, 1200000)
    assert [row[1:] for row in rows[1:]] == [row[1:] for row in schedule(l1())]
    assert [row.number for row in rows] == list(range(1, 14))


def test_the_equal_instalment_is_that_of_what_is_financed():
    assert level_instalment(l1(principal_minor=1500000, down_payment_minor=300000), [12] * 12, 1000) == 107971


def test_spreading_is_given_up_where_it_makes_the_last_instalment_no_better():
    # 1.00 in 80 parts: 0.01 each leaves 0.21 for the last; 0.21 / 80 rounds to nothing.
    smooth = profile({"base": "30-360", "smoothing": "spread-last"})
    rows = schedule(Terms(100, Decimal(0), Method.LEVEL, 80, date(2026, 1, 15), profile=smooth))
    assert [row.due_minor for row in rows] == [1] * 79 + [21]


def test_spreading_is_done_once_and_only_beyond_half_a_fen_a_row():
    # 10.00 in 7 parts at no interest: 1.43 x 6 leaves 1.42, one fen is within floor(7 / 2).
    smooth = profile({"base": "30-360", "smoothing": "spread-last"})
    rows = schedule(Terms(1000, Decimal(0), Method.LEVEL, 7, date(2026, 1, 15), profile=smooth))
    assert [row.due_minor for row in rows] == [143] * 6 + [142]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"grace_on_principal_instalments": 12}, "grace_on_principal_instalments", "too_large"),
        ({"grace_on_interest_instalments": 12}, "grace_on_interest_instalments", "too_large"),
        ({"grace_on_principal_instalments": -1}, "grace_on_principal_instalments", "too_small"),
        ({"grace_on_interest_instalments": True}, "grace_on_interest_instalments", "wrong_kind"),
        ({"down_payment_minor": 1200000}, "down_payment_minor", "too_large"),
        ({"down_payment_minor": -1}, "down_payment_minor", "too_small"),
        ({"disbursed_on": "2026-01-15"}, "disbursed_on", "wrong_kind"),
        ({"first_due_on": "2026-02-15"}, "first_due_on", "wrong_kind"),
        ({"disbursed_on": date(1899, 12, 31)}, "disbursed_on", "beyond_the_calendar"),
        ({"instalments": 600, "every": 366}, "instalments", "beyond_the_calendar"),
    ],
)
def test_grace_and_dates_that_no_schedule_can_follow_are_refused_by_field(changes, field, code):
    with pytest.raises(TermsError) as refused:
        l1(**changes)
    assert (refused.value.field, refused.value.code) == (field, code)
