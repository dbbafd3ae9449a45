"""Alive, and ready: what a supervisor asks every few seconds."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from accounts import guards
from accounts.models import Lender
from config import health


def test_alive_touches_no_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_the_database_answers_is_migrated_and_guarded(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "wrong": [], "last_close": None})


def test_ready_says_which_day_every_lender_has_closed(client: Client, qinghe: Lender, jiangpan: Lender) -> None:
    Lender.objects.filter(pk=qinghe.pk).update(closed_through=date(2026, 5, 6))
    assert client.get("/readyz").json()["last_close"] == "2026-05-06"
    Lender.objects.filter(pk=jiangpan.pk).update(closed_through=date(2026, 5, 5))
    assert client.get("/readyz").json()["last_close"] == "2026-05-05"


def not_ready(client: Client) -> list[str]:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"
    wrong: list[str] = response.json()["wrong"]
    return wrong


def test_not_ready_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> None:
        raise DatabaseError("no route to host")

    monkeypatch.setattr(health, "MigrationExecutor", broken)
    assert not_ready(client) == ["database"]


def test_not_ready_before_the_migrations(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["0002_next"])
    assert not_ready(client) == ["migrations"]


def test_not_ready_while_a_guard_is_missing(client: Client, db: None) -> None:
    with guards.lifted(connection):
        assert not_ready(client) == ["guards"]
    assert client.get("/readyz").status_code == 200


def test_not_ready_where_numbers_cannot_be_sealed(client: Client, db: None, settings: Any) -> None:
    settings.DATA_KEYS = []
    assert not_ready(client) == ["data keys"]
