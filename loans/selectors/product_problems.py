"""What the rules of its lender's kind say of a product today."""

from django.conf import settings

from loans.models import Product
from loans.product_rules import Problem, problems


def found_problems(product: Product) -> tuple[Problem, ...]:
    """Everything, warnings too, in the order of the form. No query."""
    return problems(
        product.offering,
        lender_kind=product.lender.kind,
        on=product.lender.today(),
        bank_raised_until=settings.BANK_LIMITS_RAISED_UNTIL,
    )
