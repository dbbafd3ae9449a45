"""What holds of an application and of what it rests on, at the moment one asks."""

from datetime import date

from accounts.models import Borrower
from credit.models.consent import Purpose
from credit.selectors import live_consents
from loans.application_states import ApplicationState as State
from loans.limits import CLEAN_MONTHS_FOR_A_RAISE
from loans.models import CreditLimit, LoanApplication, Product
from loans.selectors.application_facts import range_of
from loans.selectors.limit_use import conduct

NEEDED = (Purpose.QUERY, Purpose.REPORTING)


def may_look_again(application: LoanApplication) -> bool:
    """Not approved, or approved for less than was wished for; and not looked at again before."""
    if application.origin == LoanApplication.Origin.AGAIN or hasattr(application, "again"):
        return False
    if application.state == State.REFUSED:
        return True
    given = granted_minor(application)
    return application.state == State.APPROVED and given is not None and given < application.wished_minor


def granted_minor(application: LoanApplication) -> int | None:
    """What was approved, by a person or by the rules; None where nothing was."""
    if application.state != State.APPROVED:
        return None
    if hasattr(application, "decision"):
        return application.decision.limit_minor
    last = application.assessments.first()
    return last.limit_minor if last is not None else None


def active_limit(borrower: Borrower, product: Product) -> CreditLimit | None:
    limits = CreditLimit.objects.active().select_related("lender", "product", "borrower")
    found: CreditLimit | None = limits.filter(
        borrower=borrower, lender=product.lender_id, product_code=product.code
    ).first()
    return found


def missing_consents(borrower: Borrower, product: Product) -> tuple[str, ...]:
    """The purposes that an application rests on and that do not stand today. Two queries."""
    live = live_consents(borrower, product.lender, product.lender.today())
    return tuple(purpose.value for purpose in NEEDED if (purpose.value, None) not in live)


def raise_hindrance(limit: CreditLimit, on: date) -> str:
    """Why a higher limit cannot be asked for now: `overdue`, `too_early`, `at_most`; "" where it can."""
    is_overdue, paid = conduct(limit.borrower, limit.lender, on)
    if is_overdue:
        return "overdue"
    if paid < CLEAN_MONTHS_FOR_A_RAISE:
        return "too_early"
    least, most = range_of(limit.product, limit, on)
    return "at_most" if least > most else ""
