"""What docs/payments.md shows is so."""

import re

from loans.gateways.notice import notice
from loans.gateways.sandbox import WORST
from loans.gateways.signature import signature
from tests.house import sources

DEFINED = re.compile(r"def (test_\w+)\(")
PAGE = (sources.ROOT / "docs" / "payments.md").read_text(encoding="utf-8")


def test_the_worked_signature_is_right() -> None:
    timestamp = re.search(r"Leeway-Timestamp: (\d+)", PAGE)
    shown = re.search(r"Leeway-Signature: (\S+)", PAGE)
    body = re.search(r"body `(.+?)`", PAGE)
    assert timestamp
    assert shown
    assert body
    assert shown[1] == signature("k" * 32, int(timestamp[1]), body[1].encode())
    assert f"printf '{timestamp[1]}.{body[1]}' | openssl dgst -sha256 -hmac {'k' * 32}" in PAGE


def test_the_example_of_a_callback_can_be_read() -> None:
    example = re.search(r'(\{"event_id": "ev-81".*?\})', PAGE, re.DOTALL)
    assert example is not None
    found = notice(example[1].encode())
    assert (found.event_id, found.report.amount_minor, str(found.report.value_on)) == ("ev-81", 107_971, "2026-05-15")


def test_the_sandbox_is_as_bad_as_it_says() -> None:
    figures = (WORST.lost_orders, WORST.lost_answers, WORST.failures, WORST.amounts_off, WORST.contradictions)
    assert figures == (10, 20, 30, 2, 3)


def test_the_tests_that_it_names_are_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    written = {
        name for path in (sources.ROOT / "tests").rglob("test_*.py") for name in DEFINED.findall(path.read_text())
    }
    assert len(named) > 20
    assert named - written == set()
