"""How long a consent holds, what still needs it, and when one may be asked again.

    base            12 months after the day it was given, that day included
    query, sharing  end earlier, on the day on which the last account of the lender is
                    closed, if an account was opened under them (rule R37)
    reporting,      last longer, as long as an account of the lender is open (rule R38)
    debit
    reporting       cannot be taken back while an account is open: the law wants it
                    reported (regulation on credit reporting, article 29)
    after a no      not asked again for 30 days (rule R42)

An account is a pair of days; this floor knows accounts by what lenders furnish.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = 12
QUIET_DAYS = 30
ENDS_WITH_ACCOUNTS = frozenset({"query", "sharing"})
LASTS_WITH_ACCOUNTS = frozenset({"reporting", "debit"})
NEEDED_BY_ACCOUNTS = frozenset({"reporting"})


@dataclass(frozen=True, slots=True)
class Account:
    """One account at the lender; open while `closed_on` is None."""

    opened_on: date
    closed_on: date | None = None
    reference: str = ""


def expires_on(given_on: date) -> date:
    """The last day of twelve months.

    >>> expires_on(date(2026, 5, 8)), expires_on(date(2028, 2, 29))
    (datetime.date(2027, 5, 8), datetime.date(2029, 2, 28))
    """
    try:
        return given_on.replace(year=given_on.year + 1)
    except ValueError:  # 29 February
        return date(given_on.year + 1, 2, 28)


def last_day(purpose: str, given_on: date, accounts: Sequence[Account]) -> date | None:
    """The last day on which the consent holds; None while an open account keeps it going.

    >>> paid_off = [Account(date(2026, 6, 1), date(2026, 12, 1))]
    >>> last_day("query", date(2026, 5, 8), paid_off), last_day("reporting", date(2026, 5, 8), paid_off)
    (datetime.date(2026, 12, 1), datetime.date(2027, 5, 8))
    """
    base = expires_on(given_on)
    if purpose in LASTS_WITH_ACCOUNTS:
        return _as_long_as_open(base, accounts)
    opened_under = any(account.opened_on >= given_on for account in accounts)
    if purpose in ENDS_WITH_ACCOUNTS and opened_under and is_settled(accounts):
        return min(base, max(account.closed_on for account in accounts if account.closed_on))
    return base


def _as_long_as_open(base: date, accounts: Sequence[Account]) -> date | None:
    """Each account that was opened while it held carries it on to the day it is closed."""
    last = base
    for account in sorted(accounts, key=lambda one: one.opened_on):
        if account.opened_on <= last:
            if account.closed_on is None:
                return None
            last = max(last, account.closed_on)
    return last


def is_settled(accounts: Sequence[Account]) -> bool:
    """Whether there were accounts, and the last of them is closed."""
    return bool(accounts) and all(account.closed_on is not None for account in accounts)


def is_live(purpose: str, given_on: date, accounts: Sequence[Account], on: date) -> bool:
    """Whether a consent that nobody withdrew holds on `on`."""
    last = last_day(purpose, given_on, accounts)
    return given_on <= on and (last is None or on <= last)


def covers(terms: Iterable[tuple[date, date | None]], through: date, on: date) -> bool:
    """Whether one of the consents, by first and last day, was given by `on` and reaches `through`.

    >>> covers([(date(2026, 5, 8), date(2027, 5, 8))], date(2027, 5, 31), date(2027, 6, 3))
    False
    """
    return any(given_on <= on and (until is None or until >= through) for given_on, until in terms)


def needed_by(purpose: str, accounts: Sequence[Account]) -> tuple[str, ...]:
    """The references of the open accounts that do not let this consent be taken back."""
    if purpose not in NEEDED_BY_ACCOUNTS:
        return ()
    return tuple(account.reference for account in accounts if account.closed_on is None)


def is_idle(purpose: str, accounts: Sequence[Account]) -> bool:
    """Whether nothing at the lender needs the consent any more, so that withdrawing is proposed."""
    return purpose != "marketing" and is_settled(accounts)


def asked_again_from(refused_on: date) -> date:
    """The first day on which the question may come back.

    >>> asked_again_from(date(2026, 5, 8))
    datetime.date(2026, 6, 7)
    """
    return refused_on + timedelta(days=QUIET_DAYS)
