"""The month for the credit reference centre of the People's Bank of China, in codes of the second generation.

There is no published file to copy: what is published are the codes of the personal report.
So the layout is ours, one JSON object per line, described in docs/furnishing.md:

    account type       D1 a loan, R1 a revolving account
    account status     1 normal, 2 overdue, 3 settled, 4 bad debt
    five classes       9, not classified: the lender's classification is not on file
    repayment status   `N M * 1-7 B C`, see `credit/codes.py`
    grid               24 such codes, the month of the row last; `/` before the account, `#` not on file
    special            1 an extension agreed on (a pause), 9 other terms agreed on
"""

import json
from collections import Counter
from datetime import date
from functools import lru_cache
from typing import Any

from credit import codes
from credit.bureau.records import HISTORY_MONTHS, Head, Past, Record, Sink, Writer, before, last_day
from credit.facts import MonthFacts, Relief, StatusEnd

LAYOUT = "leeway-pboc-1"
UNCLASSIFIED = "9"
NOT_OPEN, NOT_ON_FILE = "/", "#"
SPECIAL = {Relief.TEMPORARY: "1", Relief.VARIATION: "9"}


def account_status(facts: MonthFacts) -> str:
    """1 normal, 2 overdue, 3 settled, 4 bad debt.

    >>> account_status(MonthFacts(month=date(2026, 7, 1), as_of=date(2026, 8, 3), had_obligation=True, days_past_due=1))
    '2'
    """
    if facts.status_end is StatusEnd.CLOSED:
        return "3"
    if facts.status_end is StatusEnd.CHARGED_OFF:
        return "4"
    return "2" if facts.days_past_due else "1"


def grid(record: Record) -> str:
    """The codes of 24 months, the oldest first and the month of the record last."""
    opened = record.account.opened_on.replace(day=1)
    said = [codes.pboc(record.facts)]
    month = record.facts.month
    while len(said) < HISTORY_MONTHS:
        month = before(month)
        past = record.past.get(month)
        if past is not None:
            said.append(_past_code(past))
        else:
            said.append(NOT_OPEN if month < opened else NOT_ON_FILE)
    return "".join(reversed(said))


class PbocWriter(Writer):
    """One line for the file, one for each account and month, one for the totals."""

    def __init__(self, sink: Sink, head: Head) -> None:
        super().__init__(sink, head)
        self._rows = self._corrections = self._balance_minor = self._overdue_minor = 0
        self._statuses: Counter[str] = Counter()
        self._line(
            record="header",
            layout=LAYOUT,
            lender=head.lender_code,
            lender_name=head.lender_name,
            month=f"{head.month:%Y-%m}",
            number=head.number,
            made_at=head.made_at.isoformat(timespec="seconds"),
        )

    def add(self, record: Record) -> bool:
        account, person, facts = record.account, record.person, record.facts
        code = codes.pboc(facts)
        is_settled = facts.status_end is StatusEnd.CLOSED
        self._line(
            record="account_month",
            kind="correction" if record.is_correction else "new",
            account=account.reference,
            account_type="R1" if account.is_revolving else "D1",
            name=person.name,
            identity_number=person.identity_number or None,
            opened_on=account.opened_on.isoformat(),
            closed_on=account.closed_on.isoformat() if is_settled and account.closed_on else None,
            currency=account.currency,
            original_minor=account.original_minor,
            month=f"{facts.month:%Y-%m}",
            stands_on=last_day(facts.month).isoformat(),
            account_status=account_status(facts),
            five_class=UNCLASSIFIED,
            repayment_status=code,
            grid=grid(record),
            due_minor=facts.scheduled_minor,
            paid_minor=facts.paid_minor,
            overdue_minor=facts.arrears_minor,
            balance_minor=facts.balance_minor,
            special_transaction=None if is_settled else SPECIAL.get(facts.relief_kind),
            paying_resumes_on=facts.resumes_on.isoformat() if facts.resumes_on else None,
        )
        self._rows += 1
        self._corrections += record.is_correction
        self._balance_minor += facts.balance_minor
        self._overdue_minor += facts.arrears_minor
        self._statuses[code] += 1
        return bool(person.identity_number)

    def end(self) -> None:
        self._line(
            record="trailer",
            rows=self._rows,
            corrections=self._corrections,
            balance_minor=self._balance_minor,
            overdue_minor=self._overdue_minor,
            repayment_statuses=dict(sorted(self._statuses.items())),
        )

    def _line(self, **said: Any) -> None:
        self.sink.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _past_code(past: Past) -> str:
    return _code(past.status_end, past.relief_kind, past.days_past_due, past.had_obligation, past.paid_late)


@lru_cache(maxsize=4096)
def _code(status_end: StatusEnd, relief: Relief, days: int, had_obligation: bool, paid_late: bool) -> str:
    """A month without a date: the code does not ask for it."""
    day = date(2000, 1, 1)
    return codes.pboc(
        MonthFacts(
            month=day,
            as_of=day,
            had_obligation=had_obligation,
            days_past_due=days,
            paid_late=paid_late,
            status_end=status_end,
            relief_kind=relief,
        )
    )
