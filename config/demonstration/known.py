"""Identity numbers, phones and bank accounts of the made-up people; none of them can be anybody's.

- Identity numbers name a whole province as the place (440000), which no card does; Emma's is
  that of a foreigner's card, 志明's that of a residence permit.
- Phones begin with 140, which no mobile number of eleven digits does.
- Card numbers begin with 620000, which no bank issues.
"""

import random
import re

from accounts import services
from accounts.bank_card import bank, check_digit
from accounts.identity_number import check_character
from accounts.models import BankAccount, Borrower, OutboxMessage, User

PLACES = ("110000", "310000", "330000", "440000", "510000")
OWN_PLACES = {"emma": "911826", "zhiming": "830000"}
BANKS = ("ICBC", "CMB", "CCB", "ABC", "BOC", "PSBC")
TWO_ACCOUNTS = ("liuyang", "xiaoyu")
STILL_TO_PROVE = ("zhoutao",)
_CODE = re.compile(r"\d{6}")


def identity_number(key: str, count: int) -> str:
    """The number of the `count`-th person, an adult for many years."""
    dice = random.Random(f"identity {count}")  # noqa: S311  (a fixed story, not a secret)
    place = OWN_PLACES.get(key, PLACES[count % len(PLACES)])
    born = f"{dice.randrange(1962, 2002)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
    first = f"{place}{born}{count:03d}"
    return first + check_character(first)


def card_number(bank_code: str, count: int) -> str:
    """A number of a length that the bank issues."""
    listed = bank(bank_code)
    length = max(listed.lengths) if listed else 19
    first = f"620000{count:0{length - 7}d}"
    return first + check_digit(first)


def make_known(user: User, key: str, count: int) -> None:
    """The person gives name, number, phone and bank account, as on the site."""
    user.phone, user.phone_verified = f"+86140{count:08d}", True
    user.save(update_fields=["phone", "phone_verified"])
    borrower = services.identify_person(user=user, name=user.name, number=identity_number(key, count), acting_user=user)
    for number in range(2 if key in TWO_ACCOUNTS else 1):
        account = _account(borrower, user, BANKS[(count + number) % len(BANKS)], 1_000 * number + count)
        if key not in STILL_TO_PROVE:
            _prove(account, user)


def _account(borrower: Borrower, user: User, bank_code: str, count: int) -> BankAccount:
    return services.add_bank_account(
        borrower=borrower,
        bank_code=bank_code,
        bank_name="",
        number=card_number(bank_code, count),
        holder=user.name,
        acting_user=user,
    )


def _prove(account: BankAccount, user: User) -> None:
    """By the code that the demonstration's bank writes; its message is long read and gone."""
    services.send_bank_account_code(account=account, acting_user=user)
    message = OutboxMessage.objects.latest("pk")
    found = _CODE.search(message.body)
    assert found is not None
    services.verify_bank_account(account=account, code=found.group(), acting_user=user)
    message.delete()
