"""`check --deploy` names what keeps newcomers from becoming known."""

from typing import Any

from django.core.checks import run_checks

from accounts.checks import known_customers


def found(settings: Any, **changes: Any) -> list[str]:
    settings.DATA_KEYS, settings.IDENTITY_CHECK, settings.BANK_ACCOUNT_CHECK = ["k" * 43], "our.Register", "our.Bank"
    for name, value in changes.items():
        setattr(settings, name, value)
    return [message.id or "" for message in known_customers(None)]


def test_a_site_with_keys_and_classes_of_its_own_is_ready(settings: Any) -> None:
    assert found(settings) == []


def test_each_thing_that_is_missing_is_named(settings: Any) -> None:
    assert found(settings, DATA_KEYS=[]) == ["accounts.W101"]
    assert found(settings, IDENTITY_CHECK="accounts.identity_check.Demonstration") == ["accounts.W102"]
    assert found(settings, BANK_ACCOUNT_CHECK="accounts.bank_account_check.Demonstration") == ["accounts.W103"]


def test_it_is_part_of_the_check_before_deployment_and_of_no_other(settings: Any) -> None:
    settings.DATA_KEYS = []
    assert "accounts.W101" in {message.id for message in run_checks(include_deployment_checks=True)}
    assert "accounts.W101" not in {message.id for message in run_checks()}
