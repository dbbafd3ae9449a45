"""What pages about people show, and what the floors above may ask about a person."""

from accounts.selectors.known import (
    KnownCustomer,
    KnownPage,
    debit_sources,
    debit_sources_among,
    known_customer,
    known_page,
    next_step,
)
from accounts.selectors.own import AccountPage, account_page, last_messages

__all__ = [
    "AccountPage",
    "KnownCustomer",
    "KnownPage",
    "account_page",
    "debit_sources",
    "debit_sources_among",
    "known_customer",
    "known_page",
    "last_messages",
    "next_step",
]
