"""What is sealed opens only with its key and in its own row; what is looked up is never opened."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.sealed_box import SealBroken, SealedBox, sealed_box

OLD, NEW = "an old line of the setting " + "o" * 20, "a new line of the setting " + "n" * 20
NUMBER = "11010519491231002X"


def test_what_is_sealed_opens_again() -> None:
    box = SealedBox([OLD])
    assert box.open(box.seal(NUMBER, "identity 7"), "identity 7") == NUMBER
    assert box.open(box.seal("王晓雨", "x"), "x") == "王晓雨"


def test_a_seal_shows_nothing_and_is_never_the_same_twice() -> None:
    box = SealedBox([OLD])
    one, two = box.seal(NUMBER, "identity 7"), box.seal(NUMBER, "identity 7")
    assert one != two
    assert NUMBER not in one
    assert len(one) <= 120


def test_a_seal_copied_to_another_row_does_not_open_there() -> None:
    box = SealedBox([OLD])
    with pytest.raises(SealBroken):
        box.open(box.seal(NUMBER, "identity 7"), "identity 8")


@pytest.mark.parametrize("at", [2, 12, 30, -8])
def test_one_changed_letter_breaks_it(at: int) -> None:
    box = SealedBox([OLD])
    sealed = list(box.seal(NUMBER, "identity 7"))
    sealed[at] = "A" if sealed[at] != "A" else "B"
    with pytest.raises(SealBroken):
        box.open("".join(sealed), "identity 7")


@pytest.mark.parametrize("nonsense", ["", "1", "1.abc", "2.abc.def", "1..", "11010519491231002X"])
def test_what_was_never_sealed_is_refused(nonsense: str) -> None:
    with pytest.raises(SealBroken):
        SealedBox([OLD]).open(nonsense, "identity 7")


def test_no_error_tells_the_number() -> None:
    with pytest.raises(SealBroken) as caught:
        SealedBox([OLD]).open(NUMBER, "identity 7")
    assert NUMBER not in str(caught.value)
    assert OLD not in repr(SealedBox([OLD]))


def test_after_a_new_key_the_old_seal_opens_and_the_new_key_seals() -> None:
    old, both, new = SealedBox([OLD]), SealedBox([NEW, OLD]), SealedBox([NEW])
    sealed = old.seal(NUMBER, "identity 7")
    assert both.open(sealed, "identity 7") == NUMBER
    assert not both.is_current(sealed)
    again = both.seal(NUMBER, "identity 7")
    assert both.is_current(again)
    assert new.open(again, "identity 7") == NUMBER
    with pytest.raises(SealBroken):
        old.open(again, "identity 7")


def test_a_number_is_found_under_either_key() -> None:
    old, both = SealedBox([OLD]), SealedBox([NEW, OLD])
    kept = old.fingerprint(NUMBER, "identity number")
    assert kept in both.fingerprints(NUMBER, "identity number")
    assert both.fingerprint(NUMBER, "identity number") != kept


def test_a_fingerprint_depends_on_key_kind_and_text() -> None:
    box = SealedBox([OLD])
    one = box.fingerprint(NUMBER, "identity number")
    assert one == box.fingerprint(NUMBER, "identity number")
    assert len(one) == 64
    others = {
        box.fingerprint(NUMBER, "bank account"),
        box.fingerprint("440524188001010014", "identity number"),
        SealedBox([NEW]).fingerprint(NUMBER, "identity number"),
    }
    assert one not in others
    assert len(others) == 3


def test_without_a_key_nothing_is_sealed(settings: Any) -> None:
    settings.DATA_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="LEEWAY_DATA_KEYS is not set"):
        sealed_box()
