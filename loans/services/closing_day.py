"""Closing business days: strictly in order, once, and from wherever it was interrupted.

    the day has a row             so it is known that its close began
    each step is cut into chunks  once, in one transaction
    each chunk is done            in one transaction, with its mark
    the day is closed             in one transaction, with the lender's last closed day and the audit entry

A process that dies leaves chunks without a mark; the next run does those. What cannot be
done is set aside with its error, the rest goes on, and the next close tries it again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts import audit
from accounts.errors import Conflict
from accounts.models import Lender
from config import clock
from loans.closing.errors import BooksWrong, DayNotOver
from loans.closing.memory import tidied_between, tidy
from loans.closing.runner import one_runner
from loans.closing.steps import BOOKS, LoanStep, Step, registered
from loans.closing.workers import others
from loans.day_books import day_faults
from loans.models import BusinessDay, CloseChunk, CloseFailure
from loans.services.closing_chunks import cut_up, do_next

DAY = timedelta(days=1)
Tell = Callable[[BusinessDay, str], None]


def close_days(
    *, lender: Lender, through: date | None = None, workers: int = 1, tell: Tell | None = None
) -> list[BusinessDay]:
    """Close every day after the last closed one up to `through`, yesterday unless given; return those days.

    The first day that a lender ever closes is `through` itself. Safe to run again: days that are
    closed are not touched. `workers` processes share the loans where the database takes them
    (PostgreSQL). `tell` is called as each step begins.

    Raises `DayNotOver` for a day that is not over where the lender is, `CloseRunning`, `BooksWrong`
    where the books of a closed day do not add up: no later day is closed until they do.
    """
    last_on = lender.today() - DAY
    through = last_on if through is None else through
    if through > last_on:
        raise DayNotOver(last_on)
    with one_runner(lender), tidied_between():
        lender.refresh_from_db(fields=["closed_through"])
        closed = []
        for day in _days(lender, through):
            _check_books(lender)
            closed.append(_close(lender, day, is_last=day == through, workers=workers, tell=tell or _silent))
        return closed


def help_close(*, lender: Lender, day: date, step: str) -> None:
    """Do parts of a step of the close that runs until nobody is left to do one; nothing where it is over.

    Besides the process that closes the day, which alone begins and ends steps.
    """
    row = BusinessDay.objects.filter(lender=lender, day=day, state=BusinessDay.State.RUNNING).first()
    found = next((one for one in registered() if one.name == step), None)
    if row is not None and isinstance(found, LoanStep):
        with tidied_between():
            _work(lender, row, found)


def _check_books(lender: Lender) -> None:
    """Note that what was wrong at the end of a closed day is right by now; raises `BooksWrong` where it is not."""
    wrong = CloseFailure.objects.filter(lender=lender, step=BOOKS, mended_at__isnull=True)
    for failure in wrong.filter(business_day__state=BusinessDay.State.CLOSED).select_related("business_day"):
        day = failure.business_day.day
        if faults := day_faults(lender, day):
            raise BooksWrong(day, faults)
        CloseFailure.objects.filter(pk=failure.pk).update(mended_at=clock.now())


def _days(lender: Lender, through: date) -> list[date]:
    """The days to close, in order; one whose close was interrupted is the first."""
    running = BusinessDay.objects.filter(lender=lender, state=BusinessDay.State.RUNNING).first()
    if lender.closed_through is not None:
        first = lender.closed_through + DAY
    else:
        first = running.day if running is not None else through
    return [first + number * DAY for number in range((through - first).days + 1)]


def _close(lender: Lender, day: date, *, is_last: bool, workers: int, tell: Tell) -> BusinessDay:
    row, is_new = BusinessDay.objects.get_or_create(lender=lender, day=day)
    # What a run that was killed had begun is brought to its end, though the day may be a later one's last no more.
    begun = set() if is_new else set(row.chunks.order_by().values_list("step", flat=True).distinct())
    for step in registered():
        if is_last or not step.only_last or step.name in begun:
            tell(row, step.name)
            _run(lender, row, step, workers)
    return _end(lender, row)


def _run(lender: Lender, row: BusinessDay, step: Step, workers: int) -> None:
    chunks = cut_up(lender, row, step, is_shared=workers > 1 or bool(settings.CLOSE_HELPERS))
    if chunks > 1 and settings.CLOSE_HELPERS:
        import_string(settings.CLOSE_HELPERS)(lender, row.day, step.name, chunks)
    with others(min(workers, chunks) - 1, lambda: _work(lender, row, step)):
        _work(lender, row, step)
    # What a process left that did not come to its end; one of a run that was killed may be at it still.
    _work(lender, row, step, is_waiting=True)


def _work(lender: Lender, row: BusinessDay, step: Step, *, is_waiting: bool = False) -> None:
    while do_next(lender, row, step, is_waiting=is_waiting):
        tidy()


@transaction.atomic
def _end(lender: Lender, row: BusinessDay) -> BusinessDay:
    """Say that the day is closed; whatever is still waiting speaks against it."""
    if CloseChunk.objects.filter(business_day=row, state=CloseChunk.State.WAITING).exists():
        raise Conflict(f"{lender.code} {row.day}: not every part is done")
    row.counts, row.milliseconds = _sums(row)
    row.set_aside = CloseFailure.objects.filter(business_day=row).count()
    row.state, row.closed_at = BusinessDay.State.CLOSED, clock.now()
    row.save(update_fields=["counts", "milliseconds", "set_aside", "state", "closed_at"])
    moved = Lender.objects.filter(pk=lender.pk, closed_through=lender.closed_through).update(closed_through=row.day)
    if moved != 1:
        raise Conflict(f"{lender.code}: another day was closed meanwhile")
    lender.closed_through = row.day
    audit.record(
        lender=lender,
        verb="close_day",
        subject=row.day.isoformat(),
        after={"counts": row.counts, "set_aside": row.set_aside},
        acting_user=None,
    )
    return row


def _sums(row: BusinessDay) -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """Counts by step and kind, and how long each step took; its processes are added up."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    milliseconds: Counter[str] = Counter()
    for step, own, took in row.chunks.order_by("step", "number").values_list("step", "counts", "milliseconds"):
        counts[step].update(own)
        milliseconds[step] += took
    return {step: dict(+own) for step, own in counts.items() if +own}, dict(milliseconds)


def _silent(row: BusinessDay, step: str) -> None:
    """Tell nobody."""
