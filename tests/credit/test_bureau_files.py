"""The month's file for a bureau: what goes in, what is corrected later, what waits, and that it can be made again."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender
from config import clock
from credit import services
from credit.errors import FileDiffers, MonthNotOver
from credit.models import BureauFile, BureauFileHeld, BureauFileLine, MonthFact, Tradeline
from credit.selectors.bureau_choice import Held
from credit.services.bureau_files import WrittenFile
from tests.credit.bureau import reader
from tests.credit.consents import give
from tests.known import ADULT, identified

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def later(hour: int, day: int = 9) -> Any:
    """On a day of May, after the hour at which tests live."""
    return clock.at(datetime(2026, 5, day, hour, tzinfo=UTC))


@pytest.fixture
def allowed(tradeline: Tradeline, borrower: Borrower, qinghe: Lender) -> Any:
    return give(borrower, qinghe, "reporting")


class Made:
    """A file that was written: what the service said, and its lines."""

    def __init__(self, written: WrittenFile, data: bytes) -> None:
        self.file, self.is_repeat, self.held, self.data = written.file, written.is_repeat, written.held, data

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for row in map(json.loads, self.data.splitlines()) if row["record"] == "account_month"]

    @property
    def said(self) -> list[tuple[str, str, str]]:
        return [(row["month"], row["kind"], row["repayment_status"]) for row in self.rows]


def write(lender: Lender, month: date, format: str = "pboc", **more: Any) -> Made:
    sink = io.BytesIO()
    given = {"acting_user": None, **more}
    written = services.write_bureau_file(lender=lender, format=format, month=month, sink=sink, **given)
    return Made(written, sink.getvalue())


def copied(file: BureauFile) -> bytes:
    sink = io.BytesIO()
    services.copy_bureau_file(file=file, sink=sink, acting_user=None)
    return sink.getvalue()


def test_the_file_of_a_month_holds_what_is_on_file_of_it(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 2)
    fact = furnish(2026, 3, days_past_due=16, first_delinquency_on=date(2026, 3, 16))
    made = write(qinghe, MARCH)
    assert made.said == [("2026-03", "new", "1")]
    # opened in January, which nobody furnished
    assert made.rows[0]["grid"] == "/" * 21 + "#N1"
    assert (made.file.number, made.file.row_count, made.file.correction_count, made.file.held_count) == (1, 1, 0, 0)
    assert list(made.file.lines.values_list("fact", "is_correction")) == [(fact.pk, False)]
    assert len(made.data) == made.file.size


def test_the_same_file_again_is_the_same_to_the_byte_and_no_new_one(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 3)
    first = write(qinghe, MARCH)
    with later(9):
        again = write(qinghe, MARCH)
    assert (again.is_repeat, again.file, again.data) == (True, first.file, first.data)
    assert BureauFile.objects.count() == BureauFileLine.objects.count() == 1
    verbs = AuditEntry.objects.filter(subject="pboc 2026-03 1").order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["write_bureau_file", "copy_bureau_file"]


def test_a_corrected_month_makes_a_new_file_of_the_month_that_says_so(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 3, days_past_due=16)
    first = write(qinghe, MARCH)
    with later(9):
        furnish(2026, 3, reason="a payment became known late")
        second = write(qinghe, MARCH)
    assert second.said == [("2026-03", "correction", "N")]
    assert (second.file.number, second.file.correction_count) == (2, 1)
    with later(10):
        assert write(qinghe, MARCH).data == second.data
        # the first is still what it was
        assert copied(first.file) == first.data


def test_the_next_months_file_sends_a_corrected_month_again_once(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 2)
    furnish(2026, 3, days_past_due=16)
    write(qinghe, MARCH)
    with later(9):
        furnish(2026, 4)
        furnish(2026, 3, reason="a payment became known late")
        # the history is right at once, wherever the month is a part of it
        furnish(2026, 2, reason="counted wrong", paid_late=True)
        made = write(qinghe, APRIL)
    # no file was made of February: it is in the history, and no row of its own
    assert made.said == [("2026-03", "correction", "N"), ("2026-04", "new", "N")]
    assert made.rows[1]["grid"][-4:] == "#MNN"
    with later(10):
        assert write(qinghe, APRIL).data == made.data


def test_formats_know_of_their_own_files_only(allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender) -> None:
    furnish(2026, 3, days_past_due=31, first_delinquency_on=date(2026, 3, 1), arrears_minor=107_971)
    write(qinghe, MARCH)
    with later(9):
        furnish(2026, 3, reason="a payment became known late")
        (row,) = reader.read(write(qinghe, MARCH, "metro2").data)
    assert (row["status"], row["correction"], row["account"].strip()) == ("11", "0", "LN-2026-000001")


def test_a_month_that_came_late_goes_with_the_next_file(
    allowed: Any, furnish: Callable[..., MonthFact], tradeline: Tradeline, jiangpan: Lender, qinghe: Lender
) -> None:
    made = write(qinghe, MARCH, held=[Held("LN-2026-000001", MARCH, "not_told")])
    assert (made.rows, made.file.held_count, made.file.missing_count) == ([], 1, 1)
    assert [(each.reference, each.reason) for each in made.held] == [("LN-2026-000001", "not_told")]
    with later(9):
        furnish(2026, 3, days_past_due=16)
        furnish(2026, 4)
        made = write(qinghe, APRIL)
    assert made.said == [("2026-03", "new", "1"), ("2026-04", "new", "N")]
    assert (made.file.late_count, made.file.correction_count, made.file.missing_count) == (1, 0, 0)


def test_without_consent_no_month_goes_and_it_is_said_why(
    tradeline: Tradeline, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 3)
    made = write(qinghe, MARCH)
    assert made.rows == []
    held = BureauFileHeld.objects.get(file=made.file)
    assert (held.reference, held.month, held.reason) == ("LN-2026-000001", MARCH, "no_consent")


def test_a_consent_taken_back_stops_new_months_and_leaves_what_was_sent(
    allowed: Any, furnish: Callable[..., MonthFact], tradeline: Tradeline, borrower: Borrower, qinghe: Lender
) -> None:
    furnish(2026, 3, days_past_due=16)
    first = write(qinghe, MARCH)
    furnish(2026, 4, status_end="closed", balance_minor=0)
    services.close_tradeline(lender=qinghe, reference=tradeline.reference, on=date(2026, 4, 20), acting_user=None)
    services.withdraw_consent(consent=allowed, acting_user=borrower.user)
    with later(9):
        april = write(qinghe, APRIL)
        assert april.rows == []
        assert [(each.month, each.reason) for each in april.held] == [(APRIL, "no_consent")]
        # what was sent stands, and is put right where it was wrong
        assert write(qinghe, MARCH).data == first.data
        furnish(2026, 3, reason="a payment became known late")
        assert write(qinghe, APRIL).said == [("2026-03", "correction", "N")]


def test_an_account_of_another_lender_is_never_in_it(
    allowed: Any, furnish: Callable[..., MonthFact], borrower: Borrower, jiangpan: Lender, qinghe: Lender
) -> None:
    other = services.open_tradeline(
        borrower=borrower, lender=jiangpan, reference="JP-7", opened_on=date(2026, 1, 15), original_minor=600_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    give(borrower, jiangpan, "reporting")
    furnish(2026, 3)
    furnish(2026, 3, on=other)
    assert [row["account"] for row in write(qinghe, MARCH).rows] == ["LN-2026-000001"]
    assert [row["account"] for row in write(jiangpan, MARCH).rows] == ["JP-7"]


def test_a_confirmed_identity_is_in_the_file_and_nowhere_else(
    allowed: Any, furnish: Callable[..., MonthFact], borrower: Borrower, qinghe: Lender
) -> None:
    furnish(2026, 3)
    assert write(qinghe, MARCH).file.unidentified_count == 1
    identified(borrower.user, borrower.name)
    with later(9):
        made = write(qinghe, MARCH)
        au = write(qinghe, MARCH, "au")
        (base,) = reader.read(write(qinghe, MARCH, "metro2").data)
    assert (made.file.number, made.file.unidentified_count) == (2, 0)
    assert made.rows[0]["identity_number"] == ADULT
    born = date(int(ADULT[6:10]), int(ADULT[10:12]), int(ADULT[12:14]))
    assert au.rows[0]["born_on"] == born.isoformat()
    assert ADULT not in au.data.decode()
    assert (base["born"], base["surname"].strip(), base["ssn"]) == (f"{born:%m%d%Y}", "WANG", "0" * 9)
    assert ADULT not in json.dumps(list(AuditEntry.objects.values("verb", "subject", "before", "after")))


def test_a_file_is_made_again_by_what_was_known_then(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 2)
    furnish(2026, 3)
    made = {format: write(qinghe, MARCH, format) for format in ("pboc", "metro2", "au")}
    with later(9):
        furnish(2026, 2, reason="counted wrong", paid_late=True)
        for each in made.values():
            assert copied(each.file) == each.data


def test_a_file_that_cannot_be_made_again_is_not_given_out(
    allowed: Any, furnish: Callable[..., MonthFact], borrower: Borrower, qinghe: Lender
) -> None:
    furnish(2026, 3)
    made = write(qinghe, MARCH)
    Borrower.objects.filter(pk=borrower.pk).update(name="王小雨")
    with pytest.raises(FileDiffers):
        copied(made.file)
    assert not AuditEntry.objects.filter(verb="copy_bureau_file").exists()


def test_what_a_format_has_no_place_for_is_held_back(
    allowed: Any, furnish: Callable[..., MonthFact], borrower: Borrower, qinghe: Lender
) -> None:
    long = services.open_tradeline(
        borrower=borrower, lender=qinghe, reference="X" * 31, opened_on=date(2026, 1, 15), original_minor=600_000,
        currency="CNY", acting_user=None,
    )  # fmt: skip
    furnish(2026, 3)
    furnish(2026, 3, on=long)
    made = write(qinghe, MARCH, "metro2")
    assert [row["account"].strip() for row in reader.read(made.data)] == ["LN-2026-000001"]
    assert [(each.reference, each.reason) for each in made.held] == [("X" * 31, "unfit")]
    assert len(write(qinghe, MARCH).rows) == 2


def test_a_month_that_is_not_over_has_no_file(tradeline: Tradeline, qinghe: Lender) -> None:
    with pytest.raises(MonthNotOver):
        write(qinghe, date(2026, 5, 1))
    # 31 May, 23:59 in Shanghai, and the first minute of June
    with clock.at(datetime(2026, 5, 31, 15, 59, tzinfo=UTC)), pytest.raises(MonthNotOver):
        write(qinghe, date(2026, 5, 1))
    with clock.at(datetime(2026, 5, 31, 16, 0, tzinfo=UTC)):
        assert write(qinghe, date(2026, 5, 1)).file.number == 1


def test_only_who_may_furnish_there_makes_or_fetches_a_file(
    allowed: Any, furnish: Callable[..., MonthFact], staff: Any, qinghe: Lender
) -> None:
    furnish(2026, 3)
    for nobody in (staff.reviewer, staff.other_reviewer, staff.auditor):
        with pytest.raises(NotPermitted):
            write(qinghe, MARCH, acting_user=nobody)
    file = write(qinghe, MARCH, acting_user=staff.servicing).file
    assert file.made_by == staff.servicing
    with pytest.raises(NotPermitted):
        services.copy_bureau_file(file=file, sink=io.BytesIO(), acting_user=staff.reviewer)


def test_the_database_keeps_files_as_they_were_sent(
    allowed: Any, furnish: Callable[..., MonthFact], qinghe: Lender
) -> None:
    furnish(2026, 3)
    file = write(qinghe, MARCH, held=[Held("LN-9", MARCH, "not_told")]).file
    for rows in (BureauFile.objects.all(), file.lines.all(), file.held.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(lender=qinghe)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete(rows.db)


def test_many_accounts_take_no_more_queries_than_one(
    allowed: Any, furnish: Callable[..., MonthFact], borrower: Borrower, qinghe: Lender
) -> None:
    furnish(2026, 3)
    write(qinghe, MARCH, "au")

    def queries(month: date) -> int:
        with CaptureQueriesContext(connection) as asked:
            write(qinghe, month, "pboc")
        return len(asked)

    one = queries(MARCH)
    for number in range(20):
        line = services.open_tradeline(
            borrower=borrower, lender=qinghe, reference=f"LN-{number}", opened_on=date(2026, 1, 15),
            original_minor=600_000, currency="CNY", acting_user=None,
        )  # fmt: skip
        furnish(2026, 4, on=line)
    with later(9):
        assert queries(APRIL) <= one + 2
