"""The written form of relief."""

import json
from decimal import Decimal

import pytest
from hypothesis import given

from loans.engine.components import (
    Append,
    AppendAs,
    AppendInterest,
    Bucket,
    DueDay,
    Hold,
    Rate,
    Reduced,
    ReliefError,
    Reterm,
    Vest,
    Waive,
    component_as_dict,
    component_from_dict,
)
from tests.loans.engine.loans_made_up import PAUSES


@pytest.mark.parametrize(
    ("written", "code", "detail"),
    [
        ({"kind": "SKIP", "n": 3}, "unknown_kind", "SKIP"),
        ({"n": 3}, "unknown_kind", None),
        ({"kind": ["PAUSE"], "n": 3}, "unknown_kind", ["PAUSE"]),
        ({"kind": "PAUSE"}, "missing_key", "n"),
        ({"kind": "PAUSE", "n": 3, "months": 3}, "unknown_key", "months"),
        ({"kind": "PAUSE", "n": 0}, "n_out_of_range", 0),
        ({"kind": "PAUSE", "n": 13}, "n_out_of_range", 13),
        ({"kind": "PAUSE", "n": "3"}, "n_out_of_range", "3"),
        ({"kind": "PAUSE", "n": True}, "n_out_of_range", True),
        ({"kind": "PAUSE", "n": 3, "interest": "COMPOUND"}, "unknown_value", "interest"),
        ({"kind": "PAUSE", "n": 3, "collect": "NEVER"}, "unknown_value", "collect"),
        ({"kind": "PAUSE", "n": 3, "then": "SHORTEN"}, "unknown_value", "then"),
        ({"kind": "WAIVE", "bucket": "penalty", "amount_minor": 1, "vest": "LATER"}, "unknown_value", "vest"),
        ({"kind": "APPEND", "numbers": []}, "unknown_value", "numbers"),
        ({"kind": "APPEND", "numbers": [4, 4]}, "unknown_value", "numbers"),
        ({"kind": "APPEND", "numbers": 4}, "unknown_value", "numbers"),
        ({"kind": "APPEND", "numbers": [4], "interest": "COMPOUND"}, "unknown_value", "interest"),
        ({"kind": "APPEND", "numbers": [4], "as": "GIFT"}, "unknown_value", "as"),
        ({"kind": "ARREARS_SPLIT", "parts": 6, "mode": "LATER"}, "unknown_value", "mode"),
        ({"kind": "RETERM", "remaining_count": "15"}, "unknown_value", "remaining_count"),
        ({"kind": "RETERM"}, "exactly_one", "remaining_count, target_instalment_minor"),
        ({"kind": "REDUCED", "n": 3, "amount_minor": 0}, "amount_out_of_range", 0),
        ({"kind": "WAIVE", "bucket": "penalty", "amount_minor": "1"}, "unknown_value", "amount_minor"),
        ({"kind": "RATE", "rate_annual": "low"}, "unknown_value", "rate_annual"),
        ({"kind": "RATE", "rate_annual": "0." + "1" * 39}, "unknown_value", "rate_annual"),
    ],
)
def test_a_component_written_wrongly_is_refused_by_name(written, code, detail):
    with pytest.raises(ReliefError) as refused:
        component_from_dict(written)
    assert (refused.value.code, refused.value.detail) == (code, detail)


@given(PAUSES)
def test_a_component_survives_storage(pause):
    assert component_from_dict(json.loads(json.dumps(component_as_dict(pause)))) == pause


@pytest.mark.parametrize(
    ("component", "written"),
    [
        (Hold(), {"kind": "HOLD", "days": 30}),
        (
            Waive(Bucket.PENALTY, None),
            {"kind": "WAIVE", "bucket": "penalty", "amount_minor": "all", "vest": "IMMEDIATE"},
        ),
        (
            Waive(Bucket.INTEREST, 500, Vest.PRO_RATA),
            {"kind": "WAIVE", "bucket": "interest", "amount_minor": 500, "vest": "PRO_RATA"},
        ),
        (DueDay(31), {"kind": "DUE_DAY", "day": 31}),
        (Rate(Decimal("1E-8")), {"kind": "RATE", "rate_annual": "0.00000001", "periods": None}),
        (
            Append((5, 4), AppendInterest.SIMPLE, AppendAs.BALLOON),
            {"kind": "APPEND", "numbers": [4, 5], "interest": "SIMPLE", "as": "BALLOON"},
        ),
        (Reterm(15), {"kind": "RETERM", "remaining_count": 15}),
        (Reterm(target_instalment_minor=70000), {"kind": "RETERM", "target_instalment_minor": 70000}),
    ],
)
def test_a_component_has_one_written_form(component, written):
    assert component_as_dict(component) == written
    assert component_from_dict(written) == component


def test_a_rate_may_have_as_many_characters_as_are_read():
    assert component_from_dict({"kind": "RATE", "rate_annual": "0.1" + "0" * 37}) == Rate(Decimal("0.1"))


def test_components_at_their_bounds_are_allowed():
    assert Reduced(3, 10**13).amount_minor == 10**13
    assert Rate(Decimal("1E-12")).rate_annual == Decimal("0.000000000001")
    unsaid = {"kind": "RETERM", "remaining_count": 15, "target_instalment_minor": None}
    assert component_from_dict(unsaid) == Reterm(15)
