"""The words of the contract of a monthly bill, which are also those of its cost sheet.

Blocks are those of letters (`templates/components/blocks.html`): text, nothing that is HTML.
The Chinese text governs; `TEMPLATE` names the version of the words and changes with them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wording import is_english, money_text, percent_text
from loans.bill_facts import bill_terms
from loans.contracts import nothing_else
from loans.engine.revolving.charging import Stretch, interest_minor
from loans.models import CreditLimit
from loans.papers import GOVERNING, Block, heading, listed, paragraph
from loans.product_rules import plan_rate_annual

TEMPLATE = "CN-2026.1"
EXAMPLE_MINOR = 100_000
JUNE = (date(2026, 6, 1), date(2026, 7, 1))  # any thirty days of a common year


def bill_contract_blocks(
    limit: CreditLimit, written: Mapping[str, Any], limit_minor: int, language: str
) -> tuple[str, list[Block]]:
    """Title and blocks in `language`; `written` are the terms, `limit_minor` the limit of the day."""
    with translation.override(language):
        blocks = [
            *_parties(limit, written, limit_minor, language),
            heading(_("What it costs")),
            listed([*cost_lines(written, limit.lender.currency), nothing_else()]),
            heading(_("Being late")),
            *(paragraph(line) for line in late_lines(written)),
            heading(_("Rights")),
            listed(_rights(limit)),
        ]
        if language != GOVERNING:
            blocks.append(paragraph(_("The Chinese text below governs, should the two differ.")))
        return _("Contract of a monthly bill"), blocks


def cost_lines(written: Mapping[str, Any], currency: str) -> list[str]:
    """Everything it costs if it is paid as agreed, a sentence each, in the language of the moment."""
    rate, share = Decimal(written["rate_annual"]), Decimal(written["minimum_share"])
    facts = {
        "rate": percent_text(rate),
        "daily": percent_text(daily_rate(written), 3),
        "sum": money_text(EXAMPLE_MINOR, currency),
        "cost": money_text(carried_cost_minor(written, EXAMPLE_MINOR), currency),
    }
    return [
        _("A bill that is paid in full by its due date costs nothing."),
        _(
            "The minimum payment is %(share)s of new purchases, and in full: instalments that are due, fees, older "
            "bills that are overdue, and interest."
        )
        % {"share": percent_text(share)},
        _(
            "Whoever pays at least the minimum payment may carry the rest over. From the day after the due date it "
            "bears %(rate)s a year, which is %(daily)s a day: %(sum)s carried over for 30 days costs %(cost)s."
        )
        % facts,
        *_plan_lines(written),
    ]


def late_lines(written: Mapping[str, Any]) -> list[str]:
    """What it costs and what happens if the minimum payment is late."""
    rate, uplift = Decimal(written["rate_annual"]), Decimal(written["penalty_uplift"])
    cap, days = Decimal(written["cap_annual"]), written["grace_days"]
    on_time = _("A bill is on time if its minimum payment is made by 24:00 of its due date.")
    if days:
        on_time = _(
            "A bill is on time if its minimum payment is made by 24:00 of its due date. Made within %(days)s days "
            "after it, it does not count as late."
        ) % {"days": days}
    late = _(
        "An unpaid minimum payment bears penalty interest of %(rate)s a year instead of ordinary interest; all costs "
        "of a day together are never more than %(cap)s a year."
    )
    return [
        on_time,
        late % {"rate": percent_text(min(rate * (1 + uplift), cap)), "cap": percent_text(cap)},
        _("While a minimum payment is overdue, nothing more can be bought; the next bill asks for all that is left."),
        _("Late months are reported to the credit record as they are, after you were told beforehand."),
    ]


def daily_rate(written: Mapping[str, Any]) -> Decimal:
    """What a day costs, as a fraction: the annual rate over 360 or 365 days."""
    terms = bill_terms(written)
    return terms.rate_annual / (360 if terms.profile.ticks_per_year == 360 else 365)


def carried_cost_minor(written: Mapping[str, Any], amount_minor: int) -> int:
    """What a sum costs that is carried over for thirty days."""
    return interest_minor([Stretch(amount_minor, *JUNE)], bill_terms(written))


def _plan_lines(written: Mapping[str, Any]) -> list[str]:
    lines = []
    for fee in written["plan_fees"]:
        count, rate = fee["instalments"], Decimal(fee["rate"])
        text = _(
            "A bill turned into %(count)s instalments costs %(fee)s of its amount for all of them together; that is "
            "a real annual rate of %(rate)s."
        )
        lines.append(
            text % {"count": count, "fee": percent_text(rate), "rate": percent_text(plan_rate_annual(count, rate))}
        )
    return lines


def _parties(limit: CreditLimit, written: Mapping[str, Any], limit_minor: int, language: str) -> list[Block]:
    borrower = limit.borrower
    facts = {
        "lender": limit.lender.name_in(language),
        "borrower": (borrower.name_latin if is_english(language) else "") or borrower.name,
        "sum": money_text(limit_minor, limit.lender.currency),
        "bill": written["bill_day"],
        "due": written["due_day"],
    }
    return [
        heading(_("Parties and limit")),
        paragraph(
            _("%(lender)s pays for what %(borrower)s buys, up to %(sum)s at a time, and bills it once a month.") % facts
        ),
        paragraph(
            _(
                "The bill is made on day %(bill)s of each month, for everything bought until the day before. It is due "
                "on the next day %(due)s of a month."
            )
            % facts
        ),
        paragraph(_("The limit can be cut with notice, never below what is owed.")),
    ]


def _rights(limit: CreditLimit) -> list[str]:
    lines = {"line": limit.lender.complaint_line, "advice": limit.lender.advice_line}
    return [
        _("You may pay any sum on any day; what no bill asks for is kept for the next one, or given back."),
        _("Instalments can be ended early, without a fee for the months to come."),
        _("You may close it on any day on which nothing is open, and receive a certificate."),
        _("Complaints: %(line)s. Free advice: %(advice)s.") % lines,
        _("This contract stays where you can read, print and download it for as long as the law asks."),
    ]
