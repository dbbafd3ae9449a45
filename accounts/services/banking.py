"""One's own bank accounts: added, put in order, removed. Confirming one is in `proving`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import account_needs, bank_card, person_name
from accounts.errors import Conflict, Refused, TooMany
from accounts.models import BankAccount, Borrower, Identity
from accounts.sealed_box import sealed_box
from accounts.services.telling import only_oneself, tell_lenders
from config import clock

NUMBER = "bank account number"  # the kind of text, for fingerprints
MOST = 8


@transaction.atomic
def add_bank_account(
    *, borrower: Borrower, bank_code: str, number: str, holder: str, bank_name: str, acting_user: Any
) -> BankAccount:
    """A new account at the end of the borrower's order, not yet confirmed.

    `Refused` with codes: `identity_first`, `holder` (not the confirmed name), those of
    `bank_card.problems`, `twice`. `TooMany` beyond eight.
    """
    only_oneself(borrower.user, acting_user)
    Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    plain, box = bank_card.normalised(number), sealed_box()
    kept = BankAccount.objects.filter(borrower=borrower, is_active=True)
    if codes := _wrong(borrower, bank_code, plain, holder, kept):
        raise Refused(*codes)
    if kept.count() >= MOST:
        raise TooMany(f"{MOST} bank accounts")
    last = kept.order_by("position").last()
    account = BankAccount(
        borrower=borrower,
        bank_code=bank_code,
        bank_name=bank_name,
        holder=person_name.normalised(holder),
        number_hash=box.fingerprint(plain, NUMBER),
        last4=plain[-4:],
        position=last.position + 1 if last else 1,
    )
    account.number_sealed = box.seal(plain, account.seal_of)
    account.save(force_insert=True)
    tell_lenders(borrower, "add_bank_account", {"account": str(account.public_id)}, acting_user)
    return account


def _wrong(borrower: Borrower, bank_code: str, number: str, holder: str, kept: Any) -> list[str]:
    identity = Identity.objects.filter(borrower=borrower, state=Identity.State.VERIFIED).first()
    if identity is None:
        return ["identity_first"]
    codes = [] if person_name.same(holder, identity.name) else ["holder"]
    codes += bank_card.problems(number, bank_code)
    if not codes and kept.filter(number_hash__in=sealed_box().fingerprints(number, NUMBER)).exists():
        codes.append("twice")
    return codes


@transaction.atomic
def order_bank_accounts(*, borrower: Borrower, order: Sequence[UUID], acting_user: Any) -> None:
    """Put all accounts in use in this order, which is the order in which money is taken from them.

    `Conflict` unless `order` names each of them once: another was added or removed meanwhile.
    """
    only_oneself(borrower.user, acting_user)
    Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    kept = {account.public_id: account for account in BankAccount.objects.filter(borrower=borrower).in_use()}
    if sorted(map(str, kept)) != sorted(map(str, order)):
        raise Conflict("the accounts have changed")
    for position, public_id in enumerate(order, start=1):
        BankAccount.objects.filter(pk=kept[public_id].pk).update(position=position)
    tell_lenders(borrower, "order_bank_accounts", {"order": [str(one) for one in order]}, acting_user)


@transaction.atomic
def move_bank_account(*, account: BankAccount, places: int, acting_user: Any) -> None:
    """Move an account by so many places, down if positive; at either end it stays there."""
    kept = list(BankAccount.objects.filter(borrower_id=account.borrower_id).in_use())
    order = [one.public_id for one in kept]
    if account.public_id not in order:
        raise Conflict("the account was removed")
    at = order.index(account.public_id)
    order.insert(max(0, min(len(order) - 1, at + places)), order.pop(at))
    order_bank_accounts(borrower=account.borrower, order=order, acting_user=acting_user)


@transaction.atomic
def remove_bank_account(*, account: BankAccount, acting_user: Any) -> None:
    """Take an account out of use. One that was never confirmed is forgotten but for its last four digits.

    `Refused` with the words of those who still need it (see `account_needs`); `Conflict` if it was removed.
    """
    only_oneself(account.borrower.user, acting_user)
    Borrower.objects.select_for_update(no_key=True).get(pk=account.borrower_id)
    if needed := account_needs.reasons(account):
        raise Refused(*needed)
    forgotten = {} if account.verified_at else {"number_sealed": "", "number_hash": ""}
    removed = BankAccount.objects.filter(pk=account.pk, is_active=True, verified_at=account.verified_at).update(
        is_active=False, removed_at=clock.now(), **forgotten
    )
    if not removed:
        raise Conflict("the account was removed or confirmed meanwhile")
    tell_lenders(account.borrower, "remove_bank_account", {"account": str(account.public_id)}, acting_user)
