"""Closing a monthly bill on which nothing is open, and the paper that says so."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict
from accounts.models import User
from accounts.roles import Verb
from accounts.services import next_reference
from config import clock
from credit.services import close_tradeline
from loans.bill_facts import followed, still_open, terms_of
from loans.certificates import written_for_account
from loans.errors import NotSettled, StillOpen
from loans.models import PaymentOrder, RevolvingAccount, SettlementCertificate
from loans.papers import GOVERNING
from loans.selectors.debits import is_in_question
from loans.selectors.refunds import is_refund_in_question
from loans.services.bill_head import (
    change_account,
    check_open,
    check_owner,
    entries_of,
    lock_account,
    permit_or_owner,
)
from loans.services.billing import make_bills
from loans.services.limiting import close_limit


@transaction.atomic
def close_account(*, account: RevolvingAccount, acting_user: User | None) -> RevolvingAccount:
    """Close it for good, and its limit with it; opening another means a new assessment.

    Raises `StillOpen` with all that is open, `BillRefused` where it is closed already.
    """
    account = lock_account(account)
    check_owner(account, acting_user)
    check_open(account)
    today = account.lender.today()
    make_bills(account, today)
    reasons = still_open(followed(terms_of(account), entries_of(account), today))
    if PaymentOrder.objects.open().filter(bill_account=account).exists():
        reasons = (*reasons, "under_way")
    if is_in_question(account) or is_refund_in_question(account):
        reasons = (*reasons, "in_question")
    if reasons:
        raise StillOpen(reasons)
    change_account(
        account,
        state=RevolvingAccount.State.CLOSED,
        closed_on=today,
        principal_left_minor=0,
        oldest_unpaid_due_on=None,
    )
    close_limit(limit=account.limit, acting_user=acting_user)
    # The account on the credit file is closed with it, whoever closed it.
    close_tradeline(lender=account.lender, reference=account.number, on=today, acting_user=None)
    audit.record(
        lender=account.lender,
        verb="close_account",
        subject=account.number,
        after={"closed_on": today.isoformat()},
        acting_user=acting_user,
    )
    return account


@transaction.atomic
def certify_account(*, account: RevolvingAccount, language: str, acting_user: User | None) -> SettlementCertificate:
    """The certificate of a closed account; the one that stands is returned, in the language it was written in.

    Raises `NotSettled` while the account is open.
    """
    account = lock_account(account)
    permit_or_owner(account, Verb.RECORD_PAYMENT, acting_user)
    if account.closed_on is None:
        raise NotSettled(account.number)
    stored = SettlementCertificate.objects.filter(account=account).first()
    if stored is not None:
        return stored
    today = account.lender.today()
    title, blocks = written_for_account(account, language, today)
    governing = written_for_account(account, GOVERNING, today) if language != GOVERNING else ("", [])
    certificate = SettlementCertificate(
        lender=account.lender, borrower=account.borrower, account=account, settled_on=account.closed_on,
        language=language, number=next_reference(lender=account.lender, prefix="SC", year=today.year), title=title,
        blocks=blocks, governing_language=GOVERNING, governing_title=governing[0], governing_blocks=governing[1],
        issued_at=clock.now(), issued_on=today,
    )  # fmt: skip
    certificate.sha256 = digest(certificate.content())
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{account.number} has got its certificate meanwhile") from error
    audit.record(
        lender=account.lender,
        verb="issue_certificate",
        subject=certificate.number,
        after={"account": account.number, "sha256": certificate.sha256},
        acting_user=acting_user,
    )
    return certificate
