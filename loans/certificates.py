"""The words of a settlement certificate: in the borrower's language, and in the one that governs.

Blocks are those of letters (`templates/components/blocks.html`): text, nothing that is HTML.
"""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wording import day_text, is_english, money_text
from loans.models import Loan

Block = dict[str, Any]
GOVERNING = "zh-hans"


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
            _p(_("%(name)s:") % facts),
            _p(
                _("You borrowed %(amount)s from %(lender)s on %(day)s, under loan number %(number)s.") % facts,
            ),
            _p(
                _("This loan was settled on %(settled)s. Nothing is owed on it: no principal, no interest, no fee.")
                % facts
            ),
            _p(_("Your credit record shows the account as settled. The months before it stand as they were.")),
            _p(_("This certificate is free of charge, and anybody can check it with its number and code.")),
        ]
        if language != GOVERNING:
            blocks.append(_p(_("The Chinese text below governs, should the two differ.")))
        blocks.append({"kind": "sign", "lines": [facts["lender"], day_text(issued_on, language)]})
        return _("Settlement certificate"), blocks


def plain_text(title: str, blocks: list[Block]) -> str:
    """The same as text, for a file: paragraphs parted by an empty line."""
    return "\n\n".join([title, *map(_plain, blocks)])


def _plain(block: Block) -> str:
    if block["kind"] == "sign":
        return "\n".join(block["lines"])
    if block["kind"] == "list":
        return "\n".join(f"- {item}" for item in block["items"])
    if block["kind"] == "table":
        rows = [block["head"], *block["rows"], block["foot"]]
        return "\n".join([block["caption"], *("\t".join(row) for row in rows)])
    text: str = block["text"]
    return text


def _name(loan: Loan, language: str) -> str:
    return (loan.borrower.name_latin if is_english(language) else "") or loan.borrower.name


def _p(text: str) -> Block:
    return {"kind": "p", "text": text}
