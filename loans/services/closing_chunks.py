"""The parts of a step: cutting it up once, claiming the next one, doing it, setting aside what fails."""

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from accounts.keys import among
from accounts.models import Lender
from config import clock
from loans.closing.steps import Done, LoanStep, Step, WholeStep
from loans.models import BusinessDay, CloseChunk, CloseFailure

AT_ONCE = 2_000
SHARED = 1_000  # where several processes do them, so that nobody waits long for the last one
CUT_UP = 0  # the number of the row that says so
LONGEST_ERROR = 400
_GONE = (OperationalError, InterfaceError)  # the database itself: nothing could be written down
log = logging.getLogger(__name__)


@transaction.atomic
def cut_up(lender: Lender, row: BusinessDay, step: Step, *, is_shared: bool = False) -> int:
    """Cut the step into chunks of at most `AT_ONCE` loans, `SHARED` if it is, unless that was done; how many wait."""
    own = CloseChunk.objects.filter(business_day=row, step=step.name)
    if own.filter(number=CUT_UP).exists():
        return own.filter(state=CloseChunk.State.WAITING).count()
    chunks = [
        CloseChunk(business_day=row, lender=lender, step=step.name, number=number, first_pk=first, last_pk=last)
        for number, (first, last) in enumerate(
            _ranges(lender, row, step, min(AT_ONCE, SHARED) if is_shared else AT_ONCE), start=CUT_UP + 1
        )
    ]
    mark = CloseChunk(
        business_day=row, lender=lender, step=step.name, number=CUT_UP, state=CloseChunk.State.DONE, done_at=clock.now()
    )
    CloseChunk.objects.bulk_create([mark, *chunks], batch_size=AT_ONCE)
    return len(chunks)


def _ranges(lender: Lender, row: BusinessDay, step: Step, most: int) -> list[tuple[int | None, int | None]]:
    """First and last key of each chunk; a step that is done as a whole has one without."""
    if not isinstance(step, LoanStep):
        return [(None, None)]
    found = step.find(lender, row.day)
    _forget_others(lender, step, found)
    if not found:
        return []
    # As few as can be and all of one size, so that two processes have as much to do.
    size = ceil(len(found) / ceil(len(found) / most))
    return [(found[at], found[min(at + size, len(found)) - 1]) for at in range(0, len(found), size)]


def do_next(lender: Lender, row: BusinessDay, step: Step, *, is_waiting: bool = False) -> bool:
    """Do one chunk that nobody does; False where none is left. Many processes may do this at once.

    `is_waiting`: a chunk that somebody does is waited for, and done if they did not come to its end.
    """
    if not isinstance(step, LoanStep):
        return _do_whole(lender, row, step)
    began = time.monotonic_ns()
    number = CUT_UP
    try:
        with transaction.atomic():
            chunk = _claimed(row, step, skip_locked=not is_waiting)
            if chunk is None:
                return False
            number = chunk.number
            _mark(chunk, _with_faults(lender, row, step, _work(lender, row, step, chunk)), began)
    except _GONE:
        raise
    except Exception:  # whatever one loan does to the statements of all; nothing of the chunk was written
        if number == CUT_UP:
            raise  # not even claimed: there is nothing to do one by one
        log.exception("close of %s: part %s of step %s is done one by one", row.day, number, step.name)
        _one_by_one(lender, row, step, number, began)
    return True


def _do_whole(lender: Lender, row: BusinessDay, step: WholeStep) -> bool:
    """Run the step in transactions of its own, then say so; one that was cut off is run again from its beginning.

    In one transaction around all of it the lender's audit chain would stand still until its end.
    """
    began = time.monotonic_ns()
    chunk = _claimed(row, step, is_locked=False)
    if chunk is None:
        return False
    counts: Mapping[str, int] = {}
    fault: Exception | None = None
    try:
        counts = step.run(lender, row.day)
    except _GONE:
        raise
    except Exception as error:  # it is written down, and the other steps go on
        fault = error
    with transaction.atomic():
        if fault is None:
            _open_failures(lender, step).filter(loan=None).update(mended_at=clock.now())
        else:
            _set_aside(lender, row, step, fault, None)
        _mark(chunk, counts, began)
    return True


def _claimed(
    row: BusinessDay, step: Step, number: int | None = None, *, is_locked: bool = True, skip_locked: bool = False
) -> CloseChunk | None:
    waiting = CloseChunk.objects.filter(business_day=row, step=step.name, state=CloseChunk.State.WAITING)
    if number is not None:
        waiting = waiting.filter(number=number)
    if is_locked:
        waiting = waiting.select_for_update(no_key=True, skip_locked=skip_locked)
    return waiting.order_by("number").first()


def _work(lender: Lender, row: BusinessDay, step: LoanStep, chunk: CloseChunk) -> Done:
    assert chunk.first_pk is not None
    assert chunk.last_pk is not None
    return step.work(lender, row.day, chunk.first_pk, chunk.last_pk)


def _with_faults(lender: Lender, row: BusinessDay, step: LoanStep, done: Done) -> Counter[str]:
    """Write down which loans could not be done, and that those which could not before now are."""
    for loan, error in done.faults.items():
        _set_aside(lender, row, step, error, loan)
    if done.done:
        _open_failures(lender, step).filter(loan__in=among(done.done)).update(mended_at=clock.now())
    return done.counts


def _open_failures(lender: Lender, step: Step) -> QuerySet[CloseFailure]:
    return CloseFailure.objects.filter(lender=lender, step=step.name, mended_at__isnull=True)


def _forget_others(lender: Lender, step: LoanStep, found: Sequence[int]) -> None:
    """A loan that could not be done and is not asked for any more has nothing left to be done."""
    waiting = list(_open_failures(lender, step).values_list("pk", "loan"))
    asked = {loan for _, loan in waiting}.intersection(found)
    gone = [pk for pk, loan in waiting if loan not in asked]
    if gone:
        CloseFailure.objects.filter(pk__in=gone).update(mended_at=clock.now())


def _one_by_one(lender: Lender, row: BusinessDay, step: LoanStep, number: int, began: int) -> None:
    """Do a chunk loan by loan, each with its own way back, so that only the bad ones are set aside."""
    with transaction.atomic():
        chunk = _claimed(row, step, number)
        if chunk is None:
            return  # somebody else has done it meanwhile
        assert chunk.first_pk is not None
        assert chunk.last_pk is not None
        counts: Counter[str] = Counter()
        for key in [key for key in step.find(lender, row.day) if chunk.first_pk <= key <= chunk.last_pk]:
            try:
                with transaction.atomic():
                    counts += _with_faults(lender, row, step, step.work(lender, row.day, key, key))
            except _GONE:
                raise
            except Exception as error:  # it is written down, and the others go on
                _set_aside(lender, row, step, error, key)
        _mark(chunk, counts, began)


def _set_aside(lender: Lender, row: BusinessDay, step: Step, error: Exception, loan: int | None) -> None:
    log.error("close of %s: step %s, loan %s: %r", row.day, step.name, loan, error)
    said = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    CloseFailure.objects.create(lender=lender, business_day=row, step=step.name, loan_id=loan, error=said)


def _mark(chunk: CloseChunk, counts: Mapping[str, int], began: int) -> None:
    chunk.state, chunk.done_at, chunk.counts = CloseChunk.State.DONE, clock.now(), dict(counts)
    chunk.milliseconds = (time.monotonic_ns() - began) // 1_000_000
    chunk.save(update_fields=["state", "done_at", "counts", "milliseconds"])
