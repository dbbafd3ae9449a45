"""What the pages of the credit file show, a module a family; and who may look at what."""

from credit.selectors.record import (
    months_for,
    own_tradelines,
    record_page,
    tradeline_page,
)
from credit.selectors.standing import live_among, live_consent, live_consents, may_ask, terms_among, terms_of

__all__ = [
    "live_among",
    "live_consent",
    "live_consents",
    "may_ask",
    "months_for",
    "own_tradelines",
    "record_page",
    "terms_among",
    "terms_of",
    "tradeline_page",
]
