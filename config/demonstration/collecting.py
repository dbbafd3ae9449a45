"""A loan that nobody pays for half a year: letters, steps by a person, written off by two, and paid a little again."""

from datetime import date, timedelta
from functools import partial

from django.db import transaction

from accounts.models import User
from config.demonstration.stage import Stage
from loans import services as lending
from loans.models import Loan
from loans.services.head import lock
from loans.services.staging import step_by_rule, take_step, write_letter
from loans.services.writing_off import approve_proposal, propose_write_off

PEOPLE = ("liangyu", "gaoyuan")
SILENCE = "电话停机，三次上门无人，信件退回。"


def never_paid(stage: Stage, key: str, *, unpaid_since: date) -> None:
    """The way of a loan whose instalment of that day was never paid, and of what came in after all."""
    collector, supervisor = (stage.staff[each] for each in PEOPLE)

    def after(days: int) -> date:
        return unpaid_since + timedelta(days=days)

    def loan() -> Loan:
        return Loan.objects.get(pk=stage.loans[key].pk)

    def step() -> None:
        take_step(loan=loan(), into="pre_legal", words="多次联系未果。", acting_user=collector)

    def last_letter() -> None:
        write_letter(loan=loan(), letter="suit", acting_user=collector)

    stage.on(after(82), lambda: _demand(loan(), collector))
    stage.on(after(96), step)
    stage.on(after(115), last_letter)
    stage.on(after(198), lambda: _write_off(loan(), collector, supervisor))
    for number, days in enumerate((226, 257, 288), start=1):
        stage.on(after(days), partial(_recover, stage, key, number))


@transaction.atomic
def _demand(loan: Loan, collector: User) -> None:
    locked = lock(loan)
    step_by_rule(locked.lender, [locked], locked.lender.today())
    write_letter(loan=loan, letter="demand", acting_user=collector)


def _write_off(loan: Loan, proposer: User, decider: User) -> None:
    proposal = propose_write_off(loan=loan, ground="late", words=SILENCE, acting_user=proposer)
    approve_proposal(proposal=proposal, acting_user=decider)


def _recover(stage: Stage, key: str, number: int) -> None:
    lending.record_payment(
        loan=stage.loans[key], amount_minor=30_000, key=f"demo-{key}-again-{number}", channel="borrower",
        acting_user=None,
    )  # fmt: skip
