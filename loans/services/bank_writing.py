"""Telling a bank what to collect: every debit that waits, in one file, once.

The orders are marked as sent, the file is described with its hash, and its bytes are made, all
in one transaction. A file that was lost on the way is made again, to the byte, and its hash
proves it; no debit ever stands in a second file.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import Conflict
from accounts.models import BankAccount, Lender, User
from accounts.roles import Verb
from accounts.sealed_box import sealed_box
from accounts.services import require
from accounts.wording import DIGITS
from config import clock
from credit.models.consent import Purpose
from credit.selectors import live_among
from loans.bank_file_errors import FileDiffers, NoBankFiles
from loans.bank_files import pain008
from loans.bank_files.pain008 import Batch, Collection, Creditor, Message, Sink
from loans.gateways.bank_file import BANK_FILE, creditor_for, reference_of
from loans.models import BankFile, BankFileLine, Hold, Loan, PaymentOrder, RevolvingAccount
from loans.selectors.debits import bills_of
from loans.selectors.standing import standing
from loans.services.bill_ordering import unneeded_bill_debit
from loans.services.ordering_early import is_still_right

SLICE = 500
MOST = 50_000
NEEDS_MANDATE = pain008.RECURRENT
Direction, State = PaymentOrder.Direction, PaymentOrder.State


@dataclass(frozen=True, slots=True)
class Written:
    """The file, if there was anything to collect, and how many orders were taken back instead."""

    file: BankFile | None
    taken_back: int


class _Item(NamedTuple):
    """An order in a file: which, once or under a mandate, and under which."""

    order_pk: int
    key: str
    amount_minor: int
    sequence: str
    mandate: str
    signed_on: date


class _Tee:
    """Passes bytes on and knows their hash and number."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._sink.write(data)
        self.hash.update(data)
        self.size += len(data)


@transaction.atomic
def write_collections(
    *, lender: Lender, sink: Sink, collect_on: date | None = None, acting_user: User | None
) -> Written:
    """Write every debit that waits to `sink`, to be collected on a day (today unless given).

    What is not owed any more, or not allowed any more, is taken back. Nothing is written where
    nothing waits. The bytes count only once the transaction is committed. Raises `NoBankFiles`,
    `NotPermitted`, `Conflict` where somebody else writes a file at the same moment.
    """
    creditor = _creditor(lender, acting_user)
    taken_back = 0
    items: list[_Item] = []
    waiting = PaymentOrder.objects.filter(lender=lender, gateway=BANK_FILE, state=State.CREATED)
    pks = list(waiting.filter(direction=Direction.DEBIT).order_by("pk").values_list("pk", flat=True)[:MOST])
    for some in _slices(pks):
        claimed, back = _claimed(lender, some)
        items += claimed
        taken_back += back
    if not items:
        return Written(None, taken_back)
    items.sort(key=lambda item: (item.sequence, item.order_pk))
    serial = BankFile.objects.filter(lender=lender, direction=BankFile.Direction.OUT).count() + 1
    message = _message(lender, creditor, serial, collect_on or lender.today(), items)
    tee = _Tee(sink)
    pain008.write(tee, message, _batches(message, items))
    return Written(_stored(lender, message, items, tee, acting_user), taken_back)


@transaction.atomic
def write_again(*, file: BankFile, sink: Sink, acting_user: User | None) -> None:
    """Make a file of collections again, to the byte. Raises `FileDiffers` where that cannot be done."""
    if acting_user is not None:
        require(lender=file.lender, verb=Verb.HANDLE_BANK_FILES, user=acting_user)
    lines = file.lines.filter(kind=BankFileLine.Kind.DEBIT).order_by("number")
    names = ("order_id", "key", "amount_minor", "sequence", "mandate", "signed_on")
    items = [_Item(*values) for values in lines.values_list(*names)]
    tee = _Tee(sink)
    message = _read_head(file)
    pain008.write(tee, message, _batches(message, items))
    if tee.hash.hexdigest() != file.sha256:
        raise FileDiffers(file.message_id)
    audit.record(
        lender=file.lender,
        verb="copy_bank_file",
        subject=file.message_id,
        after={"sha256": file.sha256},
        acting_user=acting_user,
    )


def _creditor(lender: Lender, acting_user: User | None) -> Creditor:
    if acting_user is not None:
        require(lender=lender, verb=Verb.HANDLE_BANK_FILES, user=acting_user)
    creditor = creditor_for(lender.code, lender.name_in("en"))
    if creditor is None:
        raise NoBankFiles(lender.code)
    return creditor


def _claimed(lender: Lender, pks: Sequence[int]) -> tuple[list[_Item], int]:
    """Mark orders as sent, or take them back; what they stand for is locked in the order of the keys."""
    loans, accounts = _locked(pks)
    orders = list(
        PaymentOrder.objects.filter(pk__in=pks, state=State.CREATED).select_related("bank_account").order_by("pk")
    )
    today = lender.today()
    bills = bills_of(list(loans.values()), today)
    still = set(
        Hold.objects.on(today).filter(loan__in=loans, kind=Hold.Kind.AUTO_DEBIT).values_list("loan_id", flat=True)
    )
    people = {loan.borrower_id for loan in loans.values()} | {one.borrower_id for one in accounts.values()}
    mandates = live_among(people, lender, Purpose.DEBIT, today)
    reasons: dict[str, list[PaymentOrder]] = {}
    items = []
    for order in orders:
        order.loan, order.bill_account = loans.get(order.loan_id), accounts.get(order.bill_account_id)
        mandate = mandates.get(order.debt.borrower_id)
        has_mandate = mandate is not None
        if order.loan is None:
            reason = _unneeded_of_bill(order, has_mandate=has_mandate)
        else:
            pk = order.loan.pk
            reason = _unneeded(order, order.loan, bills.get(pk), is_still=pk in still, has_mandate=has_mandate)
        if reason:
            reasons.setdefault(reason, []).append(order)
        else:
            items.append(_item(order, mandate))
    _send([item.order_pk for item in items])
    _take_back(lender, reasons)
    return items, sum(map(len, reasons.values()))


def _locked(pks: Sequence[int]) -> tuple[dict[int | None, Loan], dict[int | None, RevolvingAccount]]:
    """The loans, and the accounts of monthly bills, that these orders stand for."""
    orders = PaymentOrder.objects.filter(pk__in=pks)
    loans = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender")
    accounts = RevolvingAccount.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "product")
    return (
        {loan.pk: loan for loan in loans.filter(pk__in=orders.values("loan")).order_by("pk")},
        {one.pk: one for one in accounts.filter(pk__in=orders.values("bill_account")).order_by("pk")},
    )


def _unneeded_of_bill(order: PaymentOrder, *, has_mandate: bool) -> str:
    """Why a debit of a monthly bill must not go out now; empty if it may."""
    if not order.bank_account.number_sealed or not order.bank_account.is_active:
        return "account_removed"
    if order.instalment_number is not None and not has_mandate:
        return "no_mandate"
    return unneeded_bill_debit(order, order.debt)


def _unneeded(order: PaymentOrder, loan: Loan, bill: Any, *, is_still: bool, has_mandate: bool) -> str:
    """Why a debit must not go out now; empty if it may."""
    if not loan.is_owed:
        return "loan_closed"
    if not order.bank_account.number_sealed or not order.bank_account.is_active:
        return "account_removed"
    if order.aim != PaymentOrder.Aim.PAY:
        return _unneeded_early(order, loan)
    if order.instalment_number is None:
        # Less may be owed by now than when the borrower asked for it.
        return "amount_changed" if order.amount_minor > standing(loan, loan.lender.today()).left_minor else ""
    if is_still:
        return "held"
    if not has_mandate:
        return "no_mandate"
    if bill is None or bill.number != order.instalment_number:
        return "not_due"
    return "" if bill.left_minor == order.amount_minor else "amount_changed"


def _unneeded_early(order: PaymentOrder, loan: Loan) -> str:
    """The sum of a day goes out on that day or not at all."""
    today = loan.lender.today()
    if order.ordered_on != today:
        return "quote_over"
    return "" if is_still_right(loan, order.aim, order.amount_minor, today) else "amount_changed"


def _item(order: PaymentOrder, mandate: Any) -> _Item:
    """A debit that the borrower asked for stands on that wish; any other on the consent to auto-debit."""
    key = reference_of(order.public_id)
    if order.instalment_number is None:
        return _Item(order.pk, key, order.amount_minor, pain008.ONCE, key, order.ordered_on)
    return _Item(order.pk, key, order.amount_minor, NEEDS_MANDATE, mandate.public_id.hex, mandate.given_on)


def _send(pks: Sequence[int]) -> None:
    orders = PaymentOrder.objects.filter(pk__in=pks, state=State.CREATED)
    if orders.update(state=State.SENT, sent_at=clock.now()) != len(pks):
        raise Conflict("an order was changed by somebody else")


def _take_back(lender: Lender, reasons: dict[str, list[PaymentOrder]]) -> None:
    facts = []
    for reason, orders in reasons.items():
        rows = PaymentOrder.objects.filter(pk__in=[order.pk for order in orders], state=State.CREATED)
        rows.update(state=State.FAILED, reason=reason, ended_at=clock.now())
        facts += [
            audit.Fact(
                verb="take_order_back",
                subject=order.debt.number,
                after={"key": order.key, "reason": reason},
            )
            for order in orders
        ]
    audit.record_all(lender=lender, facts=facts, acting_user=None)


def _message(lender: Lender, creditor: Creditor, serial: int, collect_on: date, items: Sequence[_Item]) -> Message:
    key = f"{lender.code[:20]}-C{serial:06d}"
    batches = []
    for sequence in sorted({item.sequence for item in items}):
        amounts = [item.amount_minor for item in items if item.sequence == sequence]
        batches.append(
            Batch(
                key=f"{key}-{sequence}",
                sequence=sequence,
                collect_on=collect_on,
                count=len(amounts),
                total_minor=sum(amounts),
            )
        )
    return Message(
        key=key,
        created_at=clock.now().replace(microsecond=0),
        currency=lender.currency,
        digits=DIGITS.get(lender.currency, 2),
        creditor=creditor,
        batches=tuple(batches),
    )


def _batches(message: Message, items: Sequence[_Item]) -> Iterator[tuple[Batch, Iterator[Collection]]]:
    for batch in message.batches:
        yield batch, _collections([item for item in items if item.sequence == batch.sequence])


def _collections(items: Sequence[_Item]) -> Iterator[Collection]:
    """What the file says of each debit. The number of an account is opened for this line and not kept."""
    box = sealed_box()
    for some in _slices(items):
        orders = PaymentOrder.objects.select_related("bank_account", "loan", "bill_account").in_bulk(
            [item.order_pk for item in some]
        )
        for item in some:
            order = orders[item.order_pk]
            account: BankAccount = order.bank_account
            number = f" / {order.instalment_number}" if order.instalment_number else ""
            yield Collection(
                key=item.key,
                amount_minor=item.amount_minor,
                debtor=account.holder,
                account=box.open(account.number_sealed, account.seal_of),
                bank=account.bank_code,
                bank_name=account.bank_name,
                mandate=item.mandate,
                signed_on=item.signed_on,
                words=f"{order.debt.number}{number}",
            )


def _stored(lender: Lender, message: Message, items: Sequence[_Item], tee: _Tee, acting_user: User | None) -> BankFile:
    """The file and its lines, as they are kept."""
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                lender=lender,
                direction=BankFile.Direction.OUT,
                message=pain008.MESSAGE,
                message_id=message.key,
                name=f"{message.key}.xml",
                sha256=tee.hash.hexdigest(),
                size=tee.size,
                currency=lender.currency,
                line_count=len(items),
                total_minor=sum(item.amount_minor for item in items),
                head=_head(message),
                made_by=acting_user,
            )
    except IntegrityError as error:
        raise Conflict(f"{message.key} is being written by somebody else") from error
    BankFileLine.objects.bulk_create(
        (
            BankFileLine(
                file=file, lender=lender, number=number, kind=BankFileLine.Kind.DEBIT, order_id=item.order_pk,
                key=item.key, amount_minor=item.amount_minor, currency=lender.currency,
                value_on=message.batches[0].collect_on, sequence=item.sequence, mandate=item.mandate,
                signed_on=item.signed_on,
            )
            for number, item in enumerate(items, start=1)
        ),
        batch_size=SLICE,
    )  # fmt: skip
    after = {"sha256": file.sha256, "orders": file.line_count, "total_minor": file.total_minor}
    audit.record(lender=lender, verb="write_bank_file", subject=file.message_id, after=after, acting_user=acting_user)
    return file


def _head(message: Message) -> dict[str, Any]:
    """The head of a message as JSON values; `_read_head` reads it back."""
    batches = [asdict(batch) | {"collect_on": batch.collect_on.isoformat()} for batch in message.batches]
    return {
        "created_at": message.created_at.isoformat(),
        "digits": message.digits,
        "creditor": asdict(message.creditor),
        "batches": batches,
    }


def _read_head(file: BankFile) -> Message:
    head = file.head
    batches = [Batch(**one | {"collect_on": date.fromisoformat(one["collect_on"])}) for one in head["batches"]]
    return Message(
        key=file.message_id,
        created_at=datetime.fromisoformat(head["created_at"]),
        currency=file.currency,
        digits=head["digits"],
        creditor=Creditor(**head["creditor"]),
        batches=tuple(batches),
    )


def _slices(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + SLICE] for start in range(0, len(rows), SLICE))
