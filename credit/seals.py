"""What the database itself holds about credit files; see `accounts/guards.py`."""

from accounts.guards import Guard, append_only, same_lender

GUARDS: list[Guard] = [
    *append_only("credit_monthfact"),
    *same_lender("credit_monthfact", "tradeline_id", "credit_tradeline"),
    # consents, and who looked
    *append_only("credit_consent"),
    *append_only("credit_consentwithdrawal"),
    *append_only("credit_consentrefusal"),
    *append_only("credit_inquiry"),
    *same_lender("credit_consentwithdrawal", "consent_id", "credit_consent"),
    *same_lender("credit_inquiry", "consent_id", "credit_consent"),
]
