"""The loans of a lender at the end of a past day: figures by hand, and agreement with the journal and with today."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import Borrower, Lender
from loans import services
from loans.aged import Aged, Late, aged
from loans.models import Loan, Payment, PaymentCorrection, Product
from loans.selectors.income import income, principal_left
from loans.selectors.journal import balances
from loans.selectors.portfolio import arrears, portfolio
from loans.selectors.standing import positions, standings
from tests.loans.book_cast import INSTALMENT, lived, pay, put_off
from tests.loans.conftest import PAID_OUT, at_noon, product_of

MAR_19, MAR_31, APR_7, APR_10, TODAY = (
    date(2026, 3, 19), date(2026, 3, 31), date(2026, 4, 7), date(2026, 4, 10), date(2026, 5, 8),
)  # fmt: skip


def said(found: Aged) -> dict[str, tuple[int, int, int]]:
    """Buckets that hold a loan: how many, what is overdue, what principal is left."""
    return {line.bucket: (line.loans, line.overdue_minor, line.principal_minor) for line in found.lines if line.loans}


@pytest.fixture
def book(make_loan: Callable[..., Loan]) -> dict[str, Loan]:
    return lived(make_loan)


def test_the_end_of_march_by_hand(qinghe: Lender, book: dict[str, Loan]) -> None:
    # late: one instalment of 15 March, 16 days; returned: two, the older of 15 February, 44 days
    assert said(arrears(qinghe, MAR_31)) == {
        "M0": (2, 0, 1_200_000 + 1_011_735),
        "M1": (1, INSTALMENT, 1_106_429),
        "M2": (1, 2 * INSTALMENT, 1_200_000),
    }
    assert arrears(qinghe, MAR_31).par30 == Decimal(1_200_000) / 4_518_164
    assert arrears(qinghe, MAR_31).par90 == 0


def test_before_the_relief_was_agreed_on_the_loan_was_late(qinghe: Lender, book: dict[str, Loan]) -> None:
    # returned and relieved: 15 February unpaid for 32 days, and 15 March for 4; late: 15 March for 4
    assert said(arrears(qinghe, MAR_19)) == {
        "M0": (1, 0, 1_011_735),
        "M1": (1, INSTALMENT, 1_106_429),
        "M2": (2, 4 * INSTALMENT, 2_400_000),
    }


def test_a_payment_counts_from_the_day_it_was_known(qinghe: Lender, book: dict[str, Loan]) -> None:
    assert said(arrears(qinghe, APR_10 - timedelta(days=1)))["M1"] == (1, INSTALMENT, 1_106_429)
    assert said(arrears(qinghe, APR_10)) == {"M0": (2, 0, 1_200_000 + 1_011_735), "M2": (1, 215_942, 1_200_000)}


def test_a_payment_taken_back_counted_until_that_day(qinghe: Lender, book: dict[str, Loan]) -> None:
    march_4, march_5 = date(2026, 3, 4), date(2026, 3, 5)
    assert said(arrears(qinghe, march_4)) == {"M0": (3, 0, 3 * 1_106_429), "M1": (1, INSTALMENT, 1_200_000)}
    assert said(arrears(qinghe, march_5)) == {"M0": (2, 0, 2 * 1_106_429), "M1": (2, 2 * INSTALMENT, 2_400_000)}


def test_days_of_grace_are_not_arrears(qinghe: Lender, book: dict[str, Loan]) -> None:
    # grace to 18 February; on the 18th `relieved` is not late, on the 19th it is by four days
    assert set(said(arrears(qinghe, date(2026, 2, 18)))) == {"M0"}
    assert said(arrears(qinghe, date(2026, 2, 19)))["M1"] == (1, INSTALMENT, 1_200_000)


def test_without_a_clean_instalment_before_there_is_no_grace(qinghe: Lender, book: dict[str, Loan]) -> None:
    # March of `late` came on the 20th, after its grace, so April's has none
    assert said(arrears(qinghe, date(2026, 4, 15)))["M0"][0] == 2
    assert said(arrears(qinghe, date(2026, 4, 16)))["M1"] == (1, INSTALMENT, 1_011_735)


def test_who_runs_and_who_is_settled_follows_the_day(qinghe: Lender, book: dict[str, Loan]) -> None:
    for on, expected in {
        date(2026, 1, 14): (0, 0, 0, 0),
        PAID_OUT: (4, 0, 4_800_000, 4_800_000),
        MAR_31: (4, 0, 4_800_000, 4_518_164),
        APR_7: (4, 0, 4_800_000, 4_518_164),
        date(2026, 4, 8): (3, 1, 4_800_000, 1_106_429 + 2_400_000),
        APR_10: (3, 1, 4_800_000, 1_011_735 + 2_400_000),
    }.items():
        found = portfolio(qinghe, on)
        assert (found.running, found.settled, found.lent_minor, found.left_minor) == expected, on


def test_products_are_told_apart_and_their_versions_are_not(
    qinghe: Lender, book: dict[str, Loan], product: Product, make_loan: Callable[..., Loan]
) -> None:
    second = product_of(qinghe, version=2, name_zh_hans="现金贷二")
    other = product_of(qinghe, code="aid")
    with at_noon(APR_10):
        for each in (second, other, other):
            services.disburse_loan(loan=make_loan(product=each, disbursed_on=APR_10), acting_user=None)
    lines = {line.code: line for line in portfolio(qinghe, APR_10).lines}
    assert list(lines) == ["aid", "cash"]
    assert (lines["aid"].running, lines["aid"].left_minor) == (2, 2_400_000)
    assert (lines["cash"].running, lines["cash"].settled) == (4, 1)
    assert (lines["cash"].name, lines["cash"].left_minor) == ("现金贷二", 1_011_735 + 3_600_000)


def test_income_stands_in_the_month_in_which_it_was_posted(qinghe: Lender, book: dict[str, Loan]) -> None:
    found = income(qinghe, APR_10)
    by_month = {month.first_on: month.by_account["interest_income"] for month in found.months if month.by_account}
    # 23 days of 10,117.35 at 14.4 %, 30/360: 93.08 with the payoff of 8 April, and March's 132.77 of `late`
    assert by_month == {
        date(2026, 2, 1): 3 * 14_400,
        date(2026, 3, 1): 13_277 - 14_400,
        date(2026, 4, 1): 9_308 + 13_277,
    }
    assert [month.first_on for month in found.months] == [
        *(date(2025, month, 1) for month in range(5, 13)), *(date(2026, month, 1) for month in range(1, 5)),
    ]  # fmt: skip
    assert found.before.total_minor == 0


def test_what_was_earned_before_the_twelve_months_stands_in_one_sum(qinghe: Lender, book: dict[str, Loan]) -> None:
    assert income(qinghe, date(2027, 1, 1)).before.by_account == {}
    found = income(qinghe, date(2027, 3, 1))
    assert found.before.total_minor == 43_200 - 1_123
    assert found.months[0].total_minor == 22_585
    assert found.together.total_minor == 43_200 - 1_123 + 22_585


def test_penalty_interest_and_fees_are_kinds_of_their_own(qinghe: Lender, make_loan: Callable[..., Loan]) -> None:
    strict = product_of(qinghe, code="strict", penalty_uplift=Decimal("0.5"))
    with at_noon(PAID_OUT):
        loan = services.disburse_loan(loan=make_loan(product=strict), acting_user=None)
    # ten days late on 935.71 of principal at 0.06 % a day: 5.61
    pay(loan, "feb", date(2026, 2, 25), amount_minor=INSTALMENT + 561)
    february = income(qinghe, date(2026, 2, 28)).months[-1]
    assert february.by_account == {"interest_income": 14_400, "penalty_income": 561}
    assert february.total_minor == 14_961


def test_the_principal_of_each_month_s_end(qinghe: Lender, book: dict[str, Loan]) -> None:
    ends = dict(principal_left(qinghe, APR_10))
    assert ends[date(2025, 12, 1)] == 0
    assert ends[date(2026, 1, 1)] == 4_800_000
    assert ends[date(2026, 2, 1)] == 3 * 1_106_429 + 1_200_000
    assert ends[date(2026, 3, 1)] == 4_518_164
    assert ends[date(2026, 4, 1)] == portfolio(qinghe, APR_10).left_minor
    assert principal_left(qinghe, date(2027, 6, 30))[0] == (date(2026, 7, 1), ends[date(2026, 4, 1)])


@pytest.mark.parametrize("on", [MAR_19, MAR_31, APR_7, APR_10, TODAY])
def test_every_report_agrees_with_the_trial_balance(qinghe: Lender, book: dict[str, Loan], on: date) -> None:
    held = balances(qinghe, on)
    assert portfolio(qinghe, on).left_minor == arrears(qinghe, on).principal_minor == held["principal"]
    assert principal_left(qinghe, on)[-1][1] == held["principal"]
    assert income(qinghe, on).together.by_account.get("interest_income", 0) == -held.get("interest_income", 0)
    assert arrears(qinghe, on).loans == portfolio(qinghe, on).running


def test_a_loan_of_which_only_penalty_interest_is_left_runs_on(qinghe: Lender, make_loan: Callable[..., Loan]) -> None:
    strict = product_of(qinghe, code="strict", penalty_uplift=Decimal("0.5"))
    with at_noon(PAID_OUT):
        loan = services.disburse_loan(loan=make_loan(product=strict, instalment_count=1), acting_user=None)
    late_on, paid_on = date(2026, 2, 25), date(2026, 2, 28)
    # 12,144.00 was due on 15 February; ten days of 0.06 % on 12,000.00 are 72.00
    pay(loan, "feb", late_on, amount_minor=1_214_400)
    found = portfolio(qinghe, late_on)
    assert Loan.objects.get(pk=loan.pk).state == "active"
    assert (found.running, found.settled) == (1, 0)
    left = standings([Loan.objects.get(pk=loan.pk)], paid_on)[loan.pk].left_minor
    pay(loan, "rest", paid_on, amount_minor=left)
    assert Loan.objects.get(pk=loan.pk).state == "settled"
    assert (portfolio(qinghe, paid_on).running, portfolio(qinghe, paid_on).settled) == (0, 1)
    assert (portfolio(qinghe, late_on).running, portfolio(qinghe, late_on).settled) == (1, 0)


def test_a_loan_waiting_for_its_money_is_in_no_report(qinghe: Lender, pending: Loan) -> None:
    with at_noon(date(2026, 8, 1)):
        assert portfolio(qinghe, date(2026, 8, 1)).lines == ()
        assert arrears(qinghe, date(2026, 8, 1)).loans == 0


def test_the_other_lender_has_a_book_of_its_own(
    qinghe: Lender, jiangpan: Lender, book: dict[str, Loan], elsewhere: Borrower, make_loan: Callable[..., Loan]
) -> None:
    before = (portfolio(qinghe, APR_10), arrears(qinghe, APR_10), income(qinghe, APR_10))
    assert portfolio(jiangpan, APR_10).lines == ()
    assert arrears(jiangpan, APR_10).loans == 0
    product = product_of(jiangpan)
    with at_noon(PAID_OUT):
        loan = make_loan(lender=jiangpan, borrower=elsewhere, product=product, number="theirs")
        services.disburse_loan(loan=loan, acting_user=None)
    assert (portfolio(qinghe, APR_10), arrears(qinghe, APR_10), income(qinghe, APR_10)) == before
    assert said(arrears(jiangpan, APR_10)) == {"M2": (1, 2 * INSTALMENT, 1_200_000)}


def live(lender: Lender, on: date) -> tuple[Any, ...]:
    """The same from the rows of today, loan by loan."""
    loans = list(Loan.objects.filter(lender=lender))
    late = [
        Late(at.position.days_overdue, at.position.overdue_minor, loan.principal_left_minor)
        for loan in loans
        if (at := positions([loan], on)[loan.pk]).position.days_overdue
    ]
    running = [loan for loan in loans if loan.state == "active"]
    left_minor = sum(loan.principal_left_minor for loan in loans)
    return aged(late, len(running), left_minor), len(running), left_minor


def one_step(chance: random.Random, loans: list[Loan], on: date) -> None:
    """Something that happens to a loan on a day: money of that day, of an earlier one, back to the bank, or relief."""
    loan = Loan.objects.get(pk=chance.choice(loans).pk)
    paid = Payment.objects.filter(loan=loan).exclude(corrections__kind=PaymentCorrection.Kind.REVERSED).order_by("-pk")
    happening = chance.random()
    if happening < 0.2 and paid:
        with at_noon(on):
            services.reverse_payment(payment=paid[0], reason="AM04", acting_user=None)
    elif loan.state == "active" and happening < 0.9:
        since = chance.choice([on, on, max(PAID_OUT, on - timedelta(days=chance.randrange(40)))])
        amount_minor = chance.choice([INSTALMENT, INSTALMENT, INSTALMENT // 2, 3 * INSTALMENT, 1_400_000])
        pay(loan, f"{on}-{chance.random()}", since, known_on=on, amount_minor=amount_minor)
    elif loan.state == "active" and loan.current_version == 1 and loan.oldest_unpaid_due_on:
        put_off(loan, on)


@pytest.mark.parametrize("seed", range(4))
def test_each_day_is_as_it_was_live_and_stays_so(
    qinghe: Lender, product: Product, make_loan: Callable[..., Loan], seed: int
) -> None:
    chance = random.Random(seed)
    of = product_of(qinghe, code="strict", penalty_uplift=Decimal("0.5")) if seed % 2 else product
    with at_noon(PAID_OUT):
        loans = [
            services.disburse_loan(
                loan=make_loan(
                    number=f"L{n}", product=of, instalment_count=chance.choice([2, 12]), grace_days=3 * (n % 2)
                ),
                acting_user=None,
            )
            for n in range(4)
        ]
    written: dict[date, Any] = {}
    for number in range(30):
        on = date(2026, 2, 14) + timedelta(days=3 * number)
        for _ in range(2):
            one_step(chance, loans, on)
        with at_noon(on):
            book = portfolio(qinghe, on)
            written[on] = (arrears(qinghe, on), book.running, book.left_minor)
            assert written[on] == live(qinghe, on), on
    for on, then in written.items():
        book = portfolio(qinghe, on)
        assert (arrears(qinghe, on), book.running, book.left_minor) == then, on
    assert sum(loan.principal_left_minor for loan in Loan.objects.filter(lender=qinghe)) == book.left_minor
    assert len({str(then) for then in written.values()}) > 5


def test_ten_times_the_loans_are_no_more_queries(
    qinghe: Lender, book: dict[str, Loan], make_loan: Callable[..., Loan], django_assert_max_num_queries: Any
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(20) as seen:
            portfolio(qinghe, APR_10)
            arrears(qinghe, APR_10)
            income(qinghe, APR_10)
        return len(seen)

    before = asked()
    for _ in range(9):
        with at_noon(PAID_OUT):
            services.disburse_loan(loan=make_loan(), acting_user=None)
    assert asked() == before
    assert Loan.objects.filter(lender=qinghe).aggregate(left=Sum("principal_left_minor"))["left"] > 10_000_000
