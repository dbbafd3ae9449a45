"""What a close posts for a loan: interest as it is earned, counted by hand; never twice, never too late."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.models import Borrower, Lender
from loans import services
from loans.books import violations
from loans.models import Account, JournalEntry, Loan, Posting, StageStep
from tests.loans.closing.conftest import close, close_each, pay
from tests.loans.conftest import PAID_OUT, at_noon, product_of

pytestmark = pytest.mark.django_db


def balance(loan: Loan, account: Account, through: date = date.max) -> int:
    lines = Posting.objects.filter(entry__loan=loan, account=account, entry__posted_on__lte=through)
    return sum(lines.values_list("amount_minor", flat=True))


def accrued(loan: Loan) -> list[tuple[str, int]]:
    """Day and change of the interest receivable, entry by entry."""
    lines = Posting.objects.filter(
        entry__loan=loan, entry__kind=JournalEntry.Kind.ACCRUAL, account=Account.INTEREST_RECEIVABLE
    )
    return [
        (f"{on:%m-%d}", amount)
        for on, amount in lines.order_by("entry_id").values_list("entry__value_on", "amount_minor")
    ]


def test_interest_is_posted_as_earned_at_month_ends_and_due_dates(living: Loan) -> None:
    """30/360: 12,000.00 x 14.4 % x 16 / 360 = 76.80 by the end of January; 144.00 by the 15th of February.

    On the evening of the 15th one day of the second period is earned too: 11,064.29 x 14.4 % / 360 = 4.43.
    """
    close_each(living.lender, PAID_OUT, date(2026, 2, 15))
    assert accrued(living) == [("01-15", 480), ("01-31", 7680 - 480), ("02-15", 14400 + 443 - 7680)]


def test_a_quiet_day_looks_at_no_loan(living: Loan) -> None:
    close(living.lender, PAID_OUT)
    assert close(living.lender, date(2026, 1, 16))[0].counts == {}


def test_a_payment_takes_from_what_was_earned(living: Loan) -> None:
    """1,079.71 on the due date pays the 144.00; what is left is the first evening of the second period."""
    close_each(living.lender, PAID_OUT, date(2026, 2, 14))
    pay(living, 107_971, date(2026, 2, 15))
    close(living.lender, date(2026, 2, 15))
    assert balance(living, Account.INTEREST_RECEIVABLE) == 443
    assert balance(living, Account.INTEREST_INCOME) == -(14400 + 443)


def test_a_payment_that_becomes_known_after_the_close_is_put_right_by_the_next(living: Loan) -> None:
    close_each(living.lender, PAID_OUT, date(2026, 2, 17))
    with at_noon(date(2026, 2, 18)):
        services.record_payment(
            loan=living, amount_minor=107_971, key="late", channel="staff", value_on=date(2026, 2, 15), acting_user=None
        )
    close(living.lender, date(2026, 2, 18))
    # 15 February to the morning of the 19th: 4 days of 11,064.29
    assert balance(living, Account.INTEREST_RECEIVABLE) == 1770
    assert balance(living, Account.INTEREST_INCOME) == -(14400 + 1770)
    assert list(violations([living.lender])) == []


def test_penalty_interest_is_posted_at_the_month_end(qinghe: Lender, borrower: Borrower) -> None:
    """Due 15 February, not paid: its principal at 14.4 % x 1.5 for the 13 days to the end of the month."""
    product = product_of(
        qinghe, code="late", profile={"base": "consumer-cn"}, penalty_uplift=Decimal("0.5"), penalty_base="principal"
    )
    with at_noon(PAID_OUT):
        loan = services.open_loan(
            lender=qinghe, borrower=borrower, product=product, principal_minor=1_200_000, instalment_count=12,
            disbursed_on=PAID_OUT, acting_user=None,
        )  # fmt: skip
        services.disburse_loan(loan=loan, acting_user=None)
    close_each(qinghe, PAID_OUT, date(2026, 2, 27))
    assert balance(loan, Account.PENALTY_RECEIVABLE) == 0
    close(qinghe, date(2026, 2, 28))
    principal_minor = loan.schedules.get().instalments.get(number=1).principal_minor
    expected = round(Fraction(principal_minor) * Fraction(216, 1000) * 13 / 365)
    assert balance(loan, Account.PENALTY_RECEIVABLE) == expected
    assert balance(loan, Account.PENALTY_INCOME) == -expected


def test_the_step_of_collection_is_taken_when_grace_is_over(living: Loan) -> None:
    close_each(living.lender, PAID_OUT, date(2026, 3, 18))
    steps = StageStep.objects.filter(loan=living).order_by("pk").values_list("to_stage", "taken_on")
    assert list(steps) == [("early", date(2026, 2, 19)), ("late", date(2026, 3, 18))]


def test_a_settled_loan_has_earned_all_and_is_looked_at_no_more(living: Loan) -> None:
    close_each(living.lender, PAID_OUT, date(2026, 1, 31))
    with at_noon(date(2026, 2, 3)):
        services.settle_early(loan=living, key="all", value_on=None, acting_user=None)
    close_each(living.lender, date(2026, 2, 1), date(2026, 2, 3))
    fresh = Loan.objects.get(pk=living.pk)
    assert (fresh.state, fresh.next_close_on, fresh.interest_receivable_minor) == ("settled", None, 0)
    # 18 days of 30/360 from 15 January to 3 February
    assert balance(living, Account.INTEREST_INCOME) == -8640
    assert balance(living, Account.INTEREST_RECEIVABLE) == 0


def test_days_that_are_caught_up_with_come_out_as_if_closed_in_time(living: Loan) -> None:
    close(living.lender, PAID_OUT)
    pay(living, 107_971, date(2026, 2, 15))
    close(living.lender, date(2026, 3, 1))
    # 11,064.29 x 14.4 % x 16 / 360 = 70.81 by the end of February, 4.43 of it on the 15th
    assert accrued(living) == [("01-15", 480), ("01-31", 7200), ("02-15", 443 - 7680), ("02-28", 7081 - 443)]


def test_the_books_hold_after_a_year(living: Loan) -> None:
    for month in range(2, 13):
        pay(living, 107_971, date(2026, month, 15))
        close(living.lender, date(2026, month, 15))
    assert list(violations([living.lender])) == []
