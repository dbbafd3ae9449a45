"""One hash for one set of figures."""

import hashlib

import pytest

from loans.engine.fingerprint import fingerprint


def test_what_is_hashed_has_sorted_keys_no_spaces_and_only_ascii():
    canonical = b'{"a":[2,"\\u5bbd"],"b":1}'
    assert fingerprint({"b": 1, "a": [2, "宽"]}) == hashlib.sha256(canonical).hexdigest()


def test_what_has_no_exact_form_is_refused():
    with pytest.raises(TypeError):
        fingerprint({"rate": {1, 2}})
