"""A monthly bill account as the engine takes it, and what the books must say of it. No queries.

    entries of the account ─► facts ─► loans/engine/revolving ─► every bill, payoff, days past due
                                                              └► balances of the journal

A payment that was taken back, and what took it back, are no facts: everything is as if it had
never come. Only a bill that was not made, because with the payment there was nothing to bill,
is not made up for: nobody was told of it, so nothing is asked for by it.

Balances by account of the chart, debit positive; they sum to nothing:

    CASH              payments - what was paid back
    MERCHANTS         refunds - purchases
    BILLS             purchases - refunds (but for what of them was money) - principal paid
    …_INCOME          less what was paid of interest, fees and penalty interest
    BORROWER_CREDIT   less what was paid and no bill asks for
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from accounts.chain import digest
from loans.engine.penalty import PenaltyBase, PenaltyRules
from loans.engine.profile import profile
from loans.engine.revolving import (
    Account,
    BillError,
    BillTerms,
    CreditReturned,
    Entry,
    Instalments,
    Payment,
    PlanEnded,
    Purchase,
    Refund,
    account,
    bill_days,
)
from loans.engine.revolving import Bill as Statement
from loans.engine.waterfall import Component
from loans.errors import TermsRefused
from loans.models import Account as Book
from loans.models import AccountEntry, Product, RevolvingAccount

Kind = AccountEntry.Kind
PLAIN: Mapping[str, type[Purchase | Payment | CreditReturned]] = MappingProxyType(
    {Kind.PURCHASE: Purchase, Kind.PAYMENT: Payment, Kind.CREDIT_RETURNED: CreditReturned}
)
BOOK_OF = MappingProxyType(
    {
        Component.PENALTY: Book.PENALTY_INCOME,
        Component.FEE: Book.FEE_INCOME,
        Component.INTEREST: Book.INTEREST_INCOME,
        Component.PRINCIPAL: Book.BILLS,
    }
)


def offered_terms(product: Product, rate_annual: Decimal, *, due_day: int, opened_on: date) -> dict[str, Any]:
    """The terms of an account of this product, as they are signed and kept with each bill."""
    return {
        "opened_on": opened_on.isoformat(),
        "rate_annual": _plain(rate_annual),
        "bill_day": product.bill_day,
        "due_day": due_day,
        "minimum_share": _plain(product.minimum_rate or Decimal(0)),
        "profile": product.profile,
        "penalty_uplift": _plain(product.penalty_uplift or Decimal(0)),
        "penalty_base": product.penalty_base,
        "cap_annual": _plain(product.annual_cap),
        "grace_days": product.grace_days,
        "grace_needs_clean_previous": product.grace_needs_clean_previous,
        "allocation": list(product.allocation),
        "principal_first_after_dpd": product.principal_first_after_dpd,
        "plan_fees": product.plan_fees,
    }


def terms_of(account: RevolvingAccount) -> dict[str, Any]:
    """The terms that were signed: a published version of a product never changes."""
    return offered_terms(account.product, account.rate_annual, due_day=account.due_day, opened_on=account.opened_on)


def bill_terms(written: Mapping[str, Any]) -> BillTerms:
    """The terms as the engine takes them. Raises `TermsRefused`."""
    try:
        return BillTerms(
            opened_on=date.fromisoformat(written["opened_on"]),
            rate_annual=Decimal(written["rate_annual"]),
            bill_day=written["bill_day"],
            due_day=written["due_day"],
            minimum_share=Decimal(written["minimum_share"]),
            profile=profile(written["profile"]),
            penalty=PenaltyRules(
                uplift=Decimal(written["penalty_uplift"]),
                base=PenaltyBase(written["penalty_base"]),
                cap_annual=Decimal(written["cap_annual"]),
                grace_days=written["grace_days"],
                grace_needs_clean_previous=written["grace_needs_clean_previous"],
            ),
            order=tuple(Component(one) for one in written["allocation"]),
            principal_first_after=written["principal_first_after_dpd"],
        )
    except BillError as error:
        raise TermsRefused(error.field, error.code) from error


def _facts_of(rows: Sequence[AccountEntry]) -> list[Entry]:
    """The entries of one account as facts; `rows` holds all of them, up to some sequence."""
    numbers: dict[int | None, int] = {row.pk: row.sequence for row in rows}
    return [_fact(row, numbers.get(row.about_id, 0)) for row in counting(rows)]


def counting(rows: Iterable[AccountEntry]) -> list[AccountEntry]:
    """The rows that count: without payments that `rows` take back, and without what takes them back."""
    listed = list(rows)
    back = {row.about_id for row in listed if row.kind == Kind.TAKEN_BACK}
    return [row for row in listed if row.kind != Kind.TAKEN_BACK and row.pk not in back]


def _fact(row: AccountEntry, about: int) -> Entry:
    at, amount_minor = (row.value_on, row.sequence), row.amount_minor or 0
    if row.kind == Kind.REFUND:
        return Refund(*at, amount_minor, about)
    if row.kind == Kind.INSTALMENTS:
        return Instalments(*at, amount_minor, row.parts or 0, (row.fee_rate or Decimal(0)).normalize())
    if row.kind == Kind.PLAN_ENDED:
        return PlanEnded(*at, about)
    return PLAIN[row.kind](*at, amount_minor)


def followed(written: Mapping[str, Any], rows: Sequence[AccountEntry], on: date) -> Account:
    """Where the account stands at the end of a day. Raises `BillError` where the facts do not fit.

    `rows` are its entries in the order of their sequence, all of them up to some sequence.
    """
    terms = bill_terms(written)
    return account(terms, _facts_of(rows), on, unmade_on=_unmade(terms, rows))


def _unmade(terms: BillTerms, rows: Sequence[AccountEntry]) -> set[date]:
    """Bill days that had no bill when a payment was taken back: its bills were made without knowing that."""
    unmade_on: set[date] = set()
    for at, row in enumerate(rows):
        if row.kind == Kind.TAKEN_BACK:
            # It counts on the last bill day at the earliest, so every bill day up to then was over.
            before = account(terms, _facts_of(rows[:at]), row.value_on, unmade_on=unmade_on)
            made_on = {bill.bill_on for bill in before.bills}
            unmade_on |= {day for day in bill_days(terms.opened_on, terms.bill_day, row.value_on) if day not in made_on}
    return unmade_on


def balances(rows: Iterable[AccountEntry], state: Account) -> dict[Book, int]:
    """What the journal holds of an account that stands as `state` after `rows`, all up to its day."""
    found = dict.fromkeys((Book.CASH, Book.MERCHANTS, Book.BILLS), 0)
    for row in counting(rows):
        if row.value_on > state.on or row.amount_minor is None:
            continue
        if row.kind == Kind.PURCHASE:
            found[Book.BILLS] += row.amount_minor
            found[Book.MERCHANTS] -= row.amount_minor
        elif row.kind == Kind.REFUND:
            found[Book.BILLS] -= row.amount_minor - _received(state, row.sequence)
            found[Book.MERCHANTS] += row.amount_minor
        elif row.kind in (Kind.PAYMENT, Kind.CREDIT_RETURNED):
            found[Book.CASH] += row.amount_minor if row.kind == Kind.PAYMENT else -row.amount_minor
    for allocation in state.allocations.values():
        for line in allocation.lines:
            book = BOOK_OF[line.component]
            found[book] = found.get(book, 0) - line.amount_minor
    found[Book.BORROWER_CREDIT] = -state.credit_minor
    return {book: amount for book, amount in found.items() if amount}


def moved(before: Mapping[Book, int], after: Mapping[Book, int]) -> dict[Book, int]:
    """The lines of an entry that leads from one set of balances to another."""
    changed = {book: after.get(book, 0) - before.get(book, 0) for book in {*before, *after}}
    return {book: amount for book, amount in changed.items() if amount}


def principal_left(state: Account) -> int:
    """Principal that is owed, billed or not, of plans too, but for what a plan ended since the last bill left."""
    billed = sum(one.principal_minor for one in state.left)
    plans = sum(row.principal_minor for rows in state.plans.values() for row in rows)
    return billed + plans + state.unbilled_minor


def oldest_unpaid(state: Account) -> date | None:
    """The due date of the oldest bill whose minimum is not paid, past or to come."""
    return min((one.due_on for one in state.left if one.asked_minor), default=None)


def still_open(state: Account) -> tuple[str, ...]:
    """What stands in the way of closing, as `StillOpen` names it; empty if nothing does."""
    found = {
        "owed": state.billed_minor > 0,
        "unbilled": state.unbilled_minor + state.accrued_interest_minor + state.accrued_penalty_minor != 0,
        "instalments": bool(state.plans),
        "credit": state.credit_minor > 0,
    }
    return tuple(reason for reason, is_so in found.items() if is_so)


def statement_columns(made: Statement) -> dict[str, Any]:
    """A bill of the engine as columns of `Bill`, without what leads from the bill before."""
    minimum = made.minimum
    return {
        "number": made.number,
        "opens_on": made.opens_on,
        "bill_on": made.bill_on,
        "due_on": made.due_on,
        "carried_minor": made.carried_minor,
        "overdue_minor": made.overdue_minor,
        "purchases_minor": made.purchases_minor,
        "refunds_minor": made.refunds_minor,
        "instalments_minor": made.instalments_minor,
        "fees_minor": made.fees_minor,
        "interest_minor": made.interest_minor,
        "penalty_minor": made.penalty_minor,
        "balance_minor": made.balance_minor,
        "advance_minor": made.advance_minor,
        "minimum_purchases_minor": minimum.purchases_minor,
        "minimum_instalments_minor": minimum.instalments_minor,
        "minimum_fees_minor": minimum.fees_minor,
        "minimum_overdue_minor": minimum.overdue_minor,
        "minimum_interest_minor": minimum.interest_minor,
        "minimum_minor": minimum.total_minor,
    }


def statement_hash(columns: Mapping[str, Any], written: Mapping[str, Any], last_sequence: int) -> str:
    """The hash of a bill and of what it was made from."""
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in columns.items()}
    return digest({"bill": plain, "terms": dict(written), "last_sequence": last_sequence})


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _received(state: Account, sequence: int) -> int:
    """What of a refund came in as money: what had been paid for already."""
    allocation = state.allocations.get(sequence)
    if allocation is None:
        return 0
    lines = sum(line.amount_minor for line in allocation.lines)
    return int(lines + allocation.unapplied_minor + state.returned.get(sequence, 0))
