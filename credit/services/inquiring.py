"""Looking at a person's credit file: under a live consent, for something they asked for.

Whoever may not see gets the answer of somebody without a record: the same empty report,
after the same work, so that not even the existence of a file can be inferred. That they
asked is written down, and the borrower sees it. Who is not permitted to ask at all, by
their role, gets `NotPermitted` and no answer.
"""

from dataclasses import replace
from datetime import date

from django.db import transaction

from accounts import audit
from accounts.errors import NotPermitted
from accounts.models import Borrower, Lender, User
from accounts.roles import Verb
from accounts.services import require
from config import clock
from credit.models import Consent, Inquiry
from credit.models.consent import Purpose
from credit.report import Report, field_names
from credit.selectors.reports import report_of
from credit.selectors.standing import lenders_shared, live_consents

WITHOUT_CONSENT = frozenset({Inquiry.Purpose.SELF, Inquiry.Purpose.ADMIN})


@transaction.atomic
def inquire(
    *, borrower: Borrower, lender: Lender | None, purpose: str, reference: str, on: date, acting_user: User | None
) -> Report:
    """What `lender` may see of the borrower on `on`; empty where it may see nothing, or nothing is there.

    For an application, a review of relief or of the account the lender needs the live query
    consent and a reference; other lenders' facts come in only where a sharing consent names
    them. `self` is the borrower's own whole file (no lender); `admin` is the lender's own
    facts, with a reason for reference.
    """
    _may_ask(borrower, lender, purpose, acting_user)
    live = live_consents(borrower, lender, on) if lender is not None else {}
    consent = live.get((Purpose.QUERY.value, None)) if purpose not in WITHOUT_CONSENT else None
    shared = [one.named for one in lenders_shared(live)] if purpose not in WITHOUT_CONSENT else []
    found = report_of(borrower, on, lender=lender, shared=shared)
    refusal = _refusal(purpose, reference, consent)
    report = Report(on=on) if refusal else found
    row = Inquiry.objects.create(
        borrower=borrower, lender=lender, purpose=purpose, reference=reference[:80],
        consent=consent if not refusal else None, outcome=_outcome(report, refusal), refusal=refusal,
        asked_at=clock.now(), asked_on=on, asked_by=acting_user, fields=field_names(report),
        sources=list(report.sources), report_sha256="" if refusal else report.sha256,
    )  # fmt: skip
    if lender is not None:
        after = {"purpose": str(purpose), "reference": row.reference, "outcome": str(row.outcome)}
        audit.record(
            lender=lender,
            verb="inquire",
            subject=str(row.public_id),
            after={**after, "sources": row.sources, "sha256": row.report_sha256},
            acting_user=acting_user,
        )
    return replace(report, inquiry=str(row.public_id))


def _may_ask(borrower: Borrower, lender: Lender | None, purpose: str, acting_user: User | None) -> None:
    """The person themself, the system of a lender, or staff who may inquire there; `self` only the person."""
    is_person = acting_user is not None and borrower.user_id == acting_user.pk
    if (purpose == Inquiry.Purpose.SELF) != (lender is None):
        raise NotPermitted("a look at oneself is nobody else's, and a lender's look is no self-check")
    if lender is None:
        if not is_person:
            raise NotPermitted("only the person themself sees the whole file")
    elif purpose == Inquiry.Purpose.ADMIN or (acting_user is not None and not is_person):
        require(lender=lender, verb=Verb.INQUIRE, user=acting_user)


def _refusal(purpose: str, reference: str, consent: Consent | None) -> str:
    if purpose == Inquiry.Purpose.SELF:
        return ""
    if not reference.strip():
        return Inquiry.Refusal.NO_REFERENCE
    if purpose not in WITHOUT_CONSENT and consent is None:
        return Inquiry.Refusal.NO_CONSENT
    return ""


def _outcome(report: Report, refusal: str) -> str:
    if refusal:
        return Inquiry.Outcome.REFUSED
    return Inquiry.Outcome.NO_FILE if report.is_empty else Inquiry.Outcome.SERVED
