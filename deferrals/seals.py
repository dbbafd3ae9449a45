"""What the database itself holds about relief; see `accounts/guards.py`."""

from accounts.guards import Guard, append_only, same_lender, transitions
from deferrals.states import MOVES, OFFER_MOVES

GUARDS: list[Guard] = [
    *transitions("deferrals_reliefrequest", "state", MOVES),
    *transitions("deferrals_offer", "state", OFFER_MOVES),
    *transitions(
        "deferrals_reliefplan", "state", [("active", end) for end in ("completed", "rescinded", "ended_early")]
    ),
    *append_only("deferrals_policyversion"),
    *append_only("deferrals_decision"),
    *append_only("deferrals_acceptance"),
    *append_only("deferrals_letter"),
    *same_lender("deferrals_reliefrequest", "policy_id", "deferrals_policyversion"),
    *same_lender("deferrals_requestloan", "request_id", "deferrals_reliefrequest"),
    *same_lender("deferrals_requestloan", "loan_id", "loans_loan"),
    *same_lender("deferrals_clock", "request_id", "deferrals_reliefrequest"),
    *same_lender("deferrals_decision", "request_id", "deferrals_reliefrequest"),
    *same_lender("deferrals_decision", "policy_id", "deferrals_policyversion"),
    *same_lender("deferrals_offer", "request_id", "deferrals_reliefrequest"),
    *same_lender("deferrals_acceptance", "offer_id", "deferrals_offer"),
    *same_lender("deferrals_reliefplan", "loan_id", "loans_loan"),
    *same_lender("deferrals_reliefplan", "request_id", "deferrals_reliefrequest"),
    *same_lender("deferrals_reliefplan", "acceptance_id", "deferrals_acceptance"),
    *same_lender("deferrals_reliefmonth", "plan_id", "deferrals_reliefplan"),
    *same_lender("deferrals_reliefmonth", "loan_id", "loans_loan"),
    *same_lender("deferrals_letter", "request_id", "deferrals_reliefrequest"),
]
