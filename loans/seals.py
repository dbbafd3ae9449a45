"""What the database itself holds about money and schedules; see `accounts/guards.py`."""

from accounts.guards import Guard, Refuse, RefuseTruncate, append_only, same_lender, sealed, transitions
from loans.application_states import TRANSITIONS
from loans.bill_seals import BILL_GUARDS
from loans.gateways.states import MOVES

_UNBALANCED = (
    'coalesce((SELECT sum(amount_minor) FROM "loans_posting" WHERE entry_id = NEW.id), 1) <> 0 '
    'OR (SELECT count(*) FROM "loans_posting" WHERE entry_id = NEW.id) < 2'
)
_NOT_WHOLE = (
    'coalesce((SELECT sum(principal_minor) FROM "loans_instalment" WHERE version_id = NEW.id), -1) <> '
    '(SELECT l.principal_minor FROM "loans_loan" l '
    'JOIN "loans_scheduleversion" v ON v.loan_id = l.id WHERE v.id = NEW.id) '
    'OR (SELECT count(*) FROM "loans_instalment" WHERE version_id = NEW.id) <> '
    '(SELECT instalment_count FROM "loans_scheduleversion" WHERE id = NEW.id) '
    'OR (SELECT count(*) FROM "loans_instalment" a JOIN "loans_instalment" b '
    "ON b.version_id = a.version_id AND b.number = a.number + 1 "
    "WHERE a.version_id = NEW.id AND b.due_on < a.due_on) > 0"
)
_GAP = 'NEW.number <> 1 + (SELECT count(*) FROM "loans_scheduleversion" WHERE loan_id = NEW.loan_id)'

# All that a published product says; `state` and `retired_at` alone may still change. Complete by a test.
PRODUCT_TERMS = (
    "lender_id", "code", "version", "published_at", "kind", "name_zh_hans", "name_zh_hant", "name_en", "method",
    "methods", "instalment_counts", "min_principal_minor", "max_principal_minor", "rate_annual", "rate_annual_min",
    "rate_annual_max", "profile", "early_fee_rate", "due_day_choice", "holiday_rule", "grace_days",
    "grace_needs_clean_previous", "penalty_uplift", "penalty_base", "compound_on_interest", "annual_cap",
    "allocation", "principal_first_after_dpd", "reminder_days", "debit_times", "debit_until_dpd",
    "allow_partial_debit", "bill_day", "due_days", "minimum_rate", "daily_rate", "plan_fees",
)  # fmt: skip
_PRODUCT_CHANGED = "OLD.state <> 'draft' AND ({})".format(
    " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ("id", *PRODUCT_TERMS))
)
_PRODUCT_TAKEN = "EXISTS (SELECT 1 FROM \"loans_product\" WHERE id = NEW.id AND state <> 'draft')"
_PUBLISHED = "a published product does not change"

_HELD = (
    "NEW.direction = 'debit' AND NEW.instalment_number IS NOT NULL AND EXISTS (SELECT 1 FROM \"loans_hold\" h "
    "WHERE (h.loan_id = NEW.loan_id OR h.bill_account_id = NEW.bill_account_id) "
    "AND h.kind = 'auto_debit' AND h.from_on <= NEW.ordered_on "
    "AND (h.until_on IS NULL OR h.until_on >= NEW.ordered_on))"
)
_HOLD_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in (
        "id", "lender_id", "loan_id", "bill_account_id", "kind", "source", "words", "from_on", "opened_at",
        "opened_by_id",
    )
)  # fmt: skip
# What an order says for ever; the rest is what became of it.
ORDER_TERMS = (
    "id", "public_id", "lender_id", "loan_id", "bill_account_id", "direction", "aim", "instalment_number",
    "bank_account_id",
    "amount_minor", "currency", "may_be_partial", "key", "gateway", "ordered_on", "ordered_by_id", "created_at",
)  # fmt: skip
_ORDER_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ORDER_TERMS)
_ORDER_ENDED = "OLD.ended_at IS NOT NULL"

_ASKED = (
    "id", "lender_id", "borrower_id", "product_id", "product_code", "number", "key", "origin", "previous_id",
    "wished_minor", "use", "income_minor", "other_monthly_minor", "words", "language", "submitted_at", "submitted_on",
)  # fmt: skip
_ASKED_CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _ASKED)
_RESERVED_CHANGED = (
    " OR ".join(
        f"OLD.{column} IS DISTINCT FROM NEW.{column}"
        for column in ("id", "limit_id", "lender_id", "reference", "amount_minor", "reserved_at")
    )
    + " OR OLD.released_at IS NOT NULL OR OLD.loan_id IS NOT NULL"
)

_DRAWN_CHANGED = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in (
        "id", "lender_id", "borrower_id", "limit_id", "account_id", "amount_minor", "instalment_count", "method",
        "rate_annual", "disbursed_on", "due_day", "schedule_hash", "made_at",
    )
)  # fmt: skip

# What a line of a bank file says for ever; its answer is written once.
LINE_TERMS = (
    "id", "file_id", "lender_id", "number", "kind", "key", "amount_minor", "currency", "value_on", "reason",
    "reference", "entry", "is_booked", "sequence", "mandate", "signed_on", "order_id",
)  # fmt: skip
_LINE_CHANGED = "OLD.answer <> '' OR OLD.kind = 'debit' OR {}".format(
    " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in LINE_TERMS)
)
_LOAN_MOVES = [
    ("pending", "active"),
    ("active", "settled"),
    ("settled", "active"),
    ("pending", "cancelled"),
    ("active", "written_off"),
    ("written_off", "active"),
    ("written_off", "settled"),
    ("settled", "written_off"),
]
# What a proposal says for ever; its decision is written once.
PROPOSED = (
    "id", "lender_id", "loan_id", "aim", "undoes_id", "ground", "words", "days_past_due", "stage", "proposed_by_id",
    "proposed_on", "proposed_at",
)  # fmt: skip
_PROPOSED_CHANGED = "OLD.outcome <> 'open' OR {}".format(
    " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in PROPOSED)
)
_WRITTEN_OFF = (
    "((SELECT count(*) FROM \"loans_writeoff\" w WHERE w.loan_id = NEW.id AND w.outcome = 'approved' "
    "AND w.aim = 'write_off') > (SELECT count(*) FROM \"loans_writeoff\" w WHERE w.loan_id = NEW.id "
    "AND w.outcome = 'approved' AND w.aim = 'undo'))"
)
_TWO_PEOPLE = "two people write a loan off"
_NO_LOAN_BEFORE = "a loan begins before it is written off"
_NOT_AS_DECIDED = f"(NEW.written_off_on IS NOT NULL) <> {_WRITTEN_OFF}"
_NOT_FROM = (
    'NEW.from_stage <> coalesce((SELECT s.to_stage FROM "loans_stagestep" s WHERE s.loan_id = NEW.loan_id '
    'ORDER BY s.id DESC LIMIT 1), (SELECT s.to_stage FROM "loans_stagestep" s '
    "WHERE s.bill_account_id = NEW.bill_account_id ORDER BY s.id DESC LIMIT 1), 'none')"
)
_STEP_HELD = (
    "NEW.to_stage IN ('pre_legal', 'legal') AND EXISTS (SELECT 1 FROM \"loans_hold\" h "
    "WHERE h.loan_id = NEW.loan_id AND h.kind IN ('legal', 'contact') AND h.from_on <= NEW.taken_on "
    "AND (h.until_on IS NULL OR h.until_on >= NEW.taken_on))"
)

_CLOSED_DAY = (
    'EXISTS (SELECT 1 FROM "accounts_lender" l WHERE l.id = NEW.lender_id AND l.closed_through >= NEW.posted_on)'
)
_FAILURE_CHANGED = "OLD.mended_at IS NOT NULL OR " + " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in ("id", "lender_id", "business_day_id", "step", "loan_id", "error", "failed_at")
)

GUARDS: list[Guard] = [
    # the journal
    *sealed(
        "loans_journalentry",
        "loans_journalseal",
        "loans_posting",
        "entry_id",
        _UNBALANCED,
        "journal entry is unbalanced",
    ),
    *append_only("loans_journalentry"),
    Refuse("loans_journalentry_open_day", "loans_journalentry", "insert", _CLOSED_DAY, "the business day is closed"),
    *append_only("loans_journalseal"),
    *append_only("loans_posting"),
    *same_lender("loans_journalentry", "loan_id", "loans_loan"),
    *same_lender("loans_posting", "entry_id", "loans_journalentry"),
    # schedules
    *sealed(
        "loans_scheduleversion",
        "loans_scheduleseal",
        "loans_instalment",
        "version_id",
        _NOT_WHOLE,
        "schedule version is not whole",
    ),
    Refuse(
        "loans_scheduleversion_no_gap",
        "loans_scheduleversion",
        "insert",
        _GAP,
        "schedule versions are numbered without gaps",
    ),
    *append_only("loans_scheduleversion"),
    *append_only("loans_scheduleseal"),
    *append_only("loans_instalment"),
    *same_lender("loans_scheduleversion", "loan_id", "loans_loan"),
    *same_lender("loans_instalment", "version_id", "loans_scheduleversion"),
    # payments
    *append_only("loans_payment"),
    *append_only("loans_allocation"),
    *same_lender("loans_payment", "loan_id", "loans_loan"),
    *same_lender("loans_payment", "journal_entry_id", "loans_journalentry"),
    *same_lender("loans_allocation", "payment_id", "loans_payment"),
    *same_lender("loans_allocation", "loan_id", "loans_loan"),
    *same_lender("loans_allocation", "correction_id", "loans_paymentcorrection"),
    *append_only("loans_paymentcorrection"),
    *same_lender("loans_paymentcorrection", "loan_id", "loans_loan"),
    *same_lender("loans_paymentcorrection", "payment_id", "loans_payment"),
    *same_lender("loans_paymentcorrection", "journal_entry_id", "loans_journalentry"),
    *append_only("loans_penaltycharge"),
    *append_only("loans_contract"),
    *same_lender("loans_contract", "loan_id", "loans_loan"),
    *same_lender("loans_contract", "draw_down_id", "loans_drawdown"),
    *append_only("loans_contractcancellation"),
    *same_lender("loans_contractcancellation", "contract_id", "loans_contract"),
    *same_lender("loans_contractcancellation", "loan_id", "loans_loan"),
    *same_lender("loans_drawdown", "limit_id", "loans_creditlimit"),
    *transitions("loans_drawdown", "state", [("shown", "read"), ("read", "signed")]),
    Refuse("loans_drawdown_asked", "loans_drawdown", "update", _DRAWN_CHANGED, "a draw-down stays as it was asked for"),
    *same_lender("loans_penaltycharge", "loan_id", "loans_loan"),
    # payment orders, what gateways report, and money that nobody could place
    Refuse("loans_paymentorder_terms", "loans_paymentorder", "update", _ORDER_CHANGED, "an order keeps its terms"),
    Refuse("loans_paymentorder_ended", "loans_paymentorder", "update", _ORDER_ENDED, "the order has ended"),
    Refuse("loans_paymentorder_held", "loans_paymentorder", "insert", _HELD, "auto-debit stands still here"),
    Refuse("loans_paymentorder_kept", "loans_paymentorder", "delete", "1 = 1", "orders are not deleted"),
    *transitions("loans_paymentorder", "state", MOVES),
    *same_lender("loans_paymentorder", "loan_id", "loans_loan"),
    *same_lender("loans_paymentorder", "bill_account_id", "loans_revolvingaccount"),
    *append_only("loans_refundwish"),
    *same_lender("loans_refundwish", "loan_id", "loans_loan"),
    *same_lender("loans_refundwish", "bill_account_id", "loans_revolvingaccount"),
    *append_only("loans_gatewayevent"),
    *same_lender("loans_gatewayevent", "order_id", "loans_paymentorder"),
    *same_lender("loans_gatewayevent", "contradicts_id", "loans_gatewayevent"),
    *append_only("loans_eventreview"),
    *same_lender("loans_eventreview", "event_id", "loans_gatewayevent"),
    *append_only("loans_suspenseitem"),
    *same_lender("loans_suspenseitem", "loan_id", "loans_loan"),
    *same_lender("loans_suspenseitem", "bill_account_id", "loans_revolvingaccount"),
    *same_lender("loans_suspenseitem", "event_id", "loans_gatewayevent"),
    *same_lender("loans_suspenseitem", "journal_entry_id", "loans_journalentry"),
    *append_only("loans_suspenseresolution"),
    *same_lender("loans_suspenseresolution", "item_id", "loans_suspenseitem"),
    *same_lender("loans_suspenseresolution", "payment_id", "loans_payment"),
    *same_lender("loans_suspenseresolution", "account_entry_id", "loans_accountentry"),
    *same_lender("loans_suspenseresolution", "journal_entry_id", "loans_journalentry"),
    # files to and from the bank
    *append_only("loans_bankfile"),
    Refuse("loans_bankfileline_said", "loans_bankfileline", "update", _LINE_CHANGED, "a line is answered once"),
    Refuse("loans_bankfileline_kept", "loans_bankfileline", "delete", "1 = 1", "lines of bank files are kept"),
    *same_lender("loans_bankfileline", "file_id", "loans_bankfile"),
    *same_lender("loans_bankfileline", "order_id", "loans_paymentorder"),
    # the rest
    Refuse("loans_product_published", "loans_product", "update", _PRODUCT_CHANGED, _PUBLISHED),
    Refuse("loans_product_kept", "loans_product", "delete", "OLD.state <> 'draft'", _PUBLISHED),
    Refuse("loans_product_no_replace", "loans_product", "insert", _PRODUCT_TAKEN, _PUBLISHED, only="sqlite"),
    RefuseTruncate("loans_product"),
    *transitions("loans_product", "state", [("draft", "published"), ("published", "retired")]),
    *same_lender("loans_loan", "product_id", "loans_product"),
    Refuse("loans_hold_terms", "loans_hold", "update", _HOLD_CHANGED, "of a hold only its last day is written later"),
    Refuse("loans_hold_kept", "loans_hold", "delete", "1 = 1", "holds are not deleted"),
    *same_lender("loans_hold", "loan_id", "loans_loan"),
    *same_lender("loans_hold", "bill_account_id", "loans_revolvingaccount"),
    # applications and limits
    Refuse("loans_application_asked", "loans_loanapplication", "update", _ASKED_CHANGED, "an application is frozen"),
    Refuse("loans_application_kept", "loans_loanapplication", "delete", "1 = 1", "an application is kept"),
    *transitions("loans_loanapplication", "state", TRANSITIONS),
    *append_only("loans_assessment"),
    *append_only("loans_applicationdecision"),
    *append_only("loans_limitchange"),
    *transitions("loans_creditlimit", "state", [("active", "closed")]),
    Refuse("loans_limit_kept", "loans_creditlimit", "delete", "1 = 1", "a limit is kept"),
    Refuse(
        "loans_reservation_set", "loans_limitreservation", "update", _RESERVED_CHANGED, "a reservation is used once"
    ),
    Refuse("loans_reservation_kept", "loans_limitreservation", "delete", "1 = 1", "a reservation is kept"),
    *same_lender("loans_loanapplication", "product_id", "loans_product"),
    *same_lender("loans_assessment", "application_id", "loans_loanapplication"),
    *same_lender("loans_applicationdecision", "application_id", "loans_loanapplication"),
    *same_lender("loans_creditlimit", "product_id", "loans_product"),
    *same_lender("loans_limitchange", "limit_id", "loans_creditlimit"),
    *same_lender("loans_limitchange", "application_id", "loans_loanapplication"),
    *same_lender("loans_limitreservation", "limit_id", "loans_creditlimit"),
    *same_lender("loans_limitreservation", "loan_id", "loans_loan"),
    # overdue loans
    *append_only("loans_forewarning"),
    *append_only("loans_heldmonth"),
    *append_only("loans_stagestep"),
    Refuse("loans_stagestep_from", "loans_stagestep", "insert", _NOT_FROM, "a step starts where the last one ended"),
    Refuse("loans_stagestep_held", "loans_stagestep", "insert", _STEP_HELD, "legal steps stand still on this loan"),
    *same_lender("loans_stagestep", "loan_id", "loans_loan"),
    *same_lender("loans_stagestep", "bill_account_id", "loans_revolvingaccount"),
    *same_lender("loans_forewarning", "loan_id", "loans_loan"),
    *same_lender("loans_forewarning", "bill_account_id", "loans_revolvingaccount"),
    *same_lender("loans_heldmonth", "loan_id", "loans_loan"),
    *same_lender("loans_heldmonth", "bill_account_id", "loans_revolvingaccount"),
    # closes
    Refuse("loans_businessday_closed", "loans_businessday", "update", "OLD.state = 'closed'", "the day is closed"),
    Refuse("loans_businessday_kept", "loans_businessday", "delete", "1 = 1", "business days are kept"),
    Refuse("loans_closechunk_done", "loans_closechunk", "update", "OLD.state = 'done'", "it is done"),
    Refuse("loans_closefailure_terms", "loans_closefailure", "update", _FAILURE_CHANGED, "what failed is kept"),
    Refuse("loans_closefailure_kept", "loans_closefailure", "delete", "1 = 1", "what failed is kept"),
    *same_lender("loans_closechunk", "business_day_id", "loans_businessday"),
    *same_lender("loans_closefailure", "business_day_id", "loans_businessday"),
    *same_lender("loans_closefailure", "loan_id", "loans_loan"),
    # written off
    Refuse("loans_writeoff_new", "loans_writeoff", "insert", "NEW.outcome <> 'open'", "a proposal is decided later"),
    Refuse("loans_writeoff_once", "loans_writeoff", "update", _PROPOSED_CHANGED, "a proposal is decided once"),
    Refuse("loans_writeoff_kept", "loans_writeoff", "delete", "1 = 1", "proposals are kept"),
    RefuseTruncate("loans_writeoff"),
    *same_lender("loans_writeoff", "loan_id", "loans_loan"),
    *same_lender("loans_writeoff", "undoes_id", "loans_writeoff"),
    *same_lender("loans_writeoff", "journal_entry_id", "loans_journalentry"),
    Refuse("loans_loan_written_off", "loans_loan", "update", _NOT_AS_DECIDED, _TWO_PEOPLE, of=("written_off_on",)),
    Refuse("loans_loan_written_off_new", "loans_loan", "insert", "NEW.written_off_on IS NOT NULL", _NO_LOAN_BEFORE),
    # certificates, and leaving
    *append_only("loans_settlementcertificate"),
    *append_only("loans_serviceclosure"),
    *same_lender("loans_settlementcertificate", "loan_id", "loans_loan"),
    *same_lender("loans_serviceclosure", "relation_id", "accounts_lenderrelation"),
    *BILL_GUARDS,
    *transitions("loans_loan", "state", _LOAN_MOVES),
]
