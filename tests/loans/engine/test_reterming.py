"""Instalments of an amount: how many it takes, and that the search for it ends."""

import pytest

from loans.engine import reterming
from loans.engine.contract import Contract
from loans.engine.relief import Pause, ReliefError, Reterm
from tests.loans.engine.relief_made_up import worked


def test_instalments_of_an_amount_are_counted_up_to_the_most_there_can_be():
    # log(1 - 9,159.05 x 0.012 / x) / log(1 / 1.012) is 604.3 for 109.99 and 570.8 for 110.03.
    with pytest.raises(ReliefError) as refused:
        worked(Reterm(target_instalment_minor=10999))
    assert refused.value.code == "never_repays"
    assert len(worked(Reterm(target_instalment_minor=11003)).after) <= 600


@pytest.mark.parametrize("target_minor", [1, 10990, 10991])
def test_an_instalment_that_interest_uses_up_is_found_out_at_once(target_minor, monkeypatch):
    asked = []
    counted = Contract.interest
    monkeypatch.setattr(Contract, "interest", lambda *given: asked.append(given) or counted(*given))
    with pytest.raises(ReliefError):
        worked(Reterm(target_instalment_minor=target_minor))
    assert len(asked) < 100


def test_the_search_for_an_instalment_beside_interest_of_a_pause_is_bounded(monkeypatch):
    tried = []
    counted = reterming.needed
    monkeypatch.setattr(reterming, "needed", lambda *given: tried.append(given) or counted(*given))
    # 5.00 of room beside interest of 109.91; interest of the pause never fits into it.
    with pytest.raises(ReliefError) as refused:
        worked(Pause(12), Reterm(target_instalment_minor=11000))
    assert refused.value.code == "never_repays"
    assert len(tried) <= 1201
