"""A bill in instalments: shown with what it really costs, then agreed to; and ended early at no extra fee."""

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.errors import Conflict
from accounts.models import User
from config import clock
from loans.bill_facts import followed, terms_of
from loans.engine.revolving import BillError, bill_plan, plan_cost_sheet
from loans.engine.schedule import Row, schedule_hash
from loans.errors import BillRefused, FiguresChanged, NotRead, OrderOpen
from loans.models import AccountEntry, Bill, BillPlan, PaymentOrder, RevolvingAccount
from loans.services.bill_head import (
    add_entry,
    check_amount,
    check_open,
    check_owner,
    entries_of,
    lock_account,
    stored_entry,
)
from loans.services.billing import make_bills

Kind = AccountEntry.Kind
RATE_STEP = Decimal("0.0000000001")


@transaction.atomic
def offer_plan(*, account: RevolvingAccount, amount_minor: int, parts: int, acting_user: User) -> BillPlan:
    """So much of the running bill's purchases in so many parts, with its cost sheet; nothing is agreed yet.

    Raises `BillRefused` where the product has no such plan, or the bill no room for it: it is
    overdue, past its due date, or less of its purchases is unpaid. `OrderOpen` while a payment of
    the account is under way: it may be paying what would become instalments.
    """
    account = lock_account(account)
    check_owner(account, acting_user)
    check_open(account)
    check_amount(amount_minor)
    _check_nothing_comes(account)
    make_bills(account, account.lender.today())
    fee_rate = fee_rate_of(account, parts)
    bill, rows = plan_rows(account, amount_minor, parts, fee_rate)
    _check_fits(account, _row(amount_minor, parts, fee_rate))
    sheet = plan_cost_sheet(rows, lender=account.lender.code)
    return BillPlan.objects.create(
        lender=account.lender, account=account, bill=bill, amount_minor=amount_minor, parts=parts,
        fee_rate=fee_rate, fee_minor=sum(row.fee_minor for row in rows),
        rate_annual=sheet.rate_annual.quantize(RATE_STEP), rows_hash=schedule_hash(rows), cost_sheet=sheet.as_dict(),
    )  # fmt: skip


@transaction.atomic
def plan_bill(*, plan: BillPlan, shown_hash: str, acting_user: User) -> BillPlan:
    """Agree to what was shown; agreeing again changes nothing.

    Raises `NotRead` before the cost sheet could have been read, `FiguresChanged` where other
    instalments would follow today, `BillRefused` where there is no room any more, `OrderOpen`
    while a payment of the account is under way.
    """
    account = lock_account(plan.account)
    check_owner(account, acting_user)
    plan = BillPlan.objects.get(pk=plan.pk)
    if plan.state == BillPlan.State.AGREED:
        return plan
    since, least = clock.now() - plan.made_at, timedelta(seconds=settings.COST_SHEET_SECONDS)
    if since < least:
        raise NotRead(int((least - since).total_seconds()) + 1)
    check_open(account)
    _check_nothing_comes(account)
    make_bills(account, account.lender.today())
    bill, rows = plan_rows(account, plan.amount_minor, plan.parts, plan.fee_rate)
    if bill.pk != plan.bill_id or not schedule_hash(rows) == plan.rows_hash == shown_hash:
        raise FiguresChanged(account.number)
    row = _row(plan.amount_minor, plan.parts, plan.fee_rate)
    row.key, row.recorded_by = f"plan:{plan.public_id}", acting_user
    made = add_entry(account, row, posted_as=None, verb="plan_bill")
    shown = BillPlan.objects.filter(pk=plan.pk, state=BillPlan.State.SHOWN)
    if not shown.update(state=BillPlan.State.AGREED, agreed_at=clock.now(), entry=made):
        raise Conflict(account.number)
    plan.refresh_from_db()
    return plan


@transaction.atomic
def end_plan(*, plan: BillPlan, value_on: date | None = None, acting_user: User | None) -> AccountEntry:
    """End a plan early: what is left of it is due with the next bill, with its fee for the days gone by only.

    It ends today, unless the system gives another day since the last bill. Raises `BillRefused`
    where nothing is left of it.
    """
    account = lock_account(plan.account)
    check_owner(account, acting_user)
    key = f"end:{plan.public_id}"
    if stored := stored_entry(account, key):
        return stored
    check_open(account)
    make_bills(account, account.lender.today())
    if plan.entry is None:
        raise BillRefused("not_a_plan")
    row = AccountEntry(kind=Kind.PLAN_ENDED, about=plan.entry, key=key, recorded_by=acting_user)
    return add_entry(account, row, posted_as=None, verb="end_plan", value_on=value_on)


def fee_rate_of(account: RevolvingAccount, parts: int) -> Decimal:
    """The fee for so many parts, as a part of the amount. Raises `BillRefused` where the product has none."""
    for count, fee_rate in account.product.offering.plan_fees:
        if count == parts:
            return fee_rate
    raise BillRefused("not_offered")


def plan_rows(
    account: RevolvingAccount, amount_minor: int, parts: int, fee_rate: Decimal
) -> tuple[Bill, tuple[Row, ...]]:
    """The running bill, and the instalments that so much of it would become. One query."""
    bill = Bill.objects.filter(account=account).order_by("-bill_on").first()
    if bill is None:
        raise BillRefused("nothing_billed")
    try:
        return bill, bill_plan(amount_minor, parts, fee_rate, bill.due_on, account.product.conventions)
    except BillError as error:
        raise BillRefused(error.code) from error


def _check_nothing_comes(account: RevolvingAccount) -> None:
    """Raise `OrderOpen` while a debit is under way: its money may have moved before the instalments begin."""
    debits = PaymentOrder.objects.open().filter(bill_account=account, direction=PaymentOrder.Direction.DEBIT)
    if debits.exists():
        raise OrderOpen(account.number)


def _row(amount_minor: int, parts: int, fee_rate: Decimal) -> AccountEntry:
    return AccountEntry(kind=Kind.INSTALMENTS, amount_minor=amount_minor, parts=parts, fee_rate=fee_rate)


def _check_fits(account: RevolvingAccount, row: AccountEntry) -> None:
    """Raise `BillRefused` where the account has no place for the entry today."""
    rows, today = entries_of(account), account.lender.today()
    row.value_on, row.sequence = today, len(rows) + 1
    try:
        followed(terms_of(account), [*rows, row], today)
    except BillError as error:
        raise BillRefused(error.code) from error
