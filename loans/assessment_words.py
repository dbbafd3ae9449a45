"""What is said about an assessment and a decision: each reason as a fact, and what would change the answer.

The codes are those of `assessment`, of the rules P01 to P06 of the credit record, and those a
person gives. A reason is told in the language of the page, from the facts stored with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.wording import day_text, money_text

FACTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "wished": _("You asked for %(wished)s. A limit is never more than that."),
        "income": _(
            "Half of an income of %(income)s a month, less what you pay already, leaves %(room)s for a new"
            " instalment. Over %(months)s months that carries %(limit)s."
        ),
        "record": _("Months on time on record: %(months_on_time)s. A limit is then at most %(incomes)s incomes."),
        "product": _("This product goes up to %(most)s."),
        "rate_clean": _("A year on time is on record, so you have the lowest rate."),
        "rate_usual": _("Months on time on record: %(months_on_time)s. So you have the usual rate."),
        "rate_late": _("Late months among the last 24: %(late_months)s. So you have the highest rate."),
        "P01": _("An account was 90 days late or more, or was written off."),
        "P02": _("An account is 60 to 89 days late, or was a short while ago."),
        "P03": _("An account is 30 to 59 days late, or accounts were late several times within six months."),
        "P04": _("An account with another lender is a few days late."),
        "P05": _("The score alone decides nothing; it is why a person looks."),
        "P06": _("There is little on record yet, or it is not recent. That does not speak against you."),
        "budget_holds": _("What you earn carries the instalment."),
        "record_good": _("What is on record shows that you pay on time."),
        "words_convince": _("What you wrote explains what is on record."),
        "security_of_income": _("Your income is regular."),
        "budget_short": _("After your other payments too little is left for an instalment."),
        "late_now": _("An account is late at the moment."),
        "late_often": _("Accounts were late several times."),
        "income_unclear": _("We could not see where the income comes from."),
        "use_excluded": _("The money is for something that consumer credit may not be used for."),
    }
)
CHANGES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "wished": _("After three instalments on time you can ask for more."),
        "income": _("A higher income, or lower other payments, would carry more."),
        "record": _("Three months on time make it six incomes, twelve months make it twelve."),
        "product": "",
        "rate_clean": "",
        "rate_usual": _("With twelve months on time a new application gets the lowest rate."),
        "rate_late": _("Once the last 24 months have no late one, a new application gets a lower rate."),
        "P01": _("It no longer counts twelve months after it was made good."),
        "P02": _("It no longer counts once it is paid and three months on time have followed."),
        "P03": _("It no longer counts once it is paid and three months on time have followed."),
        "P04": _("Pay it, or write to us what happened."),
        "P05": "",
        "P06": _("Three months on record, or a few words from you, change that."),
        "budget_short": _("A smaller amount, lower other payments or a higher income would change the answer."),
        "late_now": _("Pay what is late; three months on time after that, ask again."),
        "late_often": _("Six months on time would change the answer."),
        "income_unclear": _("Tell us where your income comes from, and ask again."),
        "use_excluded": _("Ask again for something else."),
    }
)
LIFTS = _("It no longer counts from %(day)s on.")


@dataclass(frozen=True, slots=True)
class Line:
    """One reason as a person reads it: the fact, and what would change the answer, if anything."""

    code: str
    fact: str
    change: str


def reason_lines(reasons: Sequence[Mapping[str, Any]], currency: str = "CNY") -> list[Line]:
    """The stored reasons, in their order."""
    return [_line(str(reason["code"]), reason.get("facts", {}), currency) for reason in reasons]


def decision_lines(codes: Sequence[str]) -> list[Line]:
    """The reasons that a person ticked."""
    return [_line(code, {}, "CNY") for code in codes]


def _line(code: str, facts: Mapping[str, Any], currency: str) -> Line:
    words: dict[str, Any] = dict(facts)
    for name, value in facts.items():
        if name.endswith("_minor"):
            words[name.removesuffix("_minor")] = money_text(value, currency)
    change = str(CHANGES.get(code, ""))
    lifts_on = facts.get("lifts_on")
    if lifts_on:
        change = str(LIFTS) % {"day": day_text(date.fromisoformat(lifts_on), get_language() or "zh-hans")}
    return Line(code, str(FACTS[code]) % words, change)
