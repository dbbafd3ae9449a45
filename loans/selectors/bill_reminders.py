"""Which bills are to be told of on a day, and whether a reminder that waits still helps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Lender, Notice
from loans.models import Bill, GatewayEvent, Hold, PaymentOrder, Product, RevolvingAccount, SuspenseItem
from loans.reminders import due_dates, event_of, step_on
from loans.selectors.bill_holds import bills_with, held_bills

MADE, REMIND, FAILED = "bill", "remind-bill", "bill-failed"
# A bill is told as it is made; a reminder within these days would say the same again.
FRESH_DAYS = 3
EVENTS = {"reminder_before": "bill_before", "reminder_today": "bill_today"}


@dataclass(frozen=True, slots=True)
class BillTurn:
    """One account of which something is to be told: the bill as it was made, or a step of its due date."""

    key: str
    account: int
    event: str
    bill_on: date
    due_on: date
    step: int | None = None


def bill_turns(lender: Lender, on: date) -> list[BillTurn]:
    """What nobody has been told yet, oldest due date first. Eight queries, however many accounts.

    Where requests for payment stand still nothing is told, not of a bill that was made either:
    it asks for payment. It stands on the account's page.
    """
    silent = bills_with(held_bills(lender, on), Hold.Kind.CONTACT)
    made = [turn for turn in [*_made(lender, on), *_reminded(lender, on)] if turn.account not in silent]
    told = set(Notice.objects.filter(lender=lender, key__in=[turn.key for turn in made]).values_list("key", flat=True))
    return sorted((turn for turn in made if turn.key not in told), key=lambda turn: (turn.due_on, turn.key))


def _made(lender: Lender, on: date) -> list[BillTurn]:
    """Bills that are not due yet; one that was paid ahead for asks for nothing."""
    bills = Bill.objects.filter(lender=lender, bill_on__lte=on, due_on__gt=on, account__state="active")
    rows = bills.order_by("pk").values_list("pk", "account", "bill_on", "due_on")
    return [BillTurn(f"{MADE}/{pk}", account, "bill_made", bill_on, due_on) for pk, account, bill_on, due_on in rows]


def _reminded(lender: Lender, on: date) -> list[BillTurn]:
    products = Product.objects.filter(lender=lender, kind=Product.Kind.REVOLVING)
    steps: Mapping[int, list[int]] = dict(products.values_list("pk", "reminder_days"))
    days = due_dates({step for listed in steps.values() for step in listed}, on)
    due = Bill.objects.filter(lender=lender, due_on__in=days, account__state="active").exclude(
        account__in=_in_question(lender)
    )
    found = []
    for account, product, unpaid_on, bill_on, due_on in due.order_by("pk").values_list(
        "account", "account__product", "account__oldest_unpaid_due_on", "bill_on", "due_on"
    ):
        step = step_on(steps[product], (on - due_on).days)
        if step is None or due_on != unpaid_on or due_on + timedelta(days=step - FRESH_DAYS) <= bill_on:
            continue
        event = EVENTS.get(event_of(step, is_arranged=False, is_in_grace=False), "bill_late")
        key = f"{REMIND}/{account}/{due_on.isoformat()}/{step}"
        found.append(BillTurn(key, account, event, bill_on, due_on, step))
    return found


def _in_question(lender: Lender) -> set[int]:
    """Accounts whose money may be on its way, or waits for a person: nobody is told that it is missing.

    Of money that goes the other way this says nothing.
    """
    debits = PaymentOrder.Direction.DEBIT
    orders = PaymentOrder.objects.open().filter(lender=lender, bill_account__isnull=False, direction=debits)
    items = SuspenseItem.objects.open().filter(lender=lender, bill_account__isnull=False, is_outgoing=False)
    events = GatewayEvent.objects.to_review().filter(
        lender=lender, order__bill_account__isnull=False, order__direction=debits
    )
    return {
        *orders.values_list("bill_account", flat=True),
        *items.values_list("bill_account", flat=True),
        *events.values_list("order__bill_account", flat=True),
    }


def unneeded_bills(lender: Lender, notices: Sequence[Notice]) -> set[int]:
    """Among `notices`: reminders of bills whose minimum is paid by now, and news of debits that another made up for.

    And whatever asks for payment where that stands still by now. Three queries at most.
    """
    keys = {notice.pk: notice.key.split("/") for notice in notices}
    new = {pk: int(parts[1]) for pk, parts in keys.items() if parts[0] == MADE}
    asked = {pk: parts for pk, parts in keys.items() if parts[0] in (REMIND, FAILED)}
    if not new and not asked:
        return set()
    silent = bills_with(held_bills(lender, lender.today()), Hold.Kind.CONTACT)
    accounts = RevolvingAccount.objects.filter(lender=lender, pk__in={int(parts[1]) for parts in asked.values()})
    unpaid = dict(accounts.exclude(pk__in=silent).values_list("pk", "oldest_unpaid_due_on")) if asked else {}
    hushed = set(Bill.objects.filter(pk__in=new.values(), account__in=silent).values_list("pk", flat=True))
    return {pk for pk, parts in asked.items() if not _is_open(parts, unpaid.get(int(parts[1])))} | {
        pk for pk, bill in new.items() if bill in hushed
    }


def _is_open(parts: Sequence[str], unpaid_on: date | None) -> bool:
    """Whether what a notice is about is still to be paid; `unpaid_on` is the oldest unpaid due date."""
    if parts[0] == FAILED:
        return unpaid_on is not None and unpaid_on <= date.fromisoformat(parts[3])
    return str(unpaid_on) == parts[2]
