"""How every service on a monthly bill begins and ends: lock, bring up to date, one entry more, compare-and-set."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import F

from accounts import audit
from accounts.errors import Conflict, NotPermitted
from accounts.models import User
from accounts.roles import Verb
from accounts.services import require
from loans.bill_facts import balances, followed, moved, oldest_unpaid, terms_of
from loans.engine.money import LARGEST_MINOR
from loans.engine.revolving import BillError
from loans.errors import AmountRefused, BillRefused, DateRefused, KeyRefused, KeyTaken
from loans.ledger import post
from loans.models import Account, AccountEntry, RevolvingAccount
from loans.services.stepping import way_out
from loans.stages import Stage

LONGEST_KEY = 64


def lock_account(account: RevolvingAccount) -> RevolvingAccount:
    """The account as it is now, locked until the transaction ends. The first statement of every change."""
    locked = RevolvingAccount.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("lender", "borrower", "product", "limit").get(pk=account.pk)


def change_account(account: RevolvingAccount, **columns: Any) -> None:
    """Write columns if nobody has changed the row since it was read; the row version counts up."""
    same = RevolvingAccount.objects.filter(pk=account.pk, version=account.version)
    if not same.update(version=F("version") + 1, **columns):
        raise Conflict(f"{account.number} was changed by somebody else")
    account.version += 1
    for name, value in columns.items():
        setattr(account, name, value)


def each_account(accounts: Iterable[RevolvingAccount], do: Callable[[RevolvingAccount], int]) -> list[int]:
    """Do them one after the other, each in a transaction of its own, and return what each one gave.

    One that cannot be done keeps no other from it: all such errors are raised together when the
    others are done, each with the number of its account. A database that does not answer ends it.
    """
    given: list[int] = []
    faults: dict[str, Exception] = {}
    for account in accounts:
        try:
            given.append(do(account))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # whatever is wrong with this account, the others go on
            faults[account.number] = error
    if faults:
        raise ExceptionGroup(", ".join(f"{number} ({error})" for number, error in faults.items()), [*faults.values()])
    return given


def check_open(account: RevolvingAccount) -> None:
    if account.state != RevolvingAccount.State.ACTIVE:
        raise BillRefused("closed")


def check_owner(account: RevolvingAccount, acting_user: User | None) -> None:
    """The borrower or the system."""
    if acting_user is not None and account.borrower.user_id != acting_user.pk:
        raise NotPermitted(f"{account.number} is somebody else's")


def permit_or_owner(account: RevolvingAccount, verb: Verb, acting_user: User | None) -> None:
    """The borrower, staff of the lender who may `verb`, or the system."""
    if acting_user is not None and account.borrower.user_id != acting_user.pk:
        require(lender=account.lender, verb=verb, user=acting_user)


def check_amount(amount_minor: int) -> None:
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise AmountRefused(str(amount_minor))


def stored_entry(account: RevolvingAccount, key: str, **content: Any) -> AccountEntry | None:
    """The entry that stands under this key, or None; `KeyTaken` if it says something else."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise KeyRefused(key[:LONGEST_KEY])
    stored = AccountEntry.objects.filter(lender=account.lender, key=key).select_related("account").first()
    if stored is None:
        return None
    if stored.account_id != account.pk or any(getattr(stored, name) != value for name, value in content.items()):
        raise KeyTaken(key)
    return stored


def entries_of(account: RevolvingAccount) -> list[AccountEntry]:
    """All of them, in order. One query."""
    return list(account.entries.order_by("sequence"))


def checked_day(account: RevolvingAccount, value_on: date | None) -> date:
    """The day on which an entry counts, today unless given; its bills are made. Raises `DateRefused`."""
    today = account.lender.today()
    value_on = value_on or today
    if value_on > today:
        raise DateRefused("in_future")
    if value_on < (account.billed_to_on or account.opened_on):
        raise DateRefused("before_last_bill")
    return value_on


def add_entry(
    account: RevolvingAccount, row: AccountEntry, *, posted_as: str | None, verb: str, value_on: date | None = None
) -> AccountEntry:
    """Write one entry: posted by what it changes in the books, with the cached columns and the audit row.

    `account` is locked, and its bills are made. Where it counts earlier than another entry, what
    that one was for follows anew. Raises `BillRefused` where it does not fit, `DateRefused`.
    """
    rows, today, written = entries_of(account), account.lender.today(), terms_of(account)
    row.account, row.lender, row.sequence = account, account.lender, len(rows) + 1
    row.value_on = checked_day(account, value_on)
    try:
        state = followed(written, [*rows, row], today)
    except BillError as error:
        raise BillRefused(error.code) from error
    after = balances([*rows, row], state)
    if posted_as is not None:
        row.journal_entry = post(
            lender=account.lender,
            loan=None,
            kind=posted_as,
            key=f"account:{account.number}:{row.sequence}",
            lines=moved(balances(rows, followed(written, rows, today)), after),
            value_on=row.value_on,
        )
    row.save(force_insert=True)
    change_account(account, principal_left_minor=after.get(Account.BILLS, 0), oldest_unpaid_due_on=oldest_unpaid(state))
    if way_out(account):
        change_account(account, stage=Stage.NONE.value)
    audit.record(
        lender=account.lender, verb=verb, subject=account.number, after=_said(row), acting_user=row.recorded_by
    )
    return row


def first_fitting(
    account: RevolvingAccount, kind: str, amount_minor: int, rows: Sequence[AccountEntry], days: Iterable[date]
) -> date | None:
    """The first of the days on which an entry of that kind would fit to `rows`, all of the account; None if on none."""
    written, today = terms_of(account), account.lender.today()
    for day in days:
        row = AccountEntry(kind=kind, amount_minor=amount_minor, sequence=len(rows) + 1, value_on=day)
        try:
            followed(written, [*rows, row], today)
        except BillError:
            continue
        return day
    return None


def _said(row: AccountEntry) -> dict[str, Any]:
    """What the audit chain holds of an entry; a merchant's name is not in it."""
    said: dict[str, Any] = {"sequence": row.sequence, "entry": str(row.public_id), "value_on": row.value_on.isoformat()}
    if row.amount_minor is not None:
        said["amount_minor"] = row.amount_minor
    if row.about is not None:
        said["about"] = row.about.sequence
    if row.parts is not None:
        said |= {"parts": row.parts, "fee_rate": f"{row.fee_rate:f}"}
    return said
