"""Consents as the tests give them: what the page showed, agreed to."""

from typing import Any

from accounts.models import Borrower, Lender
from credit import services
from credit.consent_texts import consent_text
from credit.models import Consent


def give(borrower: Borrower, lender: Lender, purpose: str, named: Lender | None = None, **more: Any) -> Consent:
    language = more.pop("language", "zh-hans")
    names = {"lender": lender.name_in(language), "other": named.name_in(language) if named else ""}
    shown = more.pop("shown_sha256", consent_text(purpose, language, **names).sha256)
    return services.give_consent(
        borrower=borrower, lender=lender, purpose=purpose, language=language, shown_sha256=shown, named=named,
        acting_user=more.pop("acting_user", borrower.user), **more,
    )  # fmt: skip
