"""What can be done to a credit file, to the consents about it, and by whom it may be read."""

from credit.services.bureau_files import copy_bureau_file, write_bureau_file
from credit.services.consenting import (
    Answer,
    Origin,
    answer_consents,
    give_consent,
    refuse_consent,
    withdraw_consent,
    withdraw_unneeded,
)
from credit.services.furnishing import (
    check_fits,
    close_tradeline,
    furnish_month,
    furnish_months,
    furnish_new_months,
    open_file,
    open_tradeline,
    reopen_tradeline,
)
from credit.services.inquiring import inquire

__all__ = [
    "Answer",
    "Origin",
    "answer_consents",
    "check_fits",
    "close_tradeline",
    "copy_bureau_file",
    "furnish_month",
    "furnish_months",
    "furnish_new_months",
    "give_consent",
    "inquire",
    "open_file",
    "open_tradeline",
    "refuse_consent",
    "reopen_tradeline",
    "withdraw_consent",
    "withdraw_unneeded",
    "write_bureau_file",
]
