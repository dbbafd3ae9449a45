"""Garbage is looked for between the parts of a close, and as before when it is over."""

import gc
import weakref

import pytest

from loans.closing.memory import tidied_between, tidy


class Ring:
    def __init__(self) -> None:
        self.own = self


def test_a_ring_is_collected_when_it_is_time_and_no_sooner() -> None:
    with tidied_between():
        assert not gc.isenabled()
        left = weakref.ref(Ring())
        assert left() is not None
        tidy()
        assert left() is None
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_after_a_close_that_broke_all_is_as_before() -> None:
    with pytest.raises(RuntimeError), tidied_between():
        raise RuntimeError("the power went out")
    assert gc.isenabled()
