"""Giving a consent, saying no to it, and taking it back: the borrower's own, and nobody else's.

A consent is stored with the text that was shown. The form sends back the hash of what it
showed; here the text is made anew and its hash must be the same, so that nobody ever
agreed to words that they did not see. Withdrawing takes every standing consent for the
same thing back, at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.errors import Conflict, NotPermitted
from accounts.models import Borrower, Lender, User
from config import clock
from credit.consent_terms import Account, expires_on, is_live, needed_by
from credit.consent_texts import ConsentText, consent_text, latest_version
from credit.errors import AlreadyWithdrawn, ConsentNeeded, NamedLenderMissing, TextDiffers
from credit.models import Consent, ConsentRefusal, ConsentWithdrawal
from credit.selectors.standing import accounts_at, live_consents


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer came from, as far as the browser says."""

    ip_address: str | None = None
    user_agent: str = ""
    method: str = Consent.Method.TICK


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said to one text: yes or no, and the hash of the text they saw."""

    purpose: str
    is_given: bool
    shown_sha256: str
    named: Lender | None = None


@transaction.atomic
def give_consent(
    *,
    borrower: Borrower,
    lender: Lender,
    purpose: str,
    language: str,
    shown_sha256: str,
    named: Lender | None = None,
    reference: str = "",
    origin: Origin = Origin(),
    acting_user: User,
) -> Consent:
    """The stored consent. One that stands for the very same text is returned as it is."""
    _own(borrower, acting_user)
    text = _text_as_shown(lender, purpose, language, named, shown_sha256)
    today = lender.today()
    standing = live_consents(borrower, lender, today).get((purpose, named.pk if named else None))
    if standing is not None and standing.text_sha256 == text.sha256:
        return standing
    consent = Consent.objects.create(
        borrower=borrower, lender=lender, purpose=purpose, named=named, reference=reference,
        text_version=text.version, language=text.language, text=text.whole, text_sha256=text.sha256,
        given_at=clock.now(), given_on=today, expires_on=expires_on(today), method=origin.method,
        ip_address=origin.ip_address, user_agent=origin.user_agent[:200],
    )  # fmt: skip
    audit.record(
        lender=lender,
        verb="give_consent",
        subject=str(consent.public_id),
        after={
            "purpose": str(purpose), "named": named.code if named else "", "version": text.version,
            "language": text.language, "sha256": text.sha256, "reference": reference,
        },
        acting_user=acting_user,
    )  # fmt: skip
    return consent


@transaction.atomic
def refuse_consent(
    *, borrower: Borrower, lender: Lender, purpose: str, named: Lender | None = None, acting_user: User
) -> ConsentRefusal:
    """That the borrower was asked and said no; for 30 days the question does not come back."""
    _own(borrower, acting_user)
    refusal = ConsentRefusal.objects.create(
        borrower=borrower, lender=lender, purpose=purpose, named=named, text_version=latest_version(purpose),
        refused_at=clock.now(), refused_on=lender.today(),
    )  # fmt: skip
    after = {"purpose": str(purpose), "named": named.code if named else "", "version": refusal.text_version}
    audit.record(
        lender=lender, verb="refuse_consent", subject=str(borrower.public_id), after=after, acting_user=acting_user
    )
    return refusal


@transaction.atomic
def answer_consents(
    *,
    borrower: Borrower,
    lender: Lender,
    answers: Sequence[Answer],
    language: str,
    reference: str = "",
    origin: Origin = Origin(),
    acting_user: User,
) -> list[Consent]:
    """Every answer of one form: what was ticked is given, what was not is a refusal. All or nothing."""
    given = []
    for answer in answers:
        if answer.is_given:
            consent = give_consent(
                borrower=borrower, lender=lender, purpose=answer.purpose, language=language,
                shown_sha256=answer.shown_sha256, named=answer.named, reference=reference, origin=origin,
                acting_user=acting_user,
            )  # fmt: skip
            given.append(consent)
        else:
            refuse_consent(
                borrower=borrower, lender=lender, purpose=answer.purpose, named=answer.named, acting_user=acting_user
            )
    return given


@transaction.atomic
def withdraw_consent(*, consent: Consent, acting_user: User) -> list[ConsentWithdrawal]:
    """Take it back, and every standing consent for the same thing. At once, for every new use.

    Raises `ConsentNeeded` as far as an open account needs it, `AlreadyWithdrawn` where nothing stands.
    """
    _own(consent.borrower, acting_user)
    accounts = accounts_at(consent.borrower, consent.lender)
    live = _live(consent.borrower, consent.lender, accounts)
    rows = [row for row in live if (row.purpose, row.named_id) == (consent.purpose, consent.named_id)]
    if not rows:
        raise AlreadyWithdrawn(str(consent.public_id))
    if references := needed_by(consent.purpose, accounts):
        raise ConsentNeeded(references)
    return _take_back(consent.lender, rows, ConsentWithdrawal.Reason.BORROWER, acting_user)


@transaction.atomic
def withdraw_unneeded(*, borrower: Borrower, lender: Lender, acting_user: User | None) -> list[ConsentWithdrawal]:
    """Take back all that the lender is still allowed: the person has left, and no account of theirs is open.

    By the person, or by the system, which does what they asked for. Nothing while an account is open.
    """
    if acting_user is not None:
        _own(borrower, acting_user)
    accounts = accounts_at(borrower, lender)
    if any(account.closed_on is None for account in accounts):
        return []
    return _take_back(lender, _live(borrower, lender, accounts), ConsentWithdrawal.Reason.NOT_NEEDED, acting_user)


def _text_as_shown(lender: Lender, purpose: str, language: str, named: Lender | None, shown_sha256: str) -> ConsentText:
    """The text in force, if it is the one that was shown."""
    if (purpose == "sharing") != (named is not None and named != lender):
        raise NamedLenderMissing(purpose)
    other = named.name_in(language) if named else ""
    text = consent_text(purpose, language, lender=lender.name_in(language), other=other)
    if text.sha256 != shown_sha256:
        raise TextDiffers(f"{purpose} {text.version} {text.language}")
    return text


def _live(borrower: Borrower, lender: Lender, accounts: Sequence[Account]) -> list[Consent]:
    """Every consent that holds today, also where a later text stands for the same thing."""
    rows = Consent.objects.standing().filter(borrower=borrower, lender=lender).order_by("pk")
    return [row for row in rows if is_live(row.purpose, row.given_on, accounts, lender.today())]


def _own(borrower: Borrower, acting_user: User | None) -> None:
    """Only the person themself agrees, refuses and withdraws; no staff can do it for them."""
    if acting_user is None or borrower.user_id is None or borrower.user_id != acting_user.pk:
        raise NotPermitted("a consent is the borrower's own")


def _take_back(
    lender: Lender, rows: Sequence[Consent], reason: str, acting_user: User | None
) -> list[ConsentWithdrawal]:
    made = []
    for row in rows:
        try:
            with transaction.atomic():
                withdrawal = ConsentWithdrawal.objects.create(
                    consent=row, lender=lender, reason=reason, withdrawn_at=clock.now(),
                    withdrawn_on=lender.today(), withdrawn_by=acting_user,
                )  # fmt: skip
        except IntegrityError as error:
            raise Conflict(f"{row.public_id} was withdrawn meanwhile") from error
        made.append(withdrawal)
        after = {"purpose": row.purpose, "sha256": row.text_sha256, "reason": str(reason)}
        audit.record(
            lender=lender,
            verb="withdraw_consent",
            subject=str(row.public_id),
            after=after,
            acting_user=acting_user,
        )
    return made
