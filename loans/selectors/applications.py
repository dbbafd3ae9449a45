"""The pages of applying: what is on offer, what is asked, how an application stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from accounts.models import Borrower, Lender, User
from accounts.selectors.known import STEPS
from config import clock
from credit.consent_form import Ask
from loans.application_states import WITH_US
from loans.assessment_words import Line, decision_lines, reason_lines
from loans.models import CreditLimit, LoanApplication, Product
from loans.product_rules import Specimen
from loans.selectors.application_facts import range_of
from loans.selectors.application_standing import (
    NEEDED,
    active_limit,
    granted_minor,
    may_look_again,
    missing_consents,
    raise_hindrance,
)
from loans.selectors.known import missing_steps
from loans.selectors.limit_use import LimitLine, limits_of
from loans.selectors.product_page import specimen_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A product on offer: from which to which real annual rate, and what one has of it already."""

    product: Product
    cheapest: Specimen
    dearest: Specimen
    least_minor: int
    most_minor: int
    open_application: LoanApplication | None
    limit: CreditLimit | None

    @property
    def is_one_rate(self) -> bool:
        return self.cheapest.rate_annual_real == self.dearest.rate_annual_real


@dataclass(frozen=True, slots=True)
class OffersPage:
    lenders: tuple[tuple[Lender, tuple[Offer, ...]], ...]
    applications: tuple[LoanApplication, ...]
    limits: tuple[LimitLine, ...]


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """What stands between a person and sending; `hindrance` is why a higher limit must wait."""

    product: Product
    borrower: Borrower | None
    missing: tuple[str, ...]
    lacking_consents: tuple[str, ...]
    asks: tuple[Ask, ...]
    limit: CreditLimit | None
    hindrance: str
    open_application: LoanApplication | None
    specimen: Specimen | None
    least_minor: int
    most_minor: int

    @property
    def is_open(self) -> bool:
        return not self.missing and not self.hindrance and self.borrower is not None


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One application as its owner reads it. `whose_move` is "us", "you" or ""."""

    application: LoanApplication
    whose_move: str
    by_on: date | None
    is_late: bool
    lines: tuple[Line, ...]
    decision_lines: tuple[Line, ...]
    granted_minor: int | None
    limit: CreditLimit | None
    may_withdraw: bool
    may_look_again: bool
    again: LoanApplication | None


def offers_page(user: User) -> OffersPage:
    """Seven queries or fewer, however much is on offer."""
    borrower = borrower_of(user)
    own = list(LoanApplication.objects.of(user).select_related("lender", "product"))
    limits = limits_of(borrower, clock.today(settings.TIME_ZONE)) if borrower is not None else []
    by_lender: dict[Lender, list[Offer]] = defaultdict(list)
    for product in applicable():
        offer = _offer(product, own, limits)
        if offer is not None:
            by_lender[product.lender].append(offer)
    groups = tuple((lender, tuple(offers)) for lender, offers in by_lender.items())
    return OffersPage(groups, tuple(own), tuple(limits))


def applicable() -> Sequence[Product]:
    """What can be applied for today: what is on offer and states its sums. One query."""
    stated = Product.objects.on_offer().filter(min_principal_minor__isnull=False, max_principal_minor__isnull=False)
    return list(stated.select_related("lender"))


def apply_page(user: User, product: Product) -> ApplyPage:
    borrower = borrower_of(user)
    on = product.lender.today()
    if borrower is None:
        least, most = range_of(product, None, on)
        missing = tuple(step for step in STEPS if step != "phone" or not user.phone_verified)
        return ApplyPage(product, None, missing, (), (), None, "", None, _usual(product, on), least, most)
    limit = active_limit(borrower, product)
    least, most = range_of(product, limit, on)
    open_ones = LoanApplication.objects.open().filter(
        borrower=borrower, lender=product.lender, product_code=product.code
    )
    found = open_ones.first()
    if found is not None and is_lapsed(found):
        found = None
    return ApplyPage(
        product=product,
        borrower=borrower,
        missing=missing_steps(borrower),
        lacking_consents=missing_consents(borrower, product),
        asks=asks_for(borrower, product.lender),
        limit=limit,
        hindrance=raise_hindrance(limit, on) if limit is not None else "",
        open_application=found,
        specimen=_usual(product, on),
        least_minor=least,
        most_minor=most,
    )


def asks_for(borrower: Borrower, lender: Lender) -> tuple[Ask, ...]:
    """The two consents an application rests on, and one for each other lender one already has an account with."""
    needed = [Ask(purpose.value, is_required=True) for purpose in NEEDED]
    others = Lender.objects.filter(relations__borrower=borrower).exclude(pk=lender.pk).order_by("code")
    return (*needed, *(Ask("sharing", named=other) for other in others))


def application_page(application: LoanApplication) -> ApplicationPage:
    """Six queries."""
    lender, today = application.lender, application.lender.today()
    last = application.assessments.first()
    lapsed = is_lapsed(application)
    whose = "" if not application.is_open or lapsed else "us" if application.state in WITH_US else "you"
    by_on = application.evidence_by_on if whose == "you" else application.decide_by_on if whose == "us" else None
    decision = getattr(application, "decision", None)
    return ApplicationPage(
        application=application,
        whose_move=whose,
        by_on=by_on,
        is_late=whose == "us" and by_on is not None and by_on < today,
        lines=tuple(reason_lines(last.reasons, lender.currency)) if last is not None else (),
        decision_lines=tuple(decision_lines(decision.reasons)) if decision is not None else (),
        granted_minor=granted_minor(application),
        limit=active_limit(application.borrower, application.product),
        may_withdraw=application.is_open and application.state != LoanApplication.State.SUBMITTED and not lapsed,
        may_look_again=may_look_again(application),
        again=getattr(application, "again", None),
    )


def is_lapsed(application: LoanApplication) -> bool:
    """Whether the words it waited for did not come in time; it is closed when the person applies anew."""
    by_on = application.evidence_by_on
    is_waiting = application.state == LoanApplication.State.EVIDENCE
    return is_waiting and by_on is not None and by_on < application.lender.today()


def borrower_of(user: Any) -> Borrower | None:
    found: Borrower | None = Borrower.objects.filter(user=user).select_related("user").first()
    return found


def _offer(product: Product, own: list[LoanApplication], limits: list[LimitLine]) -> Offer | None:
    on = product.lender.today()
    lowest = product.rate_annual if product.rate_annual_min is None else product.rate_annual_min
    cheapest, dearest = (specimen_of(product, rate, on) for rate in (lowest, product.offering.highest_rate_annual))
    if cheapest is None or dearest is None:
        return None
    key = (product.lender_id, product.code)
    least, most = range_of(product, None, on)
    return Offer(
        product=product,
        cheapest=cheapest,
        dearest=dearest,
        least_minor=least,
        most_minor=most,
        open_application=next((one for one in own if _is_open_for(one, key)), None),
        limit=next((one.limit for one in limits if (one.limit.lender_id, one.limit.product_code) == key), None),
    )


def _is_open_for(application: LoanApplication, key: tuple[int, str]) -> bool:
    is_same = (application.lender_id, application.product_code) == key
    return is_same and application.is_open and not is_lapsed(application)


def _usual(product: Product, on: date) -> Specimen | None:
    return specimen_of(product, product.rate_annual, on)
