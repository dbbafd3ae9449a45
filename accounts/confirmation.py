"""A code of six digits, sent to somebody's own phone or e-mail, to confirm that it is still them.

The state lives in the session, as allauth's other codes do: ten minutes, three wrong
answers, then a new code. How often a code may be asked for is limited as for signing in.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest

from accounts.phone import masked, masked_email
from accounts.throttle import account_and_address

_SESSION_KEY = "accounts_confirmation"
_ATTEMPTS = 3
_SECONDS = 10 * 60


class Confirmation(AbstractCodeVerificationProcess):
    """One code on its way; `start` sends it, `pending` finds it again."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        super().__init__(max_attempts=_ATTEMPTS, timeout=_SECONDS, state=state, user=request.user)
        self.request = request

    @classmethod
    def start(cls, request: HttpRequest) -> "Confirmation | None":
        """Send a code; None when too many were asked for."""
        user: Any = request.user
        contact = str(user.phone or user.email)
        limited = ratelimit.consume(
            request, action="request_login_code", key=account_and_address(contact, get_ip(request))
        ) and ratelimit.consume(request, action="code_to_contact", key=contact)
        if not limited:
            return None
        one = cls(request, {**cls.initial_state(request.user), "contact": contact})
        one.send()
        one.persist()
        return one

    @classmethod
    def pending(cls, request: HttpRequest) -> "Confirmation | None":
        state = request.session.get(_SESSION_KEY)
        found: Confirmation | None = cls(request, state).abort_if_invalid() if state else None
        return found

    @property
    def sent_to(self) -> str:
        """The address, hidden but for its ends."""
        contact = self.state["contact"]
        return masked_email(contact) if "@" in contact else masked(contact)

    def send(self) -> None:
        adapter = get_adapter()
        contact = self.state["contact"]
        self.state["code"] = adapter.generate_login_code()
        if "@" in contact:
            adapter.send_mail("account/email/confirm_code", contact, {"code": self.code, "minutes": _SECONDS // 60})
        else:
            adapter.send_verification_code_sms(user=self.user, phone=contact, code=self.code)

    def persist(self) -> None:
        self.request.session[_SESSION_KEY] = self.state

    def abort(self) -> None:
        self.request.session.pop(_SESSION_KEY, None)
