"""What is said about a problem of a product; the codes are those of `product_rules`."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.wording import money_text, percent_text
from loans.product_rules import Problem

TEXTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "missing": _("A product states this before it is published."),
        "not_positive": _("Enter an amount above zero."),
        "below_smallest": _("The largest amount is below the smallest, %(smallest)s."),
        "above_largest": _("An online consumer loan of this lender may be at most %(largest)s."),
        "not_a_rate": _("A rate lies between 0 and 100%%."),
        "above_usual": _("The lowest rate is above the usual one."),
        "below_usual": _("The highest rate is below the usual one."),
        "above_cap": _("All costs of a year may come to %(cap)s at this kind of lender."),
        "rate_above_cap": _("Over a year this comes to %(rate)s, above the cap of %(cap)s."),
        "plan_above_cap": _("A bill in %(count)s instalments would really cost %(rate)s a year; the cap is %(cap)s."),
        "cut_by_cap": _(
            "Above %(threshold)s a year the penalty would pass the cap of %(cap)s; what is beyond it is never charged."
        ),
        "not_posted": _("The books charge no interest on interest; leave this off."),
        "unknown": _("No such calculation conventions are known."),
        "not_whole": _("Enter whole numbers above zero."),
        "too_long": _("A loan of this lender may run for at most %(months)s months."),
        "bullet_too_long": _("A loan repaid at the end may run for at most %(months)s months."),
        "not_a_day": _("Enter days of the month from 1 to %(last)s, so that every month has them."),
        "on_bill_day": _("The due day cannot be the bill day."),
        "not_each_once": _("The order names each component once."),
        "too_far": _("Reminders lie between 30 days before the due date and 90 days after it."),
        "not_a_time": _("Enter times as 10:00, parted by commas."),
    }
)


def problem_text(problem: Problem, currency: str = "CNY") -> str:
    """The problem in the language of the page."""
    code = "rate_above_cap" if problem.code == "above_cap" and "rate" in problem.params else problem.code
    words: dict[str, Any] = {}
    for name, value in problem.params.items():
        if name.endswith("_minor"):
            words[name.removesuffix("_minor")] = money_text(value, currency)
        elif name in ("cap", "rate", "threshold"):
            words[name] = percent_text(value)
        else:
            words[name] = value
    return str(TEXTS[code]) % words
