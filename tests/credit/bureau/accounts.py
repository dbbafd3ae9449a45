"""Three accounts in June 2026, whose files stand in `tests/golden/bureau/` as written by hand from the tables.

LN-2026-000001   due on 10 May and 10 June and unpaid since: 51 days, after months on time
LN-2025-000007   a pause; April is not on file; said otherwise in an earlier file
AC-2026-000003   a monthly bill, 35 days late at the end of May, settled and closed on 20 June
"""

import io
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from credit.bureau import WRITERS
from credit.bureau.records import Account, Head, Past, Person, Record
from credit.facts import MonthFacts, Relief, StatusEnd

JUNE = date(2026, 6, 1)
MADE_AT = datetime(2026, 7, 4, 1, 30, 15, tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
HEAD = Head("qinghe", "Qinghe Consumer Finance", JUNE, 1, MADE_AT)
CASH = Account("LN-2026-000001", date(2026, 1, 15), None, "CNY", 100, 1_200_000, 12)
PAUSED = Account("LN-2025-000007", date(2025, 6, 1), None, "CNY", 100, 600_000)
BILL = Account("AC-2026-000003", date(2026, 4, 1), date(2026, 6, 20), "CNY", 100, 500_000, is_revolving=True)


def june(**said: Any) -> MonthFacts:
    return MonthFacts(**{"month": JUNE, "as_of": date(2026, 7, 3), "had_obligation": True, **said})


def past(days: int = 0, *, first_on: date | None = None, due: bool = True, balance: int = 0, **more: Any) -> Past:
    given = {"status_end": StatusEnd.OPEN, "relief_kind": Relief.NONE, "paid_late": False, **more}
    return Past(
        days_past_due=days, had_obligation=due, balance_minor=balance, first_delinquency_on=first_on, **given
    )  # fmt: skip


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def record(facts: MonthFacts, months: dict[date, Past] | None = None, **more: Any) -> Record:
    given = {"person": Person("王晓雨", "Wang Xiaoyu"), "account": CASH, "furnished_at": MADE_AT, **more}
    return Record(facts=facts, past=months or {}, **given)


def three() -> list[Record]:
    late = june(
        scheduled_minor=107_971, arrears_minor=215_942, balance_minor=915_905, days_past_due=51,
        first_delinquency_on=date(2026, 5, 11),
    )  # fmt: skip
    paused = june(
        had_obligation=False, balance_minor=400_000, relief_kind="temporary", relief_reference="R-2026-000001",
        resumes_on=date(2026, 8, 15),
    )  # fmt: skip
    settled = june(scheduled_minor=80_099, paid_minor=80_099, status_end="closed")
    known = Person("王晓雨", "Wang Xiaoyu", "110105199003070011", date(1990, 3, 7))
    before = {month(number): past() for number in (2, 3, 4)} | {month(1): past(due=False)}
    return [
        record(late, before | {month(5): past(21, first_on=date(2026, 5, 11))}, person=known),
        record(
            paused, {month(3): past(), month(5): past()}, person=Person("Emma Jane Clarke"), account=PAUSED,
            is_correction=True,
        ),
        record(
            settled, {month(5): past(35, first_on=date(2026, 4, 27), balance=80_099)}, person=Person("赵二"),
            account=BILL,
        ),
    ]  # fmt: skip


def written(format: str, records: list[Record], head: Head = HEAD) -> bytes:
    sink = io.BytesIO()
    writer = WRITERS[format](sink, head)
    for each in records:
        writer.add(each)
    writer.end()
    return sink.getvalue()
