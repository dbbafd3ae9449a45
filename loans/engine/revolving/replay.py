"""An account followed from its opening to a day, fact by fact.

Nothing is patched: whatever becomes known later, all facts are gone through again in the
order of their days. Only days on which something changes are visited (a bill, the day
after a due date, the end of a grace, the edges of a hold, a fact), so the work grows
with what happened and not with time.

A day begins with what time brings: an unpaid minimum becomes overdue, grace ends, a bill
is made. Then the day is charged, on what was owed when it began; then come its facts.
"""

from collections.abc import Collection, Iterable
from datetime import date
from heapq import heapify, heappop

from loans.engine.arrears import Held
from loans.engine.revolving.billing import make_bill, pass_over
from loans.engine.revolving.books import Books, Unbilled, mark_whole
from loans.engine.revolving.cycle import bill_days
from loans.engine.revolving.entries import Entry, Fee
from loans.engine.revolving.following import FOLLOWED
from loans.engine.revolving.passing import ONE_DAY, begin, charge
from loans.engine.revolving.terms import BillError, BillTerms


def replayed(
    terms: BillTerms, entries: Iterable[Entry], on: date, held: Held = (), unmade_on: Collection[date] = ()
) -> Books:
    """Return the books after all that happened up to the end of a day. Raises BillError."""
    opened_on = terms.opened_on
    if type(on) is not date or on < opened_on:
        raise BillError("on", "before_opening" if type(on) is date else "wrong_kind")
    by_day = _by_day(entries, opened_on)
    made_on = set(bill_days(opened_on, terms.bill_day, on))
    edges = {day for first, last in held for day in (first, min(last, on) + ONE_DAY)}
    books = Books(terms, held, terms.due_day, Unbilled(opened_on), opened_on)
    books.days = [day for day in {*by_day, *made_on, *edges} if opened_on <= day <= on]
    heapify(books.days)
    gone = None
    while books.days and books.days[0] <= on:
        day = heappop(books.days)
        if day == gone:
            continue
        gone = day
        charge(books, day)
        begin(books, day)
        if day in made_on:
            (pass_over if day in unmade_on else make_bill)(books, day)
        _live(books, day, by_day.get(day, []))
    charge(books, on + ONE_DAY)
    return books


def _by_day(entries: Iterable[Entry], opened_on: date) -> dict[date, list[Entry]]:
    by_day: dict[date, list[Entry]] = {}
    known: set[int] = set()
    for entry in entries:
        if type(entry) not in FOLLOWED:
            raise BillError("entries", "wrong_kind")
        if entry.sequence in known:
            raise BillError("sequence", "repeated")
        if entry.on < opened_on:
            raise BillError("on", "before_opening")
        known.add(entry.sequence)
        # What happens after the day asked about stays there and is never visited.
        by_day.setdefault(entry.on, []).append(entry)
    return by_day


def _live(books: Books, day: date, entries: list[Entry]) -> None:
    """Charge the day, then write what happened on it."""
    if not entries:
        return
    charge(books, day + ONE_DAY, sum(one.amount_minor for one in entries if isinstance(one, Fee)))
    for entry in sorted(entries, key=lambda one: one.sequence):
        FOLLOWED[type(entry)](books, entry)
        mark_whole(books, day)
