"""Why a notice is written; a borrower chooses the channels by kind, except for what the law demands."""

from enum import StrEnum


class Kind(StrEnum):
    REMINDER = "reminder"
    PAYMENT = "payment"
    SERVICE = "service"
    LEGAL = "legal"


class Channel(StrEnum):
    """Where a notice goes. Into the inbox always."""

    INBOX = "inbox"
    EMAIL = "email"
    SMS = "sms"


CHOSEN_KINDS = (Kind.REMINDER, Kind.PAYMENT, Kind.SERVICE)
OUTWARD = (Channel.EMAIL, Channel.SMS)
