"""Errors of collecting, each named for what happened; the others are in `loans/errors.py`."""

from accounts.errors import Conflict, LeewayError, NotPermitted


class StepRefused(LeewayError):
    """The step of collection may not be taken now; `missing` says what stands in the way (`loans.stages.Missing`).

    Empty where it is not the next step at all.
    """

    code = "step_refused"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class HoldRefused(LeewayError):
    """No kind of action was named that could stand still on a monthly bill."""

    code = "hold_refused"


class WriteOffRefused(LeewayError):
    """The loan may not be written off now, or not be taken back; `hindrances` says why (`loans.writing_off`)."""

    code = "write_off_refused"

    def __init__(self, hindrances: tuple[str, ...]) -> None:
        super().__init__(", ".join(hindrances))
        self.hindrances = hindrances


class ProposalOpen(Conflict):
    """Somebody has proposed something for this loan already, and it waits for a second person."""

    code = "proposal_open"


class ProposalDecided(Conflict):
    """The proposal was decided or withdrawn by somebody else meanwhile."""

    code = "proposal_decided"


class OwnProposal(NotPermitted):
    """Whoever proposed it may withdraw it; another person decides."""

    code = "own_proposal"


class NotWrittenOff(LeewayError):
    """The loan is not written off, so there is nothing to take back."""

    code = "not_written_off"
