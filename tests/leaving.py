"""Ends in the world of the house tests: a settled loan with its certificate, and somebody who leaves."""

from typing import Any

from accounts.chain import digest
from accounts.services import enrol_borrower
from loans import services as books
from loans.models import Loan
from loans.services.certifying import issue_certificate
from loans.services.leaving import ask_to_close
from tests.conftest import TODAY


def make_ends(world: Any, loan: Loan) -> None:
    """`loan` is the owner's, and gets settled; who leaves is a customer of Qinghe without a loan."""
    books.settle_early(loan=loan, key=f"{loan.number}-end", acting_user=None)
    loan.refresh_from_db()
    world.loans["settled"] = loan
    world.certificate = issue_certificate(loan=loan, language="en", acting_user=None)
    user = world.newcomer("leaver", "周三")
    leaver = enrol_borrower(lender=world.lender, name="周三", since=TODAY, user=user, acting_user=None)
    ask_to_close(
        relation=leaver.relations.get(), text="-", shown_sha256=digest("-"), language="zh-hans", acting_user=user
    )
