"""The supplementary agreement: its text in one language, and who may sign it.

Text is a list of blocks (heading, paragraph, list, table, signature) that a page, a
letter and a print-out all draw the same way; its canonical JSON is what is hashed.
"""

import unicodedata
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.wording import amount_text, day_text, money_text, month_name_text, month_text, percent_text
from deferrals.beside import beside
from deferrals.models import Offer
from loans.engine.relief import Projection
from loans.engine.schedule import Row

Block = dict[str, Any]
STATEMENTS: tuple[str, ...] = ("dates", "cost", "record")


def same_name(typed: str, *names: str) -> bool:
    """Whether what was typed is one of the names; case, width and spaces do not matter.

    >>> same_name(" wang  XIAOYU", "王晓雨", "Wang Xiaoyu"), same_name("", "王晓雨", ""), same_name("王小雨", "王晓雨")
    (True, False, False)
    """
    plain = _plain(typed)
    return bool(plain) and plain in {_plain(name) for name in names if name}


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def schedule_block(projection: Projection, language: str) -> Block:
    """Old beside new, every instalment still to pay, amounts without currency sign."""
    rows = [
        [str(next(row.number for row in (new, old) if row)), *_cells(old, language), *_cells(new, language)]
        for old, new in beside(projection)
    ]
    return {
        "kind": "table",
        "caption": _("Every instalment still to pay, old beside new; amounts in yuan"),
        "head": [_("No."), _("Old date"), _("Old amount"), _("New date"), _("New amount")],
        "rows": rows,
        "foot": [
            _("Left to pay"),
            "",
            amount_text(projection.left_before_minor),
            "",
            amount_text(projection.left_after_minor),
        ],
    }


def _cells(row: Row | None, language: str) -> list[str]:
    """Date and amount of an instalment, or nothing where this schedule has none."""
    return [day_text(row.due_on, language), amount_text(row.due_minor)] if row is not None else ["", ""]


def cost_sentence(projection: Projection) -> str:
    """What relief costs, in one sentence."""
    cost = projection.cost_to_borrower_minor
    if cost > 0:
        return _("This costs %(sum)s more than the old schedule.") % {"sum": money_text(cost)}
    if cost < 0:
        return _("This saves %(sum)s against the old schedule.") % {"sum": money_text(-cost)}
    return _("This costs nothing more than the old schedule.")


def months_text(days: tuple[date, ...], language: str) -> str:
    """The months of these days, listed; the year stands once, where one reads it.

    >>> spring = (date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15))
    >>> months_text(spring, "zh-hans"), months_text(spring, "en")
    ('2026年4月、5月、6月', 'April, May and June 2026')
    """
    parts: list[str] = []
    for index, day in enumerate(days):
        before = days[index - 1] if index else None
        after = days[index + 1] if index + 1 < len(days) else None
        if language.startswith("en"):
            whole = after is None or after.year != day.year
        else:
            whole = before is None or before.year != day.year
        parts.append(month_text(day, language) if whole else month_name_text(day, language))
    if not language.startswith("en"):
        return "、".join(parts)
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def agreement_blocks(offer: Offer, *, language: str) -> list[Block]:
    """The whole agreement as shown and signed, in `language`."""
    projection = Projection.from_dict(offer.projection)
    with translation.override(language):
        return [
            *_parties(offer, language),
            *_new_schedule(projection, language),
            *_cost(projection, offer, language),
            *_record(projection, language),
            *_rights(offer),
            _p(_("Fingerprint of these figures: %(hash)s") % {"hash": projection.hash}),
        ]


def _p(text: str) -> Block:
    return {"kind": "p", "text": text}


def _h(text: str) -> Block:
    return {"kind": "h", "text": text}


def _parties(offer: Offer, language: str) -> list[Block]:
    request = offer.request
    names = {
        "lender": request.lender.name_in(language),
        "borrower": request.borrower.name,
        "loan": request.loans.select_related("loan").get().loan.number,
        "request": request.number,
    }
    sentence = _("%(lender)s and %(borrower)s change the repayment of loan %(loan)s, request %(request)s.")
    return [_h(_("Parties and loan")), _p(sentence % names)]


def _new_schedule(projection: Projection, language: str) -> list[Block]:
    first = projection.after[0]
    figures = {
        "months": months_text(projection.paused_on, language),
        "day": day_text(first.due_on, language),
        "sum": money_text(first.due_minor),
    }
    return [
        _h(_("New dates and amounts")),
        _p(_("Nothing is due in %(months)s. Payments resume on %(day)s with %(sum)s.") % figures),
        schedule_block(projection, language),
    ]


def _cost(projection: Projection, offer: Offer, language: str) -> list[Block]:
    last = projection.after[-1]
    rates = {
        "new": percent_text(projection.effective_annual_rate_after),
        "old": percent_text(projection.effective_annual_rate_before),
    }
    items = [
        *_of_waiting(projection, offer),
        *_of_rate(projection, language),
        _("Interest on interest: %(sum)s") % {"sum": money_text(projection.compounded_extra_minor)},
        _("Fee: %(sum)s") % {"sum": money_text(0)},
        _("Effective annual rate: %(new)s, was %(old)s") % rates,
        _("Last instalment: %(sum)s on %(day)s; there is no lump sum")
        % {"sum": money_text(last.due_minor), "day": day_text(last.due_on, language)},
        _("Apart from these, no interest and no fee is charged."),
    ]
    return [_h(_("Cost")), _p(cost_sentence(projection)), {"kind": "list", "items": items}]


def _of_waiting(projection: Projection, offer: Offer) -> list[str]:
    """What waiting costs: interest of a pause, or of instalments until they are due behind the last one."""
    append = next((one for one in offer.components if one["kind"] == "APPEND"), None)
    if append is None:
        interest = {"sum": money_text(projection.pause_interest_minor)}
        return [_("Interest for the pause, simple, on the principal only: %(sum)s") % interest]
    asked = _(
        "The instalments that move ask for what they asked for before: their principal, and interest of their months."
    )
    if append["interest"] == "NONE":
        return [asked, _("No interest is charged for the time they wait.")]
    waited = _("Interest for the time they wait, simple, on their principal only: %(sum)s")
    return [asked, waited % {"sum": money_text(projection.pause_interest_minor)}]


def _of_rate(projection: Projection, language: str) -> list[str]:
    """The lower rate, where there is one."""
    if projection.cut_rate_annual is None:
        return []
    rate, until = percent_text(projection.cut_rate_annual), projection.cut_until
    if until is None:
        return [_("Interest is counted at %(rate)s a year from now on.") % {"rate": rate}]
    told = _("Interest is counted at %(rate)s a year until %(day)s, and at the rate of your contract after that.")
    return [told % {"rate": rate, "day": day_text(until, language)}]


def _record(projection: Projection, language: str) -> list[Block]:
    sentence = _(
        "%(months)s: recorded as on arrangement, nothing due. After that each month is measured against the new dates."
    )
    return [_h(_("Credit record")), _p(sentence % {"months": months_text(projection.paused_on, language)})]


def _rights(offer: Offer) -> list[Block]:
    lines = {"line": offer.request.lender.complaint_line, "advice": offer.request.lender.advice_line}
    items = [
        _("You may pay sooner, in part or in full, on any day, without a fee."),
        _(
            "While this agreement is kept there are no requests for payment, no legal steps and no penalty interest on the instalments that move."
        ),
        _("Complaints: %(line)s. Free advice: %(advice)s.") % lines,
    ]
    return [_h(_("Rights")), {"kind": "list", "items": items}]
