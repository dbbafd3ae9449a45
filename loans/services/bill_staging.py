"""Moving monthly bills through the stages of collection that the rule knows: early, late, and out.

The days are those of the oldest unpaid minimum payment. Who pays it is out with the payment
(`bill_head.add_entry`). No further stage follows for a bill: those are persons' steps on loans.
"""

from collections import Counter

from django.db import transaction
from django.db.models import Q

from accounts.models import Lender
from loans.models import RevolvingAccount
from loans.selectors.bill_holds import held_bills
from loans.services.stepping import step_each
from loans.stages import Stage


@transaction.atomic
def run_bill_stages(*, lender: Lender) -> Counter[str]:
    """Every step that the rule takes today; counts accounts by the stage they came to. Safe to repeat.

    The same number of queries, however many accounts.
    """
    today = lender.today()
    in_stages = RevolvingAccount.objects.filter(~Q(stage=Stage.NONE.value), lender=lender)
    concerned = RevolvingAccount.objects.overdue(today).filter(lender=lender) | in_stages
    locked = concerned.select_for_update(of=("self",), no_key=True).select_related("borrower", "product")
    return step_each(RevolvingAccount, lender, list(locked.order_by("pk")), held_bills(lender, today), today)
