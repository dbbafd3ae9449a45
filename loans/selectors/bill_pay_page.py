"""Paying a monthly bill: how it can be paid here, what is on its way, and what is collected by itself."""

from dataclasses import dataclass

from accounts.models import BankAccount
from accounts.selectors import debit_sources
from credit.models import Consent
from credit.models.consent import Purpose
from credit.selectors import live_consent
from loans.gateways.bank_file import collects_by_file
from loans.gateways.configured import gateway_for
from loans.models import PaymentOrder, RevolvingAccount
from loans.selectors.bills import BillNow, bill_now, state_of
from loans.selectors.debits import did_not_go_through, is_in_question, under_way


@dataclass(frozen=True, slots=True)
class BillPayPage:
    """`is_recording` says that this site itself takes the payment down, without money moving.

    With `is_collecting` it asks the borrower's bank for the money, from one of `sources`; while
    a debit is `under_way` no other is asked for. While a refund is on its way the sum that pays
    for everything is not offered: it leaves out a credit that may be gone. While it
    `is_in_question` what came before, nothing more is asked for.
    """

    account: RevolvingAccount
    now: BillNow
    is_recording: bool
    is_collecting: bool
    sources: tuple[BankAccount, ...]
    under_way: tuple[PaymentOrder, ...]
    failed: PaymentOrder | None
    is_refund_under_way: bool
    is_in_question: bool

    @property
    def is_open(self) -> bool:
        is_offered = self.is_recording or bool(self.is_collecting and self.sources)
        return is_offered and self.now.payoff_minor > 0 and not (self.under_way or self.is_in_question)


@dataclass(frozen=True, slots=True)
class AutoDebit:
    """What is collected on the due day: under which authorisation, from which bank accounts, in order."""

    mandate: Consent | None
    sources: tuple[BankAccount, ...]


def bill_pay_page(account: RevolvingAccount, *, is_recording: bool) -> BillPayPage:
    """Three queries; up to five more where the lender has a gateway."""
    is_collecting = not is_recording and _has_gateway(account)
    in_question = is_collecting and is_in_question(account)
    return BillPayPage(
        account=account,
        now=bill_now(account, state_of(account, list(account.entries.order_by("sequence")))),
        is_recording=is_recording,
        is_collecting=is_collecting,
        sources=tuple(debit_sources(account.borrower)) if is_collecting else (),
        under_way=tuple(under_way(account)),
        failed=did_not_go_through(account) if is_collecting and not in_question else None,
        is_refund_under_way=is_collecting and _is_refund_under_way(account),
        is_in_question=in_question,
    )


def _is_refund_under_way(account: RevolvingAccount) -> bool:
    refunds = PaymentOrder.objects.open().filter(bill_account=account, direction=PaymentOrder.Direction.REFUND)
    return refunds.exists()


def auto_debit(account: RevolvingAccount) -> AutoDebit | None:
    """None where nothing is ever collected by itself: no gateway, no times, or the account is closed. Two queries."""
    is_open = account.state == RevolvingAccount.State.ACTIVE
    if not is_open or not account.product.debit_times or not _has_gateway(account):
        return None
    mandate = live_consent(account.borrower, account.lender, Purpose.DEBIT, account.lender.today())
    return AutoDebit(mandate=mandate, sources=tuple(debit_sources(account.borrower)) if mandate else ())


def _has_gateway(account: RevolvingAccount) -> bool:
    code = account.lender.code
    return collects_by_file(code) or gateway_for(code) is not None
