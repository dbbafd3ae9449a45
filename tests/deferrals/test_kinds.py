"""Every kind of relief that a policy may name, from the request to the books.

Figures: the worked table of the relief process (L1, help asked on 8 May with instalments 4 to 6); where
it has none, they are derived beside the case.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Borrower, Lender
from config import clock
from credit.models import MonthFact
from deferrals import services
from deferrals.beside import beside
from deferrals.models import Letter, Offer
from loans.books import violations
from loans.engine.prepayment import Keep
from loans.engine.relief import Projection
from loans.models import Loan, ScheduleVersion
from loans.selectors.settle_page import quote
from loans.selectors.standing import standing
from loans.services import furnish_months, record_payment, repay_early, settle_early
from tests.deferrals.conftest import ask, fixture_loan, noon, signed
from tests.deferrals.pages import reader, url
from tests.deferrals.test_story import approve
from tests.deferrals.workbench.conftest import address, at_desk
from tests.loans.pages.conftest import LANGUAGES, speak, words
from tests.loans.reporting import reportable

ANY_SHOCK = {"max_payment_shock": None}
KINDS: dict[str, tuple[dict[str, Any], list[int], str, str, int]] = {
    # the policy's terms, instalments after relief, the first and last date, what is left
    "all wait without interest": ({"interest": "WAIVE"}, [107971] * 8 + [107964], "2026-08-15", "2027-04-15", 971732),
    "interest with the last": ({"collect": "LAST"}, [107971] * 8 + [140937], "2026-08-15", "2027-04-15", 1004705),
    # 9,159.05 over six as in E1, 1,591.26 x 5 and 1,591.25, and 329.73 in six parts: 54.96 x 5 and 54.93.
    "until the same end": (
        {"then": "KEEP_END", **ANY_SHOCK},
        [164622] * 5 + [164618],
        "2026-08-15",
        "2027-01-15",
        987728,
    ),
    # F1: 1,048.45 x 8 and 1,048.40; 9,159.05 x 0.6 % x 3 = 164.86 in nine parts: 18.32 x 8 and 18.30.
    "at half the rate": ({"rate_share": "0.5"}, [106677] * 8 + [106670], "2026-08-15", "2027-04-15", 960086),
    "moved behind": ({"kind": "APPEND"}, [107971] * 5 + [107964] + [107971] * 3, "2026-08-15", "2027-04-15", 971732),
    "moved behind with interest": (
        {"kind": "APPEND", "append_interest": "SIMPLE"},
        # 1,079.71 and 104.74, 106.00, 107.27 on the principal of each, nine months.
        [107971] * 5 + [107964, 118445, 118571, 118698],
        "2026-08-15",
        "2027-04-15",
        1003533,
    ),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def loan(qinghe: Lender, borrower: Borrower, kind: str) -> Loan:
    publish(qinghe, KINDS[kind][0])
    return fixture_loan(qinghe, borrower)


@pytest.fixture
def offer(loan: Loan, staff: SimpleNamespace) -> Offer:
    return approve(ask(loan), staff.reviewer)


def publish(lender: Lender, terms: dict[str, Any]) -> None:
    services.publish_policy(
        lender=lender, code="CN-2026.1", terms=terms, effective_from=date(2026, 1, 1), acting_user=None
    )


def take(offer: Offer) -> Any:
    return services.accept(
        offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=offer.request.borrower.user
    )


def test_what_is_shown_is_stored_and_in_force(offer: Offer, loan: Loan, kind: str) -> None:
    _, dues, first_on, last_on, left_minor = KINDS[kind]
    shown = Projection.from_dict(offer.projection)
    plan = take(offer)
    loan.refresh_from_db()
    held = standing(loan, date(2026, 5, 8))
    assert held.rows == shown.schedule_after
    assert held.remembered == shown.remembered
    assert [row.due_minor for row in held.unpaid_rows] == dues
    assert [str(row.due_on) for row in (held.unpaid_rows[0], held.unpaid_rows[-1])] == [first_on, last_on]
    assert held.left_minor == shown.left_after_minor == left_minor
    assert [str(on) for on in held.paused_on] == ["2026-05-15", "2026-06-15", "2026-07-15"]
    assert [str(each.month) for each in plan.months.order_by("month")] == ["2026-05-01", "2026-06-01", "2026-07-01"]
    assert list(violations([loan.lender])) == []


def test_every_page_and_letter_can_tell_it(offer: Offer, loan: Loan, kind: str, staff: SimpleNamespace) -> None:
    at = reader(loan.borrower.user)
    for language in LANGUAGES:
        speak(at, language)
        said = words(at.get(url("offer", offer.request)))
        for due_minor in set(KINDS[kind][1]):
            assert f"{due_minor / 100:,.2f}" in said
    desk = at_desk(staff.reviewer).get(address("case", offer.request))
    assert f"{KINDS[kind][1][0] / 100:,.2f}" in words(desk)
    take(offer)
    letter = Letter.objects.get(request=offer.request, kind=Letter.Kind.AGREEMENT)
    table = next(block for block in letter.blocks if block["kind"] == "table")
    assert len(table["rows"]) == len(beside(Projection.from_dict(offer.projection)))
    speak(at, "en")
    assert at.get(url("request", offer.request)).status_code == 200
    assert at.get(f"/loans/{loan.public_id}/").status_code == 200


def test_the_form_says_what_is_true_of_this_kind(loan: Loan, kind: str) -> None:
    said = words(reader(loan.borrower.user).get(url("new", loan)))
    assert ("go behind the last one" in said) is kind.startswith("moved")
    assert ("no interest is charged for the pause" in said) is (kind == "all wait without interest")


def test_the_loan_can_be_paid_off_at_any_time_and_the_steps_add_up(offer: Offer, loan: Loan, kind: str) -> None:
    take(offer)
    on = date(2026, 6, 30)
    with clock.at(noon(on)):
        loan.refresh_from_db()
        said = quote(standing(loan, on))
        assert sum(step.amount_minor for step in said.steps) == said.total_minor
        # Days of 30 April to 30 June, 75 of them; half of it at half the rate; of the moved ones their own months.
        interest_minor = {"all wait without interest": 0, "at half the rate": 13739}.get(kind, 27477)
        if kind.startswith("moved"):
            interest_minor = 25143
        assert (said.payoff.principal_minor, said.payoff.interest_minor) == (915905, interest_minor)
        settle_early(loan=loan, key="off", value_on=on, acting_user=None)
        loan.refresh_from_db()
        assert loan.state == Loan.State.SETTLED
        assert list(violations([loan.lender])) == []


def test_a_part_can_be_repaid_and_a_second_relief_asked_for(offer: Offer, loan: Loan) -> None:
    take(offer)
    with clock.at(noon(date(2026, 7, 1))):
        repay_early(loan=loan, amount_minor=200000, keep=Keep.COUNT, key="part", acting_user=None)
        assert list(violations([loan.lender])) == []
    with clock.at(noon(date(2026, 8, 16))):
        services.tick(lender=loan.lender)
        loan.refresh_from_db()
        row = standing(loan, date(2026, 8, 16)).unpaid_rows[0]
        assert row.due_on == date(2026, 8, 15)
        again = ask(loan, count=1, key="again")
        assert again.state == "ready"


def test_taking_it_back_brings_back_the_schedule_and_what_it_remembered(offer: Offer, loan: Loan) -> None:
    plan = take(offer)
    services.rescind(plan=plan, acting_user=loan.borrower.user)
    loan.refresh_from_db()
    first, now = (ScheduleVersion.objects.get(loan=loan, number=number) for number in (1, 3))
    assert (now.hash, now.remembered) == (first.hash, {})


def test_the_months_in_which_nothing_is_due_are_on_record_as_agreed(offer: Offer, loan: Loan) -> None:
    reportable(loan)
    take(offer)
    with clock.at(noon(date(2026, 9, 4))):
        loan.refresh_from_db()
        furnish_months(loan=loan, through=date(2026, 8, 1), acting_user=None)
    facts = MonthFact.objects.current().filter(tradeline__reference=loan.number, month__gte=date(2026, 5, 1))
    # 15 August is unpaid: 16 days at the end of the month.
    assert [(fact.month.month, fact.days_past_due, fact.relief_kind) for fact in facts.order_by("month")] == [
        (5, 0, "temporary"),
        (6, 0, "temporary"),
        (7, 0, "temporary"),
        (8, 16, "none"),
    ]


def test_of_a_partly_paid_instalment_the_rest_goes_with_the_others(loan: Loan, staff: SimpleNamespace) -> None:
    record_payment(loan=loan, amount_minor=50000, key="part", channel="import", acting_user=None)
    loan.refresh_from_db()
    offer = approve(ask(loan), staff.reviewer)
    shown = Projection.from_dict(offer.projection)
    take(offer)
    held = standing(loan, date(2026, 5, 8))
    assert held.rows == shown.schedule_after
    assert held.left_minor == shown.left_after_minor
    assert (shown.left_before_minor, shown.before[0].due_minor) == (971732 - 50000, 107971 - 50000)
    assert held.unpaid_rows[0].due_on == date(2026, 8, 15)
    assert list(violations([loan.lender])) == []
    # 390.09 of it was principal: 8,768.96 is left.
    assert quote(held).payoff.principal_minor == 876896
