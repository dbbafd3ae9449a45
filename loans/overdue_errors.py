"""Errors of collecting, each named for what happened; the others are in `loans/errors.py`."""

from accounts.errors import LeewayError


class StepRefused(LeewayError):
    """The step of collection may not be taken now; `missing` says what stands in the way (`loans.stages.Missing`).

    Empty where it is not the next step at all.
    """

    code = "step_refused"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing
