"""The words of a settlement certificate: in the borrower's language, and in the one that governs.

Blocks are those of letters (`templates/components/blocks.html`): text, nothing that is HTML.
"""

from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wording import day_text, is_english, money_text
from loans.models import Loan, RevolvingAccount
from loans.papers import GOVERNING, Block, paragraph


def written(loan: Loan, settled_on: date, language: str, issued_on: date) -> tuple[str, list[Block]]:
    """Title and blocks in `language`."""
    with translation.override(language):
        facts = {
            "name": _name(loan, language),
            "lender": loan.lender.name_in(language),
            "amount": money_text(loan.principal_minor, loan.currency),
            "number": loan.number,
            "day": day_text(loan.disbursed_on, language),
            "settled": day_text(settled_on, language),
        }
        blocks = [
            paragraph(_("%(name)s:") % facts),
            paragraph(
                _("You borrowed %(amount)s from %(lender)s on %(day)s, under loan number %(number)s.") % facts,
            ),
            paragraph(
                _("This loan was settled on %(settled)s. Nothing is owed on it: no principal, no interest, no fee.")
                % facts
            ),
            *_of_write_off(loan, language),
            paragraph(_("Your credit record shows the account as settled. The months before it stand as they were.")),
            paragraph(_("This certificate is free of charge, and anybody can check it with its number and code.")),
        ]
        if language != GOVERNING:
            blocks.append(paragraph(_("The Chinese text below governs, should the two differ.")))
        blocks.append({"kind": "sign", "lines": [facts["lender"], day_text(issued_on, language)]})
        return _("Settlement certificate"), blocks


def written_for_account(account: RevolvingAccount, language: str, issued_on: date) -> tuple[str, list[Block]]:
    """Title and blocks of the certificate of a closed monthly bill, in `language`."""
    with translation.override(language):
        facts = {
            "name": _name(account, language),
            "lender": account.lender.name_in(language),
            "number": account.number,
            "day": day_text(account.opened_on, language),
            "closed": day_text(account.closed_on or issued_on, language),
        }
        blocks = [
            paragraph(_("%(name)s:") % facts),
            paragraph(_("You had a monthly bill with %(lender)s since %(day)s, under number %(number)s.") % facts),
            paragraph(_("It was closed on %(closed)s.") % facts),
            paragraph(_("Nothing is owed on it: no purchase, no instalment, no interest, no fee.")),
            paragraph(_("Your credit record shows the account as settled. The months before it stand as they were.")),
            paragraph(_("This certificate is free of charge, and anybody can check it with its number and code.")),
        ]
        if language != GOVERNING:
            blocks.append(paragraph(_("The Chinese text below governs, should the two differ.")))
        blocks.append({"kind": "sign", "lines": [facts["lender"], day_text(issued_on, language)]})
        return _("Settlement certificate"), blocks


def _of_write_off(loan: Loan, language: str) -> list[Block]:
    if loan.written_off_on is None:
        return []
    day = {"day": day_text(loan.written_off_on, language)}
    text = _("The lender had written it off in its books on %(day)s. After that it was paid in full.")
    return [paragraph(text % day)]


def _name(owed: Loan | RevolvingAccount, language: str) -> str:
    return (owed.borrower.name_latin if is_english(language) else "") or owed.borrower.name
