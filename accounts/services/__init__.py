"""What `accounts` can do: one verb per intention."""

from accounts.services.banking import add_bank_account, move_bank_account, order_bank_accounts, remove_bank_account
from accounts.services.choosing import choose_notices
from accounts.services.delivering import release_notices
from accounts.services.enrolling import appoint, enrol_borrower, next_reference, require
from accounts.services.identifying import Claim, identify_person, recheck_identities
from accounts.services.noticing import Draft, read_notice, write_notice, write_notices
from accounts.services.proving import send_bank_account_code, verify_bank_account
from accounts.services.resealing import reseal
from accounts.services.resolving import ask_about_identity, close_identity_case
from accounts.services.unmasking import opened_account_number, opened_identities, unmask

__all__ = [
    "Claim",
    "Draft",
    "add_bank_account",
    "appoint",
    "ask_about_identity",
    "choose_notices",
    "close_identity_case",
    "enrol_borrower",
    "identify_person",
    "move_bank_account",
    "next_reference",
    "opened_account_number",
    "opened_identities",
    "order_bank_accounts",
    "read_notice",
    "recheck_identities",
    "release_notices",
    "remove_bank_account",
    "require",
    "reseal",
    "send_bank_account_code",
    "unmask",
    "verify_bank_account",
    "write_notice",
    "write_notices",
]
