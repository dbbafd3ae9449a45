"""One request, one answer."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.fingerprint import fingerprint
from loans.engine.quote import annual_rates, payments, quote
from loans.engine.request import LONGEST_NUMBER, RequestError, read_terms
from loans.engine.schedule import Method, schedule
from tests.loans.engine.cash_flows import is_root
from tests.loans.engine.loans_made_up import l1

ASKED = {
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


def test_the_worked_loan_is_answered_in_full():
    answer = quote(ASKED)
    assert list(answer) == ["instalments", "total_interest_minor", "annual_rates", "profile", "hash"]
    assert answer["instalments"][0] == {
        "number": 1,
        "due_on": "2026-02-15",
        "principal_minor": 93571,
        "interest_minor": 14400,
        "fee_minor": 0,
        "due_minor": 107971,
        "paid_minor": 0,
        "balance_minor": 1106429,
    }
    assert len(answer["instalments"]) == 12
    assert answer["total_interest_minor"] == 95645
    assert answer["profile"]["day_count"] == "30/360"


def test_every_annual_rate_makes_the_worked_loan_worth_nothing():
    rates = {name: Decimal(rate) for name, rate in quote(ASKED)["annual_rates"].items()}
    dues = [107971] * 11 + [107964]
    monthly = [(Fraction(0), -1200000), *((Fraction(k), due) for k, due in enumerate(dues, 1))]
    days = [(date(2026 + k // 12, k % 12 + 1, 15) - date(2026, 1, 15)).days for k in range(1, 13)]
    yearly = [(Fraction(k, 12), due) for k, due in enumerate([-1200000, *dues])]
    by_days = [(Fraction(0), -1200000), *((Fraction(d, 365), due) for d, due in zip(days, dues, strict=True))]
    for name in ("irr_x12", "us_appendix_j"):
        assert is_root(rates[name], monthly, lambda rate: 1 + rate / 12)
    assert is_root(rates["eu_aprc"], yearly, lambda rate: 1 + rate)
    assert is_root(rates["effective"], by_days, lambda rate: 1 + rate)


def test_what_is_not_given_is_the_default():
    least = {key: ASKED[key] for key in ("principal_minor", "rate_annual", "method", "instalments", "disbursed_on")}
    answer = quote(least)
    assert answer["profile"]["name"] == "consumer-cn"
    assert answer["hash"] == quote({**ASKED, "profile": "consumer-cn"})["hash"]


def test_a_daily_rate_is_one_for_the_days_of_the_profile():
    daily = {**ASKED, "rate_annual": None, "rate_daily": "0.0004"}
    assert read_terms({**daily, "profile": "consumer-cn"}).rate_annual == Decimal("0.146")
    assert read_terms({**daily, "profile": "consumer-cn-360"}).rate_annual == Decimal("0.144")


def test_interest_only_instalments_are_grace_on_principal():
    one, other = (
        quote({**ASKED, "method": "equal_principal", key: 3})
        for key in ("interest_only_instalments", "grace_on_principal_instalments")
    )
    assert one == other
    assert [row["principal_minor"] for row in one["instalments"][:4]] == [0, 0, 0, 133333]


def test_a_down_payment_is_taken_off_what_the_borrower_receives():
    terms = l1(principal_minor=1500000, down_payment_minor=300000)
    flows = payments(terms, schedule(terms))
    assert flows[0] == (date(2026, 1, 15), -1200000)
    assert annual_rates(terms, schedule(terms)) == annual_rates(l1(), schedule(l1()))


def test_a_loan_without_interest_costs_nothing():
    assert set(quote({**ASKED, "rate_annual": "0"})["annual_rates"].values()) == {"0.00000000"}


def test_a_rate_beyond_every_bound_is_not_given():
    rates = quote({**ASKED, "rate_annual": "10", "unit": "day", "every": 1, "method": "flat", "instalments": 1})
    assert rates["annual_rates"]["irr_x12"] is not None
    dear = quote({**ASKED, "rate_annual": "10", "unit": "month", "every": 1, "method": "flat", "instalments": 60})
    assert dear["annual_rates"]["effective"] is None


def test_the_hash_is_the_same_in_another_process_and_changes_with_a_figure():
    code = "import json, sys; from loans.engine.quote import quote; print(quote(json.load(sys.stdin))['hash'])"
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(ASKED), capture_output=True, text=True, check=True
    )
    assert elsewhere.stdout.strip() == quote(ASKED)["hash"]
    assert quote({**ASKED, "principal_minor": 1200001})["hash"] != quote(ASKED)["hash"]
    assert quote({**ASKED, "currency": "EUR"})["hash"] != quote(ASKED)["hash"]


def test_what_is_hashed_is_the_answer_and_its_currency():
    answer = quote(ASKED)
    hashed = answer.pop("hash")
    assert hashed == fingerprint({**answer, "currency": "CNY"})


def test_a_loan_may_be_asked_for_as_of_its_first_day():
    assert quote({**ASKED, "as_of": "2026-01-15"})["total_interest_minor"] == 95645


def test_grace_on_interest_is_followed():
    answer = quote({**ASKED, "grace_on_interest_instalments": 2})
    assert [row["interest_minor"] > 0 for row in answer["instalments"][:4]] == [False, False, True, True]


def test_a_number_may_have_as_many_characters_as_are_read():
    longest = "0.144" + "0" * (LONGEST_NUMBER - 5)
    assert read_terms({**ASKED, "rate_annual": longest}).rate_annual == Decimal("0.144")


def test_the_rates_of_a_loan_by_weeks_are_those_of_its_weeks():
    weekly = {**ASKED, "principal_minor": 100000, "rate_annual": "0.365", "unit": "week", "profile": "consumer-cn"}
    # 7.00 for a week of 1,000.00: 0.7 % x 52, and 1.007 in a 52nd of a year.
    rates = quote({**weekly, "instalments": 1})["annual_rates"]
    assert rates["irr_x12"] == "0.36400000"
    timed = [(Fraction(0), -100000), (Fraction(1, 52), 100700)]
    assert is_root(Decimal(rates["eu_aprc"]), timed, lambda rate: 1 + rate)


@pytest.mark.parametrize("method", Method)
def test_every_method_can_be_asked_for(method):
    answer = quote({**ASKED, "method": method.value})
    assert sum(row["principal_minor"] for row in answer["instalments"]) == 1200000
    assert answer["instalments"][-1]["balance_minor"] == 0
    assert None not in answer["annual_rates"].values()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"principal": 1}, "principal", "unknown_key"),
        ({"principal_minor": None}, "principal_minor", "missing"),
        ({"principal_minor": "1200000"}, "principal_minor", "wrong_kind"),
        ({"principal_minor": Decimal("1.5")}, "principal_minor", "wrong_kind"),
        ({"principal_minor": -1}, "principal_minor", "too_small"),
        ({"rate_annual": None}, "rate_annual", "missing"),
        ({"rate_annual": "NaN"}, "rate_annual", "wrong_kind"),
        ({"rate_annual": "Infinity"}, "rate_annual", "wrong_kind"),
        ({"rate_annual": "14.4 %"}, "rate_annual", "not_a_number"),
        ({"rate_annual": "0." + "1" * 40}, "rate_annual", "too_precise"),
        ({"rate_annual": True}, "rate_annual", "wrong_kind"),
        ({"rate_annual": "-0.1"}, "rate_annual", "too_small"),
        ({"rate_daily": "0.0004"}, "rate_daily", "both"),
        ({"rate_annual": None, "rate_daily": "NaN"}, "rate_daily", "wrong_kind"),
        ({"rate_annual": None, "rate_daily": "4 bp"}, "rate_daily", "not_a_number"),
        ({"method": "balloon"}, "method", "unknown"),
        ({"method": ["level"]}, "method", "unknown"),
        ({"unit": "fortnight"}, "unit", "unknown"),
        ({"instalments": 601}, "instalments", "too_large"),
        ({"disbursed_on": "2026-02-30"}, "disbursed_on", "not_a_date"),
        ({"disbursed_on": "20260115"}, "disbursed_on", "not_a_date"),
        ({"disbursed_on": 20260115}, "disbursed_on", "not_a_date"),
        ({"first_due_on": "2026-01-15"}, "first_due_on", "not_after_disbursement"),
        ({"profile": "consumer-us"}, "profile", "unknown_profile"),
        ({"profile": {"base": "consumer-us"}}, "profile.base", "unknown_profile"),
        ({"profile": {"base": "30-360", "daycount": "30/360"}}, "profile.daycount", "unknown"),
        ({"profile": {"base": "30-360", "rounding": "down"}}, "profile.rounding", "unknown"),
        ({"profile": 7}, "profile", "wrong_kind"),
        ({"currency": "yuan"}, "currency", "unknown"),
        ({"currency": "cny"}, "currency", "unknown"),
        ({"currency": "EURO"}, "currency", "unknown"),
        ({"currency": "ÄÖÜ"}, "currency", "unknown"),
        ({"interest_only_instalments": 12}, "interest_only_instalments", "too_large"),
        ({"grace_on_principal_instalments": -1}, "grace_on_principal_instalments", "too_small"),
        ({"interest_only_instalments": 1, "grace_on_principal_instalments": 1}, "interest_only_instalments", "both"),
        ({"down_payment_minor": 1200000}, "down_payment_minor", "too_large"),
        ({"as_of": "2026-01-14"}, "as_of", "before_disbursement"),
    ],
)
def test_a_request_that_cannot_be_followed_names_its_field_and_why(changes, field, code):
    with pytest.raises(RequestError) as refused:
        quote({**ASKED, **changes})
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize("request_", [None, [], "level", 5])
def test_what_is_not_an_object_is_no_request(request_):
    with pytest.raises(RequestError) as refused:
        quote(request_)
    assert (refused.value.field, refused.value.code) == ("request", "wrong_kind")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)


@given(field=st.sampled_from(sorted(ASKED)), junk=JUNK)
def test_junk_in_any_field_is_answered_or_refused_by_name(field, junk):
    refused = None
    try:
        balance_minor = quote({**ASKED, "instalments": 2, field: junk})["instalments"][-1]["balance_minor"]
    except RequestError as error:
        refused = error
    assert refused.field.partition(".")[0].partition("[")[0] == field if refused else balance_minor == 0
