"""What the database itself holds about monthly bills; see `accounts/guards.py`. Part of `loans/seals.py`."""

from accounts.guards import Guard, Refuse, append_only, same_lender, transitions


def _changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


_AGREED = _changed(
    "id", "public_id", "lender_id", "borrower_id", "product_id", "limit_id", "number", "currency", "rate_annual",
    "bill_day", "due_day", "opened_on",
)  # fmt: skip
_OFFERED = _changed("id", "public_id", "lender_id", "borrower_id", "limit_id", "due_day", "terms_hash", "made_at")
_PLANNED = _changed(
    "id", "public_id", "lender_id", "account_id", "bill_id", "amount_minor", "parts", "fee_rate", "fee_minor",
    "rate_annual", "rows_hash", "cost_sheet", "made_at",
)  # fmt: skip
_OWN = '(SELECT {} FROM "{}" WHERE account_id = NEW.account_id)'
_CLOSED = "(SELECT state FROM \"loans_revolvingaccount\" WHERE id = NEW.account_id) <> 'active'"
_GAP = "NEW.sequence <> 1 + " + _OWN.format("count(*)", "loans_accountentry")
_BACK = f"NEW.value_on < coalesce({_OWN.format('max(bill_on)', 'loans_bill')}, NEW.value_on)"
_BILL_BACK = 'EXISTS (SELECT 1 FROM "loans_bill" WHERE account_id = NEW.account_id AND bill_on >= NEW.bill_on)'

BILL_GUARDS: list[Guard] = [
    *same_lender("loans_revolvingaccount", "limit_id", "loans_creditlimit"),
    *same_lender("loans_revolvingaccount", "product_id", "loans_product"),
    *transitions("loans_revolvingaccount", "state", [("active", "closed")]),
    Refuse("loans_revolving_agreed", "loans_revolvingaccount", "update", _AGREED, "an account keeps its terms"),
    Refuse("loans_revolving_kept", "loans_revolvingaccount", "delete", "1 = 1", "an account is kept"),
    # what happens on it
    *append_only("loans_accountentry"),
    *same_lender("loans_accountentry", "account_id", "loans_revolvingaccount"),
    *same_lender("loans_accountentry", "about_id", "loans_accountentry"),
    *same_lender("loans_accountentry", "journal_entry_id", "loans_journalentry"),
    Refuse("loans_accountentry_no_gap", "loans_accountentry", "insert", _GAP, "entries are numbered without gaps"),
    Refuse(
        "loans_accountentry_forward",
        "loans_accountentry",
        "insert",
        _BACK,
        "nothing is entered for a day before the last bill",
    ),
    Refuse("loans_accountentry_open", "loans_accountentry", "insert", _CLOSED, "the account is closed"),
    # its bills, and bills in instalments
    *append_only("loans_bill"),
    *same_lender("loans_bill", "account_id", "loans_revolvingaccount"),
    *same_lender("loans_bill", "journal_entry_id", "loans_journalentry"),
    Refuse("loans_bill_forward", "loans_bill", "insert", _BILL_BACK, "bills only go forward"),
    Refuse("loans_bill_open", "loans_bill", "insert", _CLOSED, "the account is closed"),
    *same_lender("loans_billplan", "account_id", "loans_revolvingaccount"),
    *same_lender("loans_billplan", "bill_id", "loans_bill"),
    *same_lender("loans_billplan", "entry_id", "loans_accountentry"),
    *transitions("loans_billplan", "state", [("shown", "agreed")]),
    Refuse("loans_billplan_shown", "loans_billplan", "update", _PLANNED, "a plan stays as it was shown"),
    Refuse("loans_billplan_kept", "loans_billplan", "delete", "OLD.state <> 'shown'", "a plan is kept"),
    # the contract
    *same_lender("loans_billoffer", "limit_id", "loans_creditlimit"),
    *transitions("loans_billoffer", "state", [("shown", "read"), ("read", "signed")]),
    Refuse("loans_billoffer_shown", "loans_billoffer", "update", _OFFERED, "an offer stays as it was shown"),
    *append_only("loans_billcontract"),
    *same_lender("loans_billcontract", "account_id", "loans_revolvingaccount"),
    *same_lender("loans_billcontract", "offer_id", "loans_billoffer"),
    *same_lender("loans_settlementcertificate", "account_id", "loans_revolvingaccount"),
]
