"""The HTTP gateway against the sandbox's server: signed both ways, and no answer is never a failure."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from loans.gateways.callback import CallbackGateway
from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome
from loans.gateways.sandbox import CALM, Plan, Sandbox
from loans.gateways.sandbox_server import SandboxServer, serve

KEY = "a key that only the two of them know, and nobody else"
ORDER = Instruction(key="k 1/ä", amount_minor=107_971, currency="CNY", account="a-1", purpose="LN-1")


def now() -> int:
    return 1_778_212_800


def running(server: HTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


def gateway(port: int, **changed: Any) -> CallbackGateway:
    given = {
        "url": f"http://127.0.0.1:{port}/v1",
        "key": KEY,
        "hosts": ("127.0.0.1",),
        "now": now,
        "is_local_allowed": True,
        "timeout_seconds": 5,
    }
    return CallbackGateway(**(given | changed))


def sandbox_server(plan: Plan) -> SandboxServer:
    return serve(Sandbox(1, plan), keys=[KEY], callback="http://127.0.0.1:9/", port=0, now=now)


@pytest.fixture
def calm() -> Iterator[int]:
    yield from running(sandbox_server(CALM))


def test_an_order_is_done_and_can_be_asked_about(calm: int) -> None:
    report = gateway(calm).send_debit(ORDER)
    assert (report.outcome, report.amount_minor, report.key) == (Outcome.SUCCEEDED, 107_971, ORDER.key)
    assert gateway(calm).query(ORDER.key) == report
    assert gateway(calm).send_payout(ORDER) == report  # the same key is the same order


def test_an_order_that_it_never_had_is_said_to_be_unknown(calm: int) -> None:
    with pytest.raises(NotReceived):
        gateway(calm).query("nobody's")


def test_a_wrong_key_is_no_answer(calm: int) -> None:
    with pytest.raises(NoAnswer, match="401"):
        gateway(calm, key="another key, which the other side does not know").send_debit(ORDER)


def test_a_slow_gateway_says_pending() -> None:
    for port in running(sandbox_server(Plan(at_once=0, longest_delay=10_000))):
        assert gateway(port).send_debit(ORDER).outcome is Outcome.PENDING
        assert gateway(port).query(ORDER.key).outcome is Outcome.PENDING


def test_a_lost_answer_is_no_answer_though_the_order_arrived() -> None:
    for port in running(sandbox_server(Plan(lost_answers=100))):
        with pytest.raises(NoAnswer):
            gateway(port).send_debit(ORDER)
        assert gateway(port).query(ORDER.key).outcome is Outcome.SUCCEEDED


class Says(BaseHTTPRequestHandler):
    """Answers everything with what its server was given."""

    def do_POST(self) -> None:
        status, headers, body = self.server.said  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def report_json(**changed: Any) -> bytes:
    said = {"order": ORDER.key, "outcome": "succeeded", "amount_minor": 107_971, "currency": "CNY"}
    return json.dumps(said | changed).encode()


@pytest.mark.parametrize(
    "status, headers, body",
    [
        (500, {}, b"{}"),
        (503, {}, report_json()),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
        (200, {}, b"done"),
        (200, {}, b"[]"),
        (200, {}, report_json(order="another")),
        (200, {}, report_json(amount_minor="107971")),
        (200, {}, b" " * 70_000),
        (400, {}, b"{}"),
        (404, {}, b"{}"),
    ],
)
def test_whatever_is_not_a_whole_answer_is_no_answer(status: int, headers: dict[str, str], body: bytes) -> None:
    server = HTTPServer(("127.0.0.1", 0), Says)
    server.said = (status, headers, body)  # type: ignore[attr-defined]
    for port in running(server):
        with pytest.raises(NoAnswer):
            gateway(port).send_debit(ORDER)


def test_a_refusal_that_says_so_is_a_failure() -> None:
    server = HTTPServer(("127.0.0.1", 0), Says)
    server.said = (422, {}, b'{"refused": "account_closed"}')  # type: ignore[attr-defined]
    for port in running(server):
        report = gateway(port).send_debit(ORDER)
        assert (report.outcome, report.reason) == (Outcome.FAILED, "account_closed")


def test_a_gateway_that_is_not_there_is_no_answer() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NoAnswer):
        gateway(port).send_debit(ORDER)


def test_outside_the_demonstration_this_machine_is_not_called(calm: int) -> None:
    with pytest.raises(NoAnswer, match="may not be called"):
        gateway(calm, is_local_allowed=False).send_debit(ORDER)
