"""What relief would do to a loan as it stands, with all that earlier relief left to remember."""

from collections.abc import Sequence

from loans.engine.components import Component, Limits
from loans.engine.projection import Projection
from loans.engine.relief import project
from loans.engine.schedule import Method
from loans.selectors.standing import Standing


def relieved(at: Standing, components: Sequence[Component], limits: Limits) -> Projection:
    """The engine's projection of the schedule in force. Raises ReliefError."""
    loan, known = at.loan, at.remembered
    return project(
        at.rows,
        paid=at.paid,
        rate_annual=loan.rate_annual,
        profile=loan.conventions,
        method=Method(loan.method),
        as_of=at.on,
        components=components,
        limits=limits,
        anchor_day=known.due_day or loan.anchor_day,
        disbursed_on=loan.disbursed_on,
        cut_rate_annual=known.cut_rate_annual,
        cut_until=known.cut_until,
        earlier=known.earning,
    )
