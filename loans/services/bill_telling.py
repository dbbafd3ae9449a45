"""What a borrower is told of money on a monthly bill; the words are `accounts/notices/texts/bill_payments.py`."""

from django.utils import translation

from accounts.services import write_notice
from config import clock
from loans.bill_facts import followed, terms_of
from loans.models import AccountEntry, PaymentOrder, RevolvingAccount
from loans.reversal_words import reason_parts
from loans.selectors.bill_reminders import FAILED
from loans.selectors.bills import bill_now
from loans.services.bill_head import entries_of
from loans.services.telling import OF_OURS, OTHER_ACCOUNTS, language_of


def tell_bill_paid(order: PaymentOrder, account: RevolvingAccount) -> None:
    """That a debit came, and what is still to be paid by when; nothing while it waits in suspense."""
    entry = account.entries.filter(key=order.key).first()
    if entry is None:
        return
    now = bill_now(account, followed(terms_of(account), entries_of(account), account.lender.today()))
    write_notice(
        borrower=account.borrower, lender=account.lender, event="bill_paid", key=f"bill-paid/{entry.public_id}",
        facts={
            "account": account.number, "sum_minor": entry.amount_minor, "paid_on": entry.value_on,
            "minimum_minor": now.minimum_minor or None, "due_on": now.oldest_on if now.minimum_minor else None,
            "carried_minor": None if now.minimum_minor else now.whole_minor or None,
        },
    )  # fmt: skip


def tell_bill_debit_failed(order: PaymentOrder, account: RevolvingAccount) -> None:
    """That a debit of a bill did not come, once a day; of a payment of one's own the page tells."""
    if order.instalment_number is None:
        return
    write_notice(
        borrower=account.borrower, lender=account.lender, event="bill_debit_failed",
        key=f"{FAILED}/{account.pk}/{order.instalment_number}/{order.ordered_on.isoformat()}",
        facts={"account": account.number, "sum_minor": order.amount_minor, "tried_on": order.ordered_on},
        due_at=clock.now() + OTHER_ACCOUNTS,
    )  # fmt: skip


def tell_bill_payment_taken_back(entry: AccountEntry) -> None:
    """That a payment was taken back, and why."""
    account, payment = entry.account, entry.about
    if payment is None:
        return
    with translation.override(language_of(account.borrower)):
        words, _written = reason_parts(entry.reason)
    write_notice(
        borrower=account.borrower, lender=account.lender, event="bill_payment_taken_back",
        key=f"bill-back/{entry.public_id}",
        facts={
            "account": account.number, "sum_minor": payment.amount_minor, "paid_on": payment.value_on,
            "reason": words, "is_by_bank": entry.reason.partition(" ")[0] not in OF_OURS,
        },
    )  # fmt: skip
