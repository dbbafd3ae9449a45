"""Qinghe's customers borrow from the neighbours too."""

from datetime import date

from accounts.services import enrol_borrower
from config import clock
from loans.models import Product
from tests.house.world import NOON, World, ask, loan_at
from tests.loans.applicants import agree, send

SINCE = date(2026, 1, 10)


def borrow_there_too(world: World, other: World) -> None:
    """The owner and the stranger: loans, a request, consents, an application there."""
    owner = world.borrower("owner")
    with clock.at(NOON):
        for role in ("owner", "stranger"):
            borrower = world.borrower(role)
            enrol_borrower(lender=other.lender, name=borrower.name, since=SINCE, user=borrower.user, acting_user=None)
            loan = loan_at(other.lender, borrower)
        ask(loan)
        agree(owner, other.lender)
        send(owner, Product.objects.get(lender=other.lender, code="easy"), income_minor=5_000_000)
