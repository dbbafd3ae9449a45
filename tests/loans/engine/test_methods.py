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


def repaid(principal_minor, rate_annual, method, instalments, **conventions):
    """Return principal and interest of each row; a month is a twelfth of a year."""
    terms = Terms(
        principal_minor,
        Decimal(rate_annual),
        method,
        instalments,
        date(2026, 1, 15),
        profile=profile({"base": "30-360", **conventions}),
    )
    return [(row.principal_minor, row.interest_minor) for row in schedule(terms)]


def test_a_last_instalment_that_sticks_out_is_spread_over_all():
    # 100,000.00 at 36.5 % for January and February, solved from two months of 30 days: 52,261.08 each, the last
    # 52,262.41. Its 1.33 more, halved: 52,261.75, so interest of 3,100.00 and 2.8 % of 50,838.25 is 1,423.47.
    smooth = profile({"base": "consumer-cn", "pmt_basis": "30-day-months", "smoothing": "spread-last"})
    rows = schedule(Terms(10000000, Decimal("0.365"), Method.LEVEL, 2, date(2026, 1, 1), profile=smooth))
    assert [(row.principal_minor, row.interest_minor) for row in rows] == [(4916175, 310000), (5083825, 142347)]


def test_what_is_spread_is_a_multiple_too():
    # As above in whole units: 52,261 each, the last 52,262.49; of its 1.49 more a half is 1, rounded to whole units.
    smooth = {"base": "consumer-cn", "pmt_basis": "30-day-months", "smoothing": "spread-last"}
    whole = profile({**smooth, "instalment_multiple_minor": 100})
    rows = schedule(Terms(10000000, Decimal("0.365"), Method.LEVEL, 2, date(2026, 1, 1), profile=whole))
    assert [(row.principal_minor, row.interest_minor) for row in rows] == [(4916200, 310000), (5083800, 142346)]


def test_spreading_that_only_turns_the_difference_around_is_not_done():
    # 3.00 in two whole units: 2 and 1; a unit less is 1 and 2.
    assert repaid(300, 0, Method.LEVEL, 2, instalment_multiple_minor=100, smoothing="spread-last") == [
        (200, 0),
        (100, 0),
    ]


def test_a_single_instalment_has_nothing_to_be_spread_over():
    assert repaid(1000, "0.12", Method.LEVEL, 1, smoothing="spread-last") == [(1000, 10)]


def test_an_instalment_rounded_to_nothing_repays_with_the_last():
    assert repaid(1, 0, Method.LEVEL, 3) == [(0, 0), (0, 0), (1, 0)]
    # Of 0.30, 60 % is 0.18; 0.48 is rounded to no whole unit.
    assert repaid(30, "7.2", Method.LEVEL, 1, instalment_multiple_minor=100) == [(30, 18)]


def test_an_instalment_rounded_up_repays_sooner_and_asks_for_no_more():
    # 2.50 in five is 0.50 each, in whole units 1.
    made = repaid(250, 0, Method.LEVEL, 5, instalment_multiple_minor=100)
    assert made == [(100, 0), (100, 0), (50, 0), (0, 0), (0, 0)]


def test_half_a_fen_of_interest_goes_to_the_even_one_where_the_profile_says_so():
    # 1 % of 2.50 is 0.025, of 1.67 it is 0.0167, of 0.84 it is 0.0084; the instalment is 0.85.
    assert repaid(250, "0.12", Method.LEVEL, 3, rounding="half_even") == [(83, 2), (83, 2), (84, 1)]
    assert repaid(250, "0.12", Method.LEVEL, 3) == [(82, 3), (83, 2), (85, 1)]


@pytest.mark.parametrize(
    ("principal_minor", "rate_annual", "principal", "interest"),
    [
        # Half up, 0.05 / 9 is 0.01, but eight of them are more than there is; so is it with 0.07.
        (5, 0, [0] * 8 + [5], [0] * 9),
        (7, 0, [0] * 8 + [7], [0] * 9),
        (3, 0, [2, 1], [0, 0]),
        # A quarter's 20 % and 8 % of 1.00 are 5 and 2 fen, nine months' 12 % of 0.78 are 7.
        (100, "0.2", [33, 33, 34], [2, 2, 1]),
        (100, "0.08", [33, 33, 34], [1, 1, 0]),
        (78, "0.12", [9] * 8 + [6], [0] * 8 + [7]),
    ],
)
def test_small_flat_sums_are_shared_out_and_never_less_than_nothing(principal_minor, rate_annual, principal, interest):
    made = repaid(principal_minor, rate_annual, Method.FLAT, len(principal))
    assert made == list(zip(principal, interest, strict=True))


def test_a_flat_instalment_is_a_multiple_as_a_sum_of_principal_and_interest():
    # 3 % of 11.00 is 0.33, 0.11 each; 3.66 and 0.11 are 3.77, the next even one is 3.78.
    made = repaid(1100, "0.12", Method.FLAT, 3, instalment_multiple_minor=2)
    assert made == [(367, 11), (367, 11), (366, 11)]
    assert repaid(1000, "0.12", Method.FLAT, 1, instalment_multiple_minor=100) == [(1000, 10)]


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
