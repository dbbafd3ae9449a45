"""Applications and limits in the world of the house: one approved by the rules, one by a person, one that waits."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from loans.models import CreditLimit, LoanApplication
from loans.services import deciding, limiting
from tests.loans.applicants import agree, offered, send


def make_applications(world: Any) -> None:
    """The owner's; the last waits for a person, the limits are in force, and a part of one is set aside."""
    owner, reviewer = world.borrower("owner"), world.people["reviewer"]
    User.objects.filter(pk=owner.user_id).update(phone=f"+86138001380{len(world.mark):02d}", phone_verified=True)
    owner.user.refresh_from_db()
    agree(owner, world.lender)
    easy, quick, later = (offered(world.lender, code=code) for code in ("easy", "quick", "later"))
    send(owner, easy, income_minor=5_000_000)
    limit = CreditLimit.objects.get(product=easy)
    limiting.reserve(limit=limit, amount_minor=100_000, reference="D-1", acting_user=None)
    decided = send(owner, quick, other_monthly_minor=400_000)
    deciding.claim_application(application=decided, acting_user=reviewer)
    deciding.decide_application(
        application=decided, outcome="approved", reasons=["budget_holds"], words="可以。", limit_minor=200_000,
        rate_annual=Decimal("0.144"), expected_version=decided.version, acting_user=reviewer,
    )  # fmt: skip
    waiting = send(owner, later, other_monthly_minor=400_000)
    assert waiting.state == LoanApplication.State.MANUAL
