"""One's own bank accounts: added in the confirmed name, proved by a code, in an order, and removed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import account_needs, services
from accounts.errors import CodeOver, Conflict, NotPermitted, Refused, TooMany, WrongCode
from accounts.models import AuditEntry, BankAccount, Borrower, OutboxMessage
from accounts.selectors import debit_sources
from config import clock
from tests.conftest import NOON
from tests.known import CARD, OTHER_ADULT, OTHER_CARD, Bank, ClosedBank, card_of, identified, register, with_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(borrower: Borrower, settings: Any) -> Borrower:
    settings.BANK_ACCOUNT_CHECK = register(Bank)
    return identified(borrower.user, "王晓雨")


def add(borrower: Borrower, **changes: Any) -> BankAccount:
    said = {"bank_code": "ICBC", "bank_name": "", "number": CARD, "holder": "王晓雨", "acting_user": borrower.user}
    return services.add_bank_account(borrower=borrower, **{**said, **changes})


def send(account: BankAccount) -> str:
    services.send_bank_account_code(account=account, acting_user=account.borrower.user)
    return Bank.codes[-1]


def verify(account: BankAccount, code: str) -> BankAccount:
    return services.verify_bank_account(account=account, code=code, acting_user=account.borrower.user)


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "000001"


# Adding


def test_an_account_is_kept_sealed_and_unproved(known: Borrower) -> None:
    account = add(known, number="6222 0200 0000 0000 000")
    assert (account.last4, account.position, account.verified_at) == ("0000", 1, None)
    assert CARD not in "|".join(str(value) for value in BankAccount.objects.values_list().get())
    assert services.opened_account_number(account) == CARD
    assert debit_sources(known) == []


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"holder": "王大雨"}, ("holder",)),
        ({"number": CARD[:-1] + "1"}, ("check",)),
        ({"number": OTHER_CARD}, ("length",)),
        ({"number": "six two two"}, ("characters",)),
        ({"number": CARD[:-1] + "1", "holder": "陈一"}, ("holder", "check")),
    ],
)
def test_what_cannot_be_right_is_refused(known: Borrower, changes: dict[str, str], codes: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as caught:
        add(known, **changes)
    assert caught.value.codes == codes
    assert not BankAccount.objects.exists()


def test_first_one_is_identified(stranger: Borrower) -> None:
    with pytest.raises(Refused) as caught:
        add(stranger, holder="陈一")
    assert caught.value.codes == ("identity_first",)


def test_nobody_adds_an_account_for_somebody_else(known: Borrower, stranger: Borrower) -> None:
    with pytest.raises(NotPermitted):
        add(known, acting_user=stranger.user)


def test_one_account_is_added_once_and_may_come_back(known: Borrower) -> None:
    account = add(known)
    with pytest.raises(Refused) as caught:
        add(known, number="6222-0200-0000-0000-000")
    assert caught.value.codes == ("twice",)
    services.remove_bank_account(account=account, acting_user=known.user)
    assert add(known).pk != account.pk


def test_the_same_account_may_be_given_by_two_people(known: Borrower, stranger: Borrower) -> None:
    """Only who can read the code proves it; and the answer to the second says nothing of the first."""
    add(known)
    other = identified(stranger.user, "陈一", OTHER_ADULT)
    assert add(other, holder="陈一").position == 1


def test_eight_are_enough(known: Borrower) -> None:
    for number in range(8):
        add(known, number=card_of(number))
    with pytest.raises(TooMany):
        add(known, number=card_of(9))


# Proving


def test_the_code_of_the_transfer_proves_the_account(known: Borrower) -> None:
    account = add(known)
    code = send(account)
    assert (len(code), code.isdigit()) == (6, True)
    proved = verify(account, f" {code} ")
    assert (proved.verified_at, proved.method) == (NOON, "a bank that keeps")
    assert debit_sources(known) == [account]
    assert verify(proved, "anything").verified_at == NOON


def test_the_code_itself_is_not_in_the_database(known: Borrower) -> None:
    account = add(known)
    code = send(account)
    probe = account.probes.get()
    assert code not in (probe.code_hash, probe.method)
    assert len(probe.code_hash) == 64


def test_after_three_wrong_codes_a_new_one_is_needed(known: Borrower) -> None:
    account = add(known)
    code = send(account)
    for left in (2, 1, 0):
        with pytest.raises(WrongCode) as caught:
            verify(account, wrong(code))
        assert caught.value.left == left
    with pytest.raises(CodeOver):
        verify(account, code)
    assert verify(account, send(account)).verified_at


def test_a_code_holds_for_72_hours_to_the_second(known: Borrower) -> None:
    account, other = add(known), add(known, number=card_of(7))
    code, late = send(account), send(other)
    with clock.at(NOON + timedelta(hours=72)):
        assert verify(account, code).verified_at
    with clock.at(NOON + timedelta(hours=72, seconds=1)), pytest.raises(CodeOver):
        verify(other, late)


def test_only_the_last_code_counts(known: Borrower) -> None:
    account = add(known)
    first = send(account)
    with clock.at(NOON + timedelta(minutes=1)):
        second = send(account)
        if first != second:
            with pytest.raises(WrongCode):
                verify(account, first)
        assert verify(account, second).verified_at


def test_one_account_s_code_does_not_prove_another(known: Borrower) -> None:
    account, other = add(known), add(known, number=card_of(7))
    code, others = send(account), send(other)
    if code != others:
        with pytest.raises(WrongCode):
            verify(other, code)


def test_three_codes_a_day_are_sent(known: Borrower) -> None:
    account = add(known)
    for _ in range(3):
        send(account)
    with pytest.raises(TooMany):
        send(account)
    with clock.at(NOON + timedelta(days=1)):
        assert send(account)


def test_nobody_proves_somebody_else_s_account(known: Borrower, stranger: Borrower) -> None:
    account = add(known)
    code = send(account)
    with pytest.raises(NotPermitted):
        services.verify_bank_account(account=account, code=code, acting_user=stranger.user)
    with pytest.raises(NotPermitted):
        services.send_bank_account_code(account=account, acting_user=stranger.user)


def test_a_transfer_that_cannot_be_sent_says_so_and_proves_nothing(
    known: Borrower, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BANK_ACCOUNT_CHECK = register(ClosedBank)
    caplog.set_level("DEBUG")
    account = add(known)
    probe = services.send_bank_account_code(account=account, acting_user=known.user)
    assert probe.state == "unavailable"
    assert "RuntimeError" in caplog.text
    assert CARD not in caplog.text
    with pytest.raises(CodeOver):
        verify(account, "000000")


def test_the_demonstration_s_bank_writes_into_the_outbox_and_nowhere_else(known: Borrower, settings: Any) -> None:
    settings.BANK_ACCOUNT_CHECK = "accounts.bank_account_check.Demonstration"
    account = add(known)
    services.send_bank_account_code(account=account, acting_user=known.user)
    assert not OutboxMessage.objects.exists()
    settings.DEMO = True
    services.send_bank_account_code(account=account, acting_user=known.user)
    message = OutboxMessage.objects.get()
    assert CARD not in message.to + message.body
    code = "".join(letter for letter in message.body.partition("0.01")[2] if letter.isdigit())
    assert verify(account, code).verified_at


# In order


def test_accounts_stand_in_the_order_one_puts_them_in(known: Borrower) -> None:
    first, second, third = (with_account(known, card_of(number)) for number in (1, 2, 3))
    assert debit_sources(known) == [first, second, third]
    services.move_bank_account(account=third, places=-1, acting_user=known.user)
    assert debit_sources(known) == [first, third, second]
    services.move_bank_account(account=first, places=1, acting_user=known.user)
    assert debit_sources(known) == [third, first, second]
    services.move_bank_account(account=third, places=-1, acting_user=known.user)
    assert debit_sources(known) == [third, first, second], "who is first stays first"
    services.order_bank_accounts(
        borrower=known, order=[second.public_id, first.public_id, third.public_id], acting_user=known.user
    )
    assert debit_sources(known) == [second, first, third]


def test_an_order_that_leaves_one_out_or_names_another_is_a_conflict(known: Borrower, stranger: Borrower) -> None:
    first, second = (with_account(known, card_of(number)) for number in (1, 2))
    foreign = with_account(identified(stranger.user, "陈一", OTHER_ADULT), card_of(3))
    for order in ([first], [first, first], [first, second, second], [first, foreign]):
        with pytest.raises(Conflict):
            services.order_bank_accounts(
                borrower=known, order=[account.public_id for account in order], acting_user=known.user
            )
    assert debit_sources(known) == [first, second]


def test_nobody_orders_somebody_else_s_accounts(known: Borrower, stranger: Borrower) -> None:
    account = with_account(known)
    with pytest.raises(NotPermitted):
        services.move_bank_account(account=account, places=1, acting_user=stranger.user)


# Removing


def test_a_removed_account_is_no_source_and_stays_in_the_books(known: Borrower) -> None:
    account = with_account(known)
    services.remove_bank_account(account=account, acting_user=known.user)
    account.refresh_from_db()
    assert (account.is_active, account.removed_at) == (False, NOON)
    assert debit_sources(known) == []
    assert services.opened_account_number(account) == CARD
    with pytest.raises(Conflict):
        services.remove_bank_account(account=account, acting_user=known.user)


def test_an_account_that_was_never_proved_is_forgotten(known: Borrower) -> None:
    account = add(known)
    services.remove_bank_account(account=account, acting_user=known.user)
    account.refresh_from_db()
    assert (account.number_sealed, account.number_hash, account.last4) == ("", "", "0000")
    with pytest.raises(Refused):
        services.opened_account_number(account)


def test_an_account_that_somebody_above_needs_stays(known: Borrower, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_needs, "_questions", {})
    account, other = with_account(known), with_account(known, card_of(2))
    account_needs.register("loans", lambda one: "a mandate" if one == account else "")
    with pytest.raises(Refused) as caught:
        services.remove_bank_account(account=account, acting_user=known.user)
    assert caught.value.codes == ("a mandate",)
    services.remove_bank_account(account=other, acting_user=known.user)
    assert debit_sources(known) == [account]


def test_nobody_removes_somebody_else_s_account(known: Borrower, stranger: Borrower) -> None:
    account = with_account(known)
    with pytest.raises(NotPermitted):
        services.remove_bank_account(account=account, acting_user=stranger.user)


def test_the_database_itself_keeps_what_payments_name(known: Borrower) -> None:
    account = with_account(known)
    rows = BankAccount.objects.filter(pk=account.pk)
    for change in ({"last4": "9999"}, {"holder": "陈一"}, {"verified_at": None}, {"is_active": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    services.remove_bank_account(account=account, acting_user=known.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(is_active=True, removed_at=None)


def test_every_step_is_in_the_lender_s_chain_without_a_digit_of_the_number(known: Borrower) -> None:
    account, other = with_account(known), with_account(known, card_of(2))
    services.move_bank_account(account=other, places=-1, acting_user=known.user)
    services.remove_bank_account(account=account, acting_user=known.user)
    entries = list(AuditEntry.objects.order_by("number"))
    verbs = [entry.verb for entry in entries if "bank_account" in entry.verb]
    assert verbs == [
        *["add_bank_account", "verify_bank_account"] * 2,
        "order_bank_accounts",
        "remove_bank_account",
    ]
    assert not any(CARD[-8:] in str(entry.after) for entry in entries)
