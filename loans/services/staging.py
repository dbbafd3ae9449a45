"""Moving loans through the stages of collection: early and late by rule, further by a person, back at once.

`loans/stages.py` says what is allowed. Holds are asked before every step up; whoever is up to
date again is out of it with the payment itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import audit
from accounts.errors import Conflict
from accounts.models import Lender, User
from accounts.roles import Verb
from loans.errors import WordsNeeded
from loans.models import Forewarning, Loan, StageStep
from loans.overdue_errors import StepRefused
from loans.selectors.stage_facts import facts_of, held_kinds
from loans.services.forewarning import write_forewarnings
from loans.services.head import change, check_running, lock, permit
from loans.services.overdue_notices import notice_steps
from loans.stages import Facts, Letter, Stage, may_write, missing, next_step, way

LONGEST_WORDS = 300
Reason = StageStep.Reason


@transaction.atomic
def run_stages(*, lender: Lender) -> Counter[str]:
    """Every step that the rule takes today; counts loans by the stage they came to. Safe to repeat.

    Eleven queries, however many loans.
    """
    today = lender.today()
    concerned = Loan.objects.overdue(today).filter(lender=lender) | _in_stages(lender)
    loans = list(concerned.select_for_update(of=("self",)).select_related("borrower").order_by("pk"))
    return step_by_rule(lender, loans, today)


def step_by_rule(lender: Lender, loans: Sequence[Loan], on: date) -> Counter[str]:
    """The same of these loans, which the caller has locked, within its transaction. They come with their borrowers."""
    held = held_kinds(loans, on)
    ways = {loan.pk: steps for loan in loans if (steps := way(_by_days(loan, held[loan.pk], on)))}
    moved = [loan for loan in loans if loan.pk in ways]
    if not moved:
        return Counter()
    _write(lender, moved, ways, on)
    by_stage: dict[Stage, list[int]] = defaultdict(list)
    for loan in moved:
        by_stage[ways[loan.pk][-1]].append(loan.pk)
    for stage, pks in by_stage.items():
        if Loan.objects.filter(pk__in=pks).update(stage=stage.value, version=F("version") + 1) != len(pks):
            raise Conflict(f"{lender.code}: a loan is gone")
    return Counter({stage.value: len(pks) for stage, pks in by_stage.items()})


def end_when_current(loan: Loan) -> None:
    """Out of every stage if nothing is overdue; on a loan that the caller has locked, within its transaction."""
    if loan.stage == Stage.NONE:
        return
    today = loan.lender.today()
    if way(_by_days(loan, (), today)) == (Stage.NONE,):
        _write(loan.lender, [loan], {loan.pk: (Stage.NONE,)}, today)
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
    made = _step(loan, step.into, Reason.PERSON, facts, words=words, acting_user=acting_user)
    made.save(force_insert=True)
    change(loan, stage=step.into.value)
    _record(loan.lender, [made], acting_user)
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


def _by_days(loan: Loan, held: Iterable[str], on: date) -> Facts:
    """What the rule looks at; letters are for persons."""
    return Facts(on, Stage(loan.stage), loan.oldest_unpaid_due_on, loan.grace_days, frozenset(held))


def _write(lender: Lender, loans: Sequence[Loan], ways: Mapping[int, Sequence[Stage]], on: date) -> None:
    """The rows of every way, in order, with their entries in the audit chain."""
    rows = []
    for loan in loans:
        facts = _by_days(loan, (), on)
        for into in ways[loan.pk]:
            rows.append(_step(loan, into, Reason.CURRENT if into is Stage.NONE else Reason.RULE, facts))
            loan.stage = into.value
    StageStep.objects.bulk_create(rows)
    _record(lender, rows, None)


def _step(
    loan: Loan, into: Stage, reason: str, facts: Facts, *, words: str = "", acting_user: User | None = None
) -> StageStep:
    return StageStep(
        lender_id=loan.lender_id, loan=loan, from_stage=loan.stage, to_stage=into.value, reason=reason, words=words,
        days_past_due=facts.days, taken_on=facts.on, taken_by=acting_user,
    )  # fmt: skip


def _record(lender: Lender, rows: Sequence[StageStep], acting_user: User | None) -> None:
    events = [
        audit.Fact(
            verb="step_stage",
            subject=row.loan.number,
            before={"stage": row.from_stage},
            after={
                "stage": row.to_stage,
                "reason": str(row.reason),
                "words": row.words,
                "days_past_due": row.days_past_due,
            },
        )
        for row in rows
    ]
    audit.record_all(lender=lender, facts=events, acting_user=acting_user)
    notice_steps(lender, rows, acting_user)
