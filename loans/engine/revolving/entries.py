"""What happens to an account, as facts in the order of their days.

    Purchase        something is bought
    Refund          part or all of a purchase is given back
    Payment         the borrower pays
    CreditReturned  what was paid and no bill asks for goes back to the borrower
    Fee             a charge of the lender that is on the cost sheet
    Instalments     purchases of the bill become a plan of instalments
    Relieved        relief is put in force: the bill's debt becomes the rows agreed
    PlanEnded       a plan is over; what is left of it is due with the next bill
    DueDayMoved     bills made after this day are due on another day of the month

`sequence` is the number under which a fact was recorded: it tells apart facts of one
day and is never repeated. Nothing is ever changed in place; a mistake is left out and
what is right is put in, and everything after it follows (`course`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.engine.money import LARGEST_MINOR
from loans.engine.revolving.plan import FEE_DECIMALS, HIGHEST_FEE, MOST_PARTS
from loans.engine.revolving.terms import LATEST_DAY, BillError, check_part, check_whole
from loans.engine.schedule import Row


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. Raises BillError, as all of them do."""

    on: date
    sequence: int

    def __post_init__(self) -> None:
        """Refuse a fact without a day or a number."""
        if type(self.on) is not date:
            raise BillError("on", "wrong_kind")
        check_whole("sequence", self.sequence, LARGEST_MINOR, least=0)


@dataclass(frozen=True, slots=True)
class Amount(Entry):
    """A fact about a sum of money."""

    amount_minor: int

    def __post_init__(self) -> None:
        """Refuse a sum of nothing."""
        Entry.__post_init__(self)
        check_whole("amount_minor", self.amount_minor, LARGEST_MINOR)


class Purchase(Amount):
    """Something was bought."""

    __slots__ = ()


class Payment(Amount):
    """The borrower paid."""

    __slots__ = ()


class Fee(Amount):
    """The lender charges something that is on the cost sheet."""

    __slots__ = ()


class CreditReturned(Amount):
    """Money that no bill asks for went back to the borrower."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Refund(Amount):
    """So much of a purchase, named by its sequence, was given back."""

    purchase: int


@dataclass(frozen=True, slots=True)
class Instalments(Amount):
    """So much of the running bill's purchases in equal parts, with a fee for the whole term.

    `fee_rate` is a part of the amount (0.088 is 8.8 % of it, over all parts together).
    """

    parts: int
    fee_rate: Decimal

    def __post_init__(self) -> None:
        """Refuse parts without end."""
        Amount.__post_init__(self)
        check_whole("parts", self.parts, MOST_PARTS)
        check_part("fee_rate", self.fee_rate, HIGHEST_FEE, FEE_DECIMALS)


@dataclass(frozen=True, slots=True)
class Relieved(Entry):
    """The rows that relief put in the place of what the bills asked for.

    `capitalised_minor` is interest among their principal, `penalty_minor` what was not
    forgiven of penalty interest; it is due with the next bill.
    """

    rows: tuple[Row, ...]
    capitalised_minor: int = 0
    penalty_minor: int = 0

    def __post_init__(self) -> None:
        """Refuse relief without rows."""
        Entry.__post_init__(self)
        if not self.rows:
            raise BillError("rows", "missing")
        check_whole("capitalised_minor", self.capitalised_minor, LARGEST_MINOR, least=0)
        check_whole("penalty_minor", self.penalty_minor, LARGEST_MINOR, least=0)


@dataclass(frozen=True, slots=True)
class PlanEnded(Entry):
    """The plan of this sequence is over, because it was broken or is to be paid at once."""

    plan: int


@dataclass(frozen=True, slots=True)
class DueDayMoved(Entry):
    """Bills made after this day are due on another day."""

    due_day: int

    def __post_init__(self) -> None:
        """Refuse a day not every month has."""
        Entry.__post_init__(self)
        check_whole("due_day", self.due_day, LATEST_DAY)
