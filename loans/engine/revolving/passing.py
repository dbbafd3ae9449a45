"""What time does to an account: days are charged, due dates pass, grace ends."""

from datetime import date, timedelta
from heapq import heappush

from loans.engine.arrears import grace_ends
from loans.engine.revolving.books import Books
from loans.engine.revolving.charging import Stretch, capped, joined
from loans.engine.revolving.debt import Debt

ONE_DAY = timedelta(days=1)


def charge(books: Books, until: date, fees_minor: int = 0) -> None:
    """Charge the days not yet charged before `until`; nothing changed on them."""
    start, terms = books.charged_to, books.terms
    if until <= start:
        return
    books.charged_to = until
    late = [one for one in books.open if one.due_on < start and one.left_minor]
    is_held = any(first <= start <= last for first, last in books.held)
    penal = [0 if is_held else one.penal_base(terms, start) for one in late]
    asked = [one.penal_principal(terms, start) for one in late]
    principal_minor = sum(one.principal_minor for one in late)
    ordinary_minor = principal_minor - (0 if is_held else sum(asked))
    stretches = capped(terms, penal, ordinary_minor, principal_minor, fees_minor, start, until)
    for one, asked_minor, stretch in zip(late, asked, stretches, strict=True):
        rest_minor = one.principal_minor - asked_minor
        if books.in_grace(one, start):
            ordinary_minor -= rest_minor + (asked_minor if is_held else 0)
            one.waiting_interest = joined(one.waiting_interest, Stretch(rest_minor, start, until))
            one.waiting_penalty = joined(one.waiting_penalty, stretch)
            one.waiting_held = joined(one.waiting_held, Stretch(asked_minor if is_held else 0, start, until))
        else:
            books.penalty[one.number] = joined(books.penalty.get(one.number, []), stretch)
    books.interest = joined(books.interest, Stretch(ordinary_minor, start, until))


def begin(books: Books, day: date) -> None:
    """Let time do what it does when a day begins: due dates pass, grace ends."""
    rules = books.terms.penalty
    for one in books.open:
        if one.due_on + ONE_DAY == day and one.left_minor:
            ends = grace_ends(books.states(books.debts), rules.grace_days, rules.grace_needs_clean_previous, books.held)
            one.grace_until = ends[one.number] if ends[one.number] > one.due_on else None
            if one.grace_until is not None and one.grace_until < date.max:
                heappush(books.days, one.grace_until + ONE_DAY)
        elif one.grace_until is not None and one.grace_until < date.max and one.grace_until + ONE_DAY == day:
            _end_grace(books, one)


def _end_grace(books: Books, debt: Debt) -> None:
    """Charge the days of a grace that ran out, as far as it ran out."""
    if debt.left_minor:
        books.interest = [*books.interest, *debt.waiting_interest]
    if books.asked(debt):
        books.interest = [*books.interest, *debt.waiting_held]
        books.penalty[debt.number] = debt.waiting_penalty
    debt.forget_waiting()
