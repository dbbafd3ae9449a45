"""A written-off loan on the credit file: bad debt from that month until it is paid, told beforehand, and put right."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts import guards
from accounts.models import User
from credit.codes import Mark, mark, pboc
from credit.facts import MonthFacts, Relief
from credit.grid import Marked
from credit.models import MonthFact
from credit.report import ReportMonth
from credit.words import NAMES, correction_reason, words
from loans import services
from loans.books import violations
from loans.models import Forewarning, HeldMonth, Loan
from loans.services.month_run import run_months
from tests.loans.conftest import at_noon
from tests.loans.reporting import agreed, told
from tests.loans.test_months import june
from tests.loans.writing_off import ALL_MINOR, INTEREST_MINOR, pay, supervisor, write_off

NOVEMBER = date(2026, 11, 22)


def codes(loan: Loan) -> dict[int, str]:
    """The code of each month from August on, by its number."""
    rows = MonthFact.objects.current().filter(tradeline__reference=loan.number, month__gte=date(2026, 8, 1))
    return {row.month.month: pboc(MonthFacts.of(row)) for row in rows.order_by("month")}


def late_in(loan: Loan, first: int) -> dict[int, tuple[str, int, int]]:
    """Code, days past due and arrears of each month from that one on, by its number."""
    rows = MonthFact.objects.current().filter(tradeline__reference=loan.number, month__month__gte=first)
    return {
        row.month.month: (pboc(MonthFacts.of(row)), row.days_past_due, row.arrears_minor)
        for row in rows.order_by("month")
    }


def take_back(loan: Loan, proposer: User, decider: User) -> None:
    proposal = services.propose_undo(loan=loan, words="弄错了合同号。", acting_user=proposer)
    services.approve_proposal(proposal=proposal, acting_user=decider)


def test_the_month_of_the_write_off_is_bad_debt_and_not_the_one_before() -> None:
    said = {day: june(written_off_on=day) for day in (date(2026, 6, 30), date(2026, 7, 1))}
    assert [pboc(facts) for facts in said.values()] == ["B", "1"]
    assert said[date(2026, 6, 30)].days_past_due == 20


def test_settled_in_the_month_it_is_not_bad_debt_any_more() -> None:
    assert pboc(june(written_off_on=date(2026, 6, 15), settled_on=date(2026, 6, 20))) == "C"
    assert pboc(june(written_off_on=date(2026, 6, 15), settled_on=date(2026, 7, 1))) == "B"


def test_a_month_of_relief_keeps_what_it_said() -> None:
    facts = june(
        written_off_on=date(2026, 6, 29), paused_on=[date(2026, 6, 10)], rows_in_force=[], relief_reference="R-1"
    )
    assert (facts.relief_kind, pboc(facts), mark(facts)) == (Relief.TEMPORARY, "*", Mark.RELIEF)


@pytest.mark.django_db
def test_months_go_to_the_file_as_bad_debt_until_it_is_paid(gone: Loan) -> None:
    agreed(gone.borrower, gone.lender)
    told(gone, date(2026, 2, 20))
    with at_noon(NOVEMBER):
        run_months(lender=gone.lender)
        assert codes(gone) == {8: "7", 9: "B", 10: "B"}
        pay(gone, ALL_MINOR + INTEREST_MINOR, "all")
    with at_noon(date(2026, 12, 10)):
        run_months(lender=gone.lender)
    assert codes(gone) == {8: "7", 9: "B", 10: "B", 11: "C"}
    assert list(violations([gone.lender])) == []


@pytest.mark.django_db
def test_bad_debt_waits_for_its_own_telling_though_the_borrower_knew_they_were_late(
    late: Loan, staff: SimpleNamespace, settings: Any
) -> None:
    settings.ADVERSE_NOTICE_DAYS = 10
    agreed(late.borrower, late.lender)
    told(late, date(2026, 2, 20))
    write_off(late, staff.collections, staff.supervisor, on=date(2026, 9, 30))
    with at_noon(date(2026, 10, 9)):
        run_months(lender=late.lender)
    assert codes(late) == {8: "7"}
    assert list(HeldMonth.objects.filter(loan=late).values_list("month__month", "reason")) == [(9, "just_told")]
    with at_noon(date(2026, 10, 10)):
        run_months(lender=late.lender)
    assert codes(late) == {8: "7", 9: "B"}


@pytest.mark.django_db
def test_without_telling_bad_debt_is_held_back(late: Loan, staff: SimpleNamespace) -> None:
    agreed(late.borrower, late.lender)
    told(late, date(2026, 2, 20))
    write_off(late, staff.collections, staff.supervisor)
    with guards.lifted(connection):
        Forewarning.objects.filter(kind="bad_debt").delete()
    with at_noon(date(2026, 10, 10)):
        services.furnish_months(loan=late, through=date(2026, 9, 1), acting_user=None)
    assert codes(late) == {8: "7"}
    assert list(HeldMonth.objects.filter(loan=late).values_list("month__month", "reason")) == [(9, "not_told")]


@pytest.mark.django_db
def test_a_write_off_taken_back_puts_its_months_right(gone: Loan, staff: SimpleNamespace) -> None:
    agreed(gone.borrower, gone.lender)
    told(gone, date(2026, 2, 20))
    with at_noon(NOVEMBER):
        run_months(lender=gone.lender)
        proposal = services.propose_undo(loan=gone, words="弄错了合同号。", acting_user=staff.collections)
        services.approve_proposal(proposal=proposal, acting_user=staff.supervisor)
    assert codes(gone) == {8: "7", 9: "7", 10: "7"}
    reasons = MonthFact.objects.current().filter(month__gte=date(2026, 9, 1)).values_list("reason", flat=True)
    assert {str(correction_reason(reason)) for reason in reasons} <= {"a write-off was taken back", "核销已撤回"}


@pytest.mark.django_db
def test_a_write_off_taken_back_leaves_a_loan_that_was_paid_in_time_as_it_was(
    paid_three: Loan, staff: SimpleNamespace
) -> None:
    """February to May are paid when due; written off on 20 May, the wrong person's; taken back on 10 June."""
    agreed(paid_three.borrower, paid_three.lender)
    with at_noon(date(2026, 5, 15)):
        pay(paid_three, 107_971, "p4")
    decider = supervisor(paid_three.lender)
    write_off(paid_three, staff.collections, decider, on=date(2026, 5, 20), ground="death")
    with at_noon(date(2026, 6, 10)):
        run_months(lender=paid_three.lender)
        assert late_in(paid_three, 4) == {4: ("N", 0, 0), 5: ("B", 11, 820_563)}
        take_back(paid_three, staff.collections, decider)
    assert late_in(paid_three, 4) == {4: ("N", 0, 0), 5: ("N", 0, 0)}


@pytest.mark.django_db
def test_a_write_off_taken_back_leaves_no_arrears_but_what_was_due(gone: Loan, staff: SimpleNamespace) -> None:
    """Nothing paid since 15 February: at the end of September eight instalments are due, in October nine."""
    agreed(gone.borrower, gone.lender)
    told(gone, date(2026, 2, 20))
    with at_noon(NOVEMBER):
        run_months(lender=gone.lender)
        take_back(gone, staff.collections, staff.supervisor)
    assert late_in(gone, 9) == {9: ("7", 227, 8 * 107_971), 10: ("7", 258, 9 * 107_971)}


@pytest.mark.django_db
def test_a_lender_who_looks_sees_that_it_was_written_off(gone: Loan) -> None:
    """What a decision may count: rule P01 looks for it (tests/golden/cross_product.csv)."""
    agreed(gone.borrower, gone.lender)
    told(gone, date(2026, 2, 20))
    with at_noon(NOVEMBER):
        run_months(lender=gone.lender)
    last = MonthFact.objects.current().latest("month")
    assert ReportMonth.of(MonthFacts.of(last)).status_end == "charged_off"
    assert words(Marked(Mark.BAD_DEBT, last.days_past_due)) == str(NAMES[Mark.BAD_DEBT])
