"""In the world of the house: the owner's monthly bill, a plan not agreed to yet, and an offer to open another."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from config import clock
from loans.models import (
    AccountEntry,
    BillContract,
    BillOffer,
    BillPlan,
    CreditLimit,
    Hold,
    RefundWish,
    RevolvingAccount,
    StageStep,
)
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
    StageStep.objects.create(
        lender=world.lender, bill_account=account, from_stage="none", to_stage="early", reason="rule",
        days_past_due=4, taken_on=NOON.date(),
    )  # fmt: skip
    RevolvingAccount.objects.filter(pk=account.pk).update(stage="early")
    Hold.objects.create(
        lender=world.lender, bill_account=account, kind="contact", source="HD-1", words="家属来电。",
        from_on=NOON.date(), opened_by=world.people["servicing"],
    )  # fmt: skip
    RefundWish.objects.create(
        lender=world.lender, borrower=owner, bill_account=account, amount_minor=100,
        bank_account=owner.bank_accounts.earliest("pk"), wished_by=owner.user,
    )  # fmt: skip


def _bills(world: Any, **more: Any) -> Mapping[str, Any]:
    return {"public_id": RevolvingAccount.objects.get(lender=world.lender).public_id, **more}


def _paid(world: Any) -> Any:
    return RevolvingAccount.objects.get(lender=world.lender).entries.filter(kind="payment").earliest("pk").public_id


# What the addresses of monthly bills name; for `tests/house/matrix.py`.
BILL_OBJECTS: dict[str, Callable[[Any], Mapping[str, Any]]] = {
    "loans:bill_open": lambda world: {
        "public_id": CreditLimit.objects.get(lender=world.lender, product_code="monthly-2").public_id
    },
    "loans:bill_costs": lambda world: {
        "public_id": BillOffer.objects.get(lender=world.lender, state="shown").public_id
    },
    "loans:bill_sign": lambda world: {"public_id": BillOffer.objects.get(lender=world.lender, state="shown").public_id},
    "loans:bill_contract*": lambda world: {"public_id": BillContract.objects.get(lender=world.lender).public_id},
    "loans:bill_plan": lambda world: {"public_id": BillPlan.objects.get(lender=world.lender, state="shown").public_id},
    "loans:bill_plan_end": lambda world: {
        "public_id": BillPlan.objects.get(lender=world.lender, state="shown").public_id
    },
    "loans:bill_statement": lambda world: _bills(world, number=2),
    "loans:bill_receipt": lambda world: _bills(world, entry_id=_paid(world)),
    "loans:bill_*": lambda world: _bills(world),
    **dict.fromkeys(
        [f"admin:loans_revolvingaccount_{page}" for page in ("receive", "give_back", "refund", "hold")],
        lambda world: {"pk": RevolvingAccount.objects.get(lender=world.lender).pk},
    ),
    "admin:loans_accountentry_take_back": lambda world: {
        "pk": AccountEntry.objects.filter(lender=world.lender, kind="payment").earliest("pk").pk
    },
}
