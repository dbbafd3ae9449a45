"""Sends a bank account a small transfer whose remark holds a code; who can read it, holds the account.

The way there is a class named by the setting `BANK_ACCOUNT_CHECK`, with a `name` of at most
40 letters and one method `send_code(*, bank_code, bank_name, number, holder, code)` that
answers whether the transfer is on its way. Whatever it raises counts as no.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import outbox

log = logging.getLogger(__name__)


class Sender(Protocol):
    """What `BANK_ACCOUNT_CHECK` names."""

    name: str

    def send_code(self, *, bank_code: str, bank_name: str, number: str, holder: str, code: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether the transfer is on its way, and by whom."""

    is_sent: bool
    method: str


class Demonstration:
    """Writes what the bank would show into the outbox; outside the demonstration it sends nothing."""

    name = "demonstration"

    def send_code(self, *, bank_code: str, bank_name: str, number: str, holder: str, code: str) -> bool:
        if not settings.DEMO:
            return False
        body = _("Transfer received: ¥0.01 from Leeway. Remark: %(code)s") % {"code": code}
        outbox.write_sms(to=f"{bank_name} ••••{number[-4:]}", body=body)
        return True


def send(*, bank_code: str, bank_name: str, number: str, holder: str, code: str) -> Sent:
    """Send it. Takes as long as the bank does, so never inside a transaction."""
    method = settings.BANK_ACCOUNT_CHECK.rpartition(".")[2][:40]
    try:
        sender: Sender = import_string(settings.BANK_ACCOUNT_CHECK)()
        is_sent = sender.send_code(bank_code=bank_code, bank_name=bank_name, number=number, holder=holder, code=code)
        return Sent(bool(is_sent), sender.name[:40])
    except Exception as error:  # whatever it raises: not sent
        log.warning("the bank account check %s did not send: %s", method, type(error).__name__)
        return Sent(False, method)
