"""Why a bank's file was refused, in words for whoever has to ask the bank."""

from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

REFUSED: MappingProxyType[str, Any] = MappingProxyType(
    {
        "empty": _("The file is empty."),
        "too_large": _("The file is larger than any that a bank sends."),
        "not_xml": _("The file is not whole: it cannot be read as XML."),
        "not_utf8": _("The file is not written in UTF-8."),
        "has_doctype": _("The file brings a document type of its own. A bank's message has none."),
        "too_deep": _("The file is nested deeper than any message of a bank."),
        "too_long": _("A text in the file is longer than any in a message of a bank."),
        "too_many_attributes": _("An element of the file has more attributes than any in a message of a bank."),
        "wrong_message": _("This is not a notification of a bank (camt.054)."),
        "missing": _("Something is missing that every such message has."),
        "twice": _("Something stands there twice that may be there once."),
        "amount": _("An amount cannot be read."),
        "date": _("A date cannot be read."),
        "sign": _("It does not say whether money came or went."),
        "sums": _("The sums or numbers in the file contradict each other."),
        "reference": _("A reference is longer than it may be, or cannot be printed."),
        "other_account": _("The file is about another account than the one this lender collects on."),
        "too_many": _("The file has more transactions than this page takes. It can be read with manage.py bank_file."),
        "changed": _("The file was changed while it was read."),
    }
)
