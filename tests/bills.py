"""In the world of the house: the owner's monthly bill, a plan not agreed to yet, and an offer to open another."""

from datetime import date
from typing import Any

from config import clock
from loans.models import BillPlan
from loans.services import bill_planning
from tests.conftest import NOON
from tests.loans import monthly

OPENED_ON = date(2026, 2, 1)
STORY = (
    "2026-02-20 buy 120000; 2026-03-05 split 60000 3 0.023; 2026-03-10 pay 6000; 2026-04-10 pay 30000; "
    "2026-04-20 buy 50000"
)


def make_bills(world: Any) -> None:
    owner = world.borrower("owner")
    product = monthly.billed(world.lender)
    account = monthly.opened(monthly.limit_on(owner, product, on=OPENED_ON), on=OPENED_ON)
    monthly.live(account, STORY)
    monthly.bill_up_to(account, NOON.date())
    with clock.at(NOON):
        bill_planning.offer_plan(account=account, amount_minor=30_000, parts=3, acting_user=owner.user)
        monthly.asked(monthly.limit_on(owner, monthly.billed(world.lender, code="monthly-2")))
    assert BillPlan.objects.filter(account=account).count() == 2
