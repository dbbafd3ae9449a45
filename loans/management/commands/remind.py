"""`manage.py remind`: write the reminders of what is due; see `docs/notices.md`."""

from collections.abc import Mapping

from accounts.models import Lender
from accounts.per_lender import PerLender, counted
from loans.services.bill_reminding import remind_bills
from loans.services.reminding import remind

WORDS = {
    "bills": "bills told of",
    "written": "written",
    "held": "loans on which contact stands still",
    "in_question": "loans with money on its way",
    "night": "too late in the day, the next run catches up",
}


class Command(PerLender):
    help = (
        "Writes that bills were made, and reminders of what is due soon, due today or late; `send_messages` sends "
        "them. Safe to run again; run it every hour. Missed days are caught up where it still helps."
    )

    def do(self, lender: Lender) -> Mapping[str, int]:
        return remind(lender=lender) + remind_bills(lender=lender)

    def reported(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        return {name: counts[name] for name in WORDS}

    def said(self, counts: Mapping[str, int]) -> str:
        night = [WORDS["night"]] if counts["night"] else []
        words = {name: text for name, text in WORDS.items() if name != "night"}
        return ", ".join(filter(None, [counted(words, counts, ""), *night])) or "nothing to say"
