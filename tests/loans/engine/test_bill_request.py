"""Bills and their instalments as the commands read them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from loans.engine.components import Limits, Pause
from loans.engine.fingerprint import fingerprint
from loans.engine.money import LARGEST_MINOR
from loans.engine.quote import quote as loan_quote
from loans.engine.relief_request import project_request
from loans.engine.request import RequestError
from loans.engine.revolving import project, standing
from loans.engine.revolving.request import quote, read_standing
from tests.loans.engine.bill_facts import bill_terms, facts

PLAN = {"amount_minor": 1200000, "parts": 12, "fee_rate": "0.088", "due_on": "2026-06-10"}
BILL = {"rate_daily": "0.0005", "due_on": "2026-06-10", "principal_minor": 100000}
AS_OF = date(2026, 6, 5)
LOAN = {
    "terms": {
        "principal_minor": 1200000,
        "rate_annual": "0.144",
        "method": "level",
        "instalments": 12,
        "disbursed_on": "2026-01-15",
    },
    "as_of": "2026-01-20",
    "components": [{"kind": "PAUSE", "n": 1}],
}


def test_a_bill_in_instalments_is_quoted_as_a_loan_is():
    answer = quote({"bill_plan": PLAN})
    assert answer["instalments"][0] == {
        "number": 1,
        "due_on": "2026-07-10",
        "principal_minor": 100000,
        "interest_minor": 0,
        "fee_minor": 8800,
        "due_minor": 108800,
        "paid_minor": 0,
        "balance_minor": 1100000,
    }
    assert (len(answer["instalments"]), answer["total_interest_minor"], answer["total_fee_minor"]) == (12, 0, 105600)
    assert round(Decimal(answer["annual_rates"]["irr_x12"]), 4) == Decimal("0.1586")
    assert answer["profile"]["name"] == "consumer-cn"
    told = {key: value for key, value in answer.items() if key != "hash"}
    assert answer["hash"] == fingerprint({**told, "currency": "CNY"})
    assert quote({"bill_plan": {**PLAN, "currency": "HKD"}})["hash"] != answer["hash"]


def test_a_loan_is_still_quoted_as_a_loan():
    assert quote(LOAN["terms"]) == loan_quote(LOAN["terms"])


@pytest.mark.parametrize(
    ("request_", "field", "code"),
    [
        ({"bill_plan": PLAN, "instalments": 3}, "instalments", "unknown_key"),
        ({"bill_plan": [PLAN]}, "bill_plan", "wrong_kind"),
        ({"bill_plan": {**PLAN, "rate": 1}}, "bill_plan.rate", "unknown_key"),
        ({"bill_plan": {**PLAN, "parts": None}}, "bill_plan.parts", "missing"),
        ({"bill_plan": {**PLAN, "amount_minor": None}}, "bill_plan.amount_minor", "missing"),
        ({"bill_plan": {**PLAN, "parts": 61}}, "bill_plan.parts", "too_large"),
        ({"bill_plan": {**PLAN, "fee_rate": "much"}}, "bill_plan.fee_rate", "not_a_number"),
        ({"bill_plan": {**PLAN, "due_on": "10 June"}}, "bill_plan.due_on", "not_a_date"),
        ({"bill_plan": {**PLAN, "profile": "none"}}, "bill_plan.profile", "unknown_profile"),
        ({"bill_plan": {**PLAN, "currency": "yuan"}}, "bill_plan.currency", "unknown"),
        ([PLAN], "request", "wrong_kind"),
    ],
)
def test_a_plan_that_cannot_be_quoted_is_refused_by_name(request_, field, code):
    with pytest.raises(RequestError) as refused:
        quote(request_)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_written_bill_is_what_an_account_would_find():
    assert read_standing({**BILL, "bill_day": 1}, AS_OF, 0) == standing(
        bill_terms(), facts("2026-05-20 buy 100000"), AS_OF
    )
    late = standing(bill_terms(), facts("2026-05-20 buy 100000"), date(2026, 6, 20))
    written = {
        "rate_annual": "0.1825",
        "bill_day": 1,
        "due_on": "2026-07-10",
        "starts_on": "2026-06-20",
        "principal_minor": 90000,
        "interest_minor": 450,
        "overdue": [{"due_on": "2026-06-10", "principal_minor": 10000}],
    }
    assert read_standing(written, date(2026, 6, 20), 75) == late
    assert read_standing({**BILL, "fee_minor": 500}, AS_OF, 0).rows[0].fee_minor == 500


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"rate": "0.1"}, "bill.rate", "unknown_key"),
        ({"principal_minor": None}, "bill.principal_minor", "missing"),
        ({"principal_minor": -1}, "bill.principal_minor", "too_small"),
        ({"principal_minor": 10**14}, "bill.principal_minor", "too_large"),
        ({"principal_minor": "100"}, "bill.principal_minor", "wrong_kind"),
        ({"principal_minor": 0}, "bill", "nothing_left"),
        ({"rate_daily": None}, "bill.rate_annual", "missing"),
        ({"rate_annual": "0.1"}, "bill.rate_daily", "both"),
        ({"rate_daily": "-0.1"}, "bill.rate_annual", "too_small"),
        ({"due_on": "2026-06-04"}, "bill.due_on", "out_of_order"),
        ({"due_on": "9990-01-01"}, "bill.due_on", "beyond_the_calendar"),
        ({"due_on": "2026-02-30"}, "bill.due_on", "not_a_date"),
        ({"starts_on": "2026-06-04"}, "bill.starts_on", "out_of_order"),
        ({"starts_on": "2026-06-11"}, "bill.starts_on", "out_of_order"),
        ({"bill_day": 29}, "bill.bill_day", "too_large"),
        ({"bill_day": 0}, "bill.bill_day", "out_of_order"),
        ({"bill_day": 10}, "bill.bill_day", "out_of_order"),
        ({"bill_day": "1"}, "bill.bill_day", "wrong_kind"),
        ({"overdue": {}}, "bill.overdue", "wrong_kind"),
        ({"overdue": [{}]}, "bill.overdue[0].due_on", "missing"),
        ({"overdue": [{"due_on": "2026-06-05"}]}, "bill.overdue[0].due_on", "out_of_order"),
        ({"overdue": [{"due_on": "2026-05-05"}, {"due_on": "2026-04-05"}]}, "bill.overdue[1].due_on", "out_of_order"),
        ({"overdue": [{"due_on": "2026-05-05", "fee_minor": True}]}, "bill.overdue[0].fee_minor", "wrong_kind"),
        ({"overdue": [{"due_on": "2026-05-05"}] * 61}, "bill.overdue", "too_large"),
    ],
)
def test_a_bill_that_cannot_be_is_refused_by_name(changed, field, code):
    with pytest.raises(RequestError) as refused:
        read_standing(BILL | changed, AS_OF, 0)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_answers_are_plain_json():
    answer = quote({"bill_plan": PLAN})
    assert json.loads(json.dumps(answer)) == answer


def ask(**changed):
    return {"bill": BILL, "as_of": "2026-06-05", "components": [{"kind": "PAUSE", "n": 1}], **changed}


def test_relief_on_a_written_bill_is_answered_as_on_a_loan():
    answer = project_request(ask())
    assert set(answer) == set(project_request(LOAN))
    assert answer["before"] == [
        {
            "number": 1,
            "due_on": "2026-06-10",
            "principal_minor": 100000,
            "interest_minor": 0,
            "fee_minor": 0,
            "due_minor": 100000,
            "paid_minor": 0,
            "balance_minor": 0,
        }
    ]
    assert (answer["resume_on"], answer["resume_minor"], answer["cost_to_borrower_minor"]) == (
        "2026-07-10",
        101500,
        1500,
    )
    found = read_standing(BILL, AS_OF, 0)
    limits = Limits(Decimal("1.25"), Decimal("0.05"), 1000)
    assert answer["hash"] == project(found, [Pause(1)], limits).hash
    waived = project_request(
        ask(components=[{"kind": "WAIVE", "bucket": "penalty", "amount_minor": "all"}], overdue={"penalty_minor": 75})
    )
    assert waived["cost_to_borrower_minor"] == -75


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"terms": {}}, "terms", "unknown_key"),
        ({"paid_instalments": 3}, "paid_instalments", "unknown_key"),
        ({"bill": None}, "bill", "missing"),
        ({"as_of": "today"}, "as_of", "not_a_date"),
        ({"components": None}, "components", "missing"),
    ],
)
def test_relief_on_a_bill_that_cannot_be_asked_for_is_refused_by_name(changed, field, code):
    with pytest.raises(RequestError) as refused:
        project_request(ask(**changed))
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_plan_is_rounded_as_its_profile_says():
    # 1 % of 2.50 is half a fen more than 0.02: to the even neighbour there, up here.
    small = {"amount_minor": 250, "parts": 1, "fee_rate": "0.01", "due_on": "2026-06-10"}
    assert quote({"bill_plan": small})["total_fee_minor"] == 3
    assert quote({"bill_plan": {**small, "profile": "fineract-progressive"}})["total_fee_minor"] == 2


def test_as_many_bills_may_be_overdue_as_instalments_there_can_be_two_of_a_day_too():
    one = {"due_on": "2026-05-10", "principal_minor": 100}
    assert len(read_standing({**BILL, "overdue": [one] * 60}, AS_OF, 0).overdue) == 60
    with pytest.raises(RequestError) as refused:
        read_standing({**BILL, "overdue": [one] * 61}, AS_OF, 0)
    assert (refused.value.field, refused.value.code) == ("bill.overdue", "too_large")


@pytest.mark.parametrize(
    ("changes", "as_of", "field", "code"),
    [
        ({"overdue": [{"due_on": "2026-06-06"}]}, AS_OF, "bill.overdue[0].due_on", "out_of_order"),
        ({"overdue": [{"due_on": "2026-06-05"}]}, AS_OF, "bill.overdue[0].due_on", "out_of_order"),
        ({"overdue": [{"due_on": "soon"}]}, AS_OF, "bill.overdue[0].due_on", "not_a_date"),
        ({"due_on": "9979-01-01"}, AS_OF, "bill.due_on", "beyond_the_calendar"),
        ({"due_on": "2026-06-04"}, AS_OF, "bill.due_on", "out_of_order"),
        ({"starts_on": "2026-06-11"}, AS_OF, "bill.starts_on", "out_of_order"),
        ({"starts_on": "9978-12-31", "due_on": "9978-12-30"}, AS_OF, "bill.starts_on", "out_of_order"),
        ({"principal_minor": -1}, AS_OF, "bill.principal_minor", "too_small"),
        ({"principal_minor": 10**13 + 1}, AS_OF, "bill.principal_minor", "too_large"),
    ],
)
def test_a_written_bill_that_cannot_be_is_refused_by_its_field(changes, as_of, field, code):
    with pytest.raises(RequestError) as refused:
        read_standing({**BILL, **changes}, as_of, 0)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_bill_may_be_due_on_the_day_itself_or_twenty_years_before_the_calendar_ends():
    assert read_standing({**BILL, "due_on": "2026-06-05"}, AS_OF, 0).due_on == AS_OF
    latest = read_standing({**BILL, "due_on": "9978-12-31", "starts_on": "9978-12-31"}, AS_OF, 0)
    assert latest.starts_on == latest.due_on == date(9978, 12, 31)
    assert read_standing({**BILL, "principal_minor": LARGEST_MINOR}, AS_OF, 0).principal_minor == LARGEST_MINOR
