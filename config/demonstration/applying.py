"""How people of the demonstration come to a limit: by the rules at once, or by a person who has still to look."""

from uuid import UUID, uuid5

from accounts.models import Lender, User
from config.demonstration.consents import allow
from loans.models import LoanApplication, Product
from loans.models.application import Use
from loans.services import applying, deciding

KEYS = UUID("6f1d2c1a-8a0e-4f0b-9a6e-2b6f3d9c0001")


def apply(user: User, lender: Lender, *, product: str, yuan: int, income_yuan: int, use: Use, words: str = "") -> None:
    """The consents, each by itself, and then the application."""
    for purpose in ("query", "reporting"):
        allow(user, lender, purpose)
    offered = Product.objects.on_offer().select_related("lender").get(lender=lender, code=product)
    applying.apply_for_limit(
        borrower=user.borrower,
        product=offered,
        wished_minor=yuan * 100,
        use=use,
        income_minor=income_yuan * 100,
        other_monthly_minor=0,
        words=words,
        key=uuid5(KEYS, f"{user.email} {lender.code} {product}"),
        language=user.language,
        acting_user=user,
    )


def explain(user: User, lender: Lender, *, words: str) -> None:
    """The few words that were asked for; now it waits for a person."""
    waiting = LoanApplication.objects.of(user).get(lender=lender, state=LoanApplication.State.EVIDENCE)
    applying.add_statement(application=waiting, statement=words, acting_user=user)


def approve(user: User, lender: Lender, *, reviewer: User, statement: str, words: str) -> None:
    """A person says yes, where the rules have not; if they asked for a few words, those come first."""
    application = LoanApplication.objects.of(user).filter(lender=lender).latest("pk")
    if application.state == LoanApplication.State.EVIDENCE:
        application = applying.add_statement(application=application, statement=statement, acting_user=user)
    if application.state == LoanApplication.State.MANUAL:
        application = deciding.claim_application(application=application, acting_user=reviewer)
        deciding.decide_application(
            application=application,
            outcome="approved",
            reasons=["budget_holds"],
            words=words,
            limit_minor=application.wished_minor,
            rate_annual=application.product.rate_annual,
            expected_version=application.version,
            acting_user=reviewer,
        )
