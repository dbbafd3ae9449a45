"""Requests at their bounds: terms, events, relief of bills and loans as they are written."""

import pytest

from loans.engine.events import MOST_EVENTS
from loans.engine.quote import quote
from loans.engine.relief_request import project_request
from loans.engine.request import RequestError
from loans.engine.terms import TermsError
from tests.loans.engine.loans_made_up import l1
from tests.loans.engine.test_relief_request import TERMS, request

BILL = {"rate_daily": "0.0005", "due_on": "2026-06-10", "principal_minor": 100000}


def test_relief_of_a_bill_keeps_to_the_policy_that_is_written():
    # A month costs 1.5 %: more than a policy that allows nothing more.
    asked = {"bill": BILL, "as_of": "2026-06-05", "components": [{"kind": "PAUSE", "n": 1}]}
    strict = project_request({**asked, "policy": {"max_payment_shock": "1"}})
    assert [one["reason"] for one in strict["refused"]] == ["payment_shock"]
    assert project_request({**asked, "policy": {"max_payment_shock": "1.015"}})["refused"] == []


def test_without_a_word_about_penalty_there_is_none():
    for overdue in ({}, None):
        found = project_request(request({"kind": "WAIVE", "bucket": "penalty", "amount_minor": 1}, overdue=overdue))
        assert [one["reason"] for one in found["refused"]] == ["waive_penalty"]


@pytest.mark.parametrize("every", [366, 367])
def test_a_period_has_at_most_a_year_of_days(every):
    changes = {"every": every, "unit": "day", "instalments": 2}
    if every == 366:
        assert l1(**changes).every == 366
        return
    with pytest.raises(TermsError) as refused:
        l1(**changes)
    assert (refused.value.field, refused.value.code) == ("every", "too_large")


def test_a_loan_without_a_day_of_disbursement_is_refused():
    with pytest.raises(TermsError) as refused:
        l1(disbursed_on=None)
    assert (refused.value.field, refused.value.code) == ("disbursed_on", "wrong_kind")


def test_as_many_events_are_read_as_there_may_be():
    # The first of them is none; one more, and none is looked at.
    for count, field in ((MOST_EVENTS, "events[0]"), (MOST_EVENTS + 1, "events")):
        with pytest.raises(RequestError) as refused:
            quote({**TERMS, "events": [None] * count})
        assert refused.value.field == field
