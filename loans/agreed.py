"""The terms of one loan under a product: what a lender and a borrower can agree on. No queries."""

from datetime import date
from decimal import Decimal
from typing import Any

from loans.engine.profile import Profile, ProfileError
from loans.engine.profile import profile as profile_of
from loans.engine.schedule import Method, Terms, TermsError
from loans.errors import TermsRefused
from loans.models import Product
from loans.product_rules import MOST_BULLET_MONTHS

RATE_DECIMALS = 10


def agreed(
    *,
    product: Product,
    principal_minor: int,
    instalment_count: int,
    disbursed_on: date,
    first_due_on: date | None,
    rate_annual: Decimal | None,
    method: str | None,
    profile: Any,
) -> Terms:
    """The terms of one loan under a product; raises `TermsRefused`."""
    rate_annual = product.rate_annual if rate_annual is None else rate_annual
    try:
        conventions = profile if isinstance(profile, Profile) else profile_of(profile or product.profile)
        return Terms(
            principal_minor=principal_minor,
            rate_annual=_storable(rate_annual),
            method=method or product.method,  # type: ignore[arg-type]  # Terms makes it a Method
            instalments=instalment_count,
            disbursed_on=disbursed_on,
            first_due_on=first_due_on,
            profile=conventions,
        )
    except TermsError as error:
        raise TermsRefused(error.field, error.code) from error
    except ProfileError as error:
        raise TermsRefused("profile", error.key) from error


def check_offered(product: Product, terms: Terms) -> None:
    """Raise `TermsRefused` where a product does not offer these terms; what it does not state is free.

    Reasons: `draft`, `not_offered`, `below_product`, `above_product`, `bullet_too_long`. A loan
    taken over from another system is not asked: it was agreed before there was a product here.
    """
    if product.state == Product.State.DRAFT:
        raise TermsRefused("product", "draft")
    if product.methods and terms.method.value not in product.allowed_methods:
        raise TermsRefused("method", "not_offered")
    if product.instalment_counts and terms.instalments not in product.instalment_counts:
        raise TermsRefused("instalments", "not_offered")
    if terms.method is Method.BULLET and terms.instalments > MOST_BULLET_MONTHS:
        raise TermsRefused("instalments", "bullet_too_long")
    for field, value, least, most in (
        ("principal_minor", terms.principal_minor, product.min_principal_minor, product.max_principal_minor),
        ("rate_annual", terms.rate_annual, product.rate_annual_min, product.rate_annual_max),
    ):
        if least is not None and value < least:
            raise TermsRefused(field, "below_product")
        if most is not None and value > most:
            raise TermsRefused(field, "above_product")


def _storable(rate_annual: Decimal) -> Decimal:
    """The rate, if the column holds it whole: at most 100 % a year, and as many decimals as the column."""
    if rate_annual > 1:
        raise TermsError("rate_annual", "too_large")
    if rate_annual != round(rate_annual, RATE_DECIMALS):
        raise TermsError("rate_annual", "too_precise")
    return rate_annual
