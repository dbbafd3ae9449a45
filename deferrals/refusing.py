"""What relief cannot do, and what a policy does not allow, in words.

The engine names both by codes with figures (`Refusal`, `ReliefError`); here each code has
one whole sentence, with its figures in it where they help.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.wording import day_text, money_text, percent_text
from loans.engine.projection import Refusal
from loans.engine.relief import ReliefError

REFUSED: Mapping[str, Any] = {
    "payment_shock": gettext_lazy(
        "After the pause an instalment would be %(value)s of the present one; the policy allows %(limit)s."
    ),
    "capitalised": gettext_lazy(
        "The debt would grow by %(value)s of the principal through unpaid interest; the policy allows %(limit)s."
    ),
    "annual_rate": gettext_lazy("The loan would cost %(value)s a year; the policy allows %(limit)s."),
    "min_instalment": gettext_lazy(
        "The smallest instalment would be %(value)s; the policy asks for at least %(limit)s."
    ),
    "waive_penalty": gettext_lazy("There is %(limit)s of penalty interest to waive, not %(value)s."),
    "waive_interest": gettext_lazy("There is %(limit)s of overdue interest to waive, not %(value)s."),
}
# How the figures of a limit are shown; the others are sums of money.
RATES: Mapping[str, int] = {"payment_shock": 1, "capitalised": 1, "annual_rate": 2}

IMPOSSIBLE: Mapping[str, Any] = {
    "nothing_to_pay": gettext_lazy("Nothing is left to pay on this loan."),
    "nothing_overdue": gettext_lazy("Nothing is overdue, so there are no arrears to pay in parts."),
    "resume_not_after_as_of": gettext_lazy("The first instalment after it would already be due, so it would not help."),
    "rate_not_lower": gettext_lazy("This rate is higher than the one in the contract."),
    "amount_not_smaller": gettext_lazy("This amount is no smaller than the instalment."),
    "never_repays": gettext_lazy("With this instalment the loan would never be repaid: interest uses it up."),
    "unknown_number": gettext_lazy("One of these instalments does not exist or is already paid."),
    "balloon_is_last": gettext_lazy("The last instalment cannot be moved to itself."),
    "due_day_needs_months": gettext_lazy("Only a loan that is paid monthly has a day of the month to change."),
    "interest_free_part": gettext_lazy(
        "Part of what is owed bears no interest and is due with other instalments, so these can be moved, "
        "but not divided anew."
    ),
    "method_unsupported": gettext_lazy("A loan repaid in this way cannot be divided anew."),
    "beyond_the_calendar": gettext_lazy("The loan would end too far in the future."),
    "n_out_of_range": gettext_lazy("There cannot be as many instalments, months, days or parts as that."),
    "amount_out_of_range": gettext_lazy("The amount must be more than nothing and no more than can be."),
    "repeated_kind": gettext_lazy("The same kind of relief was chosen twice."),
    "cannot_combine": gettext_lazy("Two of the chosen kinds of relief cannot go together."),
    "exactly_one": gettext_lazy("Choose either the number of instalments or the amount of one, not both."),
}


def refusal_text(refusal: Refusal, currency: str = "CNY") -> str:
    """A limit of the policy that a projection breaks, with both figures."""
    places = RATES.get(refusal.reason)
    value, limit = (
        percent_text(Decimal(figure), places) if places is not None else money_text(int(figure), currency)
        for figure in (refusal.value, refusal.limit)
    )
    return str(REFUSED[refusal.reason]) % {"value": value, "limit": limit}


def impossible_text(error: ReliefError) -> str:
    """Why relief is impossible; anything that nobody could choose on a page is a fault of ours."""
    if error.code == "resume_not_after_as_of" and isinstance(error.detail, date):
        return _("The first instalment after it would be due on %(day)s, and that is over, so it would not help.") % {
            "day": day_text(error.detail, get_language() or "zh-hans")
        }
    return str(IMPOSSIBLE.get(error.code, _("These figures do not fit together. Please tell us, so that we can help.")))
