"""How long a consent holds: twelve months, less or more by the accounts of the lender."""

from datetime import date

import pytest

from credit.consent_terms import Account, is_idle, is_live, last_day, needed_by

GIVEN = date(2026, 5, 8)
YEAR = date(2027, 5, 8)
RUNNING = Account(date(2026, 6, 1), None, "LN-1")
PAID_OFF = Account(date(2026, 6, 1), date(2026, 12, 1), "LN-1")
OLDER = Account(date(2025, 1, 1), date(2026, 12, 1), "LN-0")
LONG = Account(date(2026, 6, 1), date(2029, 6, 1), "LN-1")
FOLLOWING = Account(date(2028, 1, 1), date(2030, 1, 1), "LN-2")
TOO_LATE = Account(date(2027, 5, 9), None, "LN-3")


@pytest.mark.parametrize(
    ("purpose", "accounts", "last"),
    [
        ("query", [], YEAR),
        ("query", [RUNNING], YEAR),
        ("query", [PAID_OFF], date(2026, 12, 1)),
        ("query", [PAID_OFF, Account(date(2026, 7, 1))], YEAR),
        ("query", [OLDER], YEAR),  # it was there before; nothing was opened under the consent
        ("query", [LONG], YEAR),
        ("sharing", [PAID_OFF], date(2026, 12, 1)),
        ("reporting", [], YEAR),
        ("reporting", [RUNNING], None),
        ("reporting", [PAID_OFF], YEAR),
        ("reporting", [LONG], date(2029, 6, 1)),
        ("reporting", [FOLLOWING, LONG], date(2030, 1, 1)),
        ("reporting", [FOLLOWING], YEAR),
        ("reporting", [TOO_LATE], YEAR),
        ("debit", [RUNNING], None),
        ("marketing", [RUNNING], YEAR),
        ("marketing", [PAID_OFF], YEAR),
        ("sensitive_evidence", [RUNNING], YEAR),
    ],
)
def test_the_last_day(purpose: str, accounts: list[Account], last: date | None) -> None:
    assert last_day(purpose, GIVEN, accounts) == last


def test_it_holds_from_its_day_to_its_last_day() -> None:
    days = [date(2026, 5, 7), GIVEN, YEAR, date(2027, 5, 9)]
    assert [is_live("query", GIVEN, [], day) for day in days] == [False, True, True, False]
    assert is_live("reporting", GIVEN, [RUNNING], date(2040, 1, 1))


def test_only_reporting_is_needed_and_only_by_open_accounts() -> None:
    assert needed_by("reporting", [PAID_OFF, Account(date(2026, 7, 1), None, "LN-2")]) == ("LN-2",)
    assert needed_by("reporting", [PAID_OFF]) == ()
    assert needed_by("query", [RUNNING]) == needed_by("debit", [RUNNING]) == ()


def test_withdrawing_is_proposed_after_the_last_account() -> None:
    assert is_idle("reporting", [PAID_OFF])
    assert not is_idle("reporting", [PAID_OFF, RUNNING])
    assert not is_idle("reporting", [])
    assert not is_idle("marketing", [PAID_OFF])
