"""Addresses of the staff's site say nothing about how many rows there are."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Borrower
from accounts.sealed_key import opened, sealed


def test_a_number_comes_back_from_its_address() -> None:
    for pk in (1, 17, 2**63 - 1):
        text = sealed(Borrower, pk)
        assert re.fullmatch("[A-Za-z0-9_-]{32}", text)
        assert opened(Borrower, text) == pk


def test_an_address_stays_and_differs_by_row_and_model() -> None:
    assert sealed(Borrower, 7) == sealed(Borrower, "7")
    assert len({sealed(Borrower, 7), sealed(Borrower, 8), sealed(AuditEntry, 7)}) == 3


@pytest.mark.parametrize("text", ["17", "", "x" * 32, "ä" * 32])
def test_what_nobody_sealed_opens_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        opened(Borrower, text)


def test_the_address_of_another_model_opens_nothing() -> None:
    with pytest.raises(ValueError, match="no address"):
        opened(Borrower, sealed(AuditEntry, 7))


def test_with_another_secret_old_addresses_open_nothing(settings: object) -> None:
    text = sealed(Borrower, 7)
    settings.SECRET_KEY = "another-secret-for-a-while-" * 3  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="no address"):
        opened(Borrower, text)


def test_links_of_the_staff_s_site_hold_it() -> None:
    assert (
        reverse("admin:accounts_borrower_change", args=[7]) == f"/staff/accounts/borrower/{sealed(Borrower, 7)}/change/"
    )
    assert sealed(Borrower, 7) in reverse("admin:accounts_borrower_unmask", args=[7])
