"""One case on one screen: figures, marks for what changed, rules, and who may do what."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Lender
from config import clock
from deferrals import services
from deferrals.models import ReliefRequest
from deferrals.selectors.case import CasePage, Line, case_page
from deferrals.selectors.desk import desk_of
from deferrals.workbench.sheet import changed, sheet
from loans.models import Loan
from loans.services import record_payment
from tests.conftest import NOON
from tests.deferrals.conftest import ask, noon, signed
from tests.deferrals.workbench.conftest import address, at_desk


def page_of(request: ReliefRequest, user: Any) -> CasePage:
    found = ReliefRequest.objects.select_related("lender", "borrower", "policy").get(pk=request.pk)
    return case_page(found, desk_of(user))


def shown(request: ReliefRequest, user: Any, language: str = "en") -> str:
    return str(at_desk(user, language).get(address("case", request)).content.decode())


def test_the_figures_of_the_fixture_are_the_published_ones(mine: ReliefRequest, staff: Any) -> None:
    """The relief process, 2.1: A2_SHIFT_SPREAD of L1."""
    reading = page_of(mine, staff.reviewer).reading
    asked = reading.projection
    assert asked is not None
    assert (asked.resume_minor, asked.resume_on) == (111_635, date(2026, 8, 15))
    assert (asked.cost_to_borrower_minor, asked.lender_npv_given_up_minor) == (32_973, 2_211)
    assert (asked.left_before_minor, asked.left_after_minor, asked.months_added) == (971_732, 1_004_705, 3)
    assert asked.shock == Decimal("0.0339")
    assert (reading.short_after_minor, reading.short_now_minor) == (111_635, 107_971)
    text = shown(mine, staff.reviewer)
    for figure in ("1,116.35", "329.73", "22.11", "10,047.05", "9,717.32", "+3.4%", "1,079.71 short"):
        assert figure in text


def test_old_and_new_schedule_stand_side_by_side(mine: ReliefRequest, staff: Any) -> None:
    # Eight instalments of 1,079.71 become 1,116.35; the last, 1,079.64, becomes 1,116.25.
    assert page_of(mine, staff.reviewer).lines == (
        Line(4, 11, date(2026, 5, 15), date(2026, 12, 15), 107_971, date(2026, 8, 15), date(2027, 3, 15), 111_635),
        Line(12, 12, date(2027, 1, 15), date(2027, 1, 15), 107_964, date(2027, 4, 15), date(2027, 4, 15), 111_625),
    )


def test_what_they_can_pay_is_held_against_the_instalment(loan: Loan, staff: Any) -> None:
    request = ask(loan, affordable_minor=110_000)
    reading = page_of(request, staff.reviewer).reading
    assert (reading.short_now_minor, reading.short_after_minor) == (0, 1_635)  # 1,116.35 - 1,100.00


def test_nothing_is_marked_where_nothing_changed(mine: ReliefRequest, staff: Any) -> None:
    assert changed(page_of(mine, staff.reviewer).reading) == {}
    assert 'class="changed"' not in shown(mine, staff.reviewer)


def test_what_changed_since_the_request_is_marked(mine: ReliefRequest, loan: Loan, staff: Any) -> None:
    with clock.at(noon(date(2026, 5, 9))):
        record_payment(loan=loan, amount_minor=20_000, key="part", channel="borrower", acting_user=loan.borrower.user)
        was = changed(page_of(mine, staff.reviewer).reading)
        text = shown(mine, staff.reviewer)
    # 200.00 pay the interest of 109.91 first, the rest goes to the principal: 9,159.05 - 90.09.
    assert (was["principal_left_minor"], was["left_minor"]) == (915_905, 971_732)
    assert "¥9,068.96" in text
    assert 'was <span class="money">¥9,159.05</span> on <time datetime="2026-05-08">8 May</time>' in text


def test_rules_say_how_they_came_out_and_on_which_figures(mine: ReliefRequest, staff: Any) -> None:
    text = shown(mine, staff.reviewer)
    assert "A person decides every pause; asked for 3." in text
    assert "A reviewer decides up to ¥50,000.00 of principal left; here ¥9,159.05." in text


def test_holds_clocks_and_what_was_done_support_the_case(mine: ReliefRequest, staff: Any) -> None:
    with clock.at(NOON + timedelta(days=1)), translation.override("en"):
        services.claim(request=mine, acting_user=staff.reviewer)
        page = page_of(mine, staff.reviewer)
        rows = sheet(page)
        said = [str(hold["note"]) for hold in rows["holds"]]
        done = [note["text"] for note in rows["notes"]]
    assert said == [
        "Requests for payment", "Legal steps", "Penalty interest", "Credit record", "Credit limit",
    ]  # fmt: skip
    due = [(row["label"], row["due_on"]) for row in rows["promises"]]
    assert [on for _label, on in due] == [date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 29), date(2026, 5, 15)]
    assert done[-1] == "Request received"


def test_earlier_decisions_for_the_ground_are_counted(mine: ReliefRequest, many: Any, staff: Any) -> None:
    same, other = *many(1, ground="illness"), *many(1, ground="study")
    for request in (same, other):
        services.claim(request=request, acting_user=staff.second_reviewer)
        services.approve(
            request=request, reason_codes=["A02"], words="可以。", expected_version=request.version,
            acting_user=staff.second_reviewer,
        )  # fmt: skip
    assert page_of(mine, staff.reviewer).earlier_decisions == {"approved": 1, "denied": 0}


def test_only_the_holder_has_the_form(mine: ReliefRequest, staff: Any) -> None:
    assert "Check and send" in shown(mine, staff.reviewer)
    assert "Check and send" not in shown(mine, staff.second_reviewer)
    assert "reviewer has this case until 13:00." in shown(mine, staff.second_reviewer)
    assert "Check and send" not in shown(mine, staff.auditor)


def test_reasons_are_those_that_the_facts_support(mine: ReliefRequest, staff: Any) -> None:
    reading = page_of(mine, staff.reviewer).reading
    # Able to pay 0.00: less than the instalment after the pause, so R06 and not R05.
    assert [reason.code for reason in reading.for_denial] == ["R06", "R18"]
    text = shown(mine, staff.reviewer)
    assert 'value="R06"' in text
    assert 'value="R05"' not in text


def test_above_the_limit_a_reviewer_is_told_and_a_senior_decides(qinghe: Lender, loan: Loan, staff: Any) -> None:
    services.publish_policy(
        lender=qinghe, code="CN-2026.2", terms={"reviewer_limit_minor": 900_000}, effective_from=date(2026, 5, 1),
        acting_user=None,
    )  # fmt: skip
    request = services.claim(request=ask(loan), acting_user=staff.reviewer)
    text = shown(request, staff.reviewer)
    assert "The principal left is above what you decide." in text
    assert "Check and send" not in text
    services.release(request=request, acting_user=staff.reviewer)
    services.claim(request=request, acting_user=staff.senior)
    assert "Check and send" in shown(request, staff.senior)


def test_a_pause_that_would_end_in_the_past_cannot_be_approved(loan: Loan, staff: Any) -> None:
    request = ask(loan, count=1)
    with clock.at(noon(date(2026, 6, 20))):
        services.claim(request=request, acting_user=staff.reviewer)
        text = shown(request, staff.reviewer)
    assert "What was asked is no longer possible" in text
    assert 'value="approved"' not in text
    assert 'value="denied"' in text


def test_a_limit_of_the_policy_is_said(qinghe: Lender, loan: Loan, staff: Any) -> None:
    services.publish_policy(
        lender=qinghe, code="CN-2026.2", terms={"max_payment_shock": "1.02"}, effective_from=date(2026, 5, 1),
        acting_user=None,
    )  # fmt: skip
    request = services.claim(request=ask(loan), acting_user=staff.reviewer)
    text = shown(request, staff.reviewer)
    assert "After the pause an instalment would be 103.4% of the present one; the policy allows 102.0%." in text
    assert 'value="approved"' not in text


def test_a_loan_settled_meanwhile_has_nothing_to_decide(mine: ReliefRequest, loan: Loan, staff: Any) -> None:
    record_payment(loan=loan, amount_minor=971_732, key="rest", channel="borrower", acting_user=loan.borrower.user)
    loan.refresh_from_db()
    assert loan.state == Loan.State.SETTLED
    assert "The loan is settled, so there is nothing to decide." in shown(mine, staff.reviewer)


def test_a_decided_case_shows_its_decision_and_the_offered_figures(mine: ReliefRequest, staff: Any) -> None:
    services.approve(
        request=mine, reason_codes=["A01"], words="请安心休养。", expected_version=mine.version,
        acting_user=staff.reviewer,
    )  # fmt: skip
    text = shown(mine, staff.second_reviewer)
    for words in (
        "Approved as asked",
        "请安心休养。",
        "You have paid 3 instalments",
        "1,116.35",
        "Offer with the borrower",
    ):
        assert words in text
    assert "Check and send" not in text


def test_a_withdrawn_case_still_opens(relief: ReliefRequest, staff: Any) -> None:
    services.withdraw(request=relief, acting_user=relief.borrower.user)
    text = shown(relief, staff.reviewer)
    assert "No offer was made." in text
    assert "Withdrawn" in text


def test_earlier_relief_on_the_loan_is_linked(mine: ReliefRequest, loan: Loan, staff: Any) -> None:
    assert "None so far." in shown(mine, staff.reviewer)
    offer = services.approve(
        request=mine, reason_codes=["A01"], words="可以。", expected_version=mine.version, acting_user=staff.reviewer
    )
    borrower = loan.borrower.user
    plan = services.accept(offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=borrower)
    services.rescind(plan=plan, acting_user=borrower)
    again = ask(loan, key="ask-2")
    assert page_of(again, staff.reviewer).earlier_plans == (plan,)
    assert address("case", mine) in shown(again, staff.reviewer)


def test_a_case_costs_a_fixed_number_of_queries(
    mine: ReliefRequest, staff: Any, django_assert_num_queries: Any
) -> None:
    desk = desk_of(staff.reviewer)
    request = ReliefRequest.objects.select_related("lender", "borrower", "policy", "claimed_by").get(pk=mine.pk)
    with django_assert_num_queries(13):
        case_page(request, desk)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_case_opens_in_each_language(language: str, mine: ReliefRequest, staff: Any) -> None:
    response = at_desk(staff.reviewer, language).get(address("case", mine))
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
    text = response.content.decode()
    assert "住院三个月" in text
    assert ("2026年8月15日" in text) == (language != "en")
