"""The month in the codes of Australia's comprehensive credit reporting.

    repayment history     0 up to date (14 days of grace), 1 15-29 days late, 2 30-59, 3 60-89,
                          4 90-119, 5 120-149, 6 150-179, X 180 and more, C closed
    hardship              A beside every month of temporary relief, V once, in the month in
                          which terms changed for good; the reason is never said

Under an arrangement the code measures what is owed under it: nothing due is up to date, and
somebody who was late when it was agreed stays where they were. The layout is ours, one JSON
object per line (docs/furnishing.md); balances have no place in this system and are not said.

Source: Privacy Act 1988 part IIIA and its code; the table of the Law Handbook 2024 (SA).
"""

import json
from bisect import bisect_right
from collections import Counter
from typing import Any

from credit.bureau.records import Head, Record, Sink, Writer
from credit.facts import MonthFacts, Relief, StatusEnd

LAYOUT = "leeway-au-1"
FIRST_DAYS = (15, 30, 60, 90, 120, 150, 180)
CODES = "0123456X"
HARDSHIP = {Relief.TEMPORARY: "A", Relief.VARIATION: "V"}


def repayment_history(facts: MonthFacts) -> str:
    """One of `0 1 2 3 4 5 6 X C`.

    >>> from datetime import date
    >>> june = {"month": date(2026, 6, 1), "as_of": date(2026, 7, 3), "had_obligation": True}
    >>> [repayment_history(MonthFacts(days_past_due=days, **june)) for days in (14, 15, 30, 179, 180)]
    ['0', '1', '2', '6', 'X']
    """
    if facts.status_end is StatusEnd.CLOSED:
        return "C"
    return CODES[bisect_right(FIRST_DAYS, facts.days_past_due)]


def hardship(facts: MonthFacts) -> str | None:
    """`A`, `V` or nothing; a request that is being decided is no arrangement yet."""
    return None if facts.status_end is StatusEnd.CLOSED else HARDSHIP.get(facts.relief_kind)


class AuWriter(Writer):
    """One line for the file, one for each account and month, one for the totals."""

    def __init__(self, sink: Sink, head: Head) -> None:
        super().__init__(sink, head)
        self._corrections = 0
        self._codes: Counter[str] = Counter()
        self._flags: Counter[str] = Counter()
        self._line(
            record="header",
            layout=LAYOUT,
            provider=head.lender_code,
            provider_name=head.lender_name,
            month=f"{head.month:%Y-%m}",
            number=head.number,
            made_at=head.made_at.isoformat(timespec="seconds"),
        )

    def add(self, record: Record) -> bool:
        account, person, facts = record.account, record.person, record.facts
        code, flag = repayment_history(facts), hardship(facts)
        is_closed = facts.status_end is StatusEnd.CLOSED
        self._line(
            record="account_month",
            kind="correction" if record.is_correction else "new",
            account=account.reference,
            account_type="revolving" if account.is_revolving else "instalment",
            name=person.name,
            born_on=person.born_on.isoformat() if person.born_on else None,
            opened_on=account.opened_on.isoformat(),
            closed_on=account.closed_on.isoformat() if is_closed and account.closed_on else None,
            currency=account.currency,
            credit_limit_minor=account.original_minor,
            instalments=account.instalments,
            month=f"{facts.month:%Y-%m}",
            repayment_history=code,
            hardship=flag,
        )
        self._corrections += record.is_correction
        self._codes[code] += 1
        if flag:
            self._flags[flag] += 1
        return person.born_on is not None

    def end(self) -> None:
        self._line(
            record="trailer",
            rows=sum(self._codes.values()),
            corrections=self._corrections,
            repayment_history=dict(sorted(self._codes.items())),
            hardship=dict(sorted(self._flags.items())),
        )

    def _line(self, **said: Any) -> None:
        self.sink.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
