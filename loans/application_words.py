"""What is said when an application cannot be sent; the errors are those of `applying`."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import LeewayError
from accounts.wording import money_text
from loans.errors import WishOutOfRange

HINDRANCES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "overdue": gettext_lazy("A payment is overdue. Once it is paid, you can ask for more."),
        "too_early": gettext_lazy("You can ask for more once three instalments are paid on time."),
        "at_most": gettext_lazy("Your limit is the highest this product has."),
    }
)
TEXTS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "not_on_offer": gettext_lazy("This product is not offered any more. Nothing was sent."),
        "not_yet_known": gettext_lazy(
            "Something about you is still missing. Nothing was sent; what you typed is kept."
        ),
        "consent_missing": gettext_lazy(
            "A consent that this rests on does not stand any more. Nothing was sent; what you typed is kept."
        ),
    }
)


def sorry(error: LeewayError) -> str:
    """Why nothing was sent, and what to do."""
    if isinstance(error, WishOutOfRange):
        text = _("Nothing was sent: the amount must be in whole hundreds from %(least)s to %(most)s.")
        return text % {"least": money_text(error.least_minor), "most": money_text(error.most_minor)}
    known = HINDRANCES.get(getattr(error, "reason", "")) or TEXTS.get(error.code)
    return str(known or _("Something changed meanwhile, so nothing was sent. Please look once more."))
