"""Ordering debits in turn: from the borrower's bank accounts in their order, each tried once at each time (R16)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import BankAccount, Lender
from accounts.selectors import debit_sources_among
from credit.models.consent import Purpose
from credit.selectors import live_among
from loans.models import Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import barred
from loans.services.ordering import order_of, store_orders

Debt = Loan | RevolvingAccount
ACCOUNT_REMOVED = "account_removed"


@dataclass(frozen=True, slots=True)
class Turn:
    """What is due of a debt whose time has come: number of the instalment or bill, the sum, the time of the day."""

    debt: Debt
    number: int
    amount_minor: int
    slot: str


def order_in_turn(lender: Lender, turns: Sequence[Turn], on: date) -> Counter[str]:
    """Order each from the first bank account that was not tried at its time; counts by what came of each.

    For loans, or for monthly bills, that the caller has locked and on which nothing stands
    still. Counts: `ordered`, `no_mandate`, `no_account`, `barred`, `tried`. As many queries for
    many as for one. Raises `NoGateway`.
    """
    if not turns:
        return Counter()
    people = {turn.debt.borrower_id for turn in turns}
    mandates = live_among(people, lender, Purpose.DEBIT, on)
    sources = debit_sources_among(people)
    asked = [turn for turn in turns if turn.debt.borrower_id in mandates]
    refused = barred({turn.debt: mandates[turn.debt.borrower_id].given_at for turn in asked})
    counts = Counter(no_mandate=len(turns) - len(asked))
    choices: dict[Turn, Mapping[str, BankAccount]] = {}
    for turn in asked:
        own = [source for source in sources[turn.debt.borrower_id] if source.pk not in refused[turn.debt.pk]]
        if own:
            choices[turn] = {key_of(turn, on, source): source for source in own}
        else:
            counts["barred" if refused[turn.debt.pk] else "no_account"] += 1
    return counts + _write(lender, choices, on)


def _write(lender: Lender, choices: Mapping[Turn, Mapping[str, BankAccount]], on: date) -> Counter[str]:
    """Order what has a key under which nothing went out yet; after orders that never left, they are counted in it."""
    tried, unsent = _earlier(lender, choices, on)
    orders = []
    for turn, own in choices.items():
        key = next((key for key in own if key not in tried), None)
        if key is not None:
            order = order_of(
                turn.debt,
                own[key],
                direction=PaymentOrder.Direction.DEBIT,
                amount_minor=turn.amount_minor,
                key=f"{key}-{unsent[key]}" if unsent[key] else key,
                instalment_number=turn.number,
                may_be_partial=turn.debt.product.allow_partial_debit,
                on=on,
            )
            orders.append(order)
    store_orders(lender, orders, acting_user=None)
    return Counter(ordered=len(orders), tried=len(choices) - len(orders))


def _earlier(
    lender: Lender, choices: Mapping[Turn, Mapping[str, BankAccount]], on: date
) -> tuple[set[str], Counter[str]]:
    """Keys under which an account was tried on that day, and how often one was taken back before it left. One query.

    An order that was taken back because the sum or the wish had changed tried nothing; one whose
    bank account was not there any more will not find it the next time.
    """
    keys = {key for own in choices.values() for key in own}
    debts = [turn.debt for turn in choices]
    name = "loan" if any(isinstance(debt, Loan) for debt in debts) else "bill_account"
    orders = PaymentOrder.objects.filter(
        **{f"{name}__in": debts}, lender=lender, direction=PaymentOrder.Direction.DEBIT, ordered_on=on
    )
    tried, unsent = set(), Counter[str]()
    for said, state, sent_at, reason in orders.values_list("key", "state", "sent_at", "reason"):
        key = said if said in keys else said.rpartition("-")[0]
        if key not in keys:
            continue
        if state == PaymentOrder.State.FAILED and sent_at is None and reason != ACCOUNT_REMOVED:
            unsent[key] += 1
        else:
            tried.add(key)
    return tried, unsent


def key_of(turn: Turn, on: date, source: BankAccount) -> str:
    """The key of one attempt, at most 50 characters: loan, instalment, day, time, account (or monthly bill, bill, ...).

    The gateway and staff read it, so it holds nothing that counts the loans of all lenders.
    """
    at = f"{on:%Y%m%d}{turn.slot.replace(':', '')}"
    return f"d{turn.debt.public_id.hex[:12]}-{turn.number}-{at}-{source.public_id.hex[:12]}"
