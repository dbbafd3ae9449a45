"""`manage.py relief_tick`: what time alone brings to relief; run it hourly from cron."""

from collections.abc import Mapping

from accounts.models import Lender
from accounts.per_lender import PerLender
from deferrals.services import tick


class Command(PerLender):
    help = "Closes offers whose last day has passed and completes pauses that are over. Safe to run again."
    is_all_by_default = True

    def do(self, lender: Lender) -> Mapping[str, int]:
        return tick(lender=lender)

    def said(self, counts: Mapping[str, int]) -> str:
        return (
            f"{counts['offers_lapsed']} offers lapsed, {counts['pauses_ended']} pauses ended, "
            f"{counts['settled']} closed because the loan is settled"
        )
