"""Other ways to the effects of a close on loans, to hold ours against; on PostgreSQL.

    set      a close written by hand as statements over whole sets: what is the least that it could cost
    bare     the finished rows of a day, copied with INSERT … SELECT and UPDATE … FROM: what the database itself needs.
             The day of a loan's next look is moved on once more, as it was: it stands in an index
    one      loan by loan: a transaction, a lock on the row, objects saved one by one

All of them write to the real tables, with their triggers, keys and indexes; the caller rolls back.

The set-based close knows the usual conventions alone (actual/365 by days, interest that stands in
the rows, penalty interest without its cap), so it is no second engine: on a loan in relief, or
one that paid a part late, its figure may be another. It writes the steps of collection but
neither their entries in the audit chain nor their notices.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

DAY = timedelta(days=1)
FAR = 1 << 40  # ids of copied rows

LOOK = """
CREATE TEMP TABLE look ON COMMIT DROP AS
SELECT l.id, l.public_id, l.currency, l.rate_annual, l.state, l.stage, l.grace_days, l.principal_left_minor,
       l.oldest_unpaid_due_on AS oldest_on, l.interest_receivable_minor AS interest_before,
       l.penalty_receivable_minor AS penalty_before, v.id AS version_id
FROM loans_loan l JOIN loans_scheduleversion v ON v.loan_id = l.id AND v.number = l.current_version
WHERE l.lender_id = %(lender)s AND l.next_close_on <= %(day)s
"""
# Rows before the oldest unpaid one are paid, and of those that have not begun the loan knows the principal.
AROUND = """
CREATE TEMP TABLE around ON COMMIT DROP AS
SELECT k.*, r.number, r.opens_on, r.due_on, r.principal_minor, r.interest_minor + r.relief_interest_minor AS asked_minor
FROM look k LEFT JOIN loans_instalment r ON r.version_id = k.version_id
AND r.opens_on <= %(next)s AND r.due_on >= least(k.oldest_on, %(day)s)
"""
PAID = """
CREATE TEMP TABLE paid ON COMMIT DROP AS
SELECT a.loan_id, a.instalment_number AS number,
       coalesce(sum(a.amount_minor) FILTER (WHERE a.component = 'interest'), 0) AS interest_minor,
       coalesce(sum(a.amount_minor) FILTER (WHERE a.component = 'principal'), 0) AS principal_minor,
       coalesce(sum(a.amount_minor) FILTER (WHERE a.component = 'penalty'), 0) AS penalty_minor
FROM around k JOIN loans_allocation a ON a.loan_id = k.id AND a.instalment_number = k.number
JOIN loans_payment p ON p.id = a.payment_id AND p.value_on <= %(day)s
GROUP BY a.loan_id, a.instalment_number
"""
# Receivables at the end of the day: what a payoff on the morning after asks for.
TARGET = """
CREATE TEMP TABLE target ON COMMIT DROP AS
WITH lines AS (
  SELECT k.*, k.principal_minor - coalesce(p.principal_minor, 0) AS principal_left,
         k.asked_minor - coalesce(p.interest_minor, 0) AS interest_left,
         coalesce(p.interest_minor, 0) AS interest_paid, coalesce(p.penalty_minor, 0) AS penalty_paid
  FROM around k LEFT JOIN paid p ON p.loan_id = k.id AND p.number = k.number
), sums AS (
  SELECT id, public_id, currency, state, stage, grace_days, oldest_on, interest_before, penalty_before, rate_annual,
         coalesce(sum(interest_left) FILTER (WHERE due_on <= %(next)s), 0) AS due_interest,
         principal_left_minor - coalesce(sum(principal_left) FILTER (WHERE due_on <= %(next)s), 0) AS bearing,
         max(opens_on) FILTER (WHERE opens_on <= %(next)s AND due_on > %(next)s) AS opened_on,
         coalesce(sum(interest_paid) FILTER (WHERE opens_on <= %(next)s AND due_on > %(next)s), 0) AS ahead,
         coalesce(sum(floor(principal_left * rate_annual * 1.5 * (%(day)s - due_on) / 365 + 0.5))
                  FILTER (WHERE due_on < %(day)s AND oldest_on + grace_days < %(day)s), 0) AS penalty,
         min(due_on) FILTER (WHERE due_on > %(day)s) AS next_due_on
  FROM lines
  GROUP BY id, public_id, currency, state, stage, grace_days, oldest_on, interest_before, penalty_before, rate_annual,
           principal_left_minor
)
SELECT id, public_id, currency, state, stage, oldest_on, interest_before, penalty_before,
       CASE state WHEN 'active' THEN due_interest + greatest(
         floor(bearing * rate_annual * (%(next)s - opened_on) / 365 + 0.5) - ahead, 0)::bigint ELSE 0 END AS interest,
       CASE state WHEN 'active' THEN penalty::bigint ELSE 0 END AS penalty,
       CASE state WHEN 'active' THEN least(
         %(month_end)s::date, next_due_on,
         CASE WHEN oldest_on + grace_days > %(day)s THEN oldest_on + grace_days
              WHEN oldest_on + 30 > %(day)s THEN oldest_on + 30 END) END AS next_on,
       CASE WHEN state <> 'active' OR oldest_on IS NULL OR %(next)s <= oldest_on + grace_days THEN 0
            ELSE %(next)s - oldest_on END AS days,
       NULL::bigint AS entry_id
FROM sums
"""
NUMBERED = """
UPDATE target SET entry_id = nextval('loans_journalentry_ids')
WHERE coalesce(interest, 0) <> interest_before OR penalty <> penalty_before
"""
ENTRIES = """
INSERT INTO loans_journalentry (id, lender_id, loan_id, kind, key, posted_on, value_on, currency, written_at, seal_id)
SELECT entry_id, %(lender)s, id, 'accrual', 'accrual/' || replace(public_id::text, '-', '') || '/' || %(day)s,
       %(day)s, %(day)s, currency, now(), entry_id
FROM target WHERE entry_id IS NOT NULL
"""
POSTINGS = """
INSERT INTO loans_posting (entry_id, lender_id, account, amount_minor)
SELECT t.entry_id, %(lender)s, line.account, line.amount_minor
FROM target t CROSS JOIN LATERAL (VALUES
  ('interest_receivable', coalesce(t.interest, 0) - t.interest_before),
  ('interest_income', t.interest_before - coalesce(t.interest, 0)),
  ('penalty_receivable', t.penalty - t.penalty_before),
  ('penalty_income', t.penalty_before - t.penalty)) AS line (account, amount_minor)
WHERE t.entry_id IS NOT NULL AND line.amount_minor <> 0
"""
SEALS = "INSERT INTO loans_journalseal (id) SELECT entry_id FROM target WHERE entry_id IS NOT NULL"
LOANS = """
UPDATE loans_loan l SET interest_receivable_minor = coalesce(t.interest, 0), penalty_receivable_minor = t.penalty,
       fee_receivable_minor = 0, receivable_on = %(day)s, next_close_on = t.next_on
FROM target t WHERE t.id = l.id
"""
STEPS = """
WITH moved AS (
  INSERT INTO loans_stagestep
    (lender_id, loan_id, from_stage, to_stage, reason, words, days_past_due, taken_on, taken_at)
  SELECT %(lender)s, id, stage, CASE WHEN days = 0 THEN 'none' WHEN stage = 'none' THEN 'early' ELSE 'late' END,
         CASE WHEN days = 0 THEN 'current' ELSE 'rule' END, '', days, %(next)s, now()
  FROM target
  WHERE state = 'active' AND (days = 0 AND stage <> 'none' OR days >= 1 AND stage = 'none'
                              OR days >= 31 AND stage = 'early')
  RETURNING loan_id, to_stage)
UPDATE loans_loan l SET stage = m.to_stage, version = l.version + 1 FROM moved m WHERE m.loan_id = l.id
"""
# Or it would sort and hash on disk, which nobody who writes such statements by hand would leave so.
ROOM = "SET LOCAL work_mem = '64MB'"
SET_BASED = (ROOM, LOOK, AROUND, PAID, "ANALYZE around, paid", TARGET, NUMBERED, ENTRIES, POSTINGS, SEALS, LOANS, STEPS)

FINISHED = (
    f"""
CREATE TEMP TABLE done_entry AS
SELECT id + {FAR} AS id, lender_id, loan_id, kind, key || '/again' AS key, posted_on + 1 AS posted_on, value_on,
       currency, written_at
FROM loans_journalentry WHERE lender_id = %(lender)s AND kind = 'accrual' AND posted_on = %(day)s
""",  # noqa: S608
    f"""
CREATE TEMP TABLE done_posting AS
SELECT p.entry_id + {FAR} AS entry_id, p.lender_id, p.account, p.amount_minor
FROM loans_posting p JOIN loans_journalentry e ON e.id = p.entry_id
WHERE e.lender_id = %(lender)s AND e.kind = 'accrual' AND e.posted_on = %(day)s
""",  # noqa: S608
    """
CREATE TEMP TABLE done_loan AS
SELECT id, interest_receivable_minor, penalty_receivable_minor, fee_receivable_minor, receivable_on, next_close_on
FROM loans_loan WHERE lender_id = %(lender)s AND receivable_on = %(day)s
""",
    "ANALYZE done_entry, done_posting, done_loan",
)
BARE = (
    """
INSERT INTO loans_journalentry (id, lender_id, loan_id, kind, key, posted_on, value_on, currency, written_at, seal_id)
SELECT id, lender_id, loan_id, kind, key, posted_on, value_on, currency, written_at, id FROM done_entry
""",
    """
INSERT INTO loans_posting (entry_id, lender_id, account, amount_minor)
SELECT entry_id, lender_id, account, amount_minor FROM done_posting
""",
    "INSERT INTO loans_journalseal (id) SELECT id FROM done_entry",
    """
UPDATE loans_loan l SET interest_receivable_minor = d.interest_receivable_minor,
       penalty_receivable_minor = d.penalty_receivable_minor, fee_receivable_minor = d.fee_receivable_minor,
       receivable_on = d.receivable_on + 1, next_close_on = d.next_close_on + 1
FROM done_loan d WHERE d.id = l.id
""",
)
FORGET = "DROP TABLE done_entry, done_posting, done_loan"
WHAT = """
SELECT e.loan_id, p.account, p.amount_minor FROM loans_posting p JOIN loans_journalentry e ON e.id = p.entry_id
WHERE e.lender_id = %(lender)s AND e.kind = 'accrual' AND e.posted_on = %(day)s
"""


def run(statements: Sequence[str], values: Mapping[str, Any]) -> int:
    """Execute them in order; how many rows they wrote to tables that stay."""
    rows = 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
            if not statement.lstrip().startswith(("SET", "CREATE", "ANALYZE", "DROP", "UPDATE target")):
                rows += max(cursor.rowcount, 0)
    return rows


def keys_looked_at() -> None:
    """Foreign keys are looked at when a transaction ends; one that will be rolled back must be made to."""
    connection.check_constraints()


def one_by_one(lender: Any, day: date, keys: Sequence[int]) -> int:
    """The same effects on these loans, each in a transaction of its own; how many rows were written."""
    return sum(_one(lender, day, key) for key in keys)


@transaction.atomic
def _one(lender: Any, day: date, key: int) -> int:
    from loans.closing.next_look import next_look_on
    from loans.ledger import reserve_ids
    from loans.models import JournalEntry, JournalSeal, Loan, Posting
    from loans.selectors.charges import charges_of
    from loans.selectors.in_force import in_force
    from loans.selectors.receivable import COLUMNS, INCOME, NONE, receivables
    from loans.services.staging import step_by_rule

    loan = Loan.objects.select_for_update(of=("self",), no_key=True).select_related("lender", "borrower").get(pk=key)
    target, next_on = NONE, None
    if loan.state == Loan.State.ACTIVE:
        held = in_force([loan], day)
        target = receivables(loan, held[key], charges_of([loan], held, day)[key], day)
        next_on = next_look_on(
            day, [row.due_on for row in held[key].rows], oldest_unpaid_due_on=loan.oldest_unpaid_due_on,
            grace_days=loan.grace_days, is_held=False,
        )  # fmt: skip
    changed = {account: target[account] - getattr(loan, column) for account, column in COLUMNS.items()}
    rows = 1
    if any(changed.values()):
        (number,) = reserve_ids(JournalEntry, 1)
        entry = JournalEntry(
            id=number, seal_id=number, lender=lender, loan=loan, kind="accrual", currency=loan.currency,
            key=f"accrual/{loan.public_id.hex}/{day.isoformat()}", posted_on=day, value_on=day,
        )  # fmt: skip
        entry.save(force_insert=True)
        for account, amount_minor in changed.items():
            if amount_minor:
                Posting(entry=entry, lender=lender, account=account, amount_minor=amount_minor).save()
                Posting(entry=entry, lender=lender, account=INCOME[account], amount_minor=-amount_minor).save()
                rows += 2
        JournalSeal(id=number).save(force_insert=True)
        rows += 2
    for account, column in COLUMNS.items():
        setattr(loan, column, target[account])
    loan.receivable_on, loan.next_close_on = day, next_on
    loan.save()
    if loan.state == Loan.State.ACTIVE and (loan.stage != "none" or loan.oldest_unpaid_due_on is not None):
        step_by_rule(lender, [loan], day + DAY)
    keys_looked_at()
    return rows
