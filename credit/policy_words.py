"""What a rule of the cross-product policy says to the person it is about, and what lifts it."""

from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credit.cross_product import Action, Hit

RULES: MappingProxyType[str, Promise] = MappingProxyType(
    {
        "P01": _("An account is 90 days late or more, or was written off or taken to court."),
        "P02": _("An account is 60 to 89 days late."),
        "P03": _("An account is 30 to 59 days late, or there were three late months in six."),
        "P04": _("A payment to another lender is late."),
        "P05": _("Your score asks for a closer look; it is never a reason by itself to say no."),
        "P06": _("Too little is known yet to decide without papers. That is not held against you."),
    }
)
LIFTS: MappingProxyType[str, Promise] = MappingProxyType(
    {
        "cured_12_months": _("It ends twelve months after what is late has been paid."),
        "cured_3_months": _("It ends once what is late has been paid and three months on time have followed."),
        "paid_or_explained": _("It ends once the payment is made, or you show that it was."),
        "looked_at": _("A person looks at it, and tells you what they decide and why."),
        "shown": _("It ends once you show what is asked for, or allow your record to be seen."),
    }
)
ACTIONS: MappingProxyType[Action, Promise] = MappingProxyType(
    {
        Action.ALLOW: pgettext_lazy("policy", "Nothing in the way"),
        Action.EVIDENCE: pgettext_lazy("policy", "Papers are needed"),
        Action.LIMIT_CUT: pgettext_lazy("policy", "The limit is lowered"),
        Action.MANUAL: pgettext_lazy("policy", "A person looks at it"),
        Action.VETO: pgettext_lazy("policy", "No new credit for now"),
    }
)


def said(hit: Hit) -> tuple[str, str]:
    """What a hit says, and what lifts it, in the language of the page."""
    return str(RULES[hit.rule]), str(LIFTS[hit.lifts_when])
