"""Each check finds the fault that it is for; whole books have none."""

import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import guards
from accounts.models import Borrower, Lender
from accounts.roles import Role
from accounts.services import appoint
from credit.models import Tradeline
from loans import services
from loans.books import CHECKS, violations
from loans.gateways.interface import Outcome, Report
from loans.models import Loan, PaymentOrder, ScheduleVersion, SuspenseItem
from tests.conftest import person
from tests.loans import monthly
from tests.loans.closing.test_close_books import FAULTS as CLOSE_FAULTS
from tests.loans.gateways.conftest import account_of

Sql = Callable[[str], None]


@pytest.fixture
def book(paid_three: Loan, make_loan: Callable[..., Loan], stranger: Borrower) -> Loan:
    """A running loan with three payments, one part payment and a second version; others; and a monthly bill."""
    services.record_payment(loan=paid_three, amount_minor=20_000, key="part", channel="auto_debit", acting_user=None)
    version = ScheduleVersion.objects.get(loan=paid_three)
    services.adopt_schedule(
        loan=paid_three,
        rows=[instalment.row for instalment in version.instalments.order_by("number")],
        source="relief",
        reference="R-1",
        expected_version=1,
        acting_user=None,
    )
    services.settle_early(
        loan=services.disburse_loan(loan=make_loan(number="DONE"), acting_user=None), key="s", acting_user=None
    )
    bounced = services.disburse_loan(loan=make_loan(number="BOUNCED"), acting_user=None)
    for key in ("back", "stands"):
        services.record_payment(loan=bounced, amount_minor=107_971, key=key, channel="auto_debit", acting_user=None)
    services.reverse_payment(payment=bounced.payments.get(key="back"), reason="AM04", acting_user=None)
    make_loan(number="WAITS")
    _monthly_bill(stranger, paid_three.lender)
    _money_from_outside(paid_three)
    paid_three.refresh_from_db()
    return paid_three


def _monthly_bill(borrower: Borrower, lender: Lender) -> None:
    """Three bills: bought, the minimum paid, the rest and too much; what was too much is used for the third."""
    limit = monthly.limit_on(borrower, monthly.billed(lender), on=date(2026, 2, 1))
    account = monthly.opened(limit, on=date(2026, 2, 1))
    monthly.live(account, "2026-02-20 buy 100000; 2026-03-10 pay 10000; 2026-03-20 pay 100000; 2026-04-02 buy 3000")
    monthly.bill_up_to(account, date(2026, 5, 8))


def _money_from_outside(loan: Loan) -> None:
    """A debit that was booked, one that is open, and two sums in suspense, of which one was sent back."""
    for number, state in enumerate(("sent", "sent", "created"), start=1):
        PaymentOrder.objects.create(
            lender=loan.lender, loan=loan, direction="debit",
            bank_account=account_of(loan.borrower, f"000{number}"), amount_minor=10_000, currency="CNY",
            key=f"o{number}", gateway="callback", state=state, ordered_on=date(2026, 5, 8),
            instalment_number=number + 5,
        )  # fmt: skip
    for key, amount_minor in (("o1", 10_000), ("o2", 9_999), ("nobody's", 777)):
        services.take_report(
            lender=loan.lender, gateway="callback", event_id=f"ev-{key}",
            report=Report(key=key, outcome=Outcome.SUCCEEDED, amount_minor=amount_minor, currency="CNY"),
        )  # fmt: skip
    clerk = person("clerk@example.org", "clerk", is_staff=True)
    appoint(user=clerk, lender=loan.lender, role=Role.SERVICING, acting_user=None)
    services.return_suspense(item=SuspenseItem.objects.get(key="nobody's"), words="back", acting_user=clerk)


@pytest.fixture
def tamper(book: Loan) -> Sql:
    """Run SQL as somebody who has switched the guards off."""

    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            else:
                cursor.execute("PRAGMA defer_foreign_keys = ON")
            with guards.lifted(connection):
                cursor.execute(sql)

    return run


def found(lender: Lender) -> set[str]:
    return {violation.check for violation in violations([lender])}


def test_whole_books_have_no_violation(book: Loan, qinghe: Lender, jiangpan: Lender) -> None:
    assert list(violations([qinghe, jiangpan])) == []


LOAN = "(SELECT id FROM loans_loan WHERE number = 'LN-2026-000001')"
FIRST_PAYMENT = "(SELECT id FROM loans_payment WHERE key = 'p1')"
PART = "(SELECT id FROM loans_payment WHERE key = 'part')"
VERSION = f"(SELECT id FROM loans_scheduleversion WHERE number = 2 AND loan_id = {LOAN})"
ENTRY = "(SELECT id FROM loans_journalentry WHERE key = 'payment:p1')"
ELSEWHERE = {"write_offs_are_booked"}  # tests/loans/test_writing_off.py has its faults
FAULTS = {
    "a changed line": (
        f"UPDATE loans_posting SET amount_minor = amount_minor + 1 WHERE account = 'principal' AND entry_id = {ENTRY}",
        {"entries_balance", "payments_are_posted", "loans_are_as_derived"},
    ),
    "a balanced pair of changed lines": (
        "UPDATE loans_posting SET amount_minor = amount_minor + CASE account WHEN 'principal' THEN 1 ELSE -1 END "
        f"WHERE account IN ('principal', 'interest_income') AND entry_id = {ENTRY}",
        {"payments_are_posted", "loans_are_as_derived"},
    ),
    "a payment of another amount": (
        "UPDATE loans_payment SET amount_minor = amount_minor + 1 WHERE key = 'p1'",
        {"payments_add_up", "payments_are_posted"},
    ),
    "a changed share": (
        "UPDATE loans_allocation SET amount_minor = amount_minor - 1 WHERE component = 'principal' "
        f"AND payment_id = {PART}",
        {"payments_add_up", "payments_are_posted", "loans_are_as_derived"},
    ),
    "an instalment that was paid twice": (
        f"UPDATE loans_allocation SET instalment_number = 2 WHERE payment_id = {FIRST_PAYMENT}",
        {"loans_are_as_derived"},
    ),
    "a share of another loan": (
        "UPDATE loans_allocation SET loan_id = (SELECT id FROM loans_loan WHERE number = 'WAITS') "
        f"WHERE payment_id = {FIRST_PAYMENT}",
        {"payments_add_up", "loans_are_as_derived"},
    ),
    "a due date moved": (
        f"UPDATE loans_instalment SET due_on = '2026-05-20' WHERE number = 4 AND version_id = {VERSION}",
        {"versions_are_whole", "loans_are_as_derived"},
    ),
    "an instalment changed in an old version": (
        "UPDATE loans_instalment SET principal_minor = principal_minor + 1 WHERE number = 12 AND version_id = "
        f"(SELECT id FROM loans_scheduleversion WHERE number = 1 AND loan_id = {LOAN})",
        {"versions_are_whole"},
    ),
    "a version that is not in force": (
        "UPDATE loans_loan SET current_version = 1 WHERE number = 'LN-2026-000001'",
        {"one_version_in_force"},
    ),
    "a version that is not there": (
        "UPDATE loans_loan SET current_version = 3 WHERE number = 'LN-2026-000001'",
        {"one_version_in_force"},
    ),
    "a cached balance": (
        "UPDATE loans_loan SET principal_left_minor = principal_left_minor - 1 WHERE number = 'LN-2026-000001'",
        {"loans_are_as_derived"},
    ),
    "a cached date": (
        "UPDATE loans_loan SET oldest_unpaid_due_on = '2026-06-15' WHERE number = 'LN-2026-000001'",
        {"loans_are_as_derived"},
    ),
    "a loan running that is settled": (
        "UPDATE loans_loan SET state = 'active', settled_on = NULL WHERE number = 'DONE'",
        {"loans_are_as_derived", "accounts_are_on_file"},
    ),
    "a payment at another lender": (
        "UPDATE loans_payment SET lender_id = (SELECT id FROM accounts_lender WHERE code = 'jiangpan') "
        "WHERE key = 'p1'",
        {"lenders_match", "payments_are_posted"},
    ),
    "a share of a correction changed": (
        "UPDATE loans_allocation SET amount_minor = amount_minor - 1 WHERE correction_id IS NOT NULL "
        "AND component = 'principal' AND amount_minor < 0 "
        "AND payment_id = (SELECT id FROM loans_payment WHERE key = 'back')",
        {"payments_add_up", "corrections_are_posted", "loans_are_as_derived"},
    ),
    "an order that moved more than was booked": (
        "UPDATE loans_paymentorder SET moved_minor = moved_minor + 1 WHERE key = 'o1'",
        {"orders_are_booked"},
    ),
    "a payment of an order that did nothing": (
        "UPDATE loans_paymentorder SET state = 'failed', moved_minor = 0 WHERE key = 'o1'",
        {"orders_are_booked"},
    ),
    "an order in suspense whose item is of another order": (
        "UPDATE loans_gatewayevent SET order_id = (SELECT id FROM loans_paymentorder WHERE key = 'o3') "
        "WHERE event_id = 'ev-o2'",
        {"orders_are_booked"},
    ),
    "a sum in suspense of another amount": (
        "UPDATE loans_suspenseitem SET amount_minor = amount_minor + 1 WHERE key = 'o2'",
        {"orders_are_booked", "suspense_adds_up"},
    ),
    "a sum sent back that still lies there": (
        "DELETE FROM loans_suspenseresolution",
        {"suspense_adds_up"},
    ),
    "a report of another lender": (
        "UPDATE loans_gatewayevent SET lender_id = (SELECT id FROM accounts_lender WHERE code = 'jiangpan') "
        "WHERE event_id = 'ev-o1'",
        {"lenders_match"},
    ),
    "a bill of other interest": (
        "UPDATE loans_bill SET interest_minor = interest_minor + 1, balance_minor = balance_minor + 1 "
        "WHERE bill_on = '2026-04-01'",
        {"bills_are_as_derived"},
    ),
    "a bill made from nothing": (
        "UPDATE loans_bill SET last_sequence = 0 WHERE bill_on = '2026-03-01'",
        {"bills_are_as_derived"},
    ),
    "a purchase of another amount": (
        "UPDATE loans_accountentry SET amount_minor = amount_minor + 100 WHERE kind = 'purchase' AND sequence = 4",
        {"bills_are_as_derived", "bills_are_posted"},
    ),
    "a monthly bill on which less is owed": (
        "UPDATE loans_revolvingaccount SET principal_left_minor = principal_left_minor + 1",
        {"bills_are_posted"},
    ),
    "a monthly bill with another due date": (
        "UPDATE loans_revolvingaccount SET oldest_unpaid_due_on = '2026-01-01'",
        {"bills_are_posted"},
    ),
    "a monthly bill gone from the credit file": (
        "UPDATE credit_tradeline SET reference = 'Y' WHERE reference = 'RA-2026-000001'",
        {"bill_accounts_are_on_file"},
    ),
    "a stage that no step led to": (
        "UPDATE loans_loan SET stage = 'legal' WHERE number = 'LN-2026-000001'",
        {"stages_follow_steps"},
    ),
    "an account gone from the credit file": (
        "UPDATE credit_tradeline SET reference = 'X' WHERE reference = 'LN-2026-000001'",
        {"accounts_are_on_file"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_tampered_with_is_found(tamper: Sql, qinghe: Lender, jiangpan: Lender, fault: str) -> None:
    sql, checks = FAULTS[fault]
    tamper(sql)
    assert found(qinghe) | found(jiangpan) == checks


def test_every_check_has_a_fault_that_it_finds() -> None:
    found = {check for _, checks in [*FAULTS.values(), *CLOSE_FAULTS.values()] for check in checks}
    assert found | ELSEWHERE == set(CHECKS)


def test_a_trigger_that_is_gone_is_named(book: Loan, qinghe: Lender) -> None:
    name = "loans_posting_no_update"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        on = "" if connection.vendor == "sqlite" else ' ON "loans_posting"'
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    assert [(each.check, each.subject) for each in violations([qinghe])] == [("guards", name)]


def test_the_command_says_that_all_is_well(book: Loan) -> None:
    out = io.StringIO()
    call_command("verify_books", stdout=out)
    assert out.getvalue() == f"Lenders: 1, checks: {len(CHECKS) + 1}, violations: 0.\n"


def test_the_command_lists_and_fails(book: Loan) -> None:
    Tradeline.objects.filter(reference="DONE").update(closed_on=date(2026, 5, 7))
    out = io.StringIO()
    with pytest.raises(CommandError, match="Violations: 1") as failed:
        call_command("verify_books", "--lender", "qinghe", stdout=out)
    assert failed.value.returncode == 1
    assert out.getvalue().startswith("accounts_are_on_file: qinghe DONE: ")


def test_the_command_speaks_json(book: Loan) -> None:
    Tradeline.objects.filter(reference="DONE").update(closed_on=date(2026, 5, 7))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_books", "--lender", "qinghe", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert report["lenders"] == ["qinghe"]
    assert [each["subject"] for each in report["violations"]] == ["qinghe DONE"]
    with pytest.raises(CommandError) as refused:
        call_command("verify_books", "--lender", "nobody")
    assert refused.value.returncode == 2
