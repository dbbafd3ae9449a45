"""Opening a monthly bill from a limit: see what it costs, read it, sign; one transaction makes contract and account."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict, NotPermitted
from accounts.models import LenderRelation, User
from accounts.person_name import same
from accounts.services import next_reference
from config import clock
from credit.services import open_tradeline
from loans.bill_contracts import TEMPLATE, bill_contract_blocks
from loans.bill_facts import bill_terms, offered_terms
from loans.errors import BillRefused, FiguresChanged, LimitRefused, NameDiffers, NotRead, TermsRefused
from loans.models import BillContract, BillOffer, CreditLimit, Product, RevolvingAccount
from loans.papers import GOVERNING
from loans.selectors.limit_use import use_of
from loans.services.drawing import Signature

State = BillOffer.State


@transaction.atomic
def ask_to_open(*, limit: CreditLimit, due_day: int, acting_user: User) -> BillOffer:
    """An offer whose cost sheet is shown from now on; nothing is opened yet.

    Raises `TermsRefused` for a due day that the product does not offer, `BillRefused` where the
    limit is not of a monthly bill or has one, `LimitRefused`.
    """
    limit = _read(limit)
    _check(limit, acting_user)
    written = offered_terms(limit.product, limit.rate_annual, due_day=due_day, opened_on=limit.lender.today())
    if due_day not in limit.product.due_days:
        raise TermsRefused("due_day", "not_offered")
    bill_terms(written)
    return BillOffer.objects.create(
        lender=limit.lender, borrower=limit.borrower, limit=limit, due_day=due_day, terms_hash=digest(written)
    )


@transaction.atomic
def confirm_offer_read(*, offer: BillOffer, acting_user: User) -> BillOffer:
    """The borrower has read the cost sheet; raises `NotRead` with the seconds left if it was too quick."""
    if offer.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the person who asked reads it")
    since, least = clock.now() - offer.made_at, timedelta(seconds=settings.COST_SHEET_SECONDS)
    if offer.state == State.SHOWN and since < least:
        raise NotRead(int((least - since).total_seconds()) + 1)
    BillOffer.objects.filter(pk=offer.pk, state=State.SHOWN).update(state=State.READ, read_at=clock.now())
    offer.refresh_from_db()
    return offer


@transaction.atomic
def open_account(*, offer: BillOffer, shown_hash: str, signature: Signature, acting_user: User) -> RevolvingAccount:
    """Sign what was shown: the account is opened, its contract kept. Signing again returns the account that stands.

    Raises `NotRead` before the cost sheet was read, `NameDiffers`, `FiguresChanged` where
    today's terms are others than those shown, `BillRefused`, `LimitRefused`, `Conflict`.
    """
    limit = _read(offer.limit)
    stored = BillContract.objects.select_related("account").filter(offer=offer, borrower__user=acting_user).first()
    if stored is not None:
        return stored.account
    _check(limit, acting_user)
    offer = BillOffer.objects.get(pk=offer.pk)
    if offer.state != State.READ:
        raise NotRead(settings.COST_SHEET_SECONDS)
    names = [name for name in (limit.borrower.name, limit.borrower.name_latin) if name]
    if not any(same(signature.typed_name, name) for name in names):
        raise NameDiffers(limit.number)
    today = limit.lender.today()
    written = offered_terms(limit.product, limit.rate_annual, due_day=offer.due_day, opened_on=today)
    if not digest(written) == offer.terms_hash == shown_hash:
        raise FiguresChanged(limit.number)
    account = RevolvingAccount.objects.create(
        lender=limit.lender, borrower=limit.borrower, product=limit.product, limit=limit,
        number=next_reference(lender=limit.lender, prefix="RA", year=today.year), currency=limit.lender.currency,
        rate_annual=limit.rate_annual, bill_day=written["bill_day"], due_day=offer.due_day, opened_on=today,
    )  # fmt: skip
    if not BillOffer.objects.filter(pk=offer.pk, state=State.READ).update(state=State.SIGNED):
        raise Conflict(limit.number)
    _opened(account, _signed(account, offer, written, signature, acting_user), acting_user)
    return account


def _signed(
    account: RevolvingAccount, offer: BillOffer, written: dict[str, object], signature: Signature, acting_user: User
) -> BillContract:
    limit, today = account.limit, account.opened_on
    words = (limit, written, use_of(limit, today).limit_minor)
    title, blocks = bill_contract_blocks(*words, signature.language)
    governing = bill_contract_blocks(*words, GOVERNING) if signature.language != GOVERNING else ("", [])
    contract = BillContract(
        lender=account.lender, borrower=account.borrower, account=account, offer=offer,
        number=next_reference(lender=account.lender, prefix="CT", year=today.year), template=TEMPLATE,
        language=signature.language, title=title, blocks=blocks, governing_language=GOVERNING,
        governing_title=governing[0], governing_blocks=governing[1], terms=written, terms_hash=offer.terms_hash,
        signed_on=today, signed_by=acting_user, typed_name=signature.typed_name, signing_method=signature.method,
        ip_address=signature.ip_address, user_agent=signature.user_agent[:300],
    )  # fmt: skip
    contract.sha256 = digest(contract.content())
    contract.save(force_insert=True)
    return contract


def _opened(account: RevolvingAccount, contract: BillContract, acting_user: User) -> None:
    # The account on the credit file follows from the signature, whoever gave it.
    open_tradeline(
        borrower=account.borrower, lender=account.lender, reference=account.number, portfolio="revolving",
        opened_on=account.opened_on, original_minor=use_of(account.limit, account.opened_on).limit_minor,
        currency=account.currency, acting_user=None,
    )  # fmt: skip
    audit.record(
        lender=account.lender,
        verb="open_account",
        subject=account.number,
        after={"contract": contract.number, "limit": account.limit.number, "sha256": contract.sha256},
        acting_user=acting_user,
    )


def _read(limit: CreditLimit) -> CreditLimit:
    """The limit as it is now; on PostgreSQL nobody else can change it until the transaction ends."""
    locked = CreditLimit.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("lender", "borrower", "product__lender").get(pk=limit.pk)


def _check(limit: CreditLimit, acting_user: User) -> None:
    if limit.borrower.user_id != acting_user.pk:
        raise NotPermitted("only its owner opens a monthly bill from a limit")
    if limit.state != CreditLimit.State.ACTIVE:
        raise LimitRefused("closed")
    if limit.product.kind != Product.Kind.REVOLVING:
        raise BillRefused("not_billed_monthly")
    if LenderRelation.objects.filter(borrower=limit.borrower, lender=limit.lender, state="closing").exists():
        raise LimitRefused("leaving")
    if RevolvingAccount.objects.filter(limit=limit).exists():
        raise BillRefused("open_already")
