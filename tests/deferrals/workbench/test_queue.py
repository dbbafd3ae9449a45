"""The review queue: its order, what stands in a row, who sees which, and what it costs to draw."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Borrower, Lender, User
from accounts.roles import Role
from accounts.services import appoint
from config import clock
from deferrals import services
from deferrals.models import PolicyVersion, ReliefRequest
from deferrals.selectors.desk import desk_of
from deferrals.selectors.queue import Tab, Wanted, queue_page
from loans.models import Loan
from loans.services import disburse_loan, open_loan
from tests.conftest import NOON
from tests.deferrals.conftest import ask, fixture_loan, noon, product
from tests.deferrals.workbench.conftest import QUEUE, at_desk

Many = Callable[..., list[ReliefRequest]]


def numbers(user: User, **wanted: Any) -> list[str]:
    return [row.request.number for row in queue_page(desk_of(user), Wanted(**wanted)).rows]


def row_of(user: User, request: ReliefRequest) -> Any:
    rows = queue_page(desk_of(user), Wanted()).rows
    return next(row for row in rows if row.request.pk == request.pk)


def decide(request: ReliefRequest, user: User, on: date) -> None:
    with clock.at(noon(on)):
        services.claim(request=request, acting_user=user)
        services.approve(
            request=request, reason_codes=["A02"], words="可以。", expected_version=request.version, acting_user=user
        )


def test_the_nearest_promise_comes_first_whatever_the_amount(
    qinghe: Lender, borrower: Borrower, policy: PolicyVersion, many: Many, staff: Any
) -> None:
    (late,) = many(1, on=date(2026, 4, 20))
    (newer,) = many(1, on=date(2026, 5, 8))
    (older,) = many(1, on=date(2026, 5, 7))
    with clock.at(noon(date(2026, 1, 15))):
        large = open_loan(
            lender=qinghe, borrower=borrower, product=product(qinghe), principal_minor=90_000_000,
            instalment_count=12, disbursed_on=date(2026, 1, 15), acting_user=None,
        )  # fmt: skip
        disburse_loan(loan=large, acting_user=None)
    largest = ask(large, key="large")
    expected = [late.number, older.number, newer.number, largest.number]
    assert numbers(staff.reviewer) == expected
    assert numbers(staff.reviewer, sort="age") == expected


@pytest.mark.parametrize("sort", ["affordable_minor", "-promise", "loans__loan__principal_minor", "pk; drop"])
def test_the_table_is_sorted_by_nothing_but_the_listed_keys(sort: str, many: Many, staff: Any) -> None:
    (older,), (newer,) = many(1, on=date(2026, 5, 7)), many(1)
    page = at_desk(staff.reviewer).get(reverse(QUEUE), {"sort": sort}).context["page"]
    assert page.wanted.sort == "promise"
    assert [row.request.pk for row in page.rows] == [older.pk, newer.pk]


def test_a_table_may_be_sorted_by_ground(many: Many, staff: Any) -> None:
    (loss,), (illness,) = many(1, ground="job_loss", on=date(2026, 5, 7)), many(1, ground="illness")
    assert numbers(staff.reviewer, sort="ground") == [illness.number, loss.number]


def test_late_is_said_in_words(many: Many, staff: Any) -> None:
    # 30 April + 5 business days: 6, 7, 8, 9 (make-up) and 11 May; latest 21 May.
    (request,) = many(1, on=date(2026, 4, 30))
    assert (request.target_on, request.decide_by_on) == (date(2026, 5, 11), date(2026, 5, 21))
    said = {11: "today", 12: "late by 1 day", 14: "late by 3 days", 23: "2 days past the latest day"}
    for day, words in said.items():
        with clock.at(noon(date(2026, 5, day))):
            assert words in at_desk(staff.reviewer).get(reverse(QUEUE)).content.decode()


def test_a_row_says_what_a_reviewer_must_know(relief: ReliefRequest, staff: Any) -> None:
    with clock.at(noon(date(2026, 5, 12))):
        row = row_of(staff.reviewer, relief)
    # 5 business days from 8 May end on 14 May: of 6 days 4 are gone. Age: 9 (make-up), 11, 12 May.
    assert (row.asked, row.left.days, row.left.used, row.age_days) == (3, 2, 666, 3)
    assert (row.days_past_due, row.next_due_on) == (0, date(2026, 5, 15))
    assert (row.in_grace, row.above_limit, row.was_returned) == (False, False, False)
    assert (row.is_mine, row.held_until) == (False, None)


def test_overdue_and_grace_are_flagged(qinghe: Lender, borrower: Borrower, policy: PolicyVersion, staff: Any) -> None:
    request = ask(fixture_loan(qinghe, borrower, paid=2))
    row = row_of(staff.reviewer, request)
    assert (row.days_past_due, row.next_due_on, row.in_grace) == (23, date(2026, 4, 15), False)  # 15 April to 8 May
    assert "overdue" in at_desk(staff.reviewer).get(reverse(QUEUE)).content.decode()


def test_an_instalment_in_grace_is_flagged_and_not_overdue(relief: ReliefRequest, staff: Any) -> None:
    with clock.at(noon(date(2026, 5, 17))):
        row = row_of(staff.reviewer, relief)
    assert (row.in_grace, row.days_past_due) == (True, 0)


def test_a_principal_above_the_limit_is_flagged(qinghe: Lender, loan: Loan, staff: Any) -> None:
    services.publish_policy(
        lender=qinghe, code="CN-2026.2", terms={"reviewer_limit_minor": 915_904}, effective_from=date(2026, 5, 1),
        acting_user=None,
    )  # fmt: skip
    assert row_of(staff.reviewer, ask(loan)).above_limit


def test_a_case_given_back_is_flagged(mine: ReliefRequest, staff: Any) -> None:
    services.release(request=mine, acting_user=staff.reviewer)
    assert row_of(staff.reviewer, mine).was_returned


def test_a_case_whose_lease_ran_out_is_free_again(mine: ReliefRequest, staff: Any) -> None:
    assert row_of(staff.second_reviewer, mine).held_until is not None
    with clock.at(NOON + timedelta(minutes=60)):
        row = row_of(staff.second_reviewer, mine)
        page = queue_page(desk_of(staff.second_reviewer), Wanted())
        assert numbers(staff.reviewer, tab=Tab.MINE) == []
        assert queue_page(desk_of(staff.reviewer), Wanted()).counts.mine == 0
    assert (row.held_until, row.was_returned) == (None, True)
    assert page.next_request == mine


def test_each_tab_holds_its_own(many: Many, staff: Any) -> None:
    waiting, held, offered = many(3)
    services.claim(request=held, acting_user=staff.reviewer)
    decide(offered, staff.second_reviewer, date(2026, 5, 8))
    shown = {tab: set(numbers(staff.reviewer, tab=tab)) for tab in Tab}
    assert shown == {
        Tab.ACT: {waiting.number, held.number},
        Tab.MINE: {held.number},
        Tab.OFFERED: {offered.number},
        Tab.DECIDED: {offered.number},
    }
    counts = queue_page(desk_of(staff.reviewer), Wanted()).counts
    assert (counts.act, counts.mine, counts.offered, counts.decided) == (2, 1, 1, 1)
    with clock.at(noon(date(2026, 5, 9))):
        assert numbers(staff.reviewer, tab=Tab.DECIDED) == []


def test_the_load_counts_what_is_late_and_what_is_due_soon(many: Many, staff: Any) -> None:
    many(1, on=date(2026, 4, 20))  # target long past
    many(2, on=date(2026, 4, 29))  # 30 April, 6, 7, 8, 9 May: due tomorrow
    many(4)
    counts = queue_page(desk_of(staff.reviewer), Wanted()).counts
    assert (counts.act, counts.late, counts.soon) == (7, 1, 2)


def test_the_median_counts_business_days_to_the_decision(many: Many, staff: Any) -> None:
    first, second, _open = many(3)
    assert queue_page(desk_of(staff.reviewer), Wanted()).median_days is None
    decide(first, staff.reviewer, date(2026, 5, 8))
    decide(second, staff.reviewer, date(2026, 5, 12))  # 9 (make-up), 11, 12 May: 3
    with clock.at(noon(date(2026, 5, 12))):
        assert queue_page(desk_of(staff.reviewer), Wanted()).median_days == Decimal("1.5")
    with clock.at(noon(date(2026, 6, 8))):  # 8 May is 31 days ago, 12 May is 27
        assert queue_page(desk_of(staff.reviewer), Wanted()).median_days == Decimal(3)


@pytest.mark.parametrize("find", ["R-2026-000001", "晓雨", "wang xiao"])
def test_a_request_is_found_by_number_or_name(find: str, relief: ReliefRequest, many: Many, staff: Any) -> None:
    many(2)
    response = at_desk(staff.reviewer).get(reverse(QUEUE), {"q": find})
    assert [row.request.pk for row in response.context["page"].rows] == [relief.pk]


def test_requests_are_filtered_by_ground(many: Many, staff: Any) -> None:
    many(2, ground="illness")
    (loss,) = many(1, ground="job_loss")
    assert numbers(staff.reviewer, ground="job_loss") == [loss.number]
    assert "Nothing matches." in at_desk(staff.reviewer).get(reverse(QUEUE), {"ground": "study"}).content.decode()


def test_five_rows_cost_as_many_queries_as_sixty(many: Many, staff: Any, django_assert_num_queries: Any) -> None:
    client, desk = at_desk(staff.reviewer), desk_of(staff.reviewer)
    many(5)
    with django_assert_num_queries(12):
        queue_page(desk, Wanted())
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse(QUEUE))
    many(55)
    with django_assert_num_queries(12):
        assert len(queue_page(desk, Wanted()).rows) == 50
    with CaptureQueriesContext(connection) as lots:
        page = client.get(reverse(QUEUE)).context["page"]
    assert len(lots) == len(few)
    assert page.page.paginator.num_pages == 2
    assert len(client.get(reverse(QUEUE), {"page": 2}).context["page"].rows) == 10


def test_another_lenders_requests_are_never_there(relief: ReliefRequest, staff: Any) -> None:
    page = at_desk(staff.other_reviewer).get(reverse(QUEUE)).context["page"]
    assert (page.rows, page.counts.act, page.next_request) == ((), 0, None)


def test_ones_own_request_is_never_there(relief: ReliefRequest, many: Many, qinghe: Lender) -> None:
    user = relief.borrower.user
    appoint(user=user, lender=qinghe, role=Role.REVIEWER, acting_user=None)
    (others,) = many(1)
    assert numbers(user) == [others.number]
    page = queue_page(desk_of(user), Wanted())
    assert (page.counts.act, page.next_request) == (1, others)


def test_a_person_with_two_roles_sees_each_request_once(relief: ReliefRequest, qinghe: Lender, staff: Any) -> None:
    appoint(user=staff.reviewer, lender=qinghe, role=Role.AUDITOR, acting_user=None)
    assert numbers(staff.reviewer) == [relief.number]
    assert queue_page(desk_of(staff.reviewer), Wanted()).counts.act == 1


@pytest.mark.parametrize("role", ["intake", "collections", "servicing", "appeal_reviewer"])
def test_staff_without_the_right_to_look_find_nothing(role: str, relief: ReliefRequest, staff: Any) -> None:
    assert at_desk(getattr(staff, role)).get(reverse(QUEUE)).status_code == 404


def test_a_superuser_without_a_post_finds_nothing(relief: ReliefRequest) -> None:
    root = User.objects.create_superuser(email="root@example.org", password="x" * 12, name="root")
    assert at_desk(root).get(reverse(QUEUE)).status_code == 404


def test_an_auditor_sees_the_queue_without_a_button(relief: ReliefRequest, staff: Any) -> None:
    text = at_desk(staff.auditor).get(reverse(QUEUE)).content.decode()
    assert relief.number in text
    assert "Give me the next one" not in text


def test_a_reviewer_is_told_which_case_comes_next(relief: ReliefRequest, many: Many, staff: Any) -> None:
    (older,) = many(1, on=date(2026, 5, 6))
    text = at_desk(staff.reviewer).get(reverse(QUEUE)).content.decode()
    assert f'Next: <span class="ref">{older.number}</span>, 4 days left' in text  # 6 May + 5: 12 May
    assert "0 of 5" in text


def test_the_next_case_is_one_that_the_person_may_claim(
    relief: ReliefRequest, qinghe: Lender, jiangpan: Lender, staff: Any
) -> None:
    appoint(user=staff.other_reviewer, lender=qinghe, role=Role.AUDITOR, acting_user=None)
    page = queue_page(desk_of(staff.other_reviewer), Wanted())
    assert [row.request for row in page.rows] == [relief]
    assert (page.may_claim, page.next_request) == (True, None)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
@pytest.mark.parametrize("tab", list(Tab))
def test_the_queue_opens_in_each_language(language: str, tab: Tab, mine: ReliefRequest, staff: Any) -> None:
    response = at_desk(staff.reviewer, language).get(reverse(QUEUE), {"tab": tab.value})
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
