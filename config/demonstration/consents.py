"""What the made-up people allow their lenders: as everybody does who applies, and two who say more."""

from accounts.models import Lender, User
from config import clock
from credit import services as credit
from credit.consent_texts import consent_text
from credit.models import Consent
from loans.models import Loan


def allow(user: User, lender: Lender, purpose: str, *, named: Lender | None = None, reference: str = "") -> Consent:
    """The consent, in the language of the person."""
    names = {"lender": lender.name_in(user.language), "other": named.name_in(user.language) if named else ""}
    return credit.give_consent(
        borrower=user.borrower, lender=lender, purpose=purpose, language=user.language, named=named,
        shown_sha256=consent_text(purpose, user.language, **names).sha256, reference=reference, acting_user=user,
    )  # fmt: skip


def applied(user: User, loan: Loan) -> None:
    """Before a loan: the three consents, each by itself, and the one look that they were given for."""
    for purpose in ("query", "reporting", "debit"):
        allow(user, loan.lender, purpose, reference=loan.number)
    credit.inquire(
        borrower=user.borrower, lender=loan.lender, purpose="application", reference=loan.number,
        on=clock.today(loan.lender.time_zone), acting_user=None,
    )  # fmt: skip


def thought_again(user: User, lender: Lender) -> None:
    """Product news: allowed once, and taken back."""
    credit.withdraw_consent(consent=allow(user, lender, "marketing"), acting_user=user)


def asked_by_nobody(user: User, lender: Lender) -> None:
    """A lender to which nothing was allowed asks all the same: it is shown nothing, and the person sees it."""
    credit.inquire(
        borrower=user.borrower, lender=lender, purpose="application", reference="A-2026-000099",
        on=clock.today(lender.time_zone), acting_user=None,
    )  # fmt: skip
