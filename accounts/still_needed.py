"""Does a notice still help? Asked right before it is handed over.

Between the writing of a reminder and the morning on which it may be sent, the borrower may
have paid or asked for relief. Accounts know nothing of either. So an app that writes notices
registers a question once, from its `AppConfig.ready`:

    still_needed.register("loans", loans.selectors.reminders.unneeded)

A question takes notices of one lender, of whatever event, and answers the primary keys of
those that are not needed any more. What the law demands is not asked about.
"""

from collections.abc import Callable, Sequence
from typing import Any

from accounts.models import Notice

Question = Callable[[Any, Sequence[Notice]], set[int]]
_questions: dict[str, Question] = {}


def register(owner: str, question: Question) -> None:
    """Declare the question of one app; said again, it takes the place of the one before."""
    _questions[owner] = question


def unneeded(lender: Any, notices: Sequence[Notice]) -> set[int]:
    """The primary keys of those that nobody needs any more."""
    asked = [notice for notice in notices if notice.kind != "legal"]
    return set().union(*(question(lender, asked) for question in _questions.values())) if asked else set()
