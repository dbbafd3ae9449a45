"""The words of a loan contract, and the figures of its cost sheet (综合融资成本明示表).

Blocks are those of letters (`templates/components/blocks.html`): text, nothing that is HTML.
The Chinese text governs; `TEMPLATE` names the version of the words and changes with them.
"""

from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import BankAccount
from accounts.wording import amount_text, day_text, is_english, money_text, percent_text
from loans.engine.cost_sheet import Contingent, CostSheet, cost_sheet
from loans.engine.schedule import Row, Terms
from loans.models import CreditLimit, Product
from loans.models.product import METHOD_NAMES
from loans.papers import GOVERNING, Block, heading, listed, paragraph

TEMPLATE = "CN-2026.2"


def sheet_of(product: Product, terms: Terms, rows: tuple[Row, ...]) -> CostSheet:
    """All that the loan costs if it is paid as agreed, and what it costs if not."""
    contingent = []
    if product.penalty_uplift is not None:
        rate = min(terms.rate_annual * (1 + product.penalty_uplift), product.annual_cap)
        contingent.append(Contingent("penalty", product.lender.code, rate_annual=rate))
    if product.early_fee_rate:
        contingent.append(Contingent("early_fee", product.lender.code, rate_annual=product.early_fee_rate))
    return cost_sheet(terms, rows, lender=product.lender.code, contingent=contingent)


def contract_blocks(
    limit: CreditLimit, terms: Terms, rows: tuple[Row, ...], sheet: CostSheet, account: BankAccount, language: str
) -> tuple[str, list[Block]]:
    """Title and blocks in `language`."""
    with translation.override(language):
        blocks = [
            *_parties(limit, terms, account, language),
            *_money(limit.product, terms, sheet),
            *_schedule(rows, limit.lender.currency, language),
            *_due_day(limit.product, rows),
            *_rules(limit.product),
            *_rights(limit),
        ]
        if language != GOVERNING:
            blocks.append(paragraph(_("The Chinese text below governs, should the two differ.")))
        return _("Loan contract"), blocks


def _parties(limit: CreditLimit, terms: Terms, account: BankAccount, language: str) -> list[Block]:
    borrower = limit.borrower
    facts = {
        "lender": limit.lender.name_in(language),
        "borrower": (borrower.name_latin if is_english(language) else "") or borrower.name,
        "sum": money_text(terms.principal_minor, limit.lender.currency),
        "bank": str(account.bank),
        "last": account.last4,
        "day": day_text(terms.disbursed_on, language),
    }
    return [
        heading(_("Parties and sum")),
        paragraph(_("%(lender)s lends %(borrower)s %(sum)s.") % facts),
        paragraph(_("It is paid out whole on %(day)s to the account at %(bank)s ending in %(last)s.") % facts),
        paragraph(
            _(
                "Interest runs from the day on which the money is sent. If that is later than the day above, the first "
                "instalment becomes lower; no date changes."
            )
        ),
        paragraph(_("The money is not for property, shares, bonds, futures or lending on.")),
    ]


def _money(product: Product, terms: Terms, sheet: CostSheet) -> list[Block]:
    items = [
        _("Real annual rate of everything this loan costs: %(rate)s") % {"rate": percent_text(sheet.rate_annual)},
        _("Annual rate of interest: %(rate)s") % {"rate": percent_text(terms.rate_annual)},
        _("Interest in all, if paid as agreed: %(sum)s")
        % {"sum": money_text(sheet.total_minor, product.lender.currency)},
        _("Repayment method: %(method)s") % {"method": METHOD_NAMES[terms.method.value]},
    ]
    return [heading(_("What it costs")), listed([*items, *contingent_lines(product, terms), nothing_else()])]


def contingent_lines(product: Product, terms: Terms) -> list[str]:
    """What it costs if it is not paid as agreed, a sentence each."""
    lines = []
    if product.penalty_uplift is not None:
        rates = {
            "rate": percent_text(terms.rate_annual * (1 + product.penalty_uplift)),
            "cap": percent_text(product.annual_cap),
        }
        text = _(
            "Penalty interest on what is late, instead of ordinary interest: %(rate)s a year; all costs of a day "
            "together never more than %(cap)s a year."
        )
        lines.append(text % rates)
    if product.early_fee_rate:
        rate = {"rate": percent_text(Decimal(product.early_fee_rate))}
        lines.append(_("Fee on principal that is repaid before it is due: %(rate)s") % rate)
    else:
        lines.append(_("Repaying early, in part or in full, costs no fee; interest is for the days only."))
    return lines


def nothing_else() -> str:
    return _("Apart from these, no interest and no fee is charged.")


def _schedule(rows: tuple[Row, ...], currency: str, language: str) -> list[Block]:
    table = {
        "kind": "table",
        "caption": _("Every instalment; amounts in %(currency)s") % {"currency": currency},
        "head": [_("No."), _("Due date"), _("Principal"), _("Interest"), _("To pay")],
        "rows": [
            [
                str(row.number),
                day_text(row.due_on, language),
                amount_text(row.principal_minor, currency),
                amount_text(row.interest_minor, currency),
                amount_text(row.due_minor, currency),
            ]
            for row in rows
        ],
        "foot": [
            _("Together"),
            "",
            amount_text(sum(row.principal_minor for row in rows), currency),
            amount_text(sum(row.interest_minor for row in rows), currency),
            amount_text(sum(row.due_minor for row in rows), currency),
        ],
    }
    return [heading(_("Repayment")), table]


def _due_day(product: Product, rows: tuple[Row, ...]) -> list[Block]:
    if product.due_day_choice != Product.DueDay.CHOSEN:
        return []
    text = _("The borrower chose day %(number)s of the month as due day.")
    return [paragraph(text % {"number": rows[0].due_on.day})]


def _rules(product: Product) -> list[Block]:
    days = product.grace_days
    grace = _("An instalment is on time if it is paid by 24:00 of its due date.")
    if days and product.grace_needs_clean_previous:
        grace = _(
            "An instalment is on time if it is paid by 24:00 of its due date. If the instalment before it was not "
            "late, it does not count as late either when it is paid within %(days)s days after it."
        ) % {"days": days}
    elif days:
        grace = _(
            "An instalment is on time if it is paid by 24:00 of its due date. Paid within %(days)s days after it, it "
            "does not count as late."
        ) % {"days": days}
    return [
        heading(_("Being late")),
        paragraph(grace),
        paragraph(_("Late months are reported to the credit record as they are, after you were told beforehand.")),
        paragraph(_("If you cannot pay, you can ask for relief before or after the due date; asking is free.")),
    ]


def _rights(limit: CreditLimit) -> list[Block]:
    lines = {"line": limit.lender.complaint_line, "advice": limit.lender.advice_line}
    return [
        heading(_("Rights")),
        listed(
            [
                _(
                    "Until 24:00 of the day on which the money is sent you may give it back: that costs the interest "
                    "of one day, and no fee."
                ),
                _("You may repay sooner, in part or in full, on any day."),
                _("Complaints: %(line)s. Free advice: %(advice)s.") % lines,
                _("This contract stays where you can read, print and download it for as long as the law asks."),
            ]
        ),
    ]
