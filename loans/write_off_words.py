"""What stands in the way of writing a loan off, or of taking it back, as staff read it."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from loans.writing_off import Hindrance

HINDRANCES: MappingProxyType[Hindrance, Any] = MappingProxyType(
    {
        Hindrance.NOTHING_LEFT: _("No principal is left, so there is nothing to write off."),
        Hindrance.HELD: _("Something stands still on this loan: a request is open, or an arrangement runs."),
        Hindrance.DEBIT_UNDER_WAY: _("A debit is under way. Wait for its result."),
        Hindrance.NOT_SO_LATE: _("It is less than 180 days past due."),
        Hindrance.NO_LETTER: _("The demand letter, or the last letter before a suit, has not been written."),
        Hindrance.LETTER_TOO_NEW: _("The last letter was written less than 14 days ago."),
        Hindrance.PAID_SINCE: _("What was paid since does not fit the schedule of before."),
    }
)
