"""A product as staff look at it: its terms, what the rules say of it, what it really costs, a specimen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Verb
from loans.engine.annual_rate import RateError
from loans.engine.profile import ProfileError
from loans.engine.schedule import TermsError
from loans.models import Product
from loans.product_rules import Problem, Specimen, plan_rate_annual, specimen
from loans.product_words import problem_text
from loans.selectors.desk import may
from loans.selectors.product_problems import found_problems

USUAL_MINOR, USUAL_COUNT = 1_000_000, 12


@dataclass(frozen=True, slots=True)
class PlanCost:
    """A bill in instalments: its fee and what that really is a year."""

    instalments: int
    fee_rate: Decimal
    rate_annual_real: Decimal


@dataclass(frozen=True, slots=True)
class ProductPage:
    """`usual` is a loan at the usual rate, `dearest` at the highest."""

    product: Product
    usual: Specimen | None
    dearest: Specimen | None
    plans: tuple[PlanCost, ...]
    hindrances: tuple[str, ...]
    warnings: tuple[str, ...]
    may_draft: bool
    may_publish: bool
    has_draft: bool


def product_page(product: Product, user: User, on: date) -> ProductPage:
    """Four queries."""
    found = found_problems(product)
    return ProductPage(
        product=product,
        usual=specimen_of(product, product.rate_annual, on),
        dearest=specimen_of(product, product.offering.highest_rate_annual, on),
        plans=tuple(
            PlanCost(count, fee_rate, plan_rate_annual(count, fee_rate))
            for count, fee_rate in product.offering.plan_fees
        ),
        hindrances=_texts(product, [problem for problem in found if not problem.is_warning]),
        warnings=_texts(product, [problem for problem in found if problem.is_warning]),
        may_draft=may(user, Verb.DRAFT_PRODUCT, product.lender),
        may_publish=may(user, Verb.PUBLISH_PRODUCT, product.lender),
        has_draft=product.lender.products.filter(code=product.code, state=Product.State.DRAFT).exists(),
    )


def specimen_of(product: Product, rate_annual: Decimal, on: date, **changed: Any) -> Specimen | None:
    """10,000.00 over twelve months, or what of it the product offers; None where no loan follows."""
    counts = sorted(product.instalment_counts) or [USUAL_COUNT]
    wanted = {
        "principal_minor": min(
            max(USUAL_MINOR, product.min_principal_minor or 0), product.max_principal_minor or USUAL_MINOR
        ),
        "instalment_count": min(counts, key=lambda count: abs(count - USUAL_COUNT)),
        "method": product.method,
    } | changed
    try:
        return specimen(rate_annual=rate_annual, profile=product.profile, on=on, **wanted)
    except (TermsError, ProfileError, RateError):
        return None


def _texts(product: Product, problems: list[Problem]) -> tuple[str, ...]:
    return tuple(problem_text(problem, product.lender.currency) for problem in problems)
