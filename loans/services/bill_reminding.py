"""Telling of monthly bills: that one was made, and reminders of its due date, each once (R17)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from accounts.models import Lender
from accounts.notices.quiet import LAST_START
from accounts.services import Draft, write_notices
from config import clock
from loans.bill_facts import followed, terms_of
from loans.models import AccountEntry, RevolvingAccount
from loans.reminders import end_of_day, last_useful_on
from loans.selectors.bill_reminders import BillTurn, bill_turns

AT_ONCE = 1000


def remind_bills(*, lender: Lender) -> Counter[str]:
    """Write what is to be told of bills; safe to run again at any time.

    Counts: `bills`, those told of as they were made; `written`, reminders; `night`, when the day
    of the lender has no hour left for sending. The same number of queries for every thousand accounts.
    """
    now = clock.local(lender.time_zone)
    if now.hour >= LAST_START:
        return Counter(night=1)
    listed = bill_turns(lender, now.date())
    counts: Counter[str] = Counter()
    for start in range(0, len(listed), AT_ONCE):
        counts += _remind(lender, listed[start : start + AT_ONCE], now.date())
    return counts


def _remind(lender: Lender, turns: Sequence[BillTurn], on: date) -> Counter[str]:
    pks = {turn.account for turn in turns}
    accounts = RevolvingAccount.objects.select_related("lender", "borrower", "product").in_bulk(pks)
    rows: dict[int, list[AccountEntry]] = defaultdict(list)
    for row in AccountEntry.objects.filter(account__in=pks).order_by("account", "sequence"):
        rows[row.account_id].append(row)
    drafts = {
        turn.key: draft for turn in turns if (draft := _draft(accounts[turn.account], rows[turn.account], turn, on))
    }
    written = {notice.key for notice in write_notices(lender=lender, drafts=list(drafts.values()))} if drafts else set()
    return Counter("bills" if turn.step is None else "written" for turn in turns if turn.key in written)


def _draft(account: RevolvingAccount, rows: Sequence[AccountEntry], turn: BillTurn, on: date) -> Draft | None:
    """The notice of one turn; None where nothing of it is left to pay."""
    state = followed(terms_of(account), rows, on)
    whole_minor, minimum_minor = state.billed_minor, state.minimum_left_minor
    if not whole_minor or (turn.step is not None and not minimum_minor):
        return None
    is_late = turn.due_on < on
    last_on = last_useful_on(turn.step if turn.step is not None else -1, turn.due_on, on)
    return Draft(
        borrower=account.borrower,
        event=turn.event,
        key=turn.key,
        facts={
            "account": account.number,
            "bill_on": turn.bill_on,
            "due_on": turn.due_on,
            "whole_minor": whole_minor,
            "minimum_minor": minimum_minor,
            "grace_until_on": state.position.in_grace_until if is_late else None,
            "can_split": bool(account.product.plan_fees) and not is_late,
        },
        good_until=end_of_day(last_on, account.lender.time_zone),
    )
