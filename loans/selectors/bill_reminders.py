"""Which bills are to be told of on a day, and whether a reminder that waits still helps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Lender, Notice
from loans.models import Bill, Product, RevolvingAccount
from loans.reminders import due_dates, event_of, step_on

MADE, REMIND = "bill", "remind-bill"
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
    """What nobody has been told yet, oldest due date first. Four queries, however many accounts."""
    made = [*_made(lender, on), *_reminded(lender, on)]
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
    due = Bill.objects.filter(lender=lender, due_on__in=days, account__state="active")
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


def unneeded_bills(lender: Lender, notices: Sequence[Notice]) -> set[int]:
    """Reminders among `notices` of bills whose minimum is paid by now. One query at most."""
    reminders = {notice.pk: notice.key.split("/") for notice in notices if notice.key.startswith(f"{REMIND}/")}
    if not reminders:
        return set()
    accounts = RevolvingAccount.objects.filter(lender=lender, pk__in={int(parts[1]) for parts in reminders.values()})
    unpaid = {str(pk): due_on for pk, due_on in accounts.values_list("pk", "oldest_unpaid_due_on")}
    return {pk for pk, (_, account, due_on, _step) in reminders.items() if str(unpaid.get(account)) != due_on}
