"""Drawing from a limit: ask, read the cost sheet, sign; one transaction makes the contract, the loan and the payout."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict, NotPermitted
from accounts.models import BankAccount, User
from accounts.person_name import same
from accounts.selectors import debit_sources
from accounts.services import next_reference
from config import clock
from loans.contracts import TEMPLATE, contract_blocks, sheet_of
from loans.errors import AccountRefused, FiguresChanged, LimitExceeded, NameDiffers, NotRead
from loans.gateways.configured import gateway_for
from loans.models import Contract, CreditLimit, DrawDown
from loans.papers import GOVERNING
from loans.selectors.drawing import Drawing, worked_out
from loans.selectors.limit_use import use_of
from loans.services.limiting import attach_loan, reserve
from loans.services.opening import open_loan
from loans.services.ordering import order_payout


@dataclass(frozen=True, slots=True)
class Signature:
    """How the borrower signed: what they typed, and from where."""

    typed_name: str
    method: str
    language: str
    ip_address: str | None = None
    user_agent: str = ""


@transaction.atomic
def ask_to_draw(
    *,
    limit: CreditLimit,
    amount_minor: int,
    instalment_count: int,
    method: str,
    account: BankAccount,
    due_day: int | None = None,
    acting_user: User,
) -> DrawDown:
    """A draw-down whose cost sheet is shown from now on. Nothing is set aside yet.

    `due_day` is chosen where the product lets one choose. Raises `TermsRefused`,
    `LimitExceeded` with what can be drawn, `AccountRefused`.
    """
    _own(limit, acting_user)
    _check_account(limit, account)
    today = limit.lender.today()
    drawing = worked_out(
        limit,
        amount_minor=amount_minor,
        instalment_count=instalment_count,
        method=method,
        due_day=due_day,
        on=today,
    )
    available_minor = use_of(limit, today).available_minor
    if amount_minor > available_minor:
        raise LimitExceeded(available_minor)
    return DrawDown.objects.create(
        lender=limit.lender,
        borrower=limit.borrower,
        limit=limit,
        account=account,
        amount_minor=amount_minor,
        instalment_count=instalment_count,
        method=method,
        rate_annual=limit.rate_annual,
        disbursed_on=today,
        due_day=due_day,
        schedule_hash=drawing.hash,
    )


@transaction.atomic
def confirm_reading(*, draw_down: DrawDown, acting_user: User) -> DrawDown:
    """The borrower has read the cost sheet; raises `NotRead` with the seconds left if it was too quick."""
    _own(draw_down.limit, acting_user)
    since = clock.now() - draw_down.made_at
    least = timedelta(seconds=settings.COST_SHEET_SECONDS)
    if draw_down.state == DrawDown.State.SHOWN and since < least:
        raise NotRead(int((least - since).total_seconds()) + 1)
    DrawDown.objects.filter(pk=draw_down.pk, state=DrawDown.State.SHOWN).update(
        state=DrawDown.State.READ, read_at=clock.now()
    )
    draw_down.refresh_from_db()
    return draw_down


@transaction.atomic
def sign_contract(*, draw_down: DrawDown, shown_hash: str, signature: Signature, acting_user: User) -> Contract:
    """Sign what was shown: the limit is set aside, the loan opened, its contract kept, the payout ordered.

    Signing again returns the contract that stands. Raises `NotRead` before the cost sheet was
    read, `NameDiffers`, `FiguresChanged` where today's figures are others than those shown,
    `LimitExceeded`, `Conflict`, `AccountRefused`.
    """
    limit = (
        CreditLimit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lender", "borrower", "product")
        .get(pk=draw_down.limit_id)
    )
    _own(limit, acting_user)
    draw_down = DrawDown.objects.select_related("account").get(pk=draw_down.pk)
    if stored := Contract.objects.filter(draw_down=draw_down).first():
        return stored
    if draw_down.state != DrawDown.State.READ:
        raise NotRead(settings.COST_SHEET_SECONDS)
    names = [name for name in (limit.borrower.name, limit.borrower.name_latin) if name]
    if not any(same(signature.typed_name, name) for name in names):
        raise NameDiffers(limit.number)
    _check_account(limit, draw_down.account)
    drawing = worked_out(
        limit,
        amount_minor=draw_down.amount_minor,
        instalment_count=draw_down.instalment_count,
        method=draw_down.method,
        due_day=draw_down.due_day,
        on=limit.lender.today(),
    )
    if not drawing.hash == draw_down.schedule_hash == shown_hash:
        raise FiguresChanged(limit.number)
    return _made(limit, draw_down, drawing, signature, acting_user)


def _made(
    limit: CreditLimit, draw_down: DrawDown, drawing: Drawing, signature: Signature, acting_user: User
) -> Contract:
    reference, today = str(draw_down.public_id), limit.lender.today()
    reserve(limit=limit, amount_minor=draw_down.amount_minor, reference=reference, acting_user=acting_user)
    loan = open_loan(
        lender=limit.lender,
        borrower=limit.borrower,
        product=limit.product,
        principal_minor=draw_down.amount_minor,
        instalment_count=draw_down.instalment_count,
        disbursed_on=today,
        first_due_on=drawing.terms.first_due_on,
        rate_annual=limit.rate_annual,
        method=draw_down.method,
        acting_user=None,
    )
    attach_loan(limit=limit, reference=reference, loan=loan, acting_user=acting_user)
    signed = DrawDown.objects.filter(pk=draw_down.pk, state=DrawDown.State.READ).update(state=DrawDown.State.SIGNED)
    if not signed:
        raise Conflict(reference)
    contract = _written(limit, draw_down, drawing, signature)
    contract.loan, contract.signed_by = loan, acting_user
    contract.sha256 = digest(contract.content())
    contract.save(force_insert=True)
    if gateway_for(limit.lender.code) is not None:
        order_payout(loan=loan, bank_account=draw_down.account, acting_user=None)
    audit.record(
        lender=limit.lender,
        verb="sign_contract",
        subject=contract.number,
        after={"loan": loan.number, "limit": limit.number, "sha256": contract.sha256, "schedule": drawing.hash},
        acting_user=acting_user,
    )
    return contract


def _written(limit: CreditLimit, draw_down: DrawDown, drawing: Drawing, signature: Signature) -> Contract:
    today = limit.lender.today()
    sheet = sheet_of(limit.product, drawing.terms, drawing.rows)
    words = (limit, drawing.terms, drawing.rows, sheet, draw_down.account)
    title, blocks = contract_blocks(*words, signature.language)
    governing = contract_blocks(*words, GOVERNING) if signature.language != GOVERNING else ("", [])
    return Contract(
        lender=limit.lender,
        borrower=limit.borrower,
        draw_down=draw_down,
        number=next_reference(lender=limit.lender, prefix="CT", year=today.year),
        template=TEMPLATE,
        language=signature.language,
        title=title,
        blocks=blocks,
        governing_language=GOVERNING,
        governing_title=governing[0],
        governing_blocks=governing[1],
        cost_sheet=sheet.as_dict(),
        schedule_hash=drawing.hash,
        signed_on=today,
        typed_name=signature.typed_name,
        signing_method=signature.method,
        ip_address=signature.ip_address,
        user_agent=signature.user_agent[:300],
    )


def _own(limit: CreditLimit, acting_user: User) -> None:
    if limit.borrower.user_id != acting_user.pk:
        raise NotPermitted("only its owner draws from a limit")


def _check_account(limit: CreditLimit, account: BankAccount) -> None:
    if account.pk not in {one.pk for one in debit_sources(limit.borrower)}:
        raise AccountRefused(str(account.public_id))
