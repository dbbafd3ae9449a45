"""The steps of a close that belong to this floor, in their order; `deferrals` adds relief between them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from accounts.models import Lender
from loans.closing.errors import BooksWrong
from loans.closing.steps import BOOKS, Done, LoanStep, WholeStep, register
from loans.day_books import day_faults
from loans.models import JournalEntry
from loans.services.bill_furnishing import furnish_all
from loans.services.bill_reminding import remind_bills
from loans.services.bill_staging import run_bill_stages
from loans.services.billing import bill_all
from loans.services.closing_loans import close_loans, loans_to_close
from loans.services.forewarning import loans_to_tell_of, tell_range
from loans.services.month_run import furnish_range, loans_with_months, look_again
from loans.services.reminding import loans_to_remind, remind_range

# Places are far apart, so that another floor finds one between.
BILLS, BILL_STAGES, BILL_MONTHS, LOANS = 100, 110, 120, 200
CONSENTS, TELLING, MONTHS = 380, 390, 400
REMINDERS, BILL_REMINDERS, LAST = 500, 510, 1000


def _bills(lender: Lender, day: date) -> Counter[str]:
    return Counter(bill_all(lender=lender))


def _bill_stages(lender: Lender, day: date) -> Counter[str]:
    return run_bill_stages(lender=lender)


def _bill_months(lender: Lender, day: date) -> Counter[str]:
    return Counter(months=furnish_all(lender=lender))


def _consents(lender: Lender, day: date) -> Counter[str]:
    return Counter(again=look_again(lender))


def _to_tell_of(lender: Lender, day: date) -> Sequence[int]:
    return loans_to_tell_of(lender, lender.today())


def _telling(lender: Lender, day: date, first_pk: int, last_pk: int) -> Done:
    return tell_range(lender, lender.today(), first_pk, last_pk)


def _bill_reminders(lender: Lender, day: date) -> Counter[str]:
    return remind_bills(lender=lender)


def _books(lender: Lender, day: date) -> Counter[str]:
    if faults := day_faults(lender, day):
        raise BooksWrong(day, faults)
    return Counter(entries=JournalEntry.objects.filter(lender=lender, posted_on=day).count())


def register_steps() -> None:
    register(BILLS, WholeStep("bills", _bills))
    register(BILL_STAGES, WholeStep("bill_stages", _bill_stages))
    register(BILL_MONTHS, WholeStep("bill_months", _bill_months))
    register(LOANS, LoanStep("loans", loans_to_close, close_loans))
    register(CONSENTS, WholeStep("consents", _consents))
    register(TELLING, LoanStep("telling", _to_tell_of, _telling, only_last=True))
    register(MONTHS, LoanStep("months", loans_with_months, furnish_range, only_last=True))
    register(REMINDERS, LoanStep("reminders", loans_to_remind, remind_range, only_last=True))
    register(BILL_REMINDERS, WholeStep("bill_reminders", _bill_reminders))
    register(LAST, WholeStep(BOOKS, _books, only_last=False))
