"""Where an application stands, which way it may go, and whose move it is.

    submitted ─► approved                     the rules approve
              ├► evidence ─► manual           the borrower says more, then a person decides
              │          └► lapsed            nothing came within 14 days
              └► manual ◄─► in_review         a person takes it, or gives it back
                               ├► approved
                               └► refused     by a person alone
    open ────► withdrawn

Rules may approve or hand over; there is no way from `submitted` to `refused` (rule R21,
PIPL article 24).
"""

from enum import StrEnum


class ApplicationState(StrEnum):
    SUBMITTED = "submitted"
    EVIDENCE = "evidence"
    MANUAL = "manual"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


S = ApplicationState
TRANSITIONS: tuple[tuple[str, str], ...] = (
    (S.SUBMITTED, S.APPROVED),
    (S.SUBMITTED, S.EVIDENCE),
    (S.SUBMITTED, S.MANUAL),
    (S.EVIDENCE, S.MANUAL),
    (S.EVIDENCE, S.LAPSED),
    (S.EVIDENCE, S.WITHDRAWN),
    (S.MANUAL, S.IN_REVIEW),
    (S.MANUAL, S.WITHDRAWN),
    (S.IN_REVIEW, S.MANUAL),
    (S.IN_REVIEW, S.APPROVED),
    (S.IN_REVIEW, S.REFUSED),
    (S.IN_REVIEW, S.WITHDRAWN),
)
OPEN = frozenset({S.SUBMITTED.value, S.EVIDENCE.value, S.MANUAL.value, S.IN_REVIEW.value})
WITH_US = frozenset({S.SUBMITTED.value, S.MANUAL.value, S.IN_REVIEW.value})


def may_move(old: str, new: str) -> bool:
    """Whether an application may go from one state to the other.

    >>> may_move("submitted", "approved"), may_move("submitted", "refused")
    (True, False)
    """
    return (old, new) in TRANSITIONS
