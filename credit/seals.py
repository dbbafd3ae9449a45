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
    # what was sent to a bureau
    *append_only("credit_bureaufile"),
    *append_only("credit_bureaufileline"),
    *append_only("credit_bureaufileheld"),
    *same_lender("credit_bureaufileline", "file_id", "credit_bureaufile"),
    *same_lender("credit_bureaufileline", "fact_id", "credit_monthfact"),
    *same_lender("credit_bureaufileheld", "file_id", "credit_bureaufile"),
    *same_lender("credit_inquiry", "consent_id", "credit_consent"),
]
