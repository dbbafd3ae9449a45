"""The sandbox behind HTTP: takes signed orders, and reports by signed messages.

Only for tests and for trying things out, on this machine. About twice a second the sandbox's time
goes on by a step, and what is due by then is sent to the callback address. What cannot be delivered
is lost, as with the worst of gateways; our side asks.
"""

import http.client
import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from loans.gateways.interface import Instruction, NoAnswer, NotReceived, Outcome, Report
from loans.gateways.notice import as_dict
from loans.gateways.sandbox import Sandbox, message
from loans.gateways.signature import Verdict, signature, verdict

LARGEST_BODY = 16 * 1024


class SandboxServer(ThreadingHTTPServer):
    """A sandbox at 127.0.0.1; `deliver` sends what is due now."""

    daemon_threads = True

    def __init__(
        self, sandbox: Sandbox, *, keys: Sequence[str], callback: str, port: int, now: Callable[[], int]
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.sandbox = sandbox
        self.keys = keys
        self.now = now
        self.lock = threading.Lock()
        self._callback = urlsplit(callback)

    def deliver(self) -> None:
        with self.lock:
            self.sandbox.step()
            due = list(self.sandbox.due())
        for notice in due:
            self._post(json.dumps(message(notice)).encode())

    def service_actions(self) -> None:
        """Between requests, twice a second or so."""
        super().service_actions()
        self.deliver()

    def _post(self, body: bytes) -> None:
        timestamp = self.now()
        headers = {
            "Content-Type": "application/json",
            "Leeway-Timestamp": str(timestamp),
            "Leeway-Signature": signature(self.keys[0], timestamp, body),
        }
        connection = http.client.HTTPConnection(self._callback.hostname or "", self._callback.port or 80, timeout=5)
        try:
            connection.request("POST", self._callback.path, body, headers)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass  # lost; whoever waits for it will ask
        finally:
            connection.close()


def serve(sandbox: Sandbox, *, keys: Sequence[str], callback: str, port: int, now: Callable[[], int]) -> SandboxServer:
    return SandboxServer(sandbox, keys=keys, callback=callback, port=port, now=now)


class _Handler(BaseHTTPRequestHandler):
    server: SandboxServer
    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY))
        if not self._is_genuine(body):
            self._say(401, {"error": "signature"})
            return
        asked = json.loads(body)
        instruction = Instruction(
            key=asked["order"],
            amount_minor=asked["amount_minor"],
            currency=asked["currency"],
            account=asked["account"],
            purpose=asked["purpose"],
            may_be_partial=asked["may_be_partial"],
        )
        self._answer(lambda sandbox: sandbox.send_debit(instruction))

    def do_GET(self) -> None:
        if not self._is_genuine(b""):
            self._say(401, {"error": "signature"})
            return
        key = unquote(urlsplit(self.path).path.rpartition("/")[2])
        self._answer(lambda sandbox: sandbox.query(key))

    def _answer(self, act: Callable[[Sandbox], Report]) -> None:
        try:
            with self.server.lock:
                report = act(self.server.sandbox)
        except NotReceived:
            self._say(404, {"error": "unknown_order"})
        except NoAnswer:
            self.close_connection = True  # the line goes dead, as it does
        else:
            pending = report.outcome is Outcome.PENDING and self.command == "POST"
            self._say(202 if pending else 200, as_dict(report))

    def _is_genuine(self, body: bytes) -> bool:
        return (
            verdict(
                keys=self.server.keys,
                timestamp=self.headers.get("Leeway-Timestamp", ""),
                signatures=self.headers.get("Leeway-Signature", ""),
                body=body,
                now=self.server.now(),
            )
            is Verdict.GENUINE
        )

    def _say(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on standard error."""
