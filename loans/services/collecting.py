"""One round of collecting for a lender: ask what is open, order what is due, send it."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, time

from accounts.models import Lender
from config import clock
from loans.errors import NoGateway
from loans.gateways.bank_file import collects_by_file
from loans.gateways.configured import gateway_for
from loans.gateways.interface import Gateway
from loans.models import GatewayEvent, PaymentOrder, SuspenseItem
from loans.services.bill_instructing import instruct_bill_debits
from loans.services.instructing import instruct_debits
from loans.services.sending import query_unknown, send_orders

MOST_TRIES = 20
log = logging.getLogger(__name__)


def collects(code: str) -> bool:
    """Whether the lender with this code has a gateway, or collects by files."""
    return gateway_for(code) is not None or collects_by_file(code)


def collect(*, lender: Lender, gateway: Gateway | None = None) -> Counter[str]:
    """Everything that waits at this moment; safe to run again, and to run after it was cut off.

    Loans and monthly bills alike. Where an account turned out to hold too little, the borrower's
    next one is tried in the same round. Counts what `query_unknown`, `instruct_debits` and
    `send_orders` count, and what is left: orders `open`, reports `to_review`, sums `in_suspense`.
    What breaks is `failed` and in the log, and everything else goes on. Raises `NoGateway`.
    """
    if gateway is None and not collects(lender.code):
        raise NoGateway(lender.code)
    gateway = gateway or gateway_for(lender.code)
    counts = query_unknown(lender=lender, gateway=gateway)
    counts += send_orders(lender=lender, gateway=gateway)
    for _ in range(MOST_TRIES):
        now = clock.local(lender.time_zone)
        found = _or_failed(instruct_debits, lender, now.date(), now.time())
        found += _or_failed(instruct_bill_debits, lender, now.date(), now.time())
        counts["ordered"] += found["ordered"]
        counts += send_orders(lender=lender, gateway=gateway)
        if not found["ordered"]:
            counts += found
            break
    counts["open"] = PaymentOrder.objects.open().filter(lender=lender).count()
    counts["to_review"] = GatewayEvent.objects.to_review().filter(lender=lender).count()
    counts["in_suspense"] = SuspenseItem.objects.open().filter(lender=lender).count()
    return counts


def _or_failed(instruct: Callable[..., Counter[str]], lender: Lender, on: date, at: time) -> Counter[str]:
    try:
        return instruct(lender=lender, on=on, at=at)
    except Exception:
        log.exception("ordering the debits of %s broke", lender.code)
        return Counter(failed=1)
