"""Collecting what is due: at most one debit of an instalment at a time, the oldest first (R16)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, time

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Lender
from loans.debit_times import turn
from loans.models import Hold, Loan, PaymentOrder
from loans.selectors.debits import bills_of, in_question
from loans.selectors.stage_facts import held_kinds
from loans.services.taking_turns import Turn, order_in_turn

AT_ONCE = 250
Direction = PaymentOrder.Direction


def instruct_debits(*, lender: Lender, on: date, at: time) -> Counter[str]:
    """Write the debits whose turn it is on that day at that time; counts by what came of each loan.

    Running it again writes nothing twice: the key of a debit names loan, instalment, day, time
    and account. Counts: `ordered`; `not_yet` (or not any more), `waiting` for an answer,
    `in_question` where staff have money of the loan or a report about it to look at, `held`,
    `no_mandate`, `no_account`, `barred` where every bank has refused for good (a new mandate
    begins anew), `tried` on every account. A few hundred loans are one transaction, with as many
    queries as one loan. Raises `NoGateway`.
    """
    under_way = PaymentOrder.objects.open().filter(loan=OuterRef("pk"), direction=Direction.DEBIT)
    due = Loan.objects.running().filter(lender=lender, oldest_unpaid_due_on__lte=on)
    pks = list(due.filter(~Exists(under_way)).order_by("pk").values_list("pk", flat=True))
    counts = Counter(waiting=due.filter(Exists(under_way)).count())
    for first in range(0, len(pks), AT_ONCE):
        counts += _instruct(lender, pks[first : first + AT_ONCE], on, at)
    return +counts


@transaction.atomic
def _instruct(lender: Lender, pks: Sequence[int], on: date, at: time) -> Counter[str]:
    locked = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower", "product")
    loans = list(locked.filter(pk__in=pks).order_by("pk"))
    # The oldest unpaid due date stands on the loan: those whose time it is not need no further look.
    timely = [loan for loan in loans if _slot(loan, loan.oldest_unpaid_due_on, on, at)]
    bills, still = bills_of(timely, on), _standing_still(timely, on)
    counts = Counter(not_yet=len(loans) - len(timely))
    turns = []
    for loan in timely:
        bill = bills.get(loan.pk)
        slot = _slot(loan, bill.due_on, on, at) if bill is not None else None
        if bill is None or slot is None:
            counts["not_yet"] += 1
        elif loan.pk in still:
            counts[still[loan.pk]] += 1
        else:
            turns.append(Turn(loan, bill.number, bill.left_minor, slot))
    return counts + order_in_turn(lender, turns, on)


def _slot(loan: Loan, due_on: date | None, on: date, at: time) -> str | None:
    if due_on is None:
        return None
    product = loan.product
    return turn(product.debit_times, due_on=due_on, on=on, at=at, until_dpd=product.debit_until_dpd)


def _standing_still(loans: Sequence[Loan], on: date) -> dict[int, str]:
    """Why nothing may be collected now, for those loans on which it may not. Four queries."""
    open_debits = PaymentOrder.objects.open().filter(loan__in=loans, direction=Direction.DEBIT)
    reasons = {pk: "held" for pk, kinds in held_kinds(loans, on).items() if Hold.Kind.AUTO_DEBIT in kinds}
    reasons |= dict.fromkeys(in_question(loans), "in_question")
    return reasons | {pk: "waiting" for pk in open_debits.values_list("loan", flat=True) if pk is not None}
