"""Between an order of a monthly bill and its sending: what is looked at again, and what counts as a try."""

from datetime import date
from typing import Any

import pytest

from loans import services
from loans.gateways.interface import NoAnswer, Report
from loans.models import Loan, RevolvingAccount
from tests.loans.conftest import at_noon
from tests.loans.gateways import test_bill_instructing
from tests.loans.gateways.test_bill_instructing import DUE

bill = test_bill_instructing.bill


class Bank:
    """Takes what it is told, and says nothing."""

    name, calls_out = "callback", False

    def send_debit(self, instruction: Any) -> Report:
        raise NoAnswer


def test_one_order_that_breaks_does_not_keep_the_others_from_their_turn(
    bill: RevolvingAccount, paid_three: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway: Any = Bank()
    monkeypatch.setattr(
        "loans.services.collecting.instruct_debits", lambda **_: (_ for _ in ()).throw(RuntimeError("broken"))
    )
    with at_noon(DUE):
        counts = services.collect(lender=bill.lender, gateway=gateway)
        assert (counts["failed"], counts["ordered"], counts["unanswered"]) == (1, 1, 1)
    with at_noon(date(2026, 6, 11)):
        gateway.query = lambda key: (_ for _ in ()).throw(RuntimeError("broken"))
        counts = services.collect(lender=bill.lender, gateway=gateway)
    assert (counts["failed"], counts["open"]) == (2, 1)
