"""Reminding of what is due: each step once, one notice for all loans of a day, holds asked first (R17, R26)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from accounts.keys import among
from accounts.models import Lender
from accounts.notices.quiet import LAST_START
from accounts.services import Draft, write_notices
from config import clock
from loans.closing.steps import Done
from loans.models import Loan
from loans.reminders import end_of_day, event_of, last_useful_on
from loans.selectors.in_force import NOTHING, total
from loans.selectors.reminders import Quiet, Turn, in_question, loans_with_turns, quiet_loans, turns
from loans.selectors.standing import Standing, standings
from loans.selectors.what_now import what_now
from loans.services.ranges import in_ranges, raise_together

AT_ONCE = 1000
DAY = timedelta(days=1)


def remind(*, lender: Lender) -> Counter[str]:
    """Write the reminders whose turn it is; safe to run again at any time.

    Counts as `remind_range` does. A loan that cannot be computed keeps no other from it; what
    went wrong is raised when all is done.
    """
    day = lender.today() - DAY
    done = in_ranges(loans_to_remind(lender, day), partial(remind_range, lender, day), AT_ONCE)
    raise_together(done.faults)
    return done.counts


def loans_to_remind(lender: Lender, day: date) -> Sequence[int]:
    """Keys of the loans of which the day that begins as `day` is closed may tell something, in order."""
    return loans_with_turns(lender, lender.today())


@transaction.atomic
def remind_range(lender: Lender, day: date, first_pk: int, last_pk: int) -> Done:
    """Do one range. As many queries for many loans as for one.

    Reminders are of the lender's today, whichever day is closed. Counts: `written`; loans that
    are `held`, where contact stands still; `in_question`, where money is on its way; `night`, when
    the day of the lender has no hour left for sending: the next run catches up.
    """
    now = clock.local(lender.time_zone)
    listed = turns(lender, now.date(), first_pk, last_pk)
    loans = [loan for turn in listed for loan in turn.loans]
    if not loans or now.hour >= LAST_START:
        return Done(+Counter(night=len(loans)), [], {})
    return Done(+_remind(lender, listed, now.date()), loans, {})


def _remind(lender: Lender, listed: Sequence[Turn], on: date) -> Counter[str]:
    pks = [loan for turn in listed for loan in turn.loans]
    quiet = quiet_loans(pks, on)
    moving = in_question([loan for turn in listed if turn.step > 0 for loan in turn.loans])
    spoken = {
        turn.key: [loan for loan in turn.loans if quiet.allows(loan, turn.step) and loan not in moving]
        for turn in listed
    }
    mine = Loan.objects.filter(pk__in=among(loan for kept in spoken.values() for loan in kept))
    loans = {loan.pk: loan for loan in mine.select_related("borrower").order_by()}
    found = standings(loans.values(), on)
    drafts = [
        draft
        for turn in listed
        if (draft := _draft(lender, turn, [found[loan] for loan in spoken[turn.key]], quiet, on))
    ]
    written = write_notices(lender=lender, drafts=drafts) if drafts else []
    return Counter(
        written=len(written),
        held=sum(not quiet.allows(loan, turn.step) for turn in listed for loan in turn.loans),
        in_question=len(moving),
    )


def _draft(lender: Lender, turn: Turn, found: Sequence[Standing], quiet: Quiet, on: date) -> Draft | None:
    """The notice of one turn; None where nothing of it is left to say."""
    if not found:
        return None
    grace = [each.position.in_grace_until for each in found if each.position.in_grace_until]
    event = event_of(
        turn.step,
        is_arranged=all(each.loan.pk in quiet.arranged for each in found),
        is_in_grace=len(grace) == len(found),
    )
    items = list(_items(found, turn))
    return Draft(
        borrower=found[0].loan.borrower,
        event=event,
        key=turn.key,
        facts={
            "due_on": turn.due_on,
            "total_minor": sum(item["sum_minor"] for item in items),
            "items": items,
            "grace_until_on": min(grace) if grace else None,
            "penalty_minor": sum(each.penalty.owed_minor for each in found),
        },
        good_until=end_of_day(last_useful_on(turn.step, turn.due_on, on), lender.time_zone),
    )


def _items(found: Sequence[Standing], turn: Turn) -> Iterator[Mapping[str, Any]]:
    """One line a loan: before and on the day what that instalment still needs, later everything that is late."""
    for each in found:
        row = each.unpaid_rows[0]
        left_minor = row.due_minor - total(each.paid.get(row.number, NOTHING))
        sum_minor = left_minor if turn.step <= 0 else what_now(each).late_minor
        yield {"loan": each.loan.number, "number": row.number, "sum_minor": sum_minor}
