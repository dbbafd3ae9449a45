"""What stands in the way of a step of collection, and what each letter is, as staff read it."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from loans.stages import Letter, Missing

MISSING: MappingProxyType[Missing, Any] = MappingProxyType(
    {
        Missing.NOT_SO_LATE: _("It is too early for it."),
        Missing.CONTACT_HELD: _("Requests for payment stand still on this loan."),
        Missing.LEGAL_HELD: _("Legal steps stand still on this loan."),
        Missing.NO_LETTER: _("The letter that comes before it has not been written."),
        Missing.LETTER_TOO_NEW: _("The letter was written less than 14 days ago."),
    }
)
LETTERS: MappingProxyType[Letter, Any] = MappingProxyType(
    {
        Letter.DEMAND: _("Demand letter"),
        Letter.SUIT: _("Last letter before a suit"),
    }
)
