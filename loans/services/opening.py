"""Opening a loan from a product, and paying it out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Borrower, Lender, LenderRelation, User
from accounts.roles import Verb
from accounts.services import next_reference, require
from credit.services import open_tradeline
from loans.agreed import agreed, check_offered
from loans.engine.schedule import Row, Terms, schedule
from loans.errors import DateRefused, NotACustomer, NotPending, NumberTaken
from loans.ledger import ScheduleDraft, post, write_schedule
from loans.models import Account, Contract, Instalment, JournalEntry, Loan, Product, ScheduleVersion
from loans.services.head import change, lock, permit


@transaction.atomic
def open_loan(
    *,
    lender: Lender,
    borrower: Borrower,
    product: Product,
    principal_minor: int,
    instalment_count: int,
    disbursed_on: date,
    first_due_on: date | None = None,
    number: str = "",
    rate_annual: Decimal | None = None,
    method: str | None = None,
    profile: Any = None,
    grace_days: int | None = None,
    source: str = "contract",
    acting_user: User | None,
) -> Loan:
    """A loan waiting for disbursement, with version 1 of its schedule; what is not given comes from the product.

    Raises `TermsRefused` where no schedule follows from the terms, `NotACustomer`,
    `NumberTaken`.
    """
    if acting_user is not None:
        require(lender=lender, verb=Verb.OPEN_LOAN, user=acting_user)
    if not LenderRelation.objects.filter(lender=lender, borrower=borrower).exclude(state="closed").exists():
        raise NotACustomer(f"{borrower} is not a customer of {lender.code}")
    terms = agreed(
        product=product,
        principal_minor=principal_minor,
        instalment_count=instalment_count,
        rate_annual=rate_annual,
        method=method,
        profile=profile,
        disbursed_on=disbursed_on,
        first_due_on=first_due_on,
    )
    check_offered(product, terms)
    rows = schedule(terms)
    loan = unsaved(lender=lender, borrower=borrower, product=product, terms=terms, rows=rows, grace_days=grace_days)
    loan.number = number or next_reference(lender=lender, prefix="LN", year=lender.today().year)
    try:
        with transaction.atomic():
            loan.save(force_insert=True)
    except IntegrityError as error:
        if Loan.objects.filter(lender=lender, number=loan.number).exists():
            raise NumberTaken(loan.number) from error
        raise
    write_schedule(first_version(loan, rows, source=source, acting_user=acting_user))
    audit.record(
        lender=lender, verb="open_loan", subject=loan.number, after=terms_as_dict(loan), acting_user=acting_user
    )
    return loan


@transaction.atomic
def disburse_loan(*, loan: Loan, acting_user: User | None) -> Loan:
    """Pay the loan out on its date of disbursement: it runs from then on, and is on the credit file.

    Raises `NotPending` where it was paid out before, `DateRefused` before its day.
    """
    loan = lock(loan)
    permit(loan, Verb.DISBURSE_LOAN, acting_user)
    if loan.state != Loan.State.PENDING:
        raise NotPending(loan.number)
    today = loan.lender.today()
    if loan.disbursed_on > today:
        raise DateRefused("in_future")
    if loan.disbursed_on < today and Contract.objects.filter(loan=loan).exists():
        loan = _sent_later(loan, today)
    loan = change(
        loan,
        state=Loan.State.ACTIVE,
        principal_left_minor=loan.principal_minor,
        oldest_unpaid_due_on=_first_with_something_due(loan),
    )
    post(
        lender=loan.lender,
        loan=loan,
        kind=JournalEntry.Kind.DISBURSEMENT,
        key=f"disbursement:{loan.number}",
        lines={Account.PRINCIPAL: loan.principal_minor, Account.CASH: -loan.principal_minor},
        value_on=loan.disbursed_on,
    )
    # The account on the credit file follows from the disbursement, whoever did it.
    open_tradeline(**tradeline_facts(loan), acting_user=None)
    audit.record(
        lender=loan.lender,
        verb="disburse_loan",
        subject=loan.number,
        before={"state": Loan.State.PENDING.value},
        after={"state": str(loan.state), "disbursed_on": loan.disbursed_on.isoformat()},
        acting_user=acting_user,
    )
    return loan


def _sent_later(loan: Loan, on: date) -> Loan:
    """The loan from the day the money was sent, as its contract says: same due dates, less interest in the first.

    Raises `DateRefused` where the first due date is not after that day.
    """
    if loan.first_due_on is None or loan.first_due_on <= on:
        raise DateRefused("after_first_due_date")
    rows = schedule(replace(loan.terms, disbursed_on=on))
    change(loan, disbursed_on=on, current_version=2)
    write_schedule(
        ScheduleDraft(
            loan=loan,
            number=2,
            rows=rows,
            source=ScheduleVersion.Source.CONTRACT,
            reference="",
            adopted_on=on,
            acting_user=None,
        )
    )
    return loan


def _first_with_something_due(loan: Loan) -> date | None:
    """The first due date with a sum on it: a loan repaid at the end has none before the last."""
    rows = Instalment.objects.filter(version__loan=loan, version__number=loan.current_version).order_by("number")
    return next((row.due_on for row in rows if row.due_minor), loan.first_due_on)


def unsaved(
    *, lender: Lender, borrower: Borrower, product: Product, terms: Terms, rows: tuple[Row, ...], grace_days: int | None
) -> Loan:
    """The loan that these terms describe, before it has a number."""
    return Loan(
        lender=lender,
        borrower=borrower,
        product=product,
        currency=lender.currency,
        principal_minor=terms.principal_minor,
        rate_annual=terms.rate_annual,
        method=terms.method.value,
        instalment_count=terms.instalments,
        profile=terms.profile.as_dict(),
        grace_days=product.grace_days if grace_days is None else grace_days,
        grace_needs_clean_previous=product.grace_needs_clean_previous,
        disbursed_on=terms.disbursed_on,
        # The date that the terms give, so that no reader has to work it out again.
        first_due_on=rows[0].due_on,
        anchor_day=terms.anchor_day,
        current_version=1,
    )


def first_version(loan: Loan, rows: tuple[Row, ...], *, source: str, acting_user: User | None) -> ScheduleDraft:
    """Version 1, in force from the day of disbursement."""
    return ScheduleDraft(
        loan=loan, number=1, rows=rows, source=source, adopted_on=loan.disbursed_on, acting_user=acting_user
    )


def tradeline_facts(loan: Loan) -> dict[str, Any]:
    return {
        "borrower": loan.borrower,
        "lender": loan.lender,
        "reference": loan.number,
        "opened_on": loan.disbursed_on,
        "original_minor": loan.principal_minor,
        "currency": loan.currency,
        "instalments": loan.instalment_count,
    }


def terms_as_dict(loan: Loan) -> dict[str, Any]:
    """The terms as the audit chain holds them."""
    return {
        "principal_minor": loan.principal_minor,
        "rate_annual": str(loan.rate_annual),
        "method": loan.method,
        "instalments": loan.instalment_count,
        "disbursed_on": loan.disbursed_on.isoformat(),
        "profile": loan.profile["name"],
        "product": f"{loan.product.code} v{loan.product.version}",
    }
