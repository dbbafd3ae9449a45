"""What the database itself holds about people: see `accounts/guards.py`."""

from accounts.guards import Guard, Refuse, append_only, transitions


def _never_deleted(table: str) -> Guard:
    return Refuse(f"{table}_no_delete", table, "delete", "1 = 1", f"{table} rows are never deleted")


def _differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


_CONFIRMED_CHANGES = (
    "OLD.state = 'verified' AND NEW.state = 'verified' "
    f"AND ({_differs('borrower_id', 'name', 'number_masked', 'verified_at')})"
)
_PROOF_LOST = "OLD.verified_at IS NOT NULL AND (NEW.verified_at IS NULL OR NEW.verified_at <> OLD.verified_at)"

GUARDS: list[Guard] = [
    *append_only("accounts_auditentry"),
    *transitions(
        "accounts_lenderrelation",
        "state",
        [("active", "closing"), ("closing", "active"), ("closing", "closed"), ("closed", "active")],
    ),
    # who somebody is
    *append_only("accounts_identitycheck"),
    *append_only("accounts_unmasking"),
    _never_deleted("accounts_identity"),
    Refuse(
        "accounts_identity_stays",
        "accounts_identity",
        "update",
        _CONFIRMED_CHANGES,
        "a confirmed identity does not change",
    ),
    *transitions(
        "accounts_identity",
        "state",
        [
            ("waiting", "verified"),
            ("waiting", "mismatch"),
            ("mismatch", "waiting"),
            ("mismatch", "verified"),
            ("verified", "revoked"),
            ("revoked", "waiting"),
            ("revoked", "verified"),
            ("revoked", "mismatch"),
        ],
    ),
    _never_deleted("accounts_identitycase"),
    Refuse(
        "accounts_identitycase_closed",
        "accounts_identitycase",
        "update",
        "OLD.state = 'closed'",
        "a closed case stays as it is",
    ),
    # notices and how they went out
    *append_only("accounts_notice"),
    _never_deleted("accounts_noticedelivery"),
    *transitions(
        "accounts_noticedelivery",
        "state",
        [("queued", "sent"), ("queued", "failed"), ("queued", "suppressed")],
    ),
    # bank accounts
    _never_deleted("accounts_bankaccount"),
    Refuse(
        "accounts_bankaccount_stays",
        "accounts_bankaccount",
        "update",
        f"{_differs('borrower_id', 'bank_code', 'holder', 'last4')} OR {_PROOF_LOST}",
        "a bank account does not become another",
    ),
    Refuse(
        "accounts_bankaccount_removed",
        "accounts_bankaccount",
        "update",
        "NOT OLD.is_active AND NEW.is_active",
        "a removed bank account is added anew",
    ),
]
