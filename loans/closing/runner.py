"""One runner at a time for each lender, whatever machine it is on; a runner that dies lets go."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from accounts.errors import Conflict
from accounts.exclusive import exclusive
from accounts.models import Lender
from loans.closing.errors import CloseRunning

_CLASS = 7_201_501  # tells these locks from others of the same database


@contextmanager
def one_runner(lender: Lender) -> Iterator[None]:
    """For the length of the block nobody else closes days of this lender; raises `CloseRunning` at once."""
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(_CLASS, lender.pk, f"{lender.code}.close"))
        except Conflict as error:
            raise CloseRunning(lender.code) from error
        yield
