"""What of a monthly bill may be collected, by what its borrower chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loans.bill_facts import followed, terms_of
from loans.models import AccountEntry, RevolvingAccount


@dataclass(frozen=True, slots=True)
class BillDebit:
    """The sum that is collected, and the bill (its number and due date) by which it is known."""

    number: int
    due_on: date
    amount_minor: int


def bill_debit_of(account: RevolvingAccount, rows: Sequence[AccountEntry], on: date) -> BillDebit | None:
    """What is to be collected on that day, or None. No queries.

    On a due day it is all that is due by then, or the minimum of it, as the borrower chose. After
    it nothing as soon as the minimum is paid: what is carried over then is carried over because
    the borrower paid the minimum.
    """
    if account.state != RevolvingAccount.State.ACTIVE:
        return None
    due = [one for one in followed(terms_of(account), rows, on).left if one.due_on <= on and one.total_minor]
    asked = [one for one in due if one.asked_minor]
    today = [one for one in due if one.due_on == on]
    if not asked and not today:
        return None
    named = (asked or today)[0]
    is_whole = account.collected == RevolvingAccount.Collected.WHOLE
    amount_minor = sum(one.total_minor if is_whole else one.asked_minor for one in due)
    return BillDebit(named.number, named.due_on, amount_minor) if amount_minor else None
