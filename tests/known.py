"""Registers and banks that answer as a test wishes, and a borrower made known through the services."""

from typing import Any, ClassVar

from django.test import override_settings

from accounts import services
from accounts.bank_card import check_digit
from accounts.identity_check import Outcome
from accounts.identity_number import check_character
from accounts.models import BankAccount, Borrower

ADULT = "11010519491231002X"  # the standard's own example
OTHER_ADULT = "440524188001010014"
CARD = "6222020000000000000"  # 19 digits, as of the Industrial and Commercial Bank
OTHER_CARD = "4242424242424242"


class Agrees:
    """Confirms everybody, and remembers nobody."""

    name = "a register that agrees"

    def check(self, *, name: str, number: str) -> Outcome:
        return Outcome.VERIFIED


class Disagrees:
    name = "a register that disagrees"

    def check(self, *, name: str, number: str) -> Outcome:
        return Outcome.MISMATCH


class Silent:
    name = "a register that is silent"

    def check(self, *, name: str, number: str) -> Outcome:
        return Outcome.UNAVAILABLE


class Broken:
    """Raises with the number in its words, as careless clients do."""

    name = "a register that breaks"

    def check(self, *, name: str, number: str) -> Outcome:
        raise RuntimeError(f"no route to register for {number}")


class Bank:
    """Keeps the codes it was given, newest last."""

    name = "a bank that keeps"
    codes: ClassVar[list[str]] = []

    def send_code(self, *, bank_code: str, bank_name: str, number: str, holder: str, code: str) -> bool:
        self.codes.append(code)
        return True


class ClosedBank:
    name = "a bank that is closed"

    def send_code(self, *, bank_code: str, bank_name: str, number: str, holder: str, code: str) -> bool:
        raise RuntimeError(f"closed for {number}")


def register(which: type) -> str:
    """The dotted name of a class here, for `IDENTITY_CHECK` and `BANK_ACCOUNT_CHECK`."""
    return f"{__name__}.{which.__name__}"


def number_of(place: str = "110105", born: str = "19900307", sequence: str = "001") -> str:
    """A good identity number."""
    first = place + born + sequence
    return first + check_character(first)


def card_of(number: int, length: int = 19) -> str:
    """The good card number with that number inside."""
    first = f"62{number:0{length - 3}d}"
    return first + check_digit(first)


def identified(user: Any, name: str, number: str = ADULT) -> Borrower:
    """The borrower behind `user`, confirmed by a register that agrees."""
    with override_settings(IDENTITY_CHECK=register(Agrees)):
        return services.identify_person(user=user, name=name, number=number, acting_user=user)


def with_account(
    borrower: Borrower, number: str = CARD, bank_code: str = "OTHER", *, proved: bool = True
) -> BankAccount:
    """A bank account of a confirmed borrower, proved by its code unless told otherwise."""
    user, holder = borrower.user, borrower.identity.name
    account = services.add_bank_account(
        borrower=borrower, bank_code=bank_code, bank_name="江畔银行", number=number, holder=holder, acting_user=user
    )
    if proved:
        with override_settings(BANK_ACCOUNT_CHECK=register(Bank)):
            services.send_bank_account_code(account=account, acting_user=user)
        services.verify_bank_account(account=account, code=Bank.codes[-1], acting_user=user)
        account.refresh_from_db()
    return account


def make_known(world: Any) -> None:
    """In the world of the house: the owner with two accounts, one proved, and a look at the number; a case."""
    own, others = (number_of(sequence="003"), number_of(sequence="005")) if world.mark else (ADULT, OTHER_ADULT)
    owner = identified(world.people["owner"], "王晓雨", own)
    with_account(owner)
    with_account(owner, OTHER_CARD, proved=False)
    services.unmask(
        borrower=owner, lender=world.lender, reason="客户来电核对证件", acting_user=world.people["servicing"]
    )
    with override_settings(IDENTITY_CHECK=register(Disagrees)):
        user = world.people["stranger"]
        stranger = services.identify_person(user=user, name="陈一", number=others, acting_user=user)
    services.ask_about_identity(borrower=stranger, acting_user=user)
