"""The rows of made-up households, table by table, in the shapes that the services write.

As `open_loan`, `disburse_loan`, `record_payment`, `adopt_schedule`, `run_stages` and the
consents do it; `tests/loans/test_make_book.py` lives some of the loans again through those
services and compares. An entry is posted on its value date.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts.models import BankAccount, Borrower, Lender, LenderRelation
from accounts.sealed_box import sealed_box
from accounts.services.banking import NUMBER
from credit.consent_terms import expires_on
from credit.consent_texts import consent_text
from credit.facts import MonthFacts
from credit.models import Consent, CreditFile, MonthFact, Tradeline
from loans.bulk import Sheet, ids_for
from loans.closing.next_look import next_look_on
from loans.engine.remembered import version_hash
from loans.engine.schedule import Row
from loans.ledger import reserve_ids
from loans.models import (
    Account,
    Allocation,
    Hold,
    Instalment,
    JournalEntry,
    JournalSeal,
    Loan,
    Payment,
    Posting,
    ScheduleSeal,
    ScheduleVersion,
    StageStep,
)
from loans.services.making_months import months_of
from loans.services.making_months import next_look_on as months_next_on
from loans.services.sharing import ACCOUNTS
from loans.stages import STEPS, Facts, Stage, way
from loans.synthetic.book import Household, marks
from loans.synthetic.life import GRACE_DAYS, Life

DAY = timedelta(days=1)
NOON = "04:00:00"  # UTC, which is noon in China
COLUMNS: Mapping[type[Model], tuple[str, ...]] = {
    Borrower: ("id", "public_id", "name", "joined_at"),
    LenderRelation: ("borrower_id", "lender_id", "reference", "since"),
    BankAccount: (
        "public_id", "borrower_id", "bank_code", "holder", "number_sealed", "number_hash", "last4", "method",
        "verified_at", "position", "added_at",
    ),
    Consent: (
        "public_id", "borrower_id", "lender_id", "purpose", "reference", "text_version", "language", "text",
        "text_sha256", "given_at", "given_on", "expires_on", "method",
    ),
    Loan: (
        "id", "public_id", "lender_id", "borrower_id", "product_id", "number", "currency", "state", "principal_minor",
        "rate_annual", "method", "instalment_count", "profile", "grace_days", "grace_needs_clean_previous",
        "disbursed_on", "first_due_on", "anchor_day", "settled_on", "current_version", "stage",
        "principal_left_minor", "oldest_unpaid_due_on", "next_close_on",
        "next_month_on",
    ),
    ScheduleVersion: (
        "id", "lender_id", "loan_id", "number", "source", "source_reference", "adopted_on", "adopted_at",
        "instalment_count", "principal_minor", "paused_on", "remembered", "hash", "seal_id",
    ),
    Instalment: (
        "version_id", "lender_id", "number", "opens_on", "due_on", "principal_minor", "interest_minor",
        "relief_interest_minor", "fee_minor", "balance_minor",
    ),
    ScheduleSeal: ("id",),
    JournalEntry: (
        "id", "lender_id", "loan_id", "kind", "key", "posted_on", "value_on", "currency", "written_at", "seal_id",
    ),
    Posting: ("entry_id", "lender_id", "account", "amount_minor"),
    JournalSeal: ("id",),
    Payment: (
        "id", "public_id", "lender_id", "loan_id", "key", "amount_minor", "value_on", "channel", "received_at",
        "journal_entry_id",
    ),
    Allocation: ("payment_id", "lender_id", "loan_id", "instalment_number", "component", "amount_minor"),
    CreditFile: ("id", "public_id", "borrower_id", "opened_on"),
    Tradeline: (
        "id", "file_id", "lender_id", "reference", "currency", "opened_on", "closed_on", "original_minor",
        "instalments",
    ),
    Hold: ("lender_id", "loan_id", "kind", "source", "from_on", "until_on", "opened_at"),
    StageStep: (
        "lender_id", "loan_id", "from_stage", "to_stage", "reason", "days_past_due", "taken_on", "taken_at",
    ),
    MonthFact: ("tradeline_id", "lender_id", *(field.name for field in fields(MonthFacts)), "furnished_at"),
}  # fmt: skip

MODELS = tuple(COLUMNS)


class Rows:
    """Collects the rows of a chunk of households and writes them, parents before children."""

    def __init__(self, *, lender: Lender, products: Mapping[str, int], seed: int, on: date, with_months: bool) -> None:
        self._lender, self._products, self._seed, self._on = lender, products, seed, on
        self._with_months = with_months
        self._sheets = {model: Sheet(model, *names) for model, names in COLUMNS.items()}
        self._box = sealed_box()
        self._texts = {
            purpose: consent_text(purpose, "zh-hans", lender=lender.name_zh_hans) for purpose in ("reporting", "debit")
        }

    def write(self, chunk: Sequence[Household]) -> dict[str, int]:
        """Write the chunk; how many rows each table got. To be called inside a transaction."""
        lives = [life for household in chunk for life in household.lives]
        versions = sum(2 if life.relief else 1 for life in lives)
        payments = sum(len(life.payments) for life in lives)
        self._ids: dict[type[Model], Iterator[int]] = {
            Borrower: iter(ids_for(Borrower, len(chunk))),
            CreditFile: iter(ids_for(CreditFile, len(chunk))),
            Loan: iter(ids_for(Loan, len(lives))),
            Tradeline: iter(ids_for(Tradeline, len(lives))),
            Payment: iter(ids_for(Payment, payments)),
            ScheduleVersion: iter(reserve_ids(ScheduleVersion, versions)),
            JournalEntry: iter(reserve_ids(JournalEntry, payments + len(lives))),
        }
        for household in chunk:
            self._household(household)
        return {model._meta.db_table: sheet.write() for model, sheet in self._sheets.items()}

    def _add(self, model: type[Model], *values: Any) -> None:
        self._sheets[model].add(*values)

    def _household(self, household: Household) -> None:
        self._marks = marks(self._lender.code, self._seed, household.number)
        borrower, file = next(self._ids[Borrower]), next(self._ids[CreditFile])
        since = min(life.terms.disbursed_on for life in household.lives)
        reference = household.reference(self._seed)
        self._add(Borrower, borrower, next(self._marks), household.name, _noon(since))
        self._add(LenderRelation, borrower, self._lender.pk, reference, since.isoformat())
        if household.card:
            self._account(household, borrower, since)
            self._consent("debit", household, borrower, since)
        if household.allows_reporting:
            self._consent("reporting", household, borrower, since)
        self._add(CreditFile, file, next(self._marks), borrower, since.isoformat())
        for place, life in enumerate(household.lives, start=1):
            self._loan(life, borrower, file, household.loan_number(self._seed, place), household.allows_reporting)

    def _account(self, household: Household, borrower: int, since: date) -> None:
        mark = next(self._marks)
        sealed = self._box.seal(household.card, BankAccount(public_id=UUID(mark)).seal_of)
        found_by = self._box.fingerprint(household.card, NUMBER)
        self._add(
            BankAccount, mark, borrower, household.bank_code, household.name, sealed, found_by, household.card[-4:],
            "made", _noon(since), 1, _noon(since),
        )  # fmt: skip

    def _consent(self, purpose: str, household: Household, borrower: int, since: date) -> None:
        text = self._texts[purpose]
        self._add(
            Consent, next(self._marks), borrower, self._lender.pk, purpose, household.loan_number(self._seed, 1),
            text.version, text.language, text.whole, text.sha256, _noon(since), since.isoformat(),
            expires_on(since).isoformat(), "tick",
        )  # fmt: skip

    def _loan(self, life: Life, borrower: int, file: int, number: str, is_reported: bool) -> None:
        loan, terms, settled_on = next(self._ids[Loan]), life.terms, life.settled_on
        steps = self._steps(life)
        is_given = self._with_months and is_reported
        months = list(months_of(life, _relief_reference(number), self._on)) if is_given else []
        self._add(
            Loan, loan, next(self._marks), self._lender.pk, borrower, self._products[terms.method.value], number,
            self._lender.currency, "active" if settled_on is None else "settled", terms.principal_minor,
            str(terms.rate_annual), terms.method.value, terms.instalments, json.dumps(terms.profile.as_dict()),
            GRACE_DAYS, True, terms.disbursed_on.isoformat(), life.contract[0].due_on.isoformat(), terms.anchor_day,
            _iso(settled_on), 2 if life.relief else 1, steps[-1].value if steps else Stage.NONE.value,
            life.principal_left_minor, _iso(life.oldest_unpaid_due_on), _iso(self._next_close_on(life)),
            _iso(months_next_on(life, len(months), self._on)),
        )  # fmt: skip
        self._version(loan, life, 1, life.contract, number)
        if life.relief:
            self._version(loan, life, 2, life.relief.rows, number)
            self._holds(loan, life, number)
        self._entry(
            loan, "disbursement", f"disbursement:{number}", terms.disbursed_on,
            {Account.PRINCIPAL: terms.principal_minor, Account.CASH: -terms.principal_minor},
        )  # fmt: skip
        self._payments(life, loan, number)
        self._stages(loan, life, steps)
        tradeline = next(self._ids[Tradeline])
        self._add(
            Tradeline, tradeline, file, self._lender.pk, number, self._lender.currency, terms.disbursed_on.isoformat(),
            _iso(settled_on), terms.principal_minor, terms.instalments,
        )  # fmt: skip
        for facts in months:
            self._add(MonthFact, tradeline, self._lender.pk, *facts, _noon(self._on))

    def _version(self, loan: int, life: Life, place: int, rows: Sequence[Row], number: str) -> None:
        version, relief = next(self._ids[ScheduleVersion]), life.relief if place == 2 else None
        adopted_on = relief.adopted_on if relief else life.terms.disbursed_on
        remembered = relief.remembered.as_dict() if relief else {}
        paused_on = [on.isoformat() for on in relief.paused_on] if relief else []
        self._add(
            ScheduleVersion, version, self._lender.pk, loan, place, "relief" if relief else "contract",
            _relief_reference(number) if relief else "", adopted_on.isoformat(), _noon(adopted_on), len(rows),
            life.terms.principal_minor, json.dumps(paused_on), json.dumps(remembered), version_hash(rows, remembered),
            version,
        )  # fmt: skip
        for row in rows:
            self._add(
                Instalment, version, self._lender.pk, row.number, row.opens_on.isoformat(), row.due_on.isoformat(),
                row.principal_minor, row.interest_minor, row.relief_interest_minor, row.fee_minor, row.balance_minor,
            )  # fmt: skip
        self._add(ScheduleSeal, version)

    def _holds(self, loan: int, life: Life, number: str) -> None:
        """What stands still from the acceptance to the day before payments resume."""
        assert life.relief is not None
        from_on, until_on = life.relief.adopted_on, life.relief.resume_on - DAY
        for kind in Hold.Kind.values:
            self._add(
                Hold, self._lender.pk, loan, kind, f"{_relief_reference(number)}/plan", from_on.isoformat(),
                until_on.isoformat(), _noon(from_on),
            )  # fmt: skip

    def _payments(self, life: Life, loan: int, number: str) -> None:
        for place, paid in enumerate(life.payments, start=1):
            key, amount_minor = f"book:{number}:{place}", paid.amount_minor
            lines = {Account.CASH: amount_minor}
            for line in paid.lines:
                account = ACCOUNTS[line.component]
                lines[account] = lines.get(account, 0) - line.amount_minor
            entry = self._entry(loan, "payment", f"payment:{key}", paid.on, lines)
            payment = next(self._ids[Payment])
            self._add(
                Payment, payment, next(self._marks), self._lender.pk, loan, key, amount_minor, paid.on.isoformat(),
                paid.channel, _noon(paid.on), entry,
            )  # fmt: skip
            for line in paid.lines:
                self._add(
                    Allocation, payment, self._lender.pk, loan, line.number, line.component.value, line.amount_minor
                )

    def _entry(self, loan: int, kind: str, key: str, on: date, lines: Mapping[Account, int]) -> int:
        entry, day = next(self._ids[JournalEntry]), on.isoformat()
        self._add(
            JournalEntry, entry, self._lender.pk, loan, kind, key, day, day, self._lender.currency, _noon(on), entry
        )
        for account, amount_minor in lines.items():
            self._add(Posting, entry, self._lender.pk, account.value, amount_minor)
        self._add(JournalSeal, entry)
        return entry

    def _next_close_on(self, life: Life) -> date | None:
        """As if the day before had been closed: the first close finds what happens on its day, not every loan."""
        if life.settled_on is not None:
            return None
        return next_look_on(
            self._on - DAY,
            [row.due_on for row in life.rows],
            oldest_unpaid_due_on=life.oldest_unpaid_due_on,
            grace_days=GRACE_DAYS,
            is_held=False,
        )

    def _steps(self, life: Life) -> tuple[Stage, ...]:
        return way(Facts(self._on, Stage.NONE, life.oldest_unpaid_due_on, GRACE_DAYS))

    def _stages(self, loan: int, life: Life, steps: Sequence[Stage]) -> None:
        """Each step on the first day on which the rule took it."""
        due_on, before = life.oldest_unpaid_due_on, Stage.NONE
        for into in steps:
            assert due_on is not None
            days = max(STEPS[into].from_days, GRACE_DAYS + 1)
            taken_on = due_on + days * DAY
            self._add(
                StageStep, self._lender.pk, loan, before.value, into.value, "rule", days, taken_on.isoformat(),
                _noon(taken_on),
            )  # fmt: skip
            before = into


def _relief_reference(number: str) -> str:
    """The request of the relief; there is none, and no service gives out a number like it."""
    return f"R-{number}"


def _noon(on: date) -> str:
    return f"{on.isoformat()} {NOON}"


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on is not None else None
