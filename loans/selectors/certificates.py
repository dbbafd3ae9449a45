"""Certificates: a person's own, and whether a paper that somebody holds is right."""

from datetime import date
from typing import Any

from accounts.chain import digest
from accounts.models import Borrower
from loans.models import Loan, SettlementCertificate


def certificate_of(loan: Loan) -> SettlementCertificate | None:
    """The certificate in force of a settled loan. One query."""
    if loan.settled_on is None:
        return None
    found: SettlementCertificate | None = loan.certificates.filter(settled_on=loan.settled_on).first()
    return found


def own_certificates(user: Any) -> Any:
    return SettlementCertificate.objects.of(user).select_related("lender", "loan__product", "account", "borrower")


def settled_loans(borrower: Borrower, lender_id: int) -> list[tuple[Loan, SettlementCertificate | None]]:
    """The borrower's settled loans at a lender, the latest first, each with its certificate. Two queries."""
    loans = Loan.objects.filter(borrower=borrower, lender=lender_id, state=Loan.State.SETTLED)
    issued: dict[tuple[int | None, date | None], SettlementCertificate] = {
        (one.loan_id, one.settled_on): one for one in SettlementCertificate.objects.filter(loan__in=loans)
    }
    return [(loan, issued.get((loan.pk, loan.settled_on))) for loan in loans.order_by("-settled_on", "number")]


def is_right(number: str, code: str) -> bool | None:
    """Whether number and code belong to a certificate of ours: True in force, False no longer, None not ours.

    It is hashed again, so that a row changed behind the back of the database is not ours. One query.
    """
    wanted = "".join(code.split()).lower()
    if len(wanted) != 16:
        return None
    candidates = SettlementCertificate.objects.filter(number=number.strip().upper(), sha256__startswith=wanted)
    for certificate in candidates.select_related("loan", "account"):
        if digest(certificate.content()) == certificate.sha256:
            return certificate.is_in_force
    return None
