"""A loan that is 180 days late and more, both letters written, and two people of the lender."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from accounts.models import Lender, Membership, User
from accounts.roles import Role
from loans import services
from loans.models import Loan, Posting, WriteOff
from loans.services import approve_proposal, propose_write_off
from loans.services.staging import run_stages, take_step, write_letter
from tests.conftest import person
from tests.loans import conftest

WORDS = "半年没有联系上，信件退回，家访无人。"
WRITTEN_OFF_ON = date(2026, 9, 1)
ALL_MINOR = 1_200_000
INTEREST_MINOR = 76_743 + 3_334


def balance(loan: Loan, account: str) -> int:
    return sum(Posting.objects.filter(entry__loan=loan, account=account).values_list("amount_minor", flat=True))


def pay(loan: Loan, amount_minor: int, key: str, on: date | None = None) -> Any:
    return services.record_payment(
        loan=loan, amount_minor=amount_minor, key=key, channel="staff", value_on=on, acting_user=None
    )


def supervisor(lender: Lender, name: str = "supervisor") -> User:
    user = person(f"{name}@example.org", name, is_staff=True)
    Membership.objects.create(user=user, lender=lender, role=Role.SUPERVISOR, handle=f"S-{name[:4]}")
    return user


def write_letters(loan: Loan, staff: SimpleNamespace) -> None:
    """Demand on 8 May, pre-legal on 22 May, the last letter on 10 June: 115 days past due of 15 February."""
    with conftest.at_noon(date(2026, 5, 8)):
        run_stages(lender=loan.lender)
        write_letter(loan=loan, letter="demand", acting_user=staff.collections)
    with conftest.at_noon(date(2026, 5, 22)):
        take_step(loan=loan, into="pre_legal", words=WORDS, acting_user=staff.collections)
    with conftest.at_noon(date(2026, 6, 10)):
        write_letter(loan=loan, letter="suit", acting_user=staff.collections)
    loan.refresh_from_db()


def write_off(
    loan: Loan, proposer: User, decider: User, on: date = WRITTEN_OFF_ON, *, ground: str = "late"
) -> WriteOff:
    with conftest.at_noon(on):
        proposal = propose_write_off(loan=loan, ground=ground, words=WORDS, acting_user=proposer)
        return approve_proposal(proposal=proposal, acting_user=decider)
