"""Drawing from a limit: the cost sheet is read first, what is signed is what was shown, and once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import NotPermitted
from accounts.models import BankAccount, Borrower, Lender
from config import clock
from loans import services
from loans.books import violations
from loans.errors import AccountRefused, DateRefused, FiguresChanged, LimitExceeded, NameDiffers, NotRead, TermsRefused
from loans.models import Contract, CreditLimit, DrawDown, LimitReservation, Loan, PaymentOrder, Product
from loans.selectors.drawing import is_whole
from loans.selectors.in_force import in_force
from loans.selectors.limit_use import available_minor
from loans.services import drawing
from loans.services.drawing import Signature
from tests.conftest import NOON, TODAY
from tests.loans.applicants import offered, ready, send
from tests.loans.conftest import at_noon

pytestmark = pytest.mark.django_db
Sign = Callable[..., Contract]
SIGNATURE = Signature(typed_name="王晓雨", method="reauthentication", language="zh-hans")


@pytest.fixture
def product(qinghe: Lender) -> Product:
    return offered(qinghe)


@pytest.fixture
def limit(borrower: Borrower, qinghe: Lender, product: Product) -> CreditLimit:
    """20,000.00 at Qinghe from 8 May 2026."""
    ready(borrower, qinghe)
    send(borrower, product, wished_minor=2_000_000)
    return CreditLimit.objects.get()


@pytest.fixture
def account(limit: CreditLimit) -> BankAccount:
    return BankAccount.objects.filter(borrower=limit.borrower, verified_at__isnull=False).earliest("pk")


def ask(limit: CreditLimit, amount_minor: int = 1_200_000, **changed: Any) -> DrawDown:
    account = BankAccount.objects.filter(borrower=limit.borrower, verified_at__isnull=False).earliest("pk")
    given = {"instalment_count": 12, "method": "level", "account": account, "acting_user": limit.borrower.user}
    return drawing.ask_to_draw(limit=limit, amount_minor=amount_minor, **(given | changed))


def later(seconds: int) -> Any:
    return clock.at(NOON + timedelta(seconds=seconds))


def read(draw_down: DrawDown) -> DrawDown:
    with later(5):
        return drawing.confirm_reading(draw_down=draw_down, acting_user=draw_down.borrower.user)


def sign(draw_down: DrawDown, signature: Signature = SIGNATURE, shown_hash: str | None = None) -> Contract:
    return drawing.sign_contract(
        draw_down=draw_down,
        shown_hash=draw_down.schedule_hash if shown_hash is None else shown_hash,
        signature=signature,
        acting_user=draw_down.borrower.user,
    )


def test_asking_sets_nothing_aside(limit: CreditLimit) -> None:
    ask(limit)
    assert available_minor(limit) == 2_000_000
    assert not LimitReservation.objects.exists()


def test_the_cost_sheet_stands_for_five_seconds(limit: CreditLimit) -> None:
    draw_down = ask(limit)
    with later(4), pytest.raises(NotRead) as refused:
        drawing.confirm_reading(draw_down=draw_down, acting_user=limit.borrower.user)
    assert refused.value.seconds == 2
    assert read(draw_down).state == "read"
    with pytest.raises(NotRead):
        sign(ask(limit))


def test_signing_makes_contract_loan_and_reservation(limit: CreditLimit) -> None:
    contract = sign(read(ask(limit)))
    loan = contract.loan
    assert (loan.state, loan.principal_minor, loan.disbursed_on, loan.rate_annual) == (
        "pending",
        1_200_000,
        TODAY,
        limit.rate_annual,
    )
    held = in_force([loan], TODAY)[loan.pk]
    assert contract.schedule_hash == held.version_hash == contract.draw_down.schedule_hash
    assert available_minor(limit) == 800_000
    assert is_whole(contract)
    assert contract.cost_sheet["total_minor"] == sum(row.interest_minor for row in held.rows)
    assert list(violations([limit.lender])) == []


def test_signed_twice_is_one_contract(limit: CreditLimit) -> None:
    draw_down = read(ask(limit))
    assert sign(draw_down) == sign(draw_down)
    assert (Loan.objects.count(), LimitReservation.objects.count()) == (1, 1)


def test_of_two_tabs_that_draw_the_same_money_one_is_told(limit: CreditLimit) -> None:
    first, second = read(ask(limit)), read(ask(limit))
    sign(first)
    with pytest.raises(LimitExceeded) as refused:
        sign(second)
    assert refused.value.available_minor == 800_000
    assert Loan.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "王小雨", "Somebody"])
def test_another_name_signs_nothing(limit: CreditLimit, typed: str) -> None:
    with pytest.raises(NameDiffers):
        sign(read(ask(limit)), replace(SIGNATURE, typed_name=typed))
    assert not Contract.objects.exists()


def test_only_what_was_shown_can_be_signed(limit: CreditLimit) -> None:
    draw_down = read(ask(limit))
    with pytest.raises(FiguresChanged):
        sign(draw_down, shown_hash="0" * 64)
    # A day later the first period is shorter: another schedule.
    with at_noon(date(2026, 5, 9)), pytest.raises(FiguresChanged):
        sign(draw_down)
    CreditLimit.objects.filter(pk=limit.pk).update(rate_annual=Decimal("0.12"))
    with pytest.raises(FiguresChanged):
        sign(draw_down)
    assert not Loan.objects.exists()


def test_a_removed_account_receives_nothing(limit: CreditLimit, account: BankAccount) -> None:
    draw_down = read(ask(limit))
    BankAccount.objects.filter(pk=account.pk).update(is_active=False, removed_at=NOON)
    with pytest.raises(AccountRefused):
        sign(draw_down)


@pytest.mark.parametrize(
    "changed, error",
    [
        ({"amount_minor": 2_000_001}, LimitExceeded),
        ({"amount_minor": 0}, TermsRefused),
        ({"instalment_count": 61}, TermsRefused),
        ({"method": "bullet", "instalment_count": 24}, TermsRefused),
    ],
)
def test_what_is_not_offered_is_refused(limit: CreditLimit, changed: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(limit, **changed)
    assert not DrawDown.objects.exists()


def test_nobody_else_draws(limit: CreditLimit, staff: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        ask(limit, acting_user=staff.servicing)
    draw_down = read(ask(limit))
    with pytest.raises(NotPermitted):
        drawing.sign_contract(
            draw_down=draw_down, shown_hash=draw_down.schedule_hash, signature=SIGNATURE, acting_user=staff.servicing
        )


def test_a_contract_and_what_was_asked_for_stay_as_they_are(limit: CreditLimit) -> None:
    contract = sign(read(ask(limit)))
    for rows, column in ((Contract.objects, "typed_name"), (DrawDown.objects, "method")):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**{column: "x"})
    assert Contract.objects.get() == contract


def test_the_chinese_text_goes_with_every_other(limit: CreditLimit) -> None:
    contract = sign(read(ask(limit)), replace(SIGNATURE, language="en"))
    assert contract.title == "Loan contract"
    assert contract.governing_title == "借款合同"
    assert any("governs" in block.get("text", "") for block in contract.blocks)
    assert sign(read(ask(limit, 100_000)), SIGNATURE).governing_blocks == []


def test_with_a_gateway_the_payout_is_ordered_and_the_loan_runs_when_it_was_done(
    limit: CreditLimit, settings: Any
) -> None:
    settings.DEMO = True  # the gateway of the demonstration is in this process
    contract = sign(read(ask(limit)))
    order = PaymentOrder.objects.get()
    assert (order.direction, order.amount_minor, order.bank_account) == (
        "payout",
        1_200_000,
        contract.draw_down.account,
    )
    services.send_orders(lender=limit.lender, orders=[order])
    contract.loan.refresh_from_db()
    assert (contract.loan.state, contract.loan.disbursed_on) == ("active", TODAY)
    assert list(violations([limit.lender])) == []


def test_money_that_is_sent_later_bears_interest_from_that_day(limit: CreditLimit) -> None:
    loan = sign(read(ask(limit))).loan
    before = in_force([loan], TODAY)[loan.pk].rows
    day = date(2026, 5, 18)
    with at_noon(day):
        loan = services.disburse_loan(loan=loan, acting_user=None)
        after = in_force([loan], day)[loan.pk].rows
    assert (loan.disbursed_on, loan.state, loan.current_version) == (day, "active", 2)
    assert [row.due_on for row in after] == [row.due_on for row in before]
    assert after[0].interest_minor < before[0].interest_minor
    assert after[0].opens_on == day
    assert list(violations([limit.lender])) == []


def test_money_is_not_sent_after_the_first_due_date(limit: CreditLimit) -> None:
    loan = sign(read(ask(limit))).loan
    with at_noon(date(2026, 6, 8)), pytest.raises(DateRefused):
        services.disburse_loan(loan=loan, acting_user=None)
    loan.refresh_from_db()
    assert (loan.state, loan.current_version) == ("pending", 1)


@pytest.mark.parametrize("step", ["reserve", "open_loan", "attach_loan", "order_payout"])
def test_a_crash_while_signing_leaves_limit_and_books_as_they_were(
    limit: CreditLimit, settings: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the power went out")

    settings.DEMO = True
    draw_down = read(ask(limit))
    monkeypatch.setattr(f"loans.services.drawing.{step}", fail)
    with pytest.raises(RuntimeError):
        sign(draw_down)
    assert available_minor(limit) == 2_000_000
    assert not Loan.objects.exists()
    assert not Contract.objects.exists()
