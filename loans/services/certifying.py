"""Issuing a settlement certificate: once, for a loan that is settled, in words that never change."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.chain import digest
from accounts.errors import Conflict
from accounts.models import User
from accounts.roles import Verb
from accounts.services import next_reference
from config import clock
from loans.certificates import written
from loans.errors import NotSettled
from loans.models import Loan, SettlementCertificate
from loans.papers import GOVERNING
from loans.services.head import is_borrower, lock, permit


@transaction.atomic
def issue_certificate(*, loan: Loan, language: str, acting_user: User | None) -> SettlementCertificate:
    """The certificate of a settled loan; the one that stands is returned, in the language it was written in.

    For the borrower, the lender's servicing staff or the system. Raises `NotSettled`.
    """
    loan = lock(loan)
    if not is_borrower(loan, acting_user):
        permit(loan, Verb.RECORD_PAYMENT, acting_user)
    if loan.state != Loan.State.SETTLED or loan.settled_on is None:
        raise NotSettled(loan.number)
    stored = SettlementCertificate.objects.filter(loan=loan, settled_on=loan.settled_on).first()
    if stored is not None:
        return stored
    today = loan.lender.today()
    title, blocks = written(loan, loan.settled_on, language, today)
    governing = written(loan, loan.settled_on, GOVERNING, today) if language != GOVERNING else ("", [])
    certificate = SettlementCertificate(
        lender=loan.lender, borrower=loan.borrower, loan=loan, settled_on=loan.settled_on, language=language,
        number=next_reference(lender=loan.lender, prefix="SC", year=today.year), title=title, blocks=blocks,
        governing_language=GOVERNING, governing_title=governing[0], governing_blocks=governing[1],
        issued_at=clock.now(), issued_on=today,
    )  # fmt: skip
    certificate.sha256 = digest(certificate.content())
    try:
        with transaction.atomic():
            certificate.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(f"{loan.number} has got its certificate meanwhile") from error
    audit.record(
        lender=loan.lender,
        verb="issue_certificate",
        subject=certificate.number,
        after={"loan": loan.number, "settled_on": loan.settled_on.isoformat(), "sha256": certificate.sha256},
        acting_user=acting_user,
    )
    return certificate
