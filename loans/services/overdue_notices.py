"""What borrowers are told about an overdue loan or monthly bill, as notices: one for each thing done, by its key."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from django.conf import settings

from accounts.models import Lender, User
from accounts.services import Draft, write_notices
from loans.models import CreditLimit, Forewarning, StageStep
from loans.stages import LETTER_DAYS, Stage

LETTERS = {Forewarning.Kind.DEMAND: "stage_demand", Forewarning.Kind.SUIT: "stage_legal"}


def notice_forewarnings(lender: Lender, rows: Iterable[Forewarning], acting_user: User | None) -> None:
    """The words of what was told beforehand. What they are about comes with its borrower."""
    write_notices(lender=lender, drafts=[_forewarning(row) for row in rows], acting_user=acting_user)


def notice_steps(lender: Lender, rows: Sequence[StageStep], acting_user: User | None) -> None:
    """That a person took a step, that a limit rests, or that all of it has ended; of the other steps reminders tell."""
    drafts = [*_persons_steps(rows), *_ended(rows), *_frozen(lender, rows)]
    write_notices(lender=lender, drafts=drafts, acting_user=acting_user)


def _forewarning(row: Forewarning) -> Draft:
    loan, key = row.debt, row.key
    if row.kind != Forewarning.Kind.ADVERSE:
        earliest_on = row.told_on + timedelta(days=LETTER_DAYS)
        facts = {"loan": loan.number, "due_on": row.about_on, "earliest_on": earliest_on}
        return Draft(loan.borrower, LETTERS[Forewarning.Kind(row.kind)], key, facts)
    report_from_on = row.told_on + timedelta(days=settings.ADVERSE_NOTICE_DAYS)
    is_unpaid = loan.oldest_unpaid_due_on == row.about_on
    when = {"due_on": row.about_on} if is_unpaid else {"month_on": row.about_on}
    event = "adverse_information" if is_unpaid else "adverse_paid_late"
    facts = {"report_from_on": report_from_on, **when}
    if row.bill_account is not None:
        return Draft(loan.borrower, f"bill_{event}", key, {"account": loan.number, **facts})
    return Draft(loan.borrower, event, key, {"loan": loan.number, **facts})


def _persons_steps(rows: Sequence[StageStep]) -> Iterator[Draft]:
    for row in rows:
        if row.reason == StageStep.Reason.PERSON:
            facts = {"loan": row.debt.number, "stage": row.to_stage, "words": row.words}
            yield Draft(row.debt.borrower, "stage_entered", _key("entered", row), facts)


def _ended(rows: Sequence[StageStep]) -> Iterator[Draft]:
    for row in rows:
        if row.to_stage == Stage.NONE:
            event, facts = _named("stage_ended", row)
            yield Draft(row.debt.borrower, event, _key("ended", row), facts)


def _frozen(lender: Lender, rows: Sequence[StageStep]) -> Iterator[Draft]:
    """For who has a limit at the lender, with the step by which a loan or a bill became overdue. One query at most."""
    begun = {row.debt.borrower_id: row for row in rows if row.to_stage == Stage.EARLY}
    limits = CreditLimit.objects.active().filter(lender=lender, borrower__in=begun) if begun else ()
    for limit in limits:
        row = begun[limit.borrower_id]
        event, facts = _named("limit_frozen", row)
        key = f"limit_frozen:{limit.number}:{row.debt.number}:{row.debt.oldest_unpaid_due_on:%Y%m%d}"
        yield Draft(row.debt.borrower, event, key, {**facts, "limit": limit.number})


def _named(event: str, row: StageStep) -> tuple[str, dict[str, str]]:
    """The event in its words for loans or for bills, and what it is about."""
    if row.bill_account_id is not None:
        return f"bill_{event}", {"account": row.debt.number}
    return event, {"loan": row.debt.number}


def _key(what: str, row: StageStep) -> str:
    return f"stage_{what}:{row.debt.number}:{row.to_stage}:{row.taken_on:%Y%m%d}"
