"""A look at the rows around a day gives what one at everything gives, and is not taken where that is not certain."""

import os
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Lender
from loans import services
from loans.closing.next_look import next_look_on
from loans.models import Account, Hold, Loan
from loans.selectors.charges import charges_of
from loans.selectors.in_force import InForce, in_force
from loans.selectors.receivable import receivables
from loans.selectors.short_looks import short_looks
from loans.services import closing_loans
from loans.services.closing_loans import close_loans
from loans.services.making_book import make_book
from tests.loans.closing.conftest import pay
from tests.loans.conftest import PAID_OUT, at_noon
from tests.year.life import BEGAN, Year

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FEBRUARY, MARCH, APRIL = date(2026, 2, 15), date(2026, 3, 15), date(2026, 4, 15)
EACH = 107_971  # of every month
# `LEEWAY_YEAR_*` make it longer, as they do the year (docs/close.md).
DAYS = int(os.environ.get("LEEWAY_YEAR_DAYS", "60"))
LOANS = int(os.environ.get("LEEWAY_YEAR_LOANS", "12"))
SEEDS = [int(seed) for seed in os.environ.get("LEEWAY_YEAR_SEED", "1,2").split(",")]


def seen(loan: Loan, held: Mapping[int, InForce], day: date) -> tuple[Mapping[Account, int], date]:
    """What the close of the day makes of a loan."""
    charges = charges_of([loan], held, day)[loan.pk]
    next_on = next_look_on(
        day,
        [row.due_on for row in held[loan.pk].rows],
        oldest_unpaid_due_on=loan.oldest_unpaid_due_on,
        grace_days=loan.grace_days,
        is_held=False,
    )
    return receivables(loan, held[loan.pk], charges, day), next_on


def agree(loans: list[Loan], day: date) -> int:
    """Check that short looks see what whole ones see; how many loans had one."""
    short, whole = short_looks(loans, day), in_force(loans, day)
    for loan in loans:
        if loan.pk in short:
            assert seen(loan, short, day) == seen(loan, whole, day), (loan.number, day)
    return len(short)


def is_short(loan: Loan, day: date) -> bool:
    fresh = Loan.objects.select_related("lender").get(pk=loan.pk)
    return agree([fresh], day) == 1


def look(loan: Loan, day: date) -> None:
    """The step of the close that looks at the loan."""
    with at_noon(day + DAY):
        close_loans(loan.lender, day, loan.pk, loan.pk)


@pytest.fixture
def in_time(living: Loan) -> Loan:
    """Paid on the day in February, March and April, and looked at then."""
    for on in (FEBRUARY, MARCH, APRIL):
        pay(living, EACH, on)
        look(living, on)
    return living


# It gives the same


def test_a_made_up_book_is_seen_alike_on_every_day_of_a_month(qinghe: Lender) -> None:
    day = date(2026, 5, 31)
    with at_noon(day):
        make_book(lender=qinghe, loans=300, seed=11, on=day - DAY)
    with at_noon(day + DAY):
        close_loans(qinghe, day, 1, Loan.objects.latest("pk").pk)
    loans = list(Loan.objects.running().filter(lender=qinghe))
    assert sum(agree(loans, day + number * DAY) for number in range(31)) > 4000


@pytest.mark.parametrize("seed", SEEDS)
def test_loans_to_which_everything_happens_are_seen_alike(
    seed: int, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Paid in part, late, ahead, known late, bounced, in relief: what a close looks at, and every loan each night."""
    settings.GATEWAY_URLS = {"lender-0": "https://pay.example/v1"}
    settings.GATEWAY_HOSTS = ("pay.example",)
    settings.GATEWAY_KEYS = {"lender-0": ("a key that nobody else knows",)}

    def twice(loans: list[Loan], day: date) -> dict[int, InForce]:
        agree(loans, day)
        return in_force(loans, day)

    monkeypatch.setattr(closing_loans, "in_force_around", twice)
    year = Year(seed=seed, lenders=1, loans=LOANS)
    short = whole = 0
    for number in range(DAYS):
        day = BEGAN + number * DAY
        year.live(day)
        loans = list(Loan.objects.running().select_related("lender"))
        count = agree(loans, day)
        short, whole = short + count, whole + len(loans) - count
    assert min(short, whole) > 100


# Where it is taken, and where it is not


def test_a_loan_paid_in_time_is_seen_by_the_rows_around_the_day(in_time: Loan) -> None:
    held = short_looks([Loan.objects.get(pk=in_time.pk)], APRIL)[in_time.pk]
    assert [(row.number, row.due_on) for row in held.rows[:-1]] == [(2, MARCH), (3, APRIL), (4, date(2026, 5, 15))]
    assert is_short(in_time, APRIL)


def test_paying_the_next_one_ahead_changes_nothing(in_time: Loan) -> None:
    pay(in_time, EACH, APRIL + DAY)
    assert is_short(in_time, APRIL + 3 * DAY)


def test_the_first_month_has_nothing_before_it(living: Loan) -> None:
    assert not is_short(living, PAID_OUT)  # nobody has looked at it yet
    look(living, PAID_OUT)
    assert is_short(living, PAID_OUT)


def test_the_last_month_has_nothing_after_it(living: Loan) -> None:
    on = PAID_OUT
    for number in range(1, 12):
        on = date(2026 + (number == 12), number % 12 + 1, 15)
        pay(living, EACH, on)
        look(living, on)
    assert is_short(living, date(2026, 12, 31))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda loan: pay(loan, 2 * EACH, APRIL + DAY),
        lambda loan: Hold.objects.create(
            lender=loan.lender, loan=loan, kind="penalty", source="spoilt", from_on=PAID_OUT
        ),
        lambda loan: Loan.objects.filter(pk=loan.pk).update(receivable_on=date(2026, 3, 1)),
        lambda loan: Loan.objects.filter(pk=loan.pk).update(receivable_on=APRIL + 9 * DAY),
        lambda loan: Loan.objects.filter(pk=loan.pk).update(penalty_receivable_minor=1),
        lambda loan: Loan.objects.filter(pk=loan.pk).update(principal_left_minor=1),
        lambda loan: Loan.objects.filter(pk=loan.pk).update(oldest_unpaid_due_on=FEBRUARY),
    ],
    ids=["paid far ahead", "held", "long not looked at", "looked at later", "penalty", "principal", "unpaid before"],
)
def test_it_is_not_taken(in_time: Loan, spoil: Callable[[Loan], object]) -> None:
    assert is_short(in_time, APRIL + 3 * DAY)
    spoil(in_time)
    assert not short_looks([Loan.objects.get(pk=in_time.pk)], APRIL + 3 * DAY)


def test_nor_of_a_payment_that_was_taken_back(in_time: Loan) -> None:
    with at_noon(APRIL + DAY):
        services.reverse_payment(payment=in_time.payments.first(), reason="AM04", acting_user=None)
        services.record_payment(
            loan=in_time, amount_minor=EACH, key="again", channel="staff", value_on=APRIL, acting_user=None
        )
    assert not is_short(in_time, APRIL + DAY)


def test_nor_of_somebody_who_paid_the_last_one_late(living: Loan) -> None:
    """Within the grace of three days, and yet the grace of the next would have to be judged."""
    pay(living, EACH, FEBRUARY + 2 * DAY)
    look(living, FEBRUARY + 2 * DAY)
    pay(living, EACH, MARCH + 2 * DAY)
    look(living, MARCH + 2 * DAY)
    assert not is_short(living, MARCH + 10 * DAY)


def test_nor_where_a_late_one_was_paid_since_the_last_look(in_time: Loan) -> None:
    """May is paid on the day though April's payment bounced and came again: everything before is asked about."""
    may = date(2026, 5, 15)
    with at_noon(APRIL + 20 * DAY):
        services.reverse_payment(payment=in_time.payments.first(), reason="AM04", acting_user=None)
    pay(in_time, 3 * EACH, may)
    assert not is_short(in_time, may)
