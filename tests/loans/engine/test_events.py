"""What happens to a loan, read from its written form."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from loans.engine.calendar import Unit
from loans.engine.events import ExtraInstalments, InterestPause, MoveDueDate, RateChange, ReAge, read_events
from loans.engine.request import RequestError
from loans.engine.terms import LAST_DAY

PAID_OUT = date(2026, 1, 15)
AGED = {"kind": "re_age", "on": "2026-04-01", "instalments": 3, "first_due_on": "2026-05-01"}


def read(**event):
    return read_events([event], PAID_OUT)[0]


def test_an_event_is_read_whole():
    on, first = date(2026, 4, 1), date(2026, 5, 1)
    assert read(**AGED) == ReAge(on, 3, 1, Unit.MONTH, first)
    assert read(**AGED, every=2, unit="week") == ReAge(on, 3, 2, Unit.WEEK, first)
    assert read(**{**AGED, "every": 366, "instalments": 1}).every == 366
    assert read(kind="interest_pause", on="2026-04-01", until="2026-04-01") == InterestPause(on, on)
    assert read(kind="interest_pause", on="2026-04-01", until=LAST_DAY.isoformat()).until == LAST_DAY
    moved = read(kind="move_due_date", on="2026-04-01", number=1200, to="2026-05-01")
    assert moved == MoveDueDate(on, 1200, first)
    assert read(kind="extra_instalments", on="2026-04-01", count=600) == ExtraInstalments(on, 600)
    assert read(kind="rate_change", on="2026-04-01", rate_annual="0") == RateChange(on, Decimal(0))
    assert read(kind="rate_change", on="2026-04-01", rate_annual="10") == RateChange(on, Decimal(10))


@pytest.mark.parametrize(
    ("event", "field", "code"),
    [
        ({"kind": "extra_instalments", "on": "2026-04-01", "count": 0}, "count", "too_small"),
        ({"kind": "extra_instalments", "on": "2026-04-01", "count": 601}, "count", "too_large"),
        ({"kind": "interest_pause", "on": "2026-04-01", "until": "May"}, "until", "not_a_date"),
        ({"kind": "move_due_date", "on": "2026-04-01", "number": 0, "to": "2026-05-01"}, "number", "too_small"),
        ({"kind": "move_due_date", "on": "2026-04-01", "number": 1201, "to": "2026-05-01"}, "number", "too_large"),
        ({"kind": "move_due_date", "on": "2026-04-01", "number": 1, "to": "May"}, "to", "not_a_date"),
        ({"kind": "rate_change", "on": "2026-04-01", "rate_annual": "low"}, "rate_annual", "not_a_number"),
        ({"kind": "re_amortise", "on": "May"}, "on", "not_a_date"),
        ({"kind": "re_amortise", "on": "2026-04-01", "every": 1}, "every", "unknown_key"),
        ({**AGED, "first_due_on": "1 May"}, "first_due_on", "not_a_date"),
        ({**AGED, "every": 0}, "every", "too_small"),
        ({**AGED, "every": 367}, "every", "too_large"),
        ({**AGED, "instalments": 0}, "instalments", "too_small"),
    ],
)
def test_an_event_written_wrongly_is_refused_by_its_field(event, field, code):
    with pytest.raises(RequestError) as refused:
        read(**event)
    assert (refused.value.field, refused.value.code) == (f"events[0].{field}", code)


def test_new_instalments_may_end_with_the_calendar_and_not_after_it():
    # Two months count as 62 days at most.
    last = LAST_DAY - timedelta(days=62)
    aged = {**AGED, "instalments": 1, "every": 2}
    assert read(**{**aged, "first_due_on": last.isoformat()}).first_due_on == last
    with pytest.raises(RequestError) as refused:
        read(**{**aged, "first_due_on": (last + timedelta(days=1)).isoformat()})
    assert (refused.value.field, refused.value.code) == ("events[0].instalments", "beyond_the_calendar")
