"""The life of a relief request, as a table of permitted moves.

Nothing else in the project says which state may follow which; the database refuses any
other move by a trigger made from this table. Numbers are those of the transition table of
the relief process (submission 2 … ending 26); states that later stages add (evidence,
second review, appeal, breach) join here.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    SUBMITTED = "submitted", _("Sent")
    READY = "ready", _("Waiting for a reviewer")
    IN_REVIEW = "in_review", _("Being reviewed")
    OFFERED = "offered", _("Offer waiting for you")
    ACCEPTED = "accepted", _("Accepted")
    ACTIVE = "active", _("On arrangement")
    COMPLETED = "completed", _("Arrangement completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DENIED = "denied", _("Not approved")
    OFFER_DECLINED = "offer_declined", _("Offer declined")
    OFFER_EXPIRED = "offer_expired", _("Offer lapsed")
    RESCINDED = "rescinded", _("Taken back within 7 days")
    ENDED_EARLY = "ended_early", _("Ended early")


class OfferState(TextChoices):
    LIVE = "live", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Lapsed")
    SUPERSEDED = "superseded", _("Replaced by newer figures")


S = RequestState
MOVES: frozenset[tuple[str, str]] = frozenset(
    (old.value, new.value)
    for old, new in (
        (S.SUBMITTED, S.READY),  # 3, 8
        (S.READY, S.IN_REVIEW),  # 9
        (S.IN_REVIEW, S.READY),  # 10
        (S.IN_REVIEW, S.OFFERED),  # 12
        (S.IN_REVIEW, S.DENIED),  # 15
        (S.OFFERED, S.ACCEPTED),  # 16
        (S.OFFERED, S.OFFER_DECLINED),  # 18
        (S.OFFERED, S.OFFER_EXPIRED),  # 18
        (S.SUBMITTED, S.WITHDRAWN),  # 19
        (S.READY, S.WITHDRAWN),
        (S.IN_REVIEW, S.WITHDRAWN),
        (S.OFFERED, S.WITHDRAWN),
        (S.READY, S.ENDED_EARLY),  # the loan was paid off meanwhile
        (S.IN_REVIEW, S.ENDED_EARLY),
        (S.OFFERED, S.ENDED_EARLY),
        (S.ACCEPTED, S.ACTIVE),  # 20
        (S.ACTIVE, S.RESCINDED),  # 21
        (S.ACTIVE, S.COMPLETED),  # 22
        (S.ACTIVE, S.ENDED_EARLY),  # 26
    )
)
OFFER_MOVES: frozenset[tuple[str, str]] = frozenset(
    (OfferState.LIVE.value, end.value)
    for end in (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED, OfferState.SUPERSEDED)
)

OPEN: frozenset[str] = frozenset(state.value for state in (S.SUBMITTED, S.READY, S.IN_REVIEW, S.OFFERED, S.ACCEPTED))
WITH_US: frozenset[str] = frozenset(state.value for state in (S.SUBMITTED, S.READY, S.IN_REVIEW))


def may_move(old: str, new: str) -> bool:
    """Whether a request in state `old` may go to `new`.

    >>> may_move("ready", "in_review"), may_move("denied", "offered")
    (True, False)
    """
    return (old, new) in MOVES
