"""Moving loans through the stages of collection: early and late by rule, further by a person, back at once.

`loans/stages.py` says what is allowed. Holds are asked before every step up; whoever is up to
date again is out of it with the payment itself.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import WordsNeeded
from loans.models import Forewarning, Loan, StageStep
from loans.overdue_errors import StepRefused
from loans.selectors.stage_facts import facts_of, held_kinds
from loans.services.forewarning import write_forewarnings
from loans.services.head import change, check_running, lock, permit
from loans.services.stepping import new_step, record_steps, step_each, way_out
from loans.stages import Letter, Stage, may_write, missing, next_step

LONGEST_WORDS = 300


@transaction.atomic
def run_stages(*, lender: Lender) -> Counter[str]:
    """Every step that the rule takes today; counts loans by the stage they came to. Safe to repeat.

    Eleven queries, however many loans.
    """
    today = lender.today()
    concerned = Loan.objects.overdue(today).filter(lender=lender) | _in_stages(lender)
    loans = list(concerned.select_for_update(of=("self",), no_key=True).select_related("borrower").order_by("pk"))
    return step_by_rule(lender, loans, today)


def step_by_rule(lender: Lender, loans: Sequence[Loan], on: date) -> Counter[str]:
    """The same of these loans, which the caller has locked, within its transaction. They come with their borrowers."""
    return step_each(Loan, lender, loans, held_kinds(loans, on), on)


def end_when_current(loan: Loan) -> None:
    """Out of every stage if nothing is overdue; on a loan that the caller has locked, within its transaction."""
    if way_out(loan):
        change(loan, stage=Stage.NONE.value)


@transaction.atomic
def take_step(*, loan: Loan, into: str, words: str, acting_user: User) -> StageStep:
    """A step that a person decides, with the reason they give; the borrower reads it.

    Raises `StepRefused` with what stands in the way, `WordsNeeded`, `AlreadySettled`.
    """
    loan = lock(loan)
    permit(loan, Verb.COLLECT, acting_user)
    check_running(loan)
    words = " ".join(words.split())
    if not 0 < len(words) <= LONGEST_WORDS:
        raise WordsNeeded("a step of collection")
    facts = facts_of(loan, loan.lender.today())
    step = next_step(facts.stage)
    if step is None or step.into != into or step.by_rule:
        raise StepRefused(())
    if reasons := missing(facts):
        raise StepRefused(reasons)
    made = new_step(loan, step.into, StageStep.Reason.PERSON, facts, words=words, acting_user=acting_user)
    made.save(force_insert=True)
    change(loan, stage=step.into.value)
    record_steps(loan.lender, [made], acting_user)
    return made


@transaction.atomic
def write_letter(*, loan: Loan, letter: str, acting_user: User | None) -> Forewarning:
    """The letter that must be written before a step; one that was written today stands. Raises `StepRefused`."""
    loan = lock(loan)
    permit(loan, Verb.COLLECT, acting_user)
    check_running(loan)
    today, kind = loan.lender.today(), Letter(letter)
    stored = Forewarning.objects.filter(loan=loan, kind=kind.value, told_on=today).first()
    if stored is not None:
        return stored
    facts = facts_of(loan, today)
    if reasons := may_write(kind, facts):
        raise StepRefused(reasons)
    row = Forewarning(
        lender=loan.lender,
        loan=loan,
        kind=kind.value,
        about_on=facts.due_on or today,
        told_on=today,
        told_by=acting_user,
    )
    write_forewarnings(loan.lender, [row], acting_user=acting_user)
    return row


def _in_stages(lender: Lender) -> QuerySet[Loan]:
    return Loan.objects.filter(~Q(stage=Stage.NONE.value), lender=lender).exclude(state="written_off")
