"""What a schedule has to remember beside its rows."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given

from loans.engine.earning import Earning, Rates
from loans.engine.profile import PROFILES
from loans.engine.relief import Append, DueDay, Pause, Rate
from loans.engine.remembered import NOTHING_REMEMBERED, Remembered, version_hash
from loans.engine.schedule import schedule, schedule_hash
from tests.loans.engine.loans_made_up import l1
from tests.loans.engine.relief_made_up import PLANS, running, worked


@given(running(), PLANS)
def test_what_is_remembered_survives_storage(loan, components):
    made_up, _, paid = loan
    found = worked(*components, terms=made_up, paid=paid, as_of=made_up.disbursed_on).remembered
    assert Remembered.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_a_contract_has_nothing_to_remember_and_a_relief_that_leaves_nothing_says_so():
    assert NOTHING_REMEMBERED.as_dict() == {}
    assert Remembered.from_dict({}) == NOTHING_REMEMBERED
    assert Remembered(Earning()).as_dict() == {"stretches": [], "idle": []}


def test_it_is_written_in_plain_words():
    assert worked(Pause(3)).remembered.as_dict() == {
        "stretches": [
            {
                "opens_on": "2026-04-15",
                "ends_on": "2026-07-15",
                "principal_minor": 915905,
                "interest_minor": 32973,
                "own_minor": 0,
                "is_added": False,
            }
        ],
        "idle": [],
    }
    # Three at 7.2 %: 15 May, June and July, so until 15 July.
    cut = worked(Rate(Decimal("0.072"), 3)).remembered.as_dict()
    assert (cut["cut_rate_annual"], cut["cut_until"]) == ("0.072", "2026-07-15")
    assert worked(DueDay(25)).remembered.as_dict()["due_day"] == 25
    assert worked(Append((4, 5))).remembered.as_dict()["idle"] == [[11, 96980], [12, 98144]]


def test_interest_is_counted_at_its_rates_and_by_its_due_day():
    told = Remembered(cut_rate_annual=Decimal("0.072"), cut_until=date(2026, 7, 15), due_day=25)
    twelfths = PROFILES["30-360"]
    assert told.rates(Decimal("0.144"), twelfths, 15) == Rates(
        Decimal("0.144"), twelfths, Decimal("0.072"), date(2026, 7, 15), 25
    )
    assert NOTHING_REMEMBERED.rates(Decimal("0.144"), twelfths, 15).anchor_day == 15


def test_a_later_relief_keeps_the_due_day_unless_it_changes_it():
    first = Remembered(Earning(), Decimal("0.072"), None, 25)
    assert first.then(Remembered(Earning())) == Remembered(Earning(), due_day=25)
    assert first.then(Remembered(due_day=10)).due_day == 10


def test_the_hash_is_that_of_the_rows_until_there_is_something_to_remember():
    rows = schedule(l1())
    assert version_hash(rows, {}) == schedule_hash(rows)
    others = [version_hash(rows, told) for told in ({"due_day": 25}, {"due_day": 26})]
    assert len({schedule_hash(rows), *others}) == 3
    assert version_hash(rows[:-1], {"due_day": 25}) != others[0]
