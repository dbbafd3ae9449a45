"""`project_relief`: one request, one answer."""

import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.components import ReliefError
from loans.engine.relief_request import project_request
from loans.engine.request import RequestError
from tests.loans.engine.golden import table

TERMS = {
    "currency": "CNY",
    "principal_minor": 1200000,
    "rate_annual": "0.144",
    "method": "level",
    "instalments": 12,
    "every": 1,
    "unit": "month",
    "disbursed_on": "2026-01-15",
    "first_due_on": None,
    "profile": "30-360",
    "interest_only_instalments": 0,
    "events": [],
    "as_of": None,
}
PAUSE = {"kind": "PAUSE", "n": 3}
CAPPED = {"kind": "PAUSE", "n": 3, "interest": "ACCRUE_CAP", "then": "KEEP_END"}


def request(*components, **changes):
    given = {"terms": TERMS, "paid_instalments": 3, "as_of": "2026-05-08", "components": list(components)}
    return {**given, **changes}


@pytest.mark.parametrize("row", table("relief_kinds"), ids=lambda row: row["case"])
def test_the_worked_table_comes_out_to_the_fen(row):
    overdue = {"penalty_minor": int(row["penalty_minor"])}
    found = project_request(request(*json.loads(row["components"]), as_of=row["as_of"], overdue=overdue))
    first, last = found["after"][0], found["after"][-1]
    assert (first["due_on"], first["due_minor"]) == (row["next_on"], int(row["next_minor"]))
    assert (last["due_on"], last["due_minor"]) == (row["last_on"], int(row["last_minor"]))
    assert sum(one["due_minor"] for one in found["after"]) == int(row["left_after_minor"])
    assert found["cost_to_borrower_minor"] == int(row["cost_minor"])
    assert found["resume_minor"] == int(row["resume_minor"])
    assert found["maturity_after"] == row["last_on"]


def test_the_answer_holds_what_scripts_rely_on_and_nothing_else():
    found = project_request(request(PAUSE))
    assert list(found) == [
        "before",
        "after",
        "resume_on",
        "resume_minor",
        "shock_pct",
        "maturity_before",
        "maturity_after",
        "cost_to_borrower_minor",
        "lender_npv_given_up_minor",
        "compounded_extra_minor",
        "effective_annual_rate_before",
        "effective_annual_rate_after",
        "refused",
        "hash",
    ]
    # 9,159.05 x 1.2 % = 109.91 of its own, and a ninth of 329.73.
    assert found["after"][0] == {
        "number": 4,
        "due_on": "2026-08-15",
        "principal_minor": 96980,
        "interest_minor": 10991 + 3664,
        "fee_minor": 0,
        "due_minor": 111635,
        "paid_minor": 0,
        "balance_minor": 818925,
    }
    assert found["shock_pct"] == "0.0339"
    assert re.fullmatch(r"0\.141\d{5}", found["effective_annual_rate_after"])
    assert re.fullmatch(r"[0-9a-f]{64}", found["hash"])
    assert json.loads(json.dumps(found)) == found


def test_the_order_of_components_and_of_keys_changes_nothing():
    plan = [{"kind": "RATE", "rate_annual": "0.072", "periods": None}, PAUSE]
    one, other = request(*plan), dict(reversed(request(*reversed(plan)).items()))
    assert project_request(one)["hash"] == project_request(other)["hash"] != project_request(request(PAUSE))["hash"]


def test_a_limit_holds_by_its_default_and_null_is_not_applied():
    refused = [{"reason": "payment_shock", "limit": "1.25", "value": "1.5275"}]
    assert project_request(request(CAPPED))["refused"] == refused
    assert project_request(request(CAPPED, policy={"max_capitalised_pct": None}))["refused"] == refused
    assert project_request(request(CAPPED, policy={"max_payment_shock": None}))["refused"] == []
    low = project_request(request(CAPPED, policy={"max_payment_shock": "2", "max_capitalised_pct": "0.03"}))
    # 333.70 of 9,159.05 is 3.64 %.
    assert low["refused"] == [{"reason": "capitalised", "limit": "0.03", "value": "0.0364"}]
    small = project_request(request(PAUSE, policy={"min_instalment_minor": 107971}))
    assert small["refused"] == []
    longer = project_request(request({"kind": "RETERM", "remaining_count": 15}, policy={"min_instalment_minor": 70000}))
    assert longer["refused"] == [{"reason": "min_instalment", "limit": 70000, "value": 67085}]


def test_without_components_the_loan_is_shown_as_it_stands():
    found = project_request(request())
    assert found["before"] == found["after"]
    assert (found["cost_to_borrower_minor"], found["shock_pct"]) == (0, "0.0000")


def test_a_loan_by_weeks_moves_by_weeks():
    weekly = {**TERMS, "every": 2, "unit": "week", "recalculate": "none"}
    found = project_request(request({"kind": "PAUSE", "n": 1}, terms=weekly, as_of="2026-02-20"))
    ends = (date.fromisoformat(found[key]) for key in ("maturity_before", "maturity_after"))
    assert next(ends) + timedelta(weeks=2) == next(ends)


def test_what_is_not_said_to_be_paid_is_unpaid():
    asked = request(as_of="2026-01-15")
    del asked["paid_instalments"]
    assert len(project_request(asked)["before"]) == 12
    with pytest.raises(ReliefError) as refused:
        project_request(request(paid_instalments=12))
    assert refused.value.code == "nothing_to_pay"


def test_limits_at_their_bounds_are_applied():
    wide = {"max_payment_shock": "1000", "max_capitalised_pct": "1000", "min_instalment_minor": None}
    assert project_request(request(CAPPED, policy=wide))["refused"] == []
    narrow = {"max_payment_shock": "0", "max_capitalised_pct": "0", "min_instalment_minor": 0}
    found = project_request(request(CAPPED, policy=narrow))["refused"]
    assert [one["reason"] for one in found] == ["payment_shock", "capitalised"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"colour": 1}, "colour", "unknown_key"),
        ({"terms": {**TERMS, "colour": 1}}, "terms.colour", "unknown_key"),
        ({"terms": {**TERMS, "principal_minor": "NaN"}}, "terms.principal_minor", "wrong_kind"),
        ({"terms": {**TERMS, "rate_annual": "NaN"}}, "terms.rate_annual", "wrong_kind"),
        ({"terms": {**TERMS, "instalments": -1}}, "terms.instalments", "too_small"),
        ({"terms": {**TERMS, "events": [{"on": "2026-03-01"}]}}, "terms.events", "not_with_relief"),
        ({"terms": {**TERMS, "recalculate": "reduce_count"}}, "terms.recalculate", "not_with_relief"),
        ({"terms": [1]}, "terms", "wrong_kind"),
        ({"terms": None}, "terms", "missing"),
        ({"as_of": "2026-13-01"}, "as_of", "not_a_date"),
        ({"as_of": "2026-01-14"}, "as_of", "before_disbursement"),
        ({"paid_instalments": 13}, "paid_instalments", "too_large"),
        ({"paid_instalments": -1}, "paid_instalments", "too_small"),
        ({"paid_instalments": "3"}, "paid_instalments", "wrong_kind"),
        ({"overdue": {"penalty_minor": -1}}, "overdue.penalty_minor", "too_small"),
        ({"overdue": {"penalty_minor": 1.5}}, "overdue.penalty_minor", "wrong_kind"),
        ({"overdue": {"fee_minor": 1}}, "overdue.fee_minor", "unknown_key"),
        ({"policy": {"max_shock": "1"}}, "policy.max_shock", "unknown_key"),
        ({"policy": {"max_payment_shock": "Infinity"}}, "policy.max_payment_shock", "not_a_number"),
        ({"policy": {"max_payment_shock": "much"}}, "policy.max_payment_shock", "not_a_number"),
        ({"policy": {"max_payment_shock": "1000.1"}}, "policy.max_payment_shock", "too_large"),
        ({"policy": {"min_instalment_minor": -1}}, "policy.min_instalment_minor", "too_small"),
        ({"policy": {"max_payment_shock": "1E9"}}, "policy.max_payment_shock", "too_large"),
        ({"policy": {"max_capitalised_pct": "-0.1"}}, "policy.max_capitalised_pct", "too_small"),
        ({"components": PAUSE}, "components", "wrong_kind"),
        ({"components": ["PAUSE"]}, "components[0]", "wrong_kind"),
    ],
)
def test_a_bad_request_is_named_by_field_and_reason(changes, field, code):
    with pytest.raises(RequestError) as refused:
        project_request(request(**changes))
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize(
    ("component", "code"),
    [
        ({"kind": "SKIP"}, "unknown_kind"),
        ({"kind": "HOLD", "days": 61}, "n_out_of_range"),
        ({"kind": "HOLD", "weeks": 1}, "unknown_key"),
        ({"kind": "WAIVE", "bucket": "penalty"}, "missing_key"),
        ({"kind": "WAIVE", "bucket": "principal", "amount_minor": 1}, "unknown_value"),
        ({"kind": "WAIVE", "bucket": "penalty", "amount_minor": "some"}, "unknown_value"),
        ({"kind": "WAIVE", "bucket": "penalty", "amount_minor": 0}, "amount_out_of_range"),
        ({"kind": "DUE_DAY", "day": 32}, "n_out_of_range"),
        ({"kind": "RATE", "rate_annual": "NaN"}, "unknown_value"),
        ({"kind": "RATE", "rate_annual": "1E-999999"}, "unknown_value"),
        ({"kind": "RATE", "rate_annual": "1E999999"}, "unknown_value"),
        ({"kind": "RATE", "rate_annual": 0.072}, "unknown_value"),
        ({"kind": "RATE", "rate_annual": "0.2"}, "rate_not_lower"),
        ({"kind": "REDUCED", "n": 3, "amount_minor": -5}, "amount_out_of_range"),
        ({"kind": "APPEND", "numbers": []}, "unknown_value"),
        ({"kind": "APPEND", "numbers": [4, 4]}, "unknown_value"),
        ({"kind": "APPEND", "numbers": [4], "as": "GIFT"}, "unknown_value"),
        ({"kind": "RETERM", "remaining_count": 15, "target_instalment_minor": 70000}, "exactly_one"),
        ({"kind": "RETERM"}, "exactly_one"),
        ({"kind": "RETERM", "remaining_count": 601}, "n_out_of_range"),
        ({"kind": "RETERM", "target_instalment_minor": 1}, "never_repays"),
        # 9,159.05 x 1.2 % is 109.909: of 109.95 the loan would live for centuries.
        ({"kind": "RETERM", "target_instalment_minor": 10995}, "never_repays"),
        ({"kind": "ARREARS_SPLIT", "parts": 61}, "n_out_of_range"),
    ],
)
def test_impossible_relief_is_named(component, code):
    with pytest.raises(ReliefError) as refused:
        project_request(request(component))
    assert refused.value.code == code


def test_relief_beyond_the_calendar_is_refused():
    terms = {**TERMS, "disbursed_on": "9990-01-15"}
    with pytest.raises(ReliefError) as refused:
        project_request(request({"kind": "RETERM", "remaining_count": 200}, terms=terms, as_of="9990-05-08"))
    assert refused.value.code == "beyond_the_calendar"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)
EVERY_KEY = [
    {"kind": "HOLD", "days": 30},
    {"kind": "WAIVE", "bucket": "penalty", "amount_minor": "all", "vest": "IMMEDIATE"},
    {"kind": "DUE_DAY", "day": 25},
    {"kind": "RATE", "rate_annual": "0.072", "periods": 3},
    {"kind": "PAUSE", "n": 3, "interest": "ACCRUE_SIMPLE", "collect": "SPREAD", "then": "EXTEND"},
    {"kind": "INTEREST_ONLY", "n": 3, "then": "EXTEND"},
    {"kind": "REDUCED", "n": 3, "amount_minor": 50000, "then": "EXTEND"},
    {"kind": "APPEND", "numbers": [4, 5, 6], "interest": "NONE", "as": "INSTALMENTS"},
    {"kind": "ARREARS_SPLIT", "parts": 6, "mode": "ON_TOP"},
    {"kind": "RETERM", "remaining_count": 15, "target_instalment_minor": None},
]


def refused(asked) -> ReliefError | RequestError | None:
    try:
        answer = project_request(asked)
    except (ReliefError, RequestError) as error:
        return error
    assert answer["after"][-1]["balance_minor"] == 0
    return None


@given(st.data(), JUNK)
def test_junk_in_any_component_is_answered_or_refused_by_name(data, junk):
    component = data.draw(st.sampled_from(EVERY_KEY))
    changed = {**component, data.draw(st.sampled_from(sorted(component))): junk}
    error = refused(request(changed, as_of="2026-06-20"))
    assert error is None or re.fullmatch(r"[a-z_]+", error.code)


@given(st.sampled_from(["terms", "paid_instalments", "as_of", "overdue", "components", "policy"]), JUNK)
def test_junk_in_any_field_of_the_request_is_answered_or_refused_by_name(field, junk):
    error = refused(request(PAUSE, **{field: junk}))
    assert not isinstance(error, RequestError) or error.field.startswith(field)
