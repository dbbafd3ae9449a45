"""Why a limit was changed, as the borrower reads it; the codes are those a cut is given."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CUT_REASONS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "record": _("What is on the credit record has changed."),
        "income": _("What we know of your income has changed."),
        "unused": _("The limit was not used for a long time."),
        "own_wish": _("You asked for it."),
        "product": _("The product has changed."),
    }
)
OTHERS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "application": pgettext_lazy("change of a limit", "By your application"),
        "restored": pgettext_lazy("change of a limit", "We took the cut back"),
    }
)


def cut_reason(code: str) -> str:
    return str(CUT_REASONS.get(code) or OTHERS.get(code) or code)
