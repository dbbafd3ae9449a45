"""Loans to which something happens on their way."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loans.engine.calendar import Unit
from loans.engine.course import followed
from loans.engine.events import (
    ExtraInstalments,
    InterestPause,
    MoveDueDate,
    Payment,
    RateChange,
    ReAge,
    ReAmortise,
    Recalculate,
)
from loans.engine.profile import PROFILES
from loans.engine.quote import quote
from loans.engine.request import RequestError
from loans.engine.schedule import Method, schedule
from loans.engine.terms import LAST_DAY
from tests.loans.engine.any_terms import any_terms
from tests.loans.engine.golden import table
from tests.loans.engine.loans_made_up import l1


def events(written: str) -> list[dict[str, Any]]:
    """Return events from "kind key=value key=value; kind ..."."""
    found = []
    for one in filter(None, written.split("; ")):
        kind, *pairs = one.split()
        given = dict(pair.split("=") for pair in pairs)
        whole = {key: int(value) if value.isdigit() else value for key, value in given.items()}
        found.append({"kind": kind, **whole})
    return found


def asked(row: dict[str, str]) -> dict[str, Any]:
    profile: dict[str, Any] = {"base": row["base"]}
    if row["multiple"]:
        profile["instalment_multiple_minor"] = int(row["multiple"])
    numbers = ("principal_minor", "instalments", "every", "down_payment_minor")
    texts = ("method", "rate_annual", "unit", "disbursed_on", "recalculate")
    return {
        **{key: int(row[key]) for key in numbers},
        **{key: row[key] for key in texts},
        "profile": profile,
        "as_of": row["as_of"] or None,
        "events": events(row["events"]),
    }


@pytest.mark.parametrize("row", table("loan_events"), ids=lambda row: row["case"])
def test_a_loan_on_its_way_has_its_published_figures(row):
    found = quote(asked(row))["instalments"]
    assert [one["due_on"] for one in found] == row["due_on"].split()
    for column, key in (("principals", "principal_minor"), ("interests", "interest_minor"), ("paid", "paid_minor")):
        expected = [int(figure) for figure in row[column].split()] or [0] * len(found)
        assert [one[key] for one in found] == expected, column


@given(any_terms(), st.sampled_from(Recalculate))
def test_a_loan_to_which_nothing_happens_is_its_schedule(terms, recalculate):
    rows, paid = followed(terms, (), recalculate)
    expected = schedule(terms)
    if recalculate is Recalculate.REDUCE_COUNT:
        # A loan repaid before its last instalment ends there.
        assert rows == expected[: len(rows)]
        assert sum(row.due_minor for row in expected[len(rows) :]) == 0
    else:
        assert rows == expected
    assert paid == [0] * len(rows)


@st.composite
def happenings(draw, terms):
    """Up to five events within two years of disbursement, in order."""
    days = sorted(draw(st.lists(st.integers(0, 730), max_size=5)))
    found = []
    for offset in days:
        on = terms.disbursed_on + timedelta(days=offset)
        later = on + timedelta(days=draw(st.integers(1, 90)))
        found.append(
            draw(
                st.sampled_from(
                    [
                        Payment(on, draw(st.integers(1, terms.principal_minor))),
                        InterestPause(on, later),
                        RateChange(on, terms.rate_annual / 2),
                        MoveDueDate(on, draw(st.integers(1, terms.instalments)), later),
                        ExtraInstalments(on, draw(st.integers(1, 6))),
                        ReAge(on, draw(st.integers(1, 12)), 1, Unit.MONTH, later),
                        ReAmortise(on),
                    ]
                )
            )
        )
    return found


@given(st.data(), any_terms(), st.sampled_from(Recalculate))
def test_whatever_happens_the_loan_is_repaid_and_nothing_is_negative(data, terms, recalculate):
    happened = data.draw(happenings(terms))
    as_of = data.draw(st.none() | st.just(terms.disbursed_on + timedelta(days=400)))
    try:
        rows, paid = followed(terms, happened, recalculate, as_of)
    except RequestError:
        assume(False)
    assert sum(row.principal_minor for row in rows) == terms.principal_minor
    assert rows[-1].balance_minor == 0
    assert min(min(row.principal_minor, row.interest_minor, row.balance_minor) for row in rows) >= 0
    assert all(0 <= part <= row.due_minor for part, row in zip(paid, rows, strict=True))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


# 0.03 in five months at no interest: 0.01, 0.01, 0.01, and nothing is left for the fourth and fifth.
REPAID_EARLY = {
    "principal_minor": 3, "rate_annual": "0", "method": "level", "instalments": 5, "disbursed_on": "2024-01-01",
    "recalculate": "reduce_count",
}  # fmt: skip


@pytest.mark.parametrize("number", [4, 5])
def test_a_date_of_an_instalment_that_is_not_needed_cannot_be_moved(number):
    event = {"kind": "move_due_date", "on": "2024-01-01", "number": number, "to": "2024-07-01"}
    with pytest.raises(RequestError) as refused:
        quote({**REPAID_EARLY, "events": [event]})
    assert (refused.value.field, refused.value.code) == ("events[0].number", "no_such_instalment")


@pytest.mark.parametrize("on", ["2024-04-15", "2024-05-15"])
def test_another_rate_after_all_is_repaid_changes_nothing(on):
    found = quote({**REPAID_EARLY, "events": [{"kind": "rate_change", "on": on, "rate_annual": "0.12"}]})
    assert [row["due_minor"] for row in found["instalments"]] == [1, 1, 1]


def test_a_pause_of_the_whole_term_costs_nothing():
    loan = asked(table("loan_events")[0])
    answer = quote({**loan, "events": [{"kind": "interest_pause", "on": "2024-01-01", "until": "2024-07-01"}]})
    assert answer["total_interest_minor"] == 0


def test_a_rate_changed_in_grace_leaves_the_grace():
    loan = {
        "principal_minor": 1200000, "rate_annual": "0.144", "method": "level", "instalments": 14,
        "disbursed_on": "2026-01-15", "profile": "30-360", "interest_only_instalments": 2,
        "events": [{"kind": "rate_change", "on": "2026-01-15", "rate_annual": "0.072"}],
    }  # fmt: skip
    found = quote(loan)["instalments"]
    assert [row["principal_minor"] for row in found[:2]] == [0, 0]
    assert [row["interest_minor"] for row in found[:2]] == [7200, 7200]
    assert found[2]["due_minor"] == quote({**loan, "rate_annual": "0.072", "events": []})["instalments"][2]["due_minor"]


LOAN = {
    "principal_minor": 1000000,
    "rate_annual": "0.146",
    "method": "level",
    "instalments": 3,
    "disbursed_on": "2026-01-15",
}
ON = {"on": "2026-03-01"}
PAYMENT = {"kind": "payment", "amount_minor": 1, **ON}


@pytest.mark.parametrize(
    ("event", "field", "code"),
    [
        ({"kind": "holiday", **ON}, ".kind", "unknown"),
        ({"kind": ["payment"], **ON}, ".kind", "unknown"),
        (ON, ".kind", "unknown"),
        ("payment", "", "wrong_kind"),
        ({"kind": "payment", **ON}, ".amount_minor", "missing"),
        ({"kind": "payment", "amount_minor": 5}, ".on", "missing"),
        ({"kind": "payment", "amount_minor": 5, "number": 1, **ON}, ".number", "unknown_key"),
        ({"kind": "payment", "amount_minor": -5, **ON}, ".amount_minor", "too_small"),
        ({"kind": "payment", "amount_minor": "5", **ON}, ".amount_minor", "wrong_kind"),
        ({"kind": "payment", "amount_minor": 5, "on": "2026-01-14"}, ".on", "before_disbursement"),
        ({"kind": "payment", "amount_minor": 2000000, **ON}, ".amount_minor", "more_than_owed"),
        ({"kind": "interest_pause", "until": "2026-02-28", **ON}, ".until", "out_of_order"),
        ({"kind": "interest_pause", "until": "9999-12-31", **ON}, ".until", "beyond_the_calendar"),
        ({"kind": "rate_change", "rate_annual": "NaN", **ON}, ".rate_annual", "wrong_kind"),
        ({"kind": "rate_change", "rate_annual": "-0.1", **ON}, ".rate_annual", "too_small"),
        ({"kind": "rate_change", "rate_annual": "11", **ON}, ".rate_annual", "too_large"),
        ({"kind": "rate_change", "rate_annual": "0.1234567890123", **ON}, ".rate_annual", "too_precise"),
        ({"kind": "rate_change", "rate_annual": "0.1", "on": "2026-06-01"}, "", "nothing_left"),
        ({"kind": "move_due_date", "number": 4, "to": "2026-05-01", **ON}, ".number", "no_such_instalment"),
        ({"kind": "move_due_date", "number": 2, "to": "2026-02-15", **ON}, ".to", "out_of_order"),
        ({"kind": "move_due_date", "number": 2, "to": "9998-12-31", **ON}, ".to", "beyond_the_calendar"),
        ({"kind": "extra_instalments", "count": 598, **ON}, ".count", "too_large"),
        ({"kind": "extra_instalments", "count": 1, "on": "2026-04-15"}, "", "nothing_left"),
        ({"kind": "re_amortise", "on": "2026-04-15"}, "", "nothing_left"),
        ({"kind": "re_age", "instalments": 2, "first_due_on": "2026-03-01", **ON}, ".first_due_on", "out_of_order"),
        ({"kind": "re_age", "instalments": 2, "first_due_on": "2026-04-01", "unit": "moon", **ON}, ".unit", "unknown"),
        (
            {"kind": "re_age", "instalments": 600, "first_due_on": "9998-01-01", **ON},
            ".instalments",
            "beyond_the_calendar",
        ),
    ],
)
def test_an_event_that_cannot_happen_names_its_field_and_why(event, field, code):
    with pytest.raises(RequestError) as refused:
        quote({**LOAN, "events": [event]})
    assert (refused.value.field, refused.value.code) == (f"events[0]{field}", code)


def test_payments_together_may_not_be_more_than_is_owed():
    half = {"kind": "payment", "amount_minor": 600000, **ON}
    assert quote({**LOAN, "events": [half]})["instalments"][0]["paid_minor"] > 0
    with pytest.raises(RequestError) as refused:
        quote({**LOAN, "events": [half, half]})
    assert (refused.value.field, refused.value.code) == ("events[1].amount_minor", "more_than_owed")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"events": {}}, "events", "wrong_kind"),
        ({"events": [{"kind": "re_amortise", **ON}] * 401}, "events", "too_large"),
        (
            {"events": [{"kind": "re_amortise", **ON}, {"kind": "re_amortise", "on": "2026-02-28"}]},
            "events[1].on",
            "out_of_order",
        ),
        ({"recalculate": "always"}, "recalculate", "unknown"),
        (
            {"method": "flat", "events": [{"kind": "interest_pause", "until": "2026-03-02", **ON}]},
            "events[0].kind",
            "not_for_this_method",
        ),
        (
            {"method": "flat", "rate_annual": "0", "events": [{"kind": "rate_change", "rate_annual": "0.1", **ON}]},
            "events[0].kind",
            "not_for_this_method",
        ),
        (
            {
                "method": "bullet",
                "recalculate": "reduce_count",
                "events": [{"kind": "payment", "amount_minor": 1, **ON}],
            },
            "recalculate",
            "not_for_this_method",
        ),
    ],
)
def test_events_that_do_not_fit_the_loan_are_refused_by_field(changes, field, code):
    with pytest.raises(RequestError) as refused:
        quote({**LOAN, **changes})
    assert (refused.value.field, refused.value.code) == (field, code)


def test_flat_interest_of_nothing_stays_nothing_at_another_rate():
    # 12 % of 0.78 for nine months are 7 fen, all in the last row; twice the rate is twice that.
    terms = l1(principal_minor=78, rate_annual=Decimal("0.12"), method=Method.FLAT, instalments=9)
    rows, _ = followed(terms, [RateChange(date(2026, 1, 20), Decimal("0.24"))], Recalculate.NONE)
    assert [row.interest_minor for row in rows] == [0] * 8 + [14]


def prepaid(made_up, *payments, recalculate=Recalculate.REDUCE_INSTALMENT):
    return followed(made_up, [Payment(on, minor) for on, minor in payments], recalculate)[0]


FIRST_DUE, BEFORE = date(2026, 2, 15), date(2026, 1, 20)


@pytest.mark.parametrize(("on", "most_minor"), [(FIRST_DUE, 107971 + 1106429), (BEFORE, 1200000)])
def test_ahead_of_time_no_more_can_come_than_the_principal_left(on, most_minor):
    # On the first due date the instalment and what is left after it, before it all that was lent.
    assert prepaid(l1(), (on, most_minor))[-1].balance_minor == 0
    with pytest.raises(RequestError) as refused:
        prepaid(l1(), (on, most_minor + 1))
    assert (refused.value.field, refused.value.code) == ("events[0].amount_minor", "more_than_owed")


def test_an_instalment_ahead_of_time_is_all_principal():
    assert prepaid(l1(), (BEFORE, 107971))[0].principal_minor == 107971


@pytest.mark.parametrize("recalculate", [Recalculate.REDUCE_INSTALMENT, Recalculate.REDUCE_COUNT])
def test_a_loan_paid_off_on_its_last_due_date_but_one_ends_there(recalculate):
    rows = schedule(l1())
    paid = [(row.due_on, row.due_minor) for row in rows[:10]]
    found = prepaid(l1(), *paid, (rows[10].due_on, 107971 + rows[10].balance_minor), recalculate=recalculate)
    assert (len(found), found[-1].balance_minor) == (11, 0)


@pytest.mark.parametrize("recalculate", Recalculate)
def test_the_last_instalment_of_a_loan_without_interest_may_come_early(recalculate):
    two = l1(rate_annual=Decimal(0), instalments=2)
    found = prepaid(two, (FIRST_DUE, 600000), (date(2026, 3, 1), 600000), recalculate=recalculate)
    assert [(row.principal_minor, row.balance_minor) for row in found] == [(600000, 600000), (600000, 0)]


def test_instalments_in_grace_go_on_repaying_nothing_at_another_rate():
    made_up = l1(principal_minor=1500000, down_payment_minor=300000, instalments=14, grace_on_principal_instalments=2)
    rows, _ = followed(made_up, [RateChange(BEFORE, Decimal("0.12"))], Recalculate.NONE)
    assert [row.principal_minor for row in rows[:3]] == [300000, 0, 0]
    assert rows[3].principal_minor > 0


def test_a_first_period_that_becomes_dearer_than_the_instalment_repays_nothing():
    # Three months at 1,000 % a year are two and a half times the loan.
    rows, _ = followed(
        l1(instalments=3, first_due_on=date(2026, 4, 15)),
        [RateChange(date(2026, 1, 15), Decimal(10))],
        Recalculate.NONE,
    )
    assert (rows[0].principal_minor, rows[0].interest_minor) == (0, 3000000)


@pytest.mark.parametrize(
    "event", [ExtraInstalments(BEFORE, 1), RateChange(date(2026, 12, 20), Decimal("0.12"))], ids=["more", "last"]
)
def test_a_loan_solved_from_months_of_thirty_days_is_solved_again_from_them(event):
    rows, _ = followed(l1(profile=PROFILES["fineract-cumulative-daily"]), [event], Recalculate.NONE)
    assert rows[-1].balance_minor == 0
    assert len({row.due_minor for row in rows[:-1]}) == 1


ONCE_AGED = date(2026, 1, 15)


@pytest.mark.parametrize("later", [RateChange(ONCE_AGED, Decimal("0.02")), ExtraInstalments(ONCE_AGED, 2)])
def test_a_grace_is_over_once_the_loan_is_re_aged(later):
    # Found by a property: fewer new parts than instalments that were in grace.
    terms = l1(instalments=6, grace_on_principal_instalments=5)
    aged = ReAge(ONCE_AGED, 1, 1, Unit.MONTH, date(2026, 3, 15))
    rows, _ = followed(terms, [aged, later], Recalculate.NONE)
    assert sum(row.principal_minor for row in rows) == 1200000
    assert sum(row.interest_minor for row in rows) == 0


@pytest.mark.parametrize(
    ("principal_minor", "instalments", "expected"),
    [
        # 2.50 onto three: 0.83, 0.83 and the rest.
        (1000, 4, [0, 333, 333, 334]),
        # 0.07 onto nine: 0.01 each would be more than there is, so the last takes it all.
        (70, 10, [0, *[7] * 8, 14]),
        (9, 3, [0, 5, 4]),
    ],
)
def test_what_is_past_due_is_shared_out_over_the_later_ones_and_never_more_than_it(
    principal_minor, instalments, expected
):
    made_up = l1(
        principal_minor=principal_minor,
        rate_annual=Decimal(0),
        method=Method.EQUAL_PRINCIPAL,
        instalments=instalments,
    )
    rows, _ = followed(made_up, [ReAmortise(FIRST_DUE)], Recalculate.NONE)
    assert [row.principal_minor for row in rows] == expected


def test_a_moved_date_may_end_with_the_calendar_and_not_after_it():
    # Two months count as 62 days at most.
    last = LAST_DAY - timedelta(days=62)
    made_up = l1(instalments=1, every=2)
    rows, _ = followed(made_up, [MoveDueDate(BEFORE, 1, last)], Recalculate.NONE)
    assert rows[0].due_on == last
    with pytest.raises(RequestError) as refused:
        followed(made_up, [MoveDueDate(BEFORE, 1, last + timedelta(days=1))], Recalculate.NONE)
    assert (refused.value.field, refused.value.code) == ("events[0].to", "beyond_the_calendar")
