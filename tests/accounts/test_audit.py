"""The audit chain holds: the database refuses changes, and what happens all the same is found."""

import hashlib
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import audit, chain, guards
from accounts.models import AuditEntry, AuditHead, Lender

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(qinghe: Lender) -> list[AuditEntry]:
    return [
        audit.record(lender=qinghe, verb="note", subject=f"N-{n}", after={"amount_minor": n}, acting_user=None)
        for n in range(1, 6)
    ]


def verify() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_a_link_is_the_hash_of_what_stands_before_and_the_entry() -> None:
    text = "0" * 64 + '\n{"a":1}'
    assert chain.link(chain.START, {"a": 1}) == hashlib.sha256(text.encode()).hexdigest()


def test_whole_chains_are_told_one_line_per_lender(five: list[AuditEntry], jiangpan: Lender) -> None:
    lines = verify().splitlines()
    assert lines == ["jiangpan: 0 entries, whole", f"qinghe: 5 entries, end {five[-1].hash[:12]}, whole"]


def change_a_word(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=entries[2].pk).update(subject="N-8")


def change_an_amount(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=entries[2].pk).update(after={"amount_minor": 4})


def change_a_time(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=entries[2].pk).update(at=entries[2].at.replace(microsecond=1))


def flip_a_digit_of_the_hash(entries: list[AuditEntry]) -> None:
    last = "0" if entries[2].hash[-1] != "0" else "1"
    AuditEntry.objects.filter(pk=entries[2].pk).update(hash=entries[2].hash[:-1] + last)


def delete_one(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=entries[2].pk).delete()


def swap_two(entries: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(pk=entries[2].pk).update(number=99)
    AuditEntry.objects.filter(pk=entries[3].pk).update(number=3)
    AuditEntry.objects.filter(pk=entries[2].pk).update(number=4)


def rewrite_with_its_hash(entries: list[AuditEntry]) -> None:
    entries[2].subject = "N-8"
    new = chain.link(entries[2].previous_hash, audit.content(entries[2]))
    AuditEntry.objects.filter(pk=entries[2].pk).update(subject="N-8", hash=new)


@pytest.mark.parametrize(
    "tamper, at",
    [
        (change_a_word, 3),
        (change_an_amount, 3),
        (change_a_time, 3),
        (flip_a_digit_of_the_hash, 3),
        (delete_one, 3),
        (swap_two, 3),
        (rewrite_with_its_hash, 4),
    ],
)
def test_what_was_done_behind_the_guards_is_found(five: list[AuditEntry], tamper: Any, at: int) -> None:
    with guards.lifted(connection):
        tamper(five)
    with pytest.raises(CommandError, match="broken at: qinghe") as raised:
        verify()
    assert raised.value.returncode == 1
    assert audit.first_break(five[0].lender) == at


def test_a_cut_end_is_found(five: list[AuditEntry]) -> None:
    with guards.lifted(connection):
        AuditEntry.objects.filter(number=5).delete()
    with pytest.raises(CommandError):
        verify()


def test_a_last_entry_rewritten_with_its_hash_is_found(five: list[AuditEntry]) -> None:
    five[4].subject = "N-8"
    new = chain.link(five[4].previous_hash, audit.content(five[4]))
    with guards.lifted(connection):
        AuditEntry.objects.filter(pk=five[4].pk).update(subject="N-8", hash=new)
    with pytest.raises(CommandError, match="qinghe"):
        verify()


def test_an_unknown_lender_is_bad_usage(db: None) -> None:
    with pytest.raises(CommandError) as raised:
        call_command("verify_audit", lender="nobody")
    assert raised.value.returncode == 2


def refused(act: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_the_database_refuses_every_change_of_an_entry(five: list[AuditEntry]) -> None:
    entries = AuditEntry.objects.filter(pk=five[2].pk)
    refused(lambda: entries.update(subject="x"))
    refused(entries.delete)
    refused(five[2].save)
    refused(lambda: connection.cursor().execute("UPDATE accounts_auditentry SET verb = 'x'"))
    refused(lambda: connection.cursor().execute("DELETE FROM accounts_auditentry"))
    assert "5 entries" in verify()


def test_each_lender_has_a_chain_of_its_own(five: list[AuditEntry], jiangpan: Lender, staff: SimpleNamespace) -> None:
    """Jiangpan's two staff were appointed: entries 1 and 2 of its own chain."""
    numbers = AuditEntry.objects.filter(lender=jiangpan).order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2]
    assert AuditHead.objects.get(lender=jiangpan).number == 2
