"""What the pages of the record hold, whose it is, and how many queries it takes."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Borrower, Lender
from credit import services
from credit.codes import Mark
from credit.models import MonthFact, Tradeline
from credit.selectors import record as selectors
from tests.conftest import TODAY

DEFERRED = {"had_obligation": False, "scheduled_minor": 0, "paid_minor": 0, "relief_kind": "temporary"}


@pytest.fixture
def second(borrower: Borrower, jiangpan: Lender) -> Tradeline:
    """A smaller account of the same person at the other lender."""
    return services.open_tradeline(
        borrower=borrower, lender=jiangpan, reference="JP-7", opened_on=date(2025, 12, 20), original_minor=600_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip


def drawn(years: tuple[selectors.Year, ...]) -> list[tuple[int, list[str]]]:
    """Each year with the states of its cells; blank ones left out."""
    return [(row.year, [getattr(cell, "state", cell) for cell in row.cells if cell]) for row in years]


def test_the_record_shows_each_account_and_all_of_them_together(
    borrower: Borrower, tradeline: Tradeline, second: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    for month in (1, 2, 3):
        furnish(2026, month)
    furnish(2026, 4, **DEFERRED)
    furnish(2025, 12, on=second)
    furnish(2026, 3, on=second, paid_late=True)
    page = selectors.record_page(borrower.user, TODAY)
    assert [each.reference for each in page.accounts] == ["LN-2026-000001", "JP-7"]
    assert drawn(page.accounts[0].years) == [(2026, ["paid", "paid", "paid", "relief"])]
    assert drawn(page.accounts[1].years) == [(2025, ["paid"]), (2026, ["nil", "nil", "late"])]
    assert drawn(page.years) == [(2025, ["paid"]), (2026, ["paid", "paid", "late", "relief"])]
    assert page.counts == selectors.Counts(on_time=3, late=1, relief=1)
    assert (page.first, page.last, page.as_of) == (date(2024, 5, 1), date(2026, 4, 1), date(2026, 5, 3))
    assert [each.state for each in page.legend] == [Mark.PAID, Mark.LATE, Mark.RELIEF]


def test_a_corrected_month_is_shown_as_it_stands_now(
    borrower: Borrower, tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 3, days_past_due=16)
    furnish(2026, 3, reason="late_payment_found")
    page = selectors.record_page(borrower.user, TODAY)
    assert drawn(page.years) == [(2026, ["paid"])]
    assert page.counts.late == 0


def test_relief_is_never_counted_as_late_even_where_it_froze_a_lateness(
    borrower: Borrower, tradeline: Tradeline, second: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 3, **DEFERRED, days_past_due=31)
    assert selectors.record_page(borrower.user, TODAY).counts == selectors.Counts(on_time=0, late=0, relief=1)
    furnish(2026, 3, on=second, days_past_due=4)
    page = selectors.record_page(borrower.user, TODAY)
    assert page.counts == selectors.Counts(on_time=0, late=1, relief=1)
    assert drawn(page.years) == [(2026, ["relief_late"])]


def test_months_older_than_the_24_shown_are_not_counted(
    borrower: Borrower, qinghe: Lender, furnish: Callable[..., MonthFact]
) -> None:
    old = services.open_tradeline(
        borrower=borrower, lender=qinghe, reference="LN-2024-000001", opened_on=date(2024, 1, 5),
        original_minor=600_000, currency="CNY", acting_user=None,
    )  # fmt: skip
    furnish(2024, 4, on=old, days_past_due=9)
    furnish(2024, 5, on=old)
    page = selectors.record_page(borrower.user, TODAY)
    assert drawn(page.years) == [(2024, ["paid"])]
    assert page.counts == selectors.Counts(on_time=1, late=0, relief=0)


def test_the_words_of_a_month_name_it_and_say_how_late_it_was(
    borrower: Borrower, tradeline: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 2, days_past_due=1)
    furnish(2026, 3, days_past_due=31)
    furnish(2026, 4, **DEFERRED)
    with translation.override("en"):
        cells = selectors.record_page(borrower.user, TODAY).years[0].cells
    assert [cell.label for cell in cells if isinstance(cell, selectors.Glyph)] == [
        "February 2026: 1 day late", "March 2026: 31 days late", "April 2026: On arrangement",
    ]  # fmt: skip


@pytest.mark.parametrize("accounts", [1, 12])
def test_the_record_takes_two_queries_however_many_accounts(
    borrower: Borrower, qinghe: Lender, furnish: Callable[..., MonthFact], accounts: int,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(accounts):
        extra = services.open_tradeline(
            borrower=borrower, lender=qinghe, reference=f"X-{number}", opened_on=date(2026, 1, 1), original_minor=1,
            currency="CNY", acting_user=None,
        )  # fmt: skip
        furnish(2026, 1, on=extra)
    with django_assert_num_queries(2):
        page = selectors.record_page(borrower.user, TODAY)
    assert len(page.accounts) == accounts + 1


def test_a_person_without_a_file_has_an_empty_record(stranger: Borrower) -> None:
    page = selectors.record_page(stranger.user, TODAY)
    assert (page.accounts, page.years, page.as_of) == ((), (), None)


def test_nobody_but_the_borrower_has_the_record(
    tradeline: Tradeline, stranger: Borrower, staff: SimpleNamespace, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 3)
    for user in (stranger.user, staff.reviewer, staff.servicing, staff.other_reviewer):
        assert selectors.record_page(user, TODAY).accounts == ()


def test_staff_of_another_lender_see_no_account_and_no_month(
    tradeline: Tradeline, stranger: Borrower, staff: SimpleNamespace, furnish: Callable[..., MonthFact]
) -> None:
    row = furnish(2026, 3)
    assert list(Tradeline.objects.visible_to(staff.reviewer)) == [tradeline]
    assert list(MonthFact.objects.visible_to(staff.reviewer)) == [row]
    for user in (staff.other_reviewer, staff.other_auditor, staff.collections, stranger.user):
        assert not Tradeline.objects.visible_to(user).exists()
        assert not MonthFact.objects.visible_to(user).exists()


def test_an_account_shows_every_month_and_both_versions_of_a_corrected_one(
    tradeline: Tradeline, furnish: Callable[..., MonthFact], django_assert_num_queries: Any
) -> None:
    furnish(2026, 2)
    furnish(2026, 3, days_past_due=31)
    furnish(2026, 3, reason="late_payment_found")
    with django_assert_num_queries(1):
        page = selectors.tradeline_page(tradeline, TODAY)
    assert [each.month for each in page.months] == [date(2026, 3, 1), date(2026, 2, 1)]
    (corrected,) = page.corrected
    assert [(each.number, each.code, each.stands, each.reason) for each in corrected.versions] == [
        (1, "2", False, ""), (2, "N", True, "late_payment_found"),
    ]  # fmt: skip
    assert drawn(page.account.years) == [(2026, ["nil", "paid", "paid"])]  # nobody furnished January


def test_months_are_given_by_account_and_from_a_day_on(
    tradeline: Tradeline, second: Tradeline, furnish: Callable[..., MonthFact]
) -> None:
    furnish(2026, 1)
    furnish(2026, 2)
    months = selectors.months_for([tradeline, second], since=date(2026, 2, 1))
    assert [row.month for row in months[tradeline.pk]] == [date(2026, 2, 1)]
    assert months[second.pk] == []
