"""Writing a loan off, and taking that back: one person proposes in words, another decides.

`loans/writing_off.py` says when it may be. What is written off leaves the books and stays
owed: the schedule gives way to one that asks for all of it on the day, with the interest
earned by then, and penalty interest is what it was. What is paid later is a recovery.
"""

from datetime import date

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import User
from accounts.roles import Verb
from accounts.services import Draft, write_notices
from config import clock
from credit.words import Correction
from loans.engine.remembered import NOTHING_REMEMBERED
from loans.errors import WordsNeeded
from loans.ledger import post
from loans.models import Account, Forewarning, JournalEntry, Loan, ScheduleVersion, WriteOff
from loans.overdue_errors import NotWrittenOff, OwnProposal, ProposalDecided, ProposalOpen, WriteOffRefused
from loans.selectors.charges import charges_of
from loans.selectors.in_force import in_force
from loans.selectors.settle_page import engine_payoff
from loans.selectors.write_off_facts import balances, case_of, undo_hindrances
from loans.services.adopting import adopt, restore_before
from loans.services.furnishing import judge_anew
from loans.services.head import change, check_running, is_borrower, iso, lock, permit
from loans.services.paying import refresh
from loans.services.settling import payoff_rows
from loans.writing_off import LONGEST_WORDS, Ground, hindrances

Aim, Outcome = WriteOff.Aim, WriteOff.Outcome


@transaction.atomic
def propose_write_off(*, loan: Loan, ground: str, words: str, acting_user: User) -> WriteOff:
    """Propose that a running loan is written off; another person decides.

    Raises `WriteOffRefused` with what stands in the way, `ProposalOpen`, `WordsNeeded`, `NotRunning`.
    """
    loan = _permitted(loan, Verb.COLLECT, acting_user)
    check_running(loan)
    words = _checked(words)
    case = case_of(loan, Ground(ground), loan.lender.today())
    if reasons := hindrances(case):
        raise WriteOffRefused(reasons)
    return _propose(loan, Aim.WRITE_OFF, ground, words, case.late.days, None, acting_user)


@transaction.atomic
def propose_undo(*, loan: Loan, words: str, acting_user: User) -> WriteOff:
    """Propose that a write-off booked by mistake is taken back.

    Raises `NotWrittenOff`, `WriteOffRefused`, `ProposalOpen`, `WordsNeeded`.
    """
    loan = _permitted(loan, Verb.COLLECT, acting_user)
    words = _checked(words)
    if loan.state != Loan.State.WRITTEN_OFF:
        raise NotWrittenOff(loan.number)
    if reasons := undo_hindrances(loan):
        raise WriteOffRefused(reasons)
    days = (loan.lender.today() - loan.oldest_unpaid_due_on).days if loan.oldest_unpaid_due_on else 0
    undoes = WriteOff.objects.approved().filter(loan=loan, aim=Aim.WRITE_OFF).latest("pk")
    return _propose(loan, Aim.UNDO, WriteOff.Grounds.MISTAKE, words, max(days, 0), undoes, acting_user)


@transaction.atomic
def approve_proposal(*, proposal: WriteOff, words: str = "", acting_user: User) -> WriteOff:
    """The second person agrees, and it is done at once: everything is asked again as it is today.

    Approved again by the same person, the decision that stands. Raises `OwnProposal`,
    `ProposalDecided`, `WriteOffRefused`, `NotRunning`, `NotWrittenOff`.
    """
    loan = _permitted(proposal.loan, Verb.WRITE_OFF, acting_user)
    proposal = WriteOff.objects.select_related("undoes__journal_entry").get(pk=proposal.pk)
    if proposal.outcome == Outcome.APPROVED and proposal.decided_by_id == acting_user.pk:
        return proposal
    _check_open(proposal, acting_user)
    if proposal.aim == Aim.WRITE_OFF:
        return _write_off(loan, proposal, " ".join(words.split())[:LONGEST_WORDS], acting_user)
    return _undo(loan, proposal, " ".join(words.split())[:LONGEST_WORDS], acting_user)


@transaction.atomic
def decline_proposal(*, proposal: WriteOff, words: str, acting_user: User) -> WriteOff:
    """The second person does not agree, and says why. Raises `OwnProposal`, `ProposalDecided`, `WordsNeeded`."""
    loan = _permitted(proposal.loan, Verb.WRITE_OFF, acting_user)
    proposal = WriteOff.objects.get(pk=proposal.pk)
    words = _checked(words)
    _check_open(proposal, acting_user)
    return _decide(loan, proposal, Outcome.DECLINED, words, acting_user)


@transaction.atomic
def withdraw_proposal(*, proposal: WriteOff, acting_user: User) -> WriteOff:
    """Whoever proposed it takes it back. Raises `ProposalDecided`, `NotPermitted`."""
    loan = _permitted(proposal.loan, Verb.COLLECT, acting_user)
    proposal = WriteOff.objects.get(pk=proposal.pk)
    if proposal.proposed_by_id != acting_user.pk:
        raise NotPermitted("only whoever proposed it withdraws it")
    if proposal.outcome != Outcome.OPEN:
        raise ProposalDecided(loan.number)
    return _decide(loan, proposal, Outcome.WITHDRAWN, "", acting_user)


def _permitted(loan: Loan, verb: Verb, acting_user: User) -> Loan:
    loan = lock(loan)
    permit(loan, verb, acting_user)
    if is_borrower(loan, acting_user):
        raise NotPermitted("nobody decides on a loan of their own")
    return loan


def _checked(words: str) -> str:
    words = " ".join(words.split())
    if not 0 < len(words) <= LONGEST_WORDS:
        raise WordsNeeded("writing off")
    return words


def _check_open(proposal: WriteOff, acting_user: User) -> None:
    if proposal.outcome != Outcome.OPEN:
        raise ProposalDecided(str(proposal))
    if proposal.proposed_by_id == acting_user.pk:
        raise OwnProposal(str(proposal))


def _propose(
    loan: Loan, aim: str, ground: str, words: str, days: int, undoes: WriteOff | None, acting_user: User
) -> WriteOff:
    proposal = WriteOff(
        lender=loan.lender, loan=loan, aim=aim, undoes=undoes, ground=ground, words=words, days_past_due=days,
        stage=loan.stage, proposed_by=acting_user, proposed_on=loan.lender.today(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        raise ProposalOpen(loan.number) from error
    audit.record(
        lender=loan.lender,
        verb=f"propose_{proposal.aim}",
        subject=loan.number,
        after={"ground": ground, "words": words, "days_past_due": days, "stage": loan.stage},
        acting_user=acting_user,
    )
    return proposal


def _write_off(loan: Loan, proposal: WriteOff, words: str, acting_user: User) -> WriteOff:
    check_running(loan)
    today = loan.lender.today()
    if reasons := hindrances(case_of(loan, Ground(proposal.ground), today)):
        raise WriteOffRefused(reasons)
    _ask_for_all(loan, today, acting_user)
    entry = post(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.WRITE_OFF,
        key=f"write_off:{proposal.pk}",
        lines={Account.WRITE_OFFS: loan.principal_left_minor, Account.PRINCIPAL: -loan.principal_left_minor},
        value_on=today,
    )
    proposal = _decide(loan, proposal, Outcome.APPROVED, words, acting_user, entry=entry)
    change(loan, state=Loan.State.WRITTEN_OFF, written_off_on=today)
    _tell(loan, "loan_written_off", proposal, acting_user)
    return proposal


def _ask_for_all(loan: Loan, today: date, acting_user: User) -> None:
    """What is due stays as it is; what is to come is due today, with the interest earned by today and no more."""
    held = in_force([loan], today)[loan.pk]
    is_to_come = any(row.due_on > today for row in held.unpaid_rows)
    rows = payoff_rows(held, engine_payoff(loan, held, today), today) if is_to_come else held.rows
    adopt(
        loan,
        rows,
        source=ScheduleVersion.Source.WRITE_OFF,
        reference="",
        paused_on=(),
        remembered=NOTHING_REMEMBERED,
        adopted_on=today,
        acting_user=acting_user,
    )


def _undo(loan: Loan, proposal: WriteOff, words: str, acting_user: User) -> WriteOff:
    """The loan runs again by the schedule of before; for the days between no penalty interest is charged."""
    if loan.state != Loan.State.WRITTEN_OFF or proposal.undoes is None:
        raise NotWrittenOff(loan.number)
    if reasons := undo_hindrances(loan):
        raise WriteOffRefused(reasons)
    today, written_off_on, books = loan.lender.today(), loan.written_off_on, balances(loan)
    entry = post(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.WRITE_OFF,
        key=f"write_off:{proposal.pk}",
        lines={
            Account.PRINCIPAL: books.written_off_minor - books.recovered_minor,
            Account.WRITE_OFFS: -books.written_off_minor,
            Account.RECOVERIES: books.recovered_minor,
        },
        value_on=today,
        reverses=proposal.undoes.journal_entry,
    )
    proposal = _decide(loan, proposal, Outcome.APPROVED, words, acting_user, entry=entry)
    version = loan.schedules.get(number=loan.current_version)
    restore_before(loan, version, reference="", on=today, acting_user=acting_user)
    change(loan, state=Loan.State.ACTIVE, written_off_on=None)
    refresh(loan)
    judge_anew(loan, from_on=written_off_on or today, reason=Correction.WRITE_OFF_TAKEN_BACK)
    _tell(loan, "write_off_taken_back", proposal, acting_user)
    return proposal


def _decide(
    loan: Loan,
    proposal: WriteOff,
    outcome: WriteOff.Outcome,
    words: str,
    acting_user: User,
    *,
    entry: JournalEntry | None = None,
) -> WriteOff:
    """Write the one decision, if the proposal still waits for it."""
    today = loan.lender.today()
    decision = {
        "outcome": outcome.value,
        "decided_by": acting_user,
        "decided_on": today,
        "decided_at": clock.now(),
        "decision_words": words,
        "journal_entry": entry,
        **(_sums(loan, entry, today) if entry is not None else {}),
    }
    if not WriteOff.objects.open().filter(pk=proposal.pk).update(**decision):
        raise ProposalDecided(loan.number)
    audit.record(
        lender=loan.lender,
        verb=f"{'approve' if entry else outcome.value}_{proposal.aim}",
        subject=loan.number,
        before={"state": str(loan.state)},
        after={
            "words": proposal.words,
            "decision": words,
            "proposed_on": iso(proposal.proposed_on),
            "entry": entry.key if entry else "",
        },
        acting_user=acting_user,
    )
    return WriteOff.objects.select_related("loan").get(pk=proposal.pk)


def _sums(loan: Loan, entry: JournalEntry, today: date) -> dict[str, int]:
    held = in_force([loan], today)
    own = held[loan.pk]
    return {
        "principal_minor": own.principal_left_minor,
        "interest_minor": own.left_minor - own.principal_left_minor,
        "penalty_minor": charges_of([loan], held, today)[loan.pk].owed_minor,
    }


def _tell(loan: Loan, event: str, proposal: WriteOff, acting_user: User) -> None:
    """The borrower reads why, and that it is reported as bad debt: before it is."""
    today = loan.lender.today()
    if proposal.aim == Aim.WRITE_OFF:
        Forewarning.objects.get_or_create(
            loan=loan,
            kind=Forewarning.Kind.BAD_DEBT,
            told_on=today,
            defaults={"lender": loan.lender, "about_on": today, "told_by": acting_user},
        )
    draft = Draft(loan.borrower, event, f"{event}:{proposal.pk}", {"loan": loan.number, "words": proposal.words})
    write_notices(lender=loan.lender, drafts=[draft], acting_user=acting_user)
