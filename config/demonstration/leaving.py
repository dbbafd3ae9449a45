"""How loans and relations end in the demonstration: with a paper, and with a goodbye that can be taken back."""

from accounts.chain import digest
from accounts.models import Lender, User
from loans.leaving_words import effects_text
from loans.models import Loan
from loans.selectors.leaving import closing_page
from loans.services.certifying import issue_certificate
from loans.services.leaving import ask_to_close


def certify(loan: Loan) -> None:
    """Somebody fetches the certificate of a loan that is paid off."""
    user = loan.borrower.user
    assert user is not None
    issue_certificate(loan=loan, language=user.language, acting_user=user)


def leave(user: User, lender: Lender) -> None:
    """Somebody who owes nothing any more asks to close the service."""
    relation = user.borrower.relations.select_related("lender", "borrower").get(lender=lender)
    text = effects_text(closing_page(relation, lender.today()), user.language)
    ask_to_close(relation=relation, text=text, shown_sha256=digest(text), language=user.language, acting_user=user)
