"""`manage.py stages`: move what is overdue through the stages that the rule knows; see `docs/collection.md`."""

from collections import Counter
from collections.abc import Mapping

from accounts.models import Lender
from accounts.per_lender import PerLender, counted
from loans.services.bill_staging import run_bill_stages
from loans.services.staging import run_stages
from loans.stages import Stage

WORDS = {
    Stage.NONE.value: "loans up to date again",
    Stage.EARLY.value: "loans early overdue",
    Stage.LATE.value: "loans late",
    f"bills_{Stage.NONE}": "monthly bills up to date again",
    f"bills_{Stage.EARLY}": "monthly bills early overdue",
    f"bills_{Stage.LATE}": "monthly bills late",
}


class Command(PerLender):
    help = (
        "Moves overdue loans and monthly bills to the early and the late stage by their days past due, and out of "
        "every stage when nothing is overdue. What goes further is for people. Safe to run again; run it every night."
    )

    def do(self, lender: Lender) -> Mapping[str, int]:
        bills = run_bill_stages(lender=lender)
        return run_stages(lender=lender) + Counter({f"bills_{name}": count for name, count in bills.items()})

    def reported(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        return {name: counts[name] for name in WORDS}

    def said(self, counts: Mapping[str, int]) -> str:
        return counted(WORDS, counts, "nothing to do")
