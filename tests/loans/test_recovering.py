"""What comes in on a loan that was written off, and the way back after a mistake. The figures: test_writing_off.py."""

from datetime import date
from types import SimpleNamespace

import pytest

from accounts.models import Notice
from loans import services
from loans.books import violations
from loans.models import Account, Loan, WriteOff
from loans.overdue_errors import NotWrittenOff, WriteOffRefused
from loans.selectors.income import income
from loans.selectors.portfolio import arrears, portfolio
from loans.selectors.standing import standing
from loans.services.certifying import issue_certificate
from tests.loans.closing.conftest import close
from tests.loans.conftest import at_noon
from tests.loans.writing_off import ALL_MINOR, INTEREST_MINOR, WORDS, WRITTEN_OFF_ON, balance, pay, write_off

pytestmark = pytest.mark.django_db


# What comes in later


def test_a_payment_is_a_recovery(gone: Loan) -> None:
    with at_noon(date(2026, 10, 1)):
        pay(gone, 300_000, "r1")
    gone.refresh_from_db()
    # the whole of interest of the rows it reaches, and principal: nothing on the loan account
    recovered = -balance(gone, Account.RECOVERIES)
    assert recovered == ALL_MINOR - gone.principal_left_minor > 0
    assert (balance(gone, Account.PRINCIPAL), balance(gone, Account.WRITE_OFFS)) == (0, ALL_MINOR)
    assert (gone.state, balance(gone, Account.CASH)) == ("written_off", 300_000 - ALL_MINOR)
    assert list(violations([gone.lender])) == []


def test_paid_in_full_it_is_settled_and_certified_honestly(gone: Loan) -> None:
    with at_noon(date(2026, 10, 1)):
        pay(gone, 500_000, "r1")
        pay(gone, ALL_MINOR + INTEREST_MINOR - 500_000, "r2")
        gone.refresh_from_db()
        certificate = issue_certificate(loan=gone, language="zh-hans", acting_user=None)
    assert (gone.state, gone.settled_on, gone.stage) == ("settled", date(2026, 10, 1), "none")
    assert (gone.written_off_on, gone.principal_left_minor) == (WRITTEN_OFF_ON, 0)
    assert balance(gone, Account.WRITE_OFFS) == -balance(gone, Account.RECOVERIES) == ALL_MINOR
    assert list(violations([gone.lender])) == []
    said = " ".join(block.get("text", "") for block in certificate.blocks)
    assert "2026年9月1日" in said


def test_a_recovery_taken_back_is_owed_again(gone: Loan) -> None:
    with at_noon(date(2026, 10, 1)):
        pay(gone, 500_000, "r1")
        last = pay(gone, ALL_MINOR + INTEREST_MINOR - 500_000, "r2")
        services.reverse_payment(payment=last, reason="AM04", acting_user=None)
    gone.refresh_from_db()
    assert (gone.state, gone.settled_on, gone.written_off_on) == ("written_off", None, WRITTEN_OFF_ON)
    assert -balance(gone, Account.RECOVERIES) == ALL_MINOR - gone.principal_left_minor
    assert list(violations([gone.lender])) == []


def test_a_payment_of_before_taken_back_later_is_claimed_too(late: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 8, 1)):
        payment = pay(late, 50_000, "early")
    write_off(late, staff.collections, staff.supervisor)
    assert balance(late, Account.WRITE_OFFS) == ALL_MINOR - 50_000  # past 90 days principal is paid first
    with at_noon(date(2026, 9, 10)):
        services.reverse_payment(payment=payment, reason="AM04", acting_user=None)
    late.refresh_from_db()
    assert (late.state, late.principal_left_minor, balance(late, Account.PRINCIPAL)) == ("written_off", ALL_MINOR, 0)
    assert balance(late, Account.RECOVERIES) == 50_000
    assert list(violations([late.lender])) == []


def test_a_payment_known_late_is_a_recovery_though_its_day_was_before(gone: Loan) -> None:
    with at_noon(date(2026, 9, 10)):
        pay(gone, 107_971, "late", on=date(2026, 8, 20))
    gone.refresh_from_db()
    assert (-balance(gone, Account.RECOVERIES), balance(gone, Account.PRINCIPAL)) == (93_571, 0)
    assert list(violations([gone.lender])) == []


def test_money_in_suspense_may_be_put_on_it(gone: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 10, 1)):
        item = services.open_suspense(
            lender=gone.lender, amount_minor=20_000, reason="unknown_order", key="k", value_on=date(2026, 10, 1)
        )
        services.match_suspense(item=item, loan=gone, words="他的贷款。", acting_user=staff.servicing)
    gone.refresh_from_db()
    assert -balance(gone, Account.RECOVERIES) == ALL_MINOR - gone.principal_left_minor > 0
    assert list(violations([gone.lender])) == []


def test_with_the_close_of_the_day_interest_earned_and_not_paid_leaves_the_books(
    late: Loan, staff: SimpleNamespace
) -> None:
    """To the morning of 1 September 767.43 is due, and 16 days of the running period are 33.34."""
    close(late.lender, date(2026, 8, 31))
    assert balance(late, Account.INTEREST_RECEIVABLE) == INTEREST_MINOR
    write_off(late, staff.collections, staff.supervisor)
    close(late.lender, WRITTEN_OFF_ON)
    assert (balance(late, Account.INTEREST_RECEIVABLE), balance(late, Account.INTEREST_INCOME)) == (0, 0)
    assert list(violations([late.lender])) == []
    # paid after all it is income, and once the mistake is taken back it is earned again
    with at_noon(date(2026, 9, 2)):
        proposal = services.propose_undo(loan=late, words=WORDS, acting_user=staff.collections)
        services.approve_proposal(proposal=proposal, acting_user=staff.supervisor)
    close(late.lender, date(2026, 9, 2))
    assert balance(late, Account.INTEREST_RECEIVABLE) == 76_743 + 3_751  # 18 days
    assert list(violations([late.lender])) == []


def test_reports_of_past_days_know_what_was_written_off_from_that_day_on(late: Loan, staff: SimpleNamespace) -> None:
    write_off(late, staff.collections, staff.supervisor)
    with at_noon(date(2026, 9, 10)):
        pay(late, 107_971, "r1")
    before, after = date(2026, 8, 31), date(2026, 9, 15)
    assert [sum(line.left_minor for line in portfolio(late.lender, on).lines) for on in (before, after)] == [
        ALL_MINOR,
        0,
    ]
    assert [arrears(late.lender, on).loans for on in (before, after)] == [1, 0]
    assert income(late.lender, after).together.by_account[Account.RECOVERIES] == 93_571


# The way back


def undo(loan: Loan, staff: SimpleNamespace, on: date) -> WriteOff:
    with at_noon(on):
        proposal = services.propose_undo(loan=loan, words="弄错了合同号。", acting_user=staff.collections)
        return services.approve_proposal(proposal=proposal, acting_user=staff.supervisor)


def test_a_mistake_is_taken_back_by_two_people_too(gone: Loan, staff: SimpleNamespace) -> None:
    """The schedule of before asks for eleven instalments of 1,079.71 and one of 1,079.64."""
    proposal = undo(gone, staff, date(2026, 9, 20))
    gone.refresh_from_db()
    assert (gone.state, gone.written_off_on, gone.principal_left_minor) == ("active", None, ALL_MINOR)
    assert (balance(gone, Account.PRINCIPAL), balance(gone, Account.WRITE_OFFS)) == (ALL_MINOR, 0)
    assert proposal.journal_entry.reverses == gone.write_offs.get(aim="write_off").journal_entry
    with at_noon(date(2026, 9, 20)):
        found = standing(gone, date(2026, 9, 20))
        assert (len(found.rows), sum(row.due_minor for row in found.rows)) == (
            12,
            1_295_645,
        )  # eleven of 1,079.71 and one of 1,079.64
    assert list(violations([gone.lender])) == []
    assert Notice.objects.filter(event="write_off_taken_back").count() == 1


def test_what_was_recovered_counts_on_the_loan_again(gone: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 9, 10)):
        pay(gone, 107_971, "r1")
    undo(gone, staff, date(2026, 9, 20))
    gone.refresh_from_db()
    assert (balance(gone, Account.PRINCIPAL), gone.principal_left_minor) == (1_106_429, 1_106_429)
    assert (balance(gone, Account.WRITE_OFFS), balance(gone, Account.RECOVERIES)) == (0, 0)
    assert list(violations([gone.lender])) == []


def test_a_payment_that_the_old_schedule_cannot_take_stands_in_the_way(gone: Loan, staff: SimpleNamespace) -> None:
    with at_noon(date(2026, 9, 10)):
        pay(gone, 1_000_000, "r1")
        with pytest.raises(WriteOffRefused) as refused:
            services.propose_undo(loan=gone, words=WORDS, acting_user=staff.collections)
    assert refused.value.hindrances == ("paid_since",)


def test_only_a_written_off_loan_is_taken_back(late: Loan, staff: SimpleNamespace) -> None:
    with pytest.raises(NotWrittenOff):
        services.propose_undo(loan=late, words=WORDS, acting_user=staff.collections)


def test_after_a_mistake_it_can_be_written_off_once_more(gone: Loan, staff: SimpleNamespace) -> None:
    undo(gone, staff, date(2026, 9, 20))
    write_off(gone, staff.collections, staff.supervisor, on=date(2026, 9, 20))
    gone.refresh_from_db()
    assert (gone.state, gone.written_off_on) == ("written_off", date(2026, 9, 20))
    assert (balance(gone, Account.PRINCIPAL), balance(gone, Account.WRITE_OFFS)) == (0, ALL_MINOR)
    assert list(violations([gone.lender])) == []
