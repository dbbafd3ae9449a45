"""Loans whose months may be reported: consent was given, and who is late was told."""

from datetime import date

from accounts.models import Borrower, Lender
from credit.consent_terms import expires_on
from credit.models import Consent
from loans.engine.calendar import add_months, month_of
from loans.models import Forewarning, Loan
from tests.credit.consents import give
from tests.loans.conftest import at_noon


def agreed(borrower: Borrower, lender: Lender) -> None:
    """The consent to reporting, given today."""
    give(borrower, lender, "reporting")


def on_paper(borrower: Borrower, lender: Lender) -> None:
    """The same of somebody who has no account here yet."""
    today = lender.today()
    Consent.objects.create(
        borrower=borrower, lender=lender, purpose="reporting", text_version="paper", language="de", text="…",
        text_sha256="0" * 64, given_on=today, expires_on=expires_on(today),
    )  # fmt: skip


def told(loan: Loan, *days: date) -> None:
    """That the borrower was told of late months on these days."""
    for day in days:
        Forewarning.objects.create(lender=loan.lender, loan=loan, kind="adverse", about_on=day, told_on=day)


def reportable(loan: Loan, until: date = date(2026, 12, 1)) -> Loan:
    """Whatever a month of it says, it may be reported: agreed to, and told of on the first of every month."""
    with at_noon(loan.disbursed_on):
        allow = agreed if loan.borrower.user is not None else on_paper
        allow(loan.borrower, loan.lender)
    month, days = month_of(loan.disbursed_on), []
    while month <= until:
        days.append(month)
        month = add_months(month, 1)
    told(loan, *days)
    return loan
