"""The HTTP gateway: orders go out signed, reports come back signed (see `docs/payments.md`).

    POST URL/debits, URL/payouts   {"order", "amount_minor", "currency", "account", "purpose", "may_be_partial"}
    GET  URL/orders/<key>

Each answers 200 with a report, or 202 where the report will follow as a callback; a query of an
order that the gateway never received is 404. A 4xx that says `{"refused": code}` is a refusal:
nothing was done. Everything else, an answer that cannot be read, a redirect, a time-out, is no
answer, and the order stays open.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from loans.gateways import addresses
from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.gateways.notice import NoticeError, report
from loans.gateways.signature import signature

TIMEOUT_SECONDS = 10
LARGEST_ANSWER = 64 * 1024
REFUSALS = range(400, 500)


class _Fixed(http.client.HTTPConnection):
    """A connection to one address, whatever the name would lead to now."""

    def __init__(self, host: str, address: str, port: int, *, timeout: int, is_tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._is_tls = is_tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_tls:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


class CallbackGateway:
    """A gateway at a URL; `key` signs what is sent, `now` gives the seconds for the timestamp."""

    name = "callback"
    calls_out = True

    def __init__(
        self,
        *,
        url: str,
        key: str,
        hosts: tuple[str, ...],
        now: Callable[[], int],
        is_local_allowed: bool = False,
        timeout_seconds: int = TIMEOUT_SECONDS,
    ) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._hosts = hosts
        self._now = now
        self._is_local_allowed = is_local_allowed
        self._timeout = timeout_seconds

    def send_debit(self, instruction: Instruction) -> Report:
        return self._send("/debits", instruction)

    def send_payout(self, instruction: Instruction) -> Report:
        return self._send("/payouts", instruction)

    def query(self, key: str) -> Report:
        status, answer = self._call("GET", f"/orders/{quote(key, safe='')}", b"")
        if status == http.client.NOT_FOUND:
            raise NotReceived(key)
        return _read(status, answer, key)

    def _send(self, path: str, instruction: Instruction) -> Report:
        asked = {
            "order": instruction.key,
            "amount_minor": instruction.amount_minor,
            "currency": instruction.currency,
            "account": instruction.account,
            "purpose": instruction.purpose,
            "may_be_partial": instruction.may_be_partial,
        }
        status, answer = self._call("POST", path, json.dumps(asked).encode())
        if status == http.client.ACCEPTED:
            return _about(instruction, Outcome.PENDING)
        if status in REFUSALS and isinstance(answer, dict) and isinstance(answer.get("refused"), str):
            return _about(instruction, Outcome.FAILED, reason=answer["refused"][:40])
        return _read(status, answer, instruction.key)

    def _call(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Status and JSON of the answer; raises `NoAnswer` for anything that is not whole."""
        timestamp = self._now()
        headers = {
            "Content-Type": "application/json",
            "Leeway-Timestamp": str(timestamp),
            "Leeway-Signature": signature(self._key, timestamp, body),
        }
        try:
            connection = self._connection()
        except addresses.AddressRefused as error:
            raise NoAnswer(f"the gateway's address may not be called: {error}") from error
        try:
            connection.request(method, urlsplit(self._url).path + path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read(LARGEST_ANSWER + 1)
            if len(text) > LARGEST_ANSWER:
                raise NoAnswer("the answer is too long")
            return answer.status, json.loads(text or b"null")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            connection.close()

    def _connection(self) -> _Fixed:
        host, address, port = addresses.destination(
            self._url, hosts=self._hosts, is_local_allowed=self._is_local_allowed
        )
        is_tls = urlsplit(self._url).scheme == "https"
        return _Fixed(host, address, port, timeout=self._timeout, is_tls=is_tls)


def _read(status: int, answer: Any, key: str) -> Report:
    """The report of an answer about `key`; anything else is no answer."""
    if status != http.client.OK or not isinstance(answer, dict):
        raise NoAnswer(f"status {status}")
    try:
        found = report(answer)
    except NoticeError as error:
        raise NoAnswer(f"the answer cannot be read: {error.field}") from error
    if found.key != key:
        raise NoAnswer("the answer is about another order")
    return found


def _about(instruction: Instruction, outcome: Outcome, reason: str = "") -> Report:
    return Report(
        key=instruction.key,
        outcome=outcome,
        amount_minor=instruction.amount_minor,
        currency=instruction.currency,
        reason=reason,
    )
