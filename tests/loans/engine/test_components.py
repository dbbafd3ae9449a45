"""The written form of relief."""

import json

import pytest
from hypothesis import given

from loans.engine.components import ReliefError, component_as_dict, component_from_dict
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
    ],
)
def test_a_component_written_wrongly_is_refused_by_name(written, code, detail):
    with pytest.raises(ReliefError) as refused:
        component_from_dict(written)
    assert (refused.value.code, refused.value.detail) == (code, detail)


@given(PAUSES)
def test_a_component_survives_storage(pause):
    assert component_from_dict(json.loads(json.dumps(component_as_dict(pause)))) == pause
