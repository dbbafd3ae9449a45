"""Is this bank account the borrower's? A small transfer carries a code that only its holder can read."""

import hmac
import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import bank_account_check
from accounts.errors import CodeOver, Conflict, TooMany, WrongCode
from accounts.models import BankAccount, BankAccountProbe
from accounts.sealed_box import sealed_box
from accounts.services.telling import only_oneself, tell_lenders
from accounts.services.unmasking import opened_account_number
from config import clock

TRIES = 3
A_DAY = 3
HOLDS = timedelta(hours=72)
_State = BankAccountProbe.State


def send_bank_account_code(*, account: BankAccount, acting_user: Any) -> BankAccountProbe:
    """Send a new code; the one before no longer counts. Its `state` says whether it is on its way.

    `Conflict` if the account is confirmed or removed; `TooMany` after three within 24 hours.
    """
    only_oneself(account.borrower.user, acting_user)
    now = clock.now()
    if not account.is_active or account.verified_at is not None:
        raise Conflict("nothing to confirm")
    if BankAccountProbe.objects.filter(account=account, sent_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise TooMany(f"{A_DAY} codes a day")
    code = f"{secrets.randbelow(10**6):06d}"
    sent = bank_account_check.send(
        bank_code=account.bank_code,
        bank_name=account.bank_name,
        number=opened_account_number(account),
        holder=account.holder,
        code=code,
    )
    return BankAccountProbe.objects.create(
        account=account,
        state=_State.SENT if sent.is_sent else _State.UNAVAILABLE,
        code_hash=_hash(account, code),
        method=sent.method,
        sent_at=now,
    )


def verify_bank_account(*, account: BankAccount, code: str, acting_user: Any) -> BankAccount:
    """Confirm the account by the code of the last transfer; confirmed already, it stays as it is.

    `WrongCode` with the tries left; `CodeOver` after three wrong ones or 72 hours.
    """
    only_oneself(account.borrower.user, acting_user)
    if account.verified_at is not None:
        return account
    probe = account.probes.first()
    if probe is None or probe.state != _State.SENT or clock.now() > probe.sent_at + HOLDS:
        raise CodeOver("no code is waiting")
    plain = unicodedata.normalize("NFKC", code).strip()
    is_right = hmac.compare_digest(probe.code_hash, _hash(account, plain))
    with transaction.atomic():
        left = _note(probe, is_right)
        if is_right:
            _confirm(account, probe.method, acting_user)
    if not is_right:
        raise WrongCode(left)
    account.refresh_from_db()
    return account


def _hash(account: BankAccount, code: str) -> str:
    return sealed_box().fingerprint(code, f"code of {account.seal_of}")


def _note(probe: BankAccountProbe, is_right: bool) -> int:
    """Count the try; how many are left."""
    left = TRIES - probe.tries - 1
    state = _State.PASSED if is_right else _State.SENT if left else _State.FAILED
    counted = BankAccountProbe.objects.filter(pk=probe.pk, state=_State.SENT, tries=probe.tries).update(
        state=state, tries=probe.tries + 1
    )
    if not counted:
        raise Conflict("another try came first")
    return left


def _confirm(account: BankAccount, method: str, acting_user: Any) -> None:
    confirmed = BankAccount.objects.filter(pk=account.pk, is_active=True, verified_at__isnull=True).update(
        verified_at=clock.now(), method=method
    )
    if not confirmed:
        raise Conflict("the account was changed meanwhile")
    tell_lenders(account.borrower, "verify_bank_account", {"account": str(account.public_id)}, acting_user)
