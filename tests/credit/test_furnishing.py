"""Opening files and accounts, furnishing months, correcting them."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.errors import Conflict, NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from credit import services
from credit.errors import MonthNotOver, OutsideTheAccount, ReasonNeeded, TradelineDiffers, TradelineNotFound
from credit.models import CreditFile, MonthFact, Tradeline
from tests.credit.conftest import facts

OPENED = date(2026, 1, 15)


def open_again(tradeline: Tradeline, **other: Any) -> Tradeline:
    same = {
        "borrower": tradeline.file.borrower, "lender": tradeline.lender, "reference": tradeline.reference,
        "opened_on": OPENED, "original_minor": 1_200_000, "currency": "CNY", "acting_user": None,
    }  # fmt: skip
    return services.open_tradeline(**{**same, **other})


def test_a_borrower_has_one_file_however_often_it_is_opened(borrower: Borrower) -> None:
    first = services.open_file(borrower=borrower, on=OPENED, acting_user=None)
    again = services.open_file(borrower=borrower, on=date(2026, 3, 1), acting_user=None)
    assert first == again
    assert again.opened_on == OPENED


def test_opening_an_account_opens_the_file_on_the_same_day(tradeline: Tradeline, borrower: Borrower) -> None:
    assert CreditFile.objects.get(borrower=borrower).opened_on == OPENED
    assert tradeline.file.borrower == borrower


def test_opening_an_account_again_with_the_same_facts_changes_nothing(tradeline: Tradeline) -> None:
    assert open_again(tradeline) == tradeline
    assert Tradeline.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"original_minor": 1}, {"opened_on": date(2026, 1, 16)}, {"currency": "HKD"}], ids=lambda o: next(iter(o))
)
def test_opening_an_account_again_with_other_facts_is_refused(tradeline: Tradeline, other: dict[str, Any]) -> None:
    with pytest.raises(TradelineDiffers):
        open_again(tradeline, **other)


def test_a_reference_cannot_be_opened_for_a_second_person(tradeline: Tradeline, stranger: Borrower) -> None:
    with pytest.raises(TradelineDiffers):
        open_again(tradeline, borrower=stranger)


def test_two_lenders_may_use_the_same_reference(tradeline: Tradeline, jiangpan: Lender) -> None:
    assert open_again(tradeline, lender=jiangpan) != tradeline


def test_an_account_is_closed_once_and_on_one_day(tradeline: Tradeline, qinghe: Lender) -> None:
    def close(on: date) -> Tradeline:
        return services.close_tradeline(lender=qinghe, reference=tradeline.reference, on=on, acting_user=None)

    assert close(date(2026, 4, 15)).closed_on == date(2026, 4, 15)
    assert close(date(2026, 4, 15)).closed_on == date(2026, 4, 15)
    with pytest.raises(TradelineDiffers):
        close(date(2026, 4, 16))


def test_an_account_cannot_be_closed_before_it_was_opened(tradeline: Tradeline, qinghe: Lender) -> None:
    with pytest.raises(OutsideTheAccount):
        services.close_tradeline(lender=qinghe, reference=tradeline.reference, on=date(2026, 1, 14), acting_user=None)


def test_closing_an_account_that_another_lender_has_finds_nothing(tradeline: Tradeline, jiangpan: Lender) -> None:
    with pytest.raises(TradelineNotFound):
        services.close_tradeline(lender=jiangpan, reference=tradeline.reference, on=OPENED, acting_user=None)


def test_a_month_is_stored_as_it_was_furnished(tradeline: Tradeline, furnish: Callable[..., MonthFact]) -> None:
    row = furnish(2026, 3, arrears_minor=107971, paid_minor=0, days_past_due=16, first_delinquency_on=date(2026, 3, 16))
    row.refresh_from_db()
    assert (row.version, row.supersedes_id, row.lender_id) == (1, None, tradeline.lender_id)
    assert (row.scheduled_minor, row.paid_minor, row.arrears_minor, row.days_past_due) == (107971, 0, 107971, 16)
    assert row.as_of == date(2026, 4, 3)


def test_furnishing_the_same_facts_twice_keeps_one_version(furnish: Callable[..., MonthFact]) -> None:
    assert furnish(2026, 3) == furnish(2026, 3)
    assert MonthFact.objects.count() == 1


def test_other_facts_for_a_month_need_a_reason(furnish: Callable[..., MonthFact]) -> None:
    furnish(2026, 3)
    with pytest.raises(ReasonNeeded):
        furnish(2026, 3, paid_minor=1)
    assert MonthFact.objects.get().paid_minor == 107971


def test_a_correction_is_a_new_version_that_names_the_old_one(furnish: Callable[..., MonthFact]) -> None:
    was = furnish(2026, 3, days_past_due=16)
    now = furnish(2026, 3, reason="late_payment_found")
    assert (now.version, now.supersedes, now.reason) == (2, was, "late_payment_found")
    assert list(MonthFact.objects.current()) == [now]
    was.refresh_from_db()
    assert was.days_past_due == 16


def test_a_correction_of_a_correction_follows_the_last_one(furnish: Callable[..., MonthFact]) -> None:
    furnish(2026, 3, days_past_due=16)
    second = furnish(2026, 3, days_past_due=2, reason="recount")
    third = furnish(2026, 3, reason="late_payment_found")
    assert (third.version, third.supersedes) == (3, second)


def test_a_correction_is_audited_with_what_was_and_what_is(furnish: Callable[..., MonthFact], qinghe: Lender) -> None:
    furnish(2026, 3, days_past_due=16)
    before = AuditEntry.objects.count()
    furnish(2026, 3, reason="late_payment_found")
    entry = AuditEntry.objects.get(verb="correct_month")
    assert AuditEntry.objects.count() == before + 1
    assert entry.subject == "LN-2026-000001 2026-03"
    assert (entry.before["version"], entry.before["days_past_due"]) == (1, 16)
    assert (entry.after["version"], entry.after["days_past_due"], entry.after["reason"]) == (2, 0, "late_payment_found")
    assert audit.first_break(qinghe) is None


def test_the_second_of_two_corrections_made_at_once_is_a_conflict(
    furnish: Callable[..., MonthFact], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second read the month before the first wrote: it still holds version 1."""
    was = furnish(2026, 3, days_past_due=16)
    furnish(2026, 3, reason="the first")
    monkeypatch.setattr("credit.querysets.MonthFactQuerySet.current", lambda self: MonthFact.objects.filter(pk=was.pk))
    with pytest.raises(Conflict):
        furnish(2026, 3, days_past_due=1, reason="the second")
    assert MonthFact.objects.count() == 2


@pytest.mark.parametrize("year, month", [(2025, 12), (2026, 4)])
def test_a_month_outside_the_life_of_the_account_is_refused(
    tradeline: Tradeline, furnish: Callable[..., MonthFact], year: int, month: int
) -> None:
    services.close_tradeline(
        lender=tradeline.lender, reference=tradeline.reference, on=date(2026, 3, 20), acting_user=None
    )
    tradeline.refresh_from_db()
    furnish(2026, 1)
    furnish(2026, 3)
    with pytest.raises(OutsideTheAccount):
        furnish(year, month)


def test_a_month_is_not_furnished_before_its_day_of_record(furnish: Callable[..., MonthFact]) -> None:
    furnish(2026, 4)  # recorded on 3 May; it is 8 May
    with pytest.raises(MonthNotOver):
        furnish(2026, 5)


def test_many_months_are_furnished_in_one_step_and_only_once(tradeline: Tradeline) -> None:
    months = [facts(2026, number) for number in (1, 2, 3)]
    with CaptureQueriesContext(connection) as first:
        made = services.furnish_months(tradeline=tradeline, facts=months, acting_user=None)
    assert [row.month.month for row in made] == [1, 2, 3]
    assert len([query for query in first if "credit_monthfact" in query["sql"]]) == 2
    again = services.furnish_months(tradeline=tradeline, facts=[*months, facts(2026, 4)], acting_user=None)
    assert [row.pk for row in again[:3]] == [row.pk for row in made]
    assert MonthFact.objects.count() == 4


def test_furnishing_many_months_never_corrects_one(tradeline: Tradeline, furnish: Callable[..., MonthFact]) -> None:
    furnish(2026, 2, days_past_due=3)
    with pytest.raises(ReasonNeeded):
        services.furnish_months(tradeline=tradeline, facts=[facts(2026, 1), facts(2026, 2)], acting_user=None)
    assert MonthFact.objects.count() == 1


def test_a_month_given_twice_in_one_run_is_a_conflict(tradeline: Tradeline) -> None:
    with pytest.raises(Conflict):
        services.furnish_months(tradeline=tradeline, facts=[facts(2026, 1), facts(2026, 1)], acting_user=None)


@pytest.mark.parametrize("who", ["reviewer", "auditor", "collections", "other_reviewer"])
def test_only_those_who_furnish_at_that_lender_may_write(
    tradeline: Tradeline, staff: SimpleNamespace, who: str
) -> None:
    user = getattr(staff, who)
    verbs: list[Callable[[], Any]] = [
        lambda: services.open_file(borrower=tradeline.file.borrower, on=OPENED, acting_user=user),
        lambda: open_again(tradeline, reference="LN-2", acting_user=user),
        lambda: services.close_tradeline(
            lender=tradeline.lender, reference=tradeline.reference, on=OPENED, acting_user=user
        ),
        lambda: services.furnish_month(tradeline=tradeline, facts=facts(2026, 1), acting_user=user),
        lambda: services.furnish_months(tradeline=tradeline, facts=[facts(2026, 1)], acting_user=user),
    ]
    for verb in verbs:
        with pytest.raises(NotPermitted):
            verb()
    assert not MonthFact.objects.exists()


def test_a_borrower_writes_nothing_into_their_own_file(tradeline: Tradeline, borrower: Borrower) -> None:
    with pytest.raises(NotPermitted):
        services.furnish_month(tradeline=tradeline, facts=facts(2026, 1), acting_user=borrower.user)


def test_loan_servicing_staff_of_the_lender_may_furnish(tradeline: Tradeline, staff: SimpleNamespace) -> None:
    assert services.open_file(borrower=tradeline.file.borrower, on=OPENED, acting_user=staff.servicing)
    row = services.furnish_month(tradeline=tradeline, facts=facts(2026, 1), acting_user=staff.servicing)
    assert row.version == 1


# Months of many accounts


def furnish_new(lender: Lender, *months: tuple[Tradeline, Any], by: Any = None) -> int:
    return services.furnish_new_months(lender=lender, months=months, acting_user=by)


def test_months_of_many_accounts_are_stored_as_those_of_one(tradeline: Tradeline, qinghe: Lender) -> None:
    other = open_again(tradeline, reference="LN-other")
    said = facts(2026, 2, paid_minor=107_971, days_past_due=13, first_delinquency_on=date(2026, 2, 16))
    assert furnish_new(qinghe, (tradeline, said), (tradeline, facts(2026, 3)), (other, said)) == 3
    (one,) = services.furnish_months(tradeline=tradeline, facts=[said], acting_user=None)
    (two,) = services.furnish_months(tradeline=other, facts=[said], acting_user=None)
    assert MonthFact.objects.count() == 3
    own = {"id", "tradeline_id"}
    stored = [
        {name: v for name, v in row.items() if name not in own}
        for row in MonthFact.objects.filter(month="2026-02-01").values()
    ]
    assert stored[0] == stored[1]
    assert (one.version, one.supersedes, one.reason, two.lender) == (1, None, "", qinghe)
    assert one.furnished_at is not None


def test_of_many_months_none_is_stored_where_one_stands_already(tradeline: Tradeline, qinghe: Lender) -> None:
    furnish_new(qinghe, (tradeline, facts(2026, 3)))
    with pytest.raises(Conflict):
        furnish_new(qinghe, (tradeline, facts(2026, 2)), (tradeline, facts(2026, 3)))
    assert MonthFact.objects.count() == 1


@pytest.mark.parametrize(("month", "error"), [((2025, 12), OutsideTheAccount), ((2026, 5), MonthNotOver)])
def test_of_many_months_each_must_fit_its_account(
    tradeline: Tradeline, qinghe: Lender, month: tuple[int, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        furnish_new(qinghe, (tradeline, facts(2026, 2)), (tradeline, facts(*month)))
    assert not MonthFact.objects.exists()


def test_an_account_of_another_lender_is_not_there(tradeline: Tradeline, jiangpan: Lender) -> None:
    with pytest.raises(TradelineNotFound):
        furnish_new(jiangpan, (tradeline, facts(2026, 2)))


def test_of_many_months_too_only_who_may_furnish_stores_any(
    tradeline: Tradeline, qinghe: Lender, staff: SimpleNamespace
) -> None:
    with pytest.raises(NotPermitted):
        furnish_new(qinghe, (tradeline, facts(2026, 2)), by=staff.reviewer)
