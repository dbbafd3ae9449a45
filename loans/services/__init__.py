"""What can be done with loans: one verb per intention, each one transaction."""

from loans.services.adopting import adopt_schedule
from loans.services.collecting import collect
from loans.services.furnishing import correct_month, furnish_months
from loans.services.holding import end_holds, open_holds
from loans.services.instructing import instruct_debits
from loans.services.opening import disburse_loan, open_loan
from loans.services.ordering import order_debit, order_payout, order_refund
from loans.services.ordering_early import order_early
from loans.services.paying import record_payment
from loans.services.prepaying import repay_early
from loans.services.reporting import take_callback, take_report
from loans.services.reversing import reverse_payment, reverse_returned
from loans.services.sending import query_unknown, send_orders
from loans.services.settling import settle_early
from loans.services.suspending import (
    match_suspense,
    match_suspense_to_bill,
    open_suspense,
    return_suspense,
    review_event,
    take_as_refund,
)
from loans.services.writing_off import (
    approve_proposal,
    decline_proposal,
    propose_undo,
    propose_write_off,
    withdraw_proposal,
)

__all__ = [
    "adopt_schedule",
    "approve_proposal",
    "collect",
    "correct_month",
    "decline_proposal",
    "disburse_loan",
    "end_holds",
    "furnish_months",
    "instruct_debits",
    "match_suspense",
    "match_suspense_to_bill",
    "open_holds",
    "open_loan",
    "open_suspense",
    "order_debit",
    "order_early",
    "order_payout",
    "order_refund",
    "propose_undo",
    "propose_write_off",
    "query_unknown",
    "record_payment",
    "repay_early",
    "return_suspense",
    "reverse_payment",
    "reverse_returned",
    "review_event",
    "send_orders",
    "settle_early",
    "take_as_refund",
    "take_callback",
    "take_report",
    "withdraw_proposal",
]
