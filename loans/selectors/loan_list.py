"""The borrower's loans at every lender: what each asks for, what is settled."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from accounts.models import Lender
from loans.models import Loan
from loans.selectors.in_force import in_force
from loans.selectors.standing import Standing, stand
from loans.selectors.what_now import WhatNow, what_now


@dataclass(frozen=True, slots=True)
class LoanLine:
    loan: Loan
    now: WhatNow
    left_minor: int
    paid_count: int
    row_count: int


@dataclass(frozen=True, slots=True)
class LenderLoans:
    lender: Lender
    lines: tuple[LoanLine, ...]


@dataclass(frozen=True, slots=True)
class LoanList:
    """Running and written-off loans by lender, the most pressing first; settled and cancelled ones apart."""

    lenders: tuple[LenderLoans, ...]
    settled: tuple[Loan, ...]
    cancelled: tuple[Loan, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.lenders or self.settled or self.cancelled)


def loan_list(user: Any) -> LoanList:
    """Four queries, however many loans. Each loan is judged on its own lender's day."""
    loans = list(Loan.objects.of(user).select_related("lender", "product"))
    running = [loan for loan in loans if loan.state == Loan.State.PENDING or loan.is_owed]
    last_day = max((loan.lender.today() for loan in running), default=None)
    held = in_force(running, last_day) if last_day else {}
    lines: dict[int, list[LoanLine]] = defaultdict(list)
    for loan in running:
        lines[loan.lender_id].append(_line(stand(loan, held[loan.pk], loan.lender.today())))
    lenders = {loan.lender_id: loan.lender for loan in running}
    groups = [LenderLoans(lenders[pk], tuple(sorted(own, key=_pressing))) for pk, own in lines.items()]
    settled = [loan for loan in loans if loan.state == Loan.State.SETTLED]
    return LoanList(
        lenders=tuple(sorted(groups, key=lambda group: (_pressing(group.lines[0]), group.lender.code))),
        settled=tuple(sorted(settled, key=lambda loan: (loan.settled_on, loan.number), reverse=True)),
        cancelled=tuple(loan for loan in loans if loan.state == Loan.State.CANCELLED),
    )


def _line(found: Standing) -> LoanLine:
    return LoanLine(
        loan=found.loan,
        now=what_now(found),
        left_minor=found.left_minor,
        paid_count=found.paid_count,
        row_count=len(found.rows),
    )


def _pressing(line: LoanLine) -> tuple[int, Any, str]:
    return (line.now.urgency, line.now.next_on or line.loan.disbursed_on, line.loan.number)
