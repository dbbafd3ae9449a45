"""Errors of relief, each named for what happened; pages choose the words."""

from accounts.errors import Conflict, LeewayError


class PauseOutOfRange(LeewayError):
    """The number of instalments asked for is not 1 to the policy's most. `most` says how many."""

    code = "pause_out_of_range"

    def __init__(self, most: int) -> None:
        super().__init__(f"a pause is 1 to {most} instalments")
        self.most = most


class PauseTooShort(LeewayError):
    """Payments would resume today or earlier: the loan is later than the pause is long."""

    code = "pause_too_short"


class AlreadyOpen(LeewayError):
    """There is an open request on this loan; `request` is that one."""

    code = "already_open"

    def __init__(self, request: object) -> None:
        super().__init__("a request on this loan is open")
        self.request = request


class ReliefRunning(LeewayError):
    """The loan is on an arrangement whose pause has not ended; it is extended, not doubled."""

    code = "relief_running"


class NothingToPause(LeewayError):
    """The loan is not running, or nothing is left to pay on it."""

    code = "nothing_to_pause"


class ClaimLost(Conflict):
    """Somebody else holds the case; `winner` is their name."""

    code = "claim_lost"

    def __init__(self, winner: str) -> None:
        super().__init__(f"claimed by {winner}")
        self.winner = winner


class NothingToClaim(LeewayError):
    """No case is waiting for this person."""

    code = "nothing_to_claim"


class TooManyClaims(LeewayError):
    """The person already holds as many cases as the policy allows; `most` says how many."""

    code = "too_many_claims"

    def __init__(self, most: int) -> None:
        super().__init__(f"at most {most} open cases")
        self.most = most


class NotYourCase(Conflict):
    """The case is not claimed by this person, or the lease has run out: claim it (again) first."""

    code = "not_your_case"


class AboveYourLimit(LeewayError):
    """The principal is above what this role may decide; a senior reviewer can."""

    code = "above_your_limit"


class ReasonsNeeded(LeewayError):
    """A decision needs one to four reasons that rest on facts of the case, and words to the borrower."""

    code = "reasons_needed"


class PolicyRefuses(LeewayError):
    """The projection breaks a limit of the policy, so it cannot be offered; `refusals` says which."""

    code = "policy_refuses"

    def __init__(self, refusals: object) -> None:
        super().__init__(f"the policy refuses: {refusals}")
        self.refusals = refusals


class OfferClosed(Conflict):
    """The offer is no longer open: accepted, declined, lapsed or replaced; `state` says which."""

    code = "offer_closed"

    def __init__(self, state: str) -> None:
        super().__init__(f"the offer is {state}")
        self.state = state


class OfferLapsed(OfferClosed):
    """The last day to accept has passed; the offer was closed just now."""

    code = "offer_lapsed"


class FiguresChanged(Conflict):
    """A payment or a date changed the figures; a new offer with them has been made."""

    code = "figures_changed"


class NameDiffers(LeewayError):
    """The typed name is not the borrower's."""

    code = "name_differs"


class TicksMissing(LeewayError):
    """Not every statement of the agreement was ticked."""

    code = "ticks_missing"


class CannotWithdraw(Conflict):
    """The request is past the point where it can be withdrawn."""

    code = "cannot_withdraw"


class CannotRescind(Conflict):
    """The arrangement can no longer be taken back: the last day has passed, or there was none."""

    code = "cannot_rescind"
