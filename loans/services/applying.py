"""Applying for a limit: sent once, on frozen facts, judged at once by the rules; they approve or hand over."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Borrower, LenderRelation, User
from accounts.services import next_reference
from config import clock
from credit.services import inquire
from loans.application_states import ApplicationState as State
from loans.assessment import ANSWER_DAYS, RULES, STEP_MINOR
from loans.assessment import assess as assessed
from loans.errors import (
    ApplicationOpen,
    ConsentMissing,
    NoRaiseYet,
    NoSecondLook,
    NotOnOffer,
    NotYetKnown,
    WishOutOfRange,
)
from loans.models import Assessment, CreditLimit, LoanApplication, Product
from loans.models.application import Use
from loans.selectors.application_facts import facts_of, range_of
from loans.selectors.application_standing import active_limit, may_look_again, missing_consents, raise_hindrance
from loans.selectors.known import missing_steps
from loans.services.application_moves import later, move
from loans.services.leaving import reopen
from loans.services.limiting import grant
from loans.services.telling import tell_decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody applies for, in their own answers; `key` makes a double click one application."""

    wished_minor: int
    use: Use
    income_minor: int
    other_monthly_minor: int
    key: UUID
    language: str
    words: str = ""


@transaction.atomic
def apply_for_limit(*, borrower: Borrower, product: Product, acting_user: User, **answers: Any) -> LoanApplication:
    """Send an application and have it judged; the answers are those of `Wish`. The same key is the same application.

    Raises `NotOnOffer`, `NotYetKnown`, `ConsentMissing`, `ApplicationOpen`, `WishOutOfRange`
    or `NoRaiseYet`; then nothing was written.
    """
    wish = Wish(**answers)
    if borrower.user_id != acting_user.pk:
        raise NotPermitted("only the person themself applies")
    sent = LoanApplication.objects.filter(borrower=borrower, key=wish.key).first()
    if sent is not None:
        return sent
    on = product.lender.today()
    lapse(borrower, product, on)
    limit = active_limit(borrower, product)
    _check(borrower, product, wish, limit, on)
    try:
        with transaction.atomic():
            application = _write(borrower, product, wish, limit)
    except IntegrityError as error:
        return _sent_meanwhile(borrower, product, wish, error)
    _record(application, "apply_for_limit", acting_user)
    if (relation := LenderRelation.objects.filter(borrower=borrower, lender=product.lender_id).first()) is not None:
        reopen(relation=relation, application=application.number, acting_user=acting_user)
    assess(application=application, acting_user=acting_user)
    return application


@transaction.atomic
def assess(*, application: LoanApplication, acting_user: User | None) -> Assessment:
    """Look at the credit file, judge by the rules, and do what they say: approve, ask for more, or hand over."""
    lender = application.lender
    on = lender.today()
    report = inquire(
        borrower=application.borrower,
        lender=lender,
        purpose="application",
        reference=application.number,
        on=on,
        acting_user=acting_user,
    )
    facts = facts_of(application, report, active_limit(application.borrower, application.product))
    result = assessed(facts)
    made = Assessment.objects.create(
        application=application,
        lender=lender,
        rules=RULES,
        outcome=result.outcome,
        limit_minor=result.limit_minor,
        rate_annual=result.rate_annual,
        facts=facts.as_dict(),
        reasons=[reason.as_dict() for reason in result.reasons],
        inquiry=UUID(report.inquiry),
        report_sha256=report.sha256,
        assessed_at=clock.now(),
        assessed_on=on,
    )
    if result.outcome == Assessment.Outcome.APPROVE:
        move(application, State.APPROVED)
        grant(application=application, limit_minor=result.limit_minor, rate_annual=result.rate_annual, acting_user=None)
        tell_decided(application, result.limit_minor)
    elif result.outcome == Assessment.Outcome.EVIDENCE:
        move(application, State.EVIDENCE, evidence_by_on=result.by_on)
    else:
        move(application, State.MANUAL, decide_by_on=result.by_on)
    _record(application, "assess", None, outcome=result.outcome, rules=RULES, limit_minor=result.limit_minor)
    return made


@transaction.atomic
def add_statement(*, application: LoanApplication, statement: str, acting_user: User) -> LoanApplication:
    """A few words in place of papers; from now on a person has seven days to answer. Raises `Conflict`."""
    _own(application, acting_user)
    answer_by = later(application.lender.today(), ANSWER_DAYS)
    move(application, State.MANUAL, expected=(State.EVIDENCE,), statement=statement, decide_by_on=answer_by)
    _record(application, "add_statement", acting_user)
    return application


@transaction.atomic
def withdraw_application(*, application: LoanApplication, acting_user: User) -> LoanApplication:
    """The borrower takes it back; nothing is left but that it was sent. Raises `Conflict` once it is decided."""
    _own(application, acting_user)
    move(application, State.WITHDRAWN, expected=(State.EVIDENCE, State.MANUAL, State.IN_REVIEW))
    _record(application, "withdraw_application", acting_user)
    return application


@transaction.atomic
def ask_for_review(*, application: LoanApplication, key: UUID, acting_user: User) -> LoanApplication:
    """Have a person look at a decided application (another than who decided it); once, free of charge.

    Raises `NoSecondLook`, `ApplicationOpen`, `NotOnOffer`, `ConsentMissing`.
    """
    _own(application, acting_user)
    again = LoanApplication.objects.filter(previous=application).first()
    if again is not None:
        return again
    if not may_look_again(application):
        raise NoSecondLook(application.number)
    wish = Wish(
        wished_minor=application.wished_minor,
        use=Use(application.use),
        income_minor=application.income_minor,
        other_monthly_minor=application.other_monthly_minor,
        key=key,
        language=application.language,
        words=application.words,
    )
    borrower, product = application.borrower, application.product
    _check_standing(borrower, product)
    try:
        with transaction.atomic():
            renewed = _write(borrower, product, wish, None, previous=application)
    except IntegrityError as error:
        return _sent_meanwhile(borrower, product, wish, error)
    _record(renewed, "ask_for_review", acting_user, previous=application.number)
    assess(application=renewed, acting_user=acting_user)
    return renewed


def lapse(borrower: Borrower, product: Product, on: date) -> None:
    """Close what waited for words that did not come in time."""
    late = LoanApplication.objects.filter(
        borrower=borrower, lender=product.lender_id, product_code=product.code, state=State.EVIDENCE
    ).filter(evidence_by_on__lt=on)
    for application in late.select_related("lender"):
        move(application, State.LAPSED)
        _record(application, "lapse_application", None)


def _check(borrower: Borrower, product: Product, wish: Wish, limit: CreditLimit | None, on: date) -> None:
    open_one = LoanApplication.objects.open().filter(
        borrower=borrower, lender=product.lender_id, product_code=product.code
    )
    if (found := open_one.first()) is not None:
        raise ApplicationOpen(found)
    if missing := missing_steps(borrower):
        raise NotYetKnown(missing)
    _check_standing(borrower, product)
    if limit is not None and (reason := raise_hindrance(limit, on)):
        raise NoRaiseYet(reason)
    least, most = range_of(product, limit, on)
    if not least <= wish.wished_minor <= most or wish.wished_minor % STEP_MINOR:
        raise WishOutOfRange(least, most)


def _check_standing(borrower: Borrower, product: Product) -> None:
    """What must hold of the product and the consents at the very moment of sending."""
    if not Product.objects.on_offer().filter(pk=product.pk).exists():
        raise NotOnOffer(str(product))
    if lacking := missing_consents(borrower, product):
        raise ConsentMissing(lacking)


def _write(
    borrower: Borrower,
    product: Product,
    wish: Wish,
    limit: CreditLimit | None,
    previous: LoanApplication | None = None,
) -> LoanApplication:
    lender, origin = product.lender, LoanApplication.Origin
    on = lender.today()
    return LoanApplication.objects.create(
        lender=lender,
        borrower=borrower,
        product=product,
        product_code=product.code,
        number=next_reference(lender=lender, prefix="A", year=on.year),
        key=wish.key,
        origin=origin.AGAIN if previous else origin.RAISE if limit else origin.NEW,
        previous=previous,
        wished_minor=wish.wished_minor,
        use=wish.use,
        income_minor=wish.income_minor,
        other_monthly_minor=wish.other_monthly_minor,
        words=wish.words,
        language=wish.language,
        submitted_at=clock.now(),
        submitted_on=on,
    )


def _sent_meanwhile(borrower: Borrower, product: Product, wish: Wish, error: IntegrityError) -> LoanApplication:
    """What the other tab sent: the same one, or an open one that is in the way."""
    own = LoanApplication.objects.filter(borrower=borrower)
    if (same := own.filter(key=wish.key).first()) is not None:
        return same
    other = own.open().filter(lender=product.lender_id, product_code=product.code).first()
    if other is not None:
        raise ApplicationOpen(other) from error
    raise error


def _own(application: LoanApplication, acting_user: User) -> None:
    if application.borrower.user_id != acting_user.pk:
        raise NotPermitted("only the person themself")


def _record(application: LoanApplication, verb: str, acting_user: User | None, **more: Any) -> None:
    after = {"state": str(application.state), "product": f"{application.product_code} v{application.product.version}"}
    audit.record(
        lender=application.lender,
        verb=verb,
        subject=application.number,
        after={**after, **more},
        acting_user=acting_user,
    )
