"""What holds of every history of every account: legal records, and no format that makes relief look worse."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit.bureau import au, metro2, pboc
from credit.bureau.records import Past, Record, before
from credit.codes import bucket
from credit.facts import Relief, StatusEnd
from tests.credit.bureau import reader
from tests.credit.bureau.accounts import BILL, CASH, june, past, record, written

DAYS = st.one_of(st.integers(0, 200), st.sampled_from([29, 30, 59, 60, 89, 90, 119, 120, 149, 150, 179, 180, 4000]))
EARLIEST = date(2023, 6, 1)
# No stopwatch on a busy machine.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def since(days: int, end: date) -> date | None:
    """The day after the due date that is so many days before a month's end."""
    return end - timedelta(days=days - 1) if days else None


@st.composite
def histories(draw: st.DrawFn) -> dict[date, Past]:
    """Up to three years of months before June 2026; some are missing."""
    months, month = {}, date(2026, 6, 1)
    for days in draw(st.lists(st.one_of(st.none(), DAYS), max_size=36)):
        end, month = month - timedelta(days=1), before(month)
        if days is not None and month >= EARLIEST:
            months[month] = past(
                days, first_on=since(days, end), due=draw(st.booleans()), balance=draw(st.integers(0, 10**13))
            )
    return months


@st.composite
def accounts(draw: st.DrawFn) -> Record:
    days, relief = draw(DAYS), draw(st.sampled_from(list(Relief)))
    status = draw(st.sampled_from(list(StatusEnd)))
    is_closed = status is StatusEnd.CLOSED
    facts = june(
        scheduled_minor=draw(st.sampled_from([0, 99, 107_971, 10**13])),
        arrears_minor=0 if is_closed else draw(st.integers(0, 10**12)),
        balance_minor=0 if is_closed else draw(st.integers(0, 10**12)),
        days_past_due=0 if is_closed else days,
        first_delinquency_on=None if is_closed else since(days, date(2026, 6, 30)),
        status_end=status,
        relief_kind=relief,
        resumes_on=draw(st.sampled_from([None, date(2026, 8, 15)])) if relief is Relief.TEMPORARY else None,
    )
    account = replace(BILL if is_closed or draw(st.booleans()) else CASH, opened_on=EARLIEST)
    return record(facts, draw(histories()), account=account, is_correction=draw(st.booleans()))


@unhurried
@given(st.lists(accounts(), max_size=3))
def test_every_account_gives_records_that_the_tables_allow(records: list[Record]) -> None:
    assert len(reader.read(written("metro2", records))) == len(records)
    for each in records:
        grid = pboc.grid(each)
        assert len(grid) == 24
        assert set(grid) <= set("NM*1234567BC/#")
        assert "/" not in grid.lstrip("/")
        assert au.repayment_history(each.facts) in "0123456XC"


@unhurried
@given(accounts(), st.sampled_from([Relief.TEMPORARY, Relief.PENDING_HOLD]))
def test_a_month_of_relief_never_says_more_than_the_same_days_without_it(one: Record, relief: Relief) -> None:
    days = one.facts.days_past_due
    plain = june(days_past_due=days)
    relieved = june(days_past_due=days, relief_kind=relief)
    assert metro2.status(relieved) == metro2.status(plain)
    assert au.repayment_history(relieved) == au.repayment_history(plain)
    code = pboc.grid(record(relieved))[-1]
    assert (int(code) if code.isdigit() else 0) <= bucket(days)


@unhurried
@given(accounts(), DAYS, DAYS)
def test_more_days_never_look_better_in_any_format(one: Record, some: int, more: int) -> None:
    fewer, many = sorted((some, more))
    low, high = june(days_past_due=fewer), june(days_past_due=many)
    assert metro2.STATUSES.index(metro2.status(low)) <= metro2.STATUSES.index(metro2.status(high))
    assert au.CODES.index(au.repayment_history(low)) <= au.CODES.index(au.repayment_history(high))


def test_the_delay_keeps_its_day_while_one_late_month_follows_another() -> None:
    # due 10 March, 10 April and 10 May; March was paid in May, April in June: never current in between
    months = {
        date(2026, 4, 1): past(51, first_on=date(2026, 3, 11)),
        date(2026, 5, 1): past(51, first_on=date(2026, 4, 11)),
    }
    late = june(days_past_due=51, first_delinquency_on=date(2026, 5, 11))
    # the thirtieth day past 10 March
    assert metro2.first_delinquency(record(late, months)) == date(2026, 4, 9)
    # a month that is not on file breaks nothing; a current one does
    without = {date(2026, 4, 1): months[date(2026, 4, 1)]}
    assert metro2.first_delinquency(record(late, without)) == date(2026, 4, 9)
    cured = {**months, date(2026, 5, 1): past(0)}
    assert metro2.first_delinquency(record(late, cured)) == date(2026, 6, 9)
