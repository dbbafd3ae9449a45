"""After a whole life here, no number stands anywhere in the database, the log or the session."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts import services
from accounts.models import Borrower, Identity, Lender
from tests.known import ADULT, CARD, Agrees, Bank, Disagrees, register, with_account

NUMBERS = (ADULT, ADULT.lower(), ADULT[:17], CARD, CARD[:-1])


def a_life(client: Client, borrower: Borrower, qinghe: Lender, staff: SimpleNamespace, settings: Any) -> None:
    """By the pages: a number typed wrong, then right; an account; a look by staff."""
    settings.IDENTITY_CHECK, settings.BANK_ACCOUNT_CHECK = register(Disagrees), register(Bank)
    client.force_login(borrower.user)
    client.post("/people/known/identity/", {"name": "王晓雨", "number": ADULT})
    settings.IDENTITY_CHECK = register(Agrees)
    client.post("/people/known/identity/", {"name": "", "number": ADULT})
    client.post("/people/known/identity/", {"name": "王晓雨", "number": ADULT.lower()})
    borrower.refresh_from_db()
    with_account(borrower, CARD)
    services.unmask(borrower=borrower, lender=qinghe, reason="客户来电核对证件", acting_user=staff.servicing)


def written() -> str:
    """Every value of every row, decoded."""
    return "\n".join(str(list(model._default_manager.values_list())) for model in apps.get_models())


@pytest.mark.django_db
def test_no_row_no_session_and_no_line_of_the_log_holds_a_number(
    client: Client,
    borrower: Borrower,
    qinghe: Lender,
    staff: SimpleNamespace,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "django.db.backends")
    a_life(client, borrower, qinghe, staff, settings)
    assert Identity.objects.get().state == "verified"
    everything = written() + caplog.text + str(dict(client.session.items()))
    assert "王晓雨" in everything, "what is not hidden is found"
    assert [number for number in NUMBERS if number in everything] == []


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_file_holds_a_number(
    client: Client, borrower: Borrower, qinghe: Lender, staff: SimpleNamespace, settings: Any
) -> None:
    a_life(client, borrower, qinghe, staff, settings)
    name = Path(str(connection.settings_dict["NAME"]))
    data = b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    assert "王晓雨".encode() in data, "what is not hidden is found"
    assert [number for number in NUMBERS if number.encode() in data] == []
