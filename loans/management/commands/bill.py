"""`manage.py bill`: make the bills whose day has come, and furnish the months that are over; run it daily from cron."""

from collections.abc import Mapping

from accounts.models import Lender
from accounts.per_lender import PerLender
from loans.services.bill_furnishing import furnish_all
from loans.services.billing import bill_all


class Command(PerLender):
    help = (
        "Makes every monthly bill whose day has come and that was not made yet, also of days gone by, and gives the "
        "months that are over to the credit file. Safe to run again; run it daily, shortly after midnight."
    )

    def do(self, lender: Lender) -> Mapping[str, int]:
        return bill_all(lender=lender) | {"months": furnish_all(lender=lender)}

    def said(self, counts: Mapping[str, int]) -> str:
        return f"{counts['bills']} bills made on {counts['accounts']} accounts, {counts['months']} months furnished"
