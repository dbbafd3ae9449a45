"""Who still needs a bank account? Asked before one is removed.

Accounts know nothing of mandates, loans or payments, which stand above them. So an app that
needs an account registers a question once, from its `AppConfig.ready`:

    account_needs.register("loans", loans.selectors.mandates.needs)

A question takes the account and answers why it is needed, in words for the borrower (a lazy
translation), or "" when it is not.
"""

from collections.abc import Callable
from typing import Any

from accounts.models import BankAccount

Question = Callable[[BankAccount], Any]
_questions: dict[str, Question] = {}


def register(owner: str, question: Question) -> None:
    """Declare the question of one app; said again, it takes the place of the one before."""
    _questions[owner] = question


def reasons(account: BankAccount) -> list[str]:
    """Why the account cannot be removed now, in the order of registration; empty if nobody needs it."""
    answers = [question(account) for question in _questions.values()]
    return [str(answer) for answer in answers if answer]
