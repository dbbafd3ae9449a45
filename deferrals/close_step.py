"""What a close does about relief: offers whose last day is over, pauses that have ended, requests of settled loans."""

from collections import Counter
from datetime import date

from accounts.models import Lender
from deferrals.services import tick
from loans.closing.steps import WholeStep, register

RELIEF = 300


def _relief(lender: Lender, day: date) -> Counter[str]:
    return Counter(tick(lender=lender))


def register_step() -> None:
    register(RELIEF, WholeStep("relief", _relief))
