"""`manage.py close_services`: what time alone brings to those who leave; run it daily from cron."""

from collections.abc import Mapping

from accounts.models import Lender
from accounts.per_lender import PerLender
from loans.services.leaving import finish_all


class Command(PerLender):
    help = "Closes the service for whoever asked and did not take it back within seven days. Safe to run again."
    is_all_by_default = True

    def do(self, lender: Lender) -> Mapping[str, int]:
        return finish_all(lender)

    def said(self, counts: Mapping[str, int]) -> str:
        return f"{counts['closed']} closed, {counts['undone']} kept because something was open"
