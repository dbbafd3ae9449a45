"""What a month is called, in the language of the page: a name for a legend, words for one month."""

from enum import StrEnum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext_lazy

from accounts import wording
from credit.codes import Mark
from credit.grid import Cell, Marked

NAMES: MappingProxyType[Mark, Promise] = MappingProxyType(
    {
        Mark.PAID: pgettext_lazy("month", "On time"),
        Mark.GRACE: pgettext_lazy("month", "Paid within grace"),
        Mark.LATE: pgettext_lazy("month", "Late"),
        Mark.NONE: pgettext_lazy("month", "Nothing due"),
        Mark.RELIEF: pgettext_lazy("month", "On arrangement"),
        Mark.RELIEF_LATE: pgettext_lazy("month", "On arrangement, and late"),
        Mark.PENDING: pgettext_lazy("month", "Request pending"),
        Mark.VARIED: pgettext_lazy("month", "Terms changed"),
        Mark.CLOSED: pgettext_lazy("month", "Settled"),
        Mark.BAD_DEBT: pgettext_lazy("month", "Bad debt: written off, still owed"),
    }
)


class Correction(StrEnum):
    """Why a furnished month was judged again, where the system did it; what a person writes stands as written."""

    PAYMENT_TAKEN_BACK = "payment_taken_back"
    PAYMENT_KNOWN_LATE = "payment_known_late"
    WRITE_OFF_TAKEN_BACK = "write_off_taken_back"


REASONS: MappingProxyType[str, Promise] = MappingProxyType(
    {
        Correction.PAYMENT_TAKEN_BACK: gettext_lazy("a payment was taken back"),
        Correction.PAYMENT_KNOWN_LATE: gettext_lazy("a payment became known late"),
        Correction.WRITE_OFF_TAKEN_BACK: gettext_lazy("a write-off was taken back"),
    }
)


def correction_reason(reason: str) -> str:
    """Why a month was corrected, in words."""
    return str(REASONS.get(reason, reason))


def words(marked: Marked) -> str:
    """What the month was, with the days it was late: "31 days late"."""
    days = {"days": marked.days_late}
    if marked.mark is Mark.LATE and not marked.days_late:
        return gettext("Paid late, before the month ended")
    if not marked.days_late or marked.mark is Mark.BAD_DEBT:
        return str(NAMES[marked.mark])
    if marked.mark is Mark.RELIEF_LATE:
        text = ngettext("On arrangement, %(days)d day late", "On arrangement, %(days)d days late", marked.days_late)
    elif marked.mark is Mark.PENDING:
        text = ngettext("Request pending, %(days)d day late", "Request pending, %(days)d days late", marked.days_late)
    else:
        text = ngettext("%(days)d day late", "%(days)d days late", marked.days_late)
    return text % days


def label(cell: Cell) -> str:
    """A marked cell as it is read aloud: the month, then its words; empty for a cell without mark."""
    if cell.marked is None:
        return ""
    month = wording.month_text(cell.month, get_language() or "zh-hans")
    return gettext("%(month)s: %(words)s") % {"month": month, "words": words(cell.marked)}
