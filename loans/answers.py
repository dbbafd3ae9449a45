"""What `accounts` asks of the floors above, and who of `loans` answers; imported once all apps are ready."""

from accounts import account_needs, still_needed
from loans.selectors.bill_reminders import unneeded_bills
from loans.selectors.mandates import needs
from loans.selectors.reminders import unneeded


def register(name: str) -> None:
    account_needs.register(name, needs)
    still_needed.register(name, unneeded)
    still_needed.register(f"{name}.bills", unneeded_bills)
