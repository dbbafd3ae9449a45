"""Writing steps of collection, of loans and of monthly bills alike: rows, stage, audit, notices."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db.models import F

from accounts import audit
from accounts.errors import Conflict
from accounts.keys import among
from accounts.models import Lender, User
from loans.models import Loan, RevolvingAccount, StageStep
from loans.services.overdue_notices import notice_steps
from loans.stages import Facts, Stage, way

Debt = Loan | RevolvingAccount
Reason = StageStep.Reason


def step_each(
    model: type[Debt], lender: Lender, debts: Sequence[Debt], held: Mapping[int, Collection[str]], on: date
) -> Counter[str]:
    """Every step that the rule takes on that day; counts by the stage they came to.

    The caller has locked them, within its transaction; they come with their borrowers. `held`
    are the kinds of action that stand still, by key.
    """
    ways = {debt.pk: steps for debt in debts if (steps := way(_by_days(debt, held.get(debt.pk, ()), on)))}
    moved = [debt for debt in debts if debt.pk in ways]
    if not moved:
        return Counter()
    _write(lender, moved, ways, on)
    by_stage: dict[Stage, list[int]] = defaultdict(list)
    for debt in moved:
        by_stage[ways[debt.pk][-1]].append(debt.pk)
    for stage, pks in by_stage.items():
        same = model._default_manager.filter(pk__in=among(pks))
        if same.update(stage=stage.value, version=F("version") + 1) != len(pks):
            raise Conflict(f"{lender.code}: something overdue is gone")
    return Counter({stage.value: len(pks) for stage, pks in by_stage.items()})


def way_out(debt: Debt) -> bool:
    """Write the step out of every stage if nothing is overdue; whether it was. The caller writes the stage."""
    if debt.stage == Stage.NONE:
        return False
    today = debt.lender.today()
    if way(_by_days(debt, (), today)) != (Stage.NONE,):
        return False
    _write(debt.lender, [debt], {debt.pk: (Stage.NONE,)}, today)
    return True


def new_step(
    debt: Debt, into: Stage, reason: str, facts: Facts, *, words: str = "", acting_user: User | None = None
) -> StageStep:
    """A step that is not saved yet."""
    return StageStep(
        lender_id=debt.lender_id,
        loan=debt if isinstance(debt, Loan) else None,
        bill_account=debt if isinstance(debt, RevolvingAccount) else None,
        from_stage=debt.stage,
        to_stage=into.value,
        reason=reason,
        words=words,
        days_past_due=facts.days,
        taken_on=facts.on,
        taken_by=acting_user,
    )


def record_steps(lender: Lender, rows: Sequence[StageStep], acting_user: User | None) -> None:
    """Their entries in the audit chain, and what borrowers are told of them."""
    events = [
        audit.Fact(
            verb="step_stage",
            subject=row.debt.number,
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


def _by_days(debt: Debt, held: Collection[str], on: date) -> Facts:
    """What the rule looks at; letters are for persons."""
    return Facts(on, Stage(debt.stage), debt.oldest_unpaid_due_on, debt.grace_days, frozenset(held))


def _write(lender: Lender, debts: Sequence[Debt], ways: Mapping[int, Sequence[Stage]], on: date) -> None:
    """The rows of every way, in order, with their entries in the audit chain."""
    rows = []
    for debt in debts:
        facts = _by_days(debt, (), on)
        for into in ways[debt.pk]:
            rows.append(new_step(debt, into, Reason.CURRENT if into is Stage.NONE else Reason.RULE, facts))
            debt.stage = into.value
    StageStep.objects.bulk_create(rows)
    record_steps(lender, rows, None)
