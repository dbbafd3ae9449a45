"""What time alone brings: `manage.py relief_tick`, safe to run again, one lender or all."""

import json
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Borrower, Lender
from config import clock
from deferrals import services
from deferrals.models import Clock, Letter, Offer, ReliefPlan
from deferrals.states import OfferState, RequestState
from loans.models import Loan
from loans.services import settle_early
from tests.deferrals.conftest import ask, fixture_loan, noon, publish, signed
from tests.deferrals.test_story import approve


def run(**options: Any) -> str:
    out = StringIO()
    call_command("relief_tick", stdout=out, **options)
    return out.getvalue()


def done(on: date) -> dict[str, dict[str, int]]:
    with clock.at(noon(on)):
        found: dict[str, dict[str, int]] = json.loads(run(json=True))
        return found


NOTHING = {"settled": 0, "offers_lapsed": 0, "pauses_ended": 0}


def accepted(loan: Loan, reviewer: Any) -> ReliefPlan:
    offer = approve(ask(loan), reviewer)
    return services.accept(
        offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user
    )


def test_an_offer_lapses_the_day_after_its_last_once(loan: Loan, staff: SimpleNamespace) -> None:
    offer = approve(ask(loan), staff.reviewer)
    assert done(offer.expires_on)["qinghe"] == NOTHING
    after = offer.expires_on + timedelta(days=1)
    assert done(after)["qinghe"] == NOTHING | {"offers_lapsed": 1}
    assert done(after)["qinghe"] == NOTHING
    offer.refresh_from_db()
    assert (offer.state, offer.request.state) == (OfferState.EXPIRED, RequestState.OFFER_EXPIRED)
    assert Letter.objects.filter(kind=Letter.Kind.EXPIRED).count() == 1


def test_a_pause_completes_on_the_day_payments_resume_once(loan: Loan, staff: SimpleNamespace) -> None:
    plan = accepted(loan, staff.reviewer)
    assert done(date(2026, 8, 14))["qinghe"] == NOTHING
    assert done(date(2026, 8, 15))["qinghe"] == NOTHING | {"pauses_ended": 1}
    assert done(date(2026, 8, 15))["qinghe"] == NOTHING
    plan.refresh_from_db()
    assert plan.state == ReliefPlan.State.COMPLETED


def test_after_a_long_silence_everything_is_caught_up(
    loan: Loan, qinghe: Lender, borrower: Borrower, staff: Any
) -> None:
    accepted(loan, staff.reviewer)
    other = fixture_loan(qinghe, borrower)
    approve(ask(other, key="other"), staff.reviewer)
    assert done(date(2027, 3, 1))["qinghe"] == NOTHING | {"offers_lapsed": 1, "pauses_ended": 1}


def test_what_is_open_or_taken_back_is_left_alone(loan: Loan, staff: SimpleNamespace) -> None:
    plan = accepted(loan, staff.reviewer)
    services.rescind(plan=plan, acting_user=loan.borrower.user)
    ask(loan, key="open")
    assert done(date(2026, 12, 1))["qinghe"] == NOTHING
    plan.refresh_from_db()
    assert plan.state == ReliefPlan.State.RESCINDED


@pytest.mark.parametrize("offered", [False, True])
def test_a_request_on_a_loan_paid_off_meanwhile_is_closed_once(
    loan: Loan, staff: SimpleNamespace, offered: bool
) -> None:
    request = ask(loan)
    if offered:
        approve(request, staff.reviewer)
    settle_early(loan=loan, key="end", acting_user=None)
    assert done(date(2026, 5, 9))["qinghe"] == NOTHING | {"settled": 1}
    assert done(date(2026, 5, 9))["qinghe"] == NOTHING
    request.refresh_from_db()
    assert request.state == RequestState.ENDED_EARLY
    assert not Offer.objects.filter(state=OfferState.LIVE).exists()
    assert request.letters.latest("pk").kind == Letter.Kind.SETTLED


def test_promises_are_not_closed_by_time(loan: Loan) -> None:
    """A broken promise stays open, so that everybody sees it."""
    request = ask(loan)
    done(date(2026, 7, 1))
    request.refresh_from_db()
    assert request.state == RequestState.READY
    assert Clock.objects.get(request=request, name=Clock.Name.HARD).met_on is None


def test_one_lender_alone_leaves_the_other_as_it_was(
    loan: Loan, jiangpan: Lender, elsewhere: Borrower, staff: SimpleNamespace
) -> None:
    publish(jiangpan)
    theirs = fixture_loan(jiangpan, elsewhere)
    approve(ask(loan), staff.reviewer)
    approve(ask(theirs, key="theirs"), staff.other_reviewer)
    with clock.at(noon(date(2026, 6, 1))):
        said = run(lender="jiangpan")
    assert said.startswith("jiangpan: 1 offers lapsed, 0 pauses ended, ")
    assert said.count("\n") == 1
    assert Offer.objects.get(state=OfferState.LIVE).lender == loan.lender
    assert done(date(2026, 6, 1)) == {"jiangpan": NOTHING, "qinghe": NOTHING | {"offers_lapsed": 1}}


def test_an_unknown_lender_is_named(qinghe: Lender) -> None:
    with pytest.raises(CommandError, match="There is no lender 'nobody'"):
        run(lender="nobody")
