"""The month in Metro 2, the format of the American bureaus: lines of 426 characters.

A header, one base segment for each account and month, and a trailer of totals, each on a
line of its own. A deferred account has a K4 segment of 30 characters behind its base segment; the
first four characters of a line say how long it is. Text stands left, in capitals of ASCII,
filled with blanks; numbers and dates (MMDDYYYY) are filled with zeros; amounts are whole
units, what is less is cut off.

    days past due   0-29  30-59  60-89  90-119  120-149  150-179  180-    settled  written off
    status            11     71     78      80       82       83    84         13           97
    history            0      1      2       3        4        5     6          E            L

Relief (CARES Act s. 4021): who was current stays current, who was late keeps the status of
the day of asking. A month of a pause in which nothing was due has terms frequency D,
payment 0 and comment CP, and the day on which paying begins again in K4; other terms
agreed on have comment CO, once.

Source: `fields.py` of cfpb/Metro2 (CC0) and `specifications.go` of moov-io/metro2
(Apache-2.0), which agree; the guide of the bureaus itself is licensed.
"""

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

from credit.bureau.records import CannotBeSaid, Head, Past, Record, Sink, Writer, before, last_day
from credit.facts import MonthFacts, Relief, StatusEnd

LENGTH = 426
DEFERRED = "02"
SOFTWARE, SOFTWARE_VERSION = "LEEWAY", "1"
STATUSES = ("11", "71", "78", "80", "82", "83", "84")
PAID = "13"
CHARGED_OFF = "97"
COMMENTS = {Relief.TEMPORARY: "CP", Relief.VARIATION: "CO"}
DAYS_PER_STEP = 30
MOST = 999_999_999
NO_DATE = "0" * 8
# What the trailer counts, in its order: totals of statuses, of segments, of numbers.
COUNTED = (
    "05", "11", "13", "61", "62", "63", "64", "65", "71", "78", "80", "82", "83", "84", "88", "89", "93", "94", "95",
    "96", "97",
)  # fmt: skip
_ACCOUNT = re.compile(r"[!-~](?:[ -~]{0,28}[!-~])?")


def step(days_past_due: int) -> int:
    """Whole steps of thirty days past due, 6 at most.

    >>> step(29), step(30), step(59), step(60), step(179), step(180), step(900)
    (0, 1, 1, 2, 5, 6, 6)
    """
    return min(len(STATUSES) - 1, days_past_due // DAYS_PER_STEP)


def status(facts: MonthFacts) -> str:
    """The account status at the end of the month."""
    if facts.status_end is StatusEnd.CHARGED_OFF:
        return CHARGED_OFF
    return PAID if facts.status_end is StatusEnd.CLOSED else STATUSES[step(facts.days_past_due)]


def history(record: Record) -> str:
    """The payment history profile: 24 characters, the month before first.

    B where no month is on file any more, never between others; D where one in between is missing.
    """
    codes = ["" if past is None else _history_code(past, record) for past in record.months_before()]
    while codes and not codes[-1]:
        codes.pop()
    return "".join(code or "D" for code in codes).ljust(24, "B")


def rating(record: Record) -> str:
    """Of a settled account, how late it was in the month before it was paid; blank for any other status.

    What was unpaid when the month before ended was unpaid when this one began.
    """
    if status(record.facts) != PAID:
        return " "
    last = record.past.get(before(record.facts.month))
    return str(step(last.days_past_due)) if last is not None else "0"


def first_delinquency(record: Record) -> date | None:
    """The thirtieth day past due of the delay that led to the present status; None while it is current.

    Due on 10 June and unpaid since is 30 days late on 10 July. While the account goes from one late
    month to the next the day stays, whichever instalment is paid meanwhile. A month that is not
    on file breaks nothing.
    """
    facts = record.facts
    first_on = facts.first_delinquency_on if step(facts.days_past_due) else None
    if first_on is None and rating(record) in " 0":
        return None
    month, earliest = facts.month, min(record.past, default=facts.month)
    while month > earliest:
        month = before(month)
        past = record.past.get(month)
        if past is None:
            continue
        if past.status_end is StatusEnd.CLOSED or not step(past.days_past_due):
            break
        first_on = past.first_delinquency_on or first_on
    return first_on + timedelta(days=DAYS_PER_STEP - 1) if first_on is not None else None


def names(name: str, name_latin: str) -> tuple[str, str, str]:
    """Surname, first name and middle name, in capitals of ASCII; blank where the person has no Latin name.

    A name that stands beside Chinese characters begins with the surname, any other ends with it.

    >>> names("王晓雨", "Wang Xiaoyu"), names("Emma Jane Clarke", ""), names("王晓雨", "")
    (('WANG', 'XIAOYU', ''), ('CLARKE', 'EMMA', 'JANE'), ('', '', ''))
    """
    words = _ascii(name_latin or name).split()
    if not words:
        return "", "", ""
    if not _ascii(name):
        return words[0], " ".join(words[1:]), ""
    return words[-1], " ".join(words[:1] if len(words) > 1 else []), " ".join(words[1:-1])


class Metro2Writer(Writer):
    """A header, base segments, a trailer."""

    def __init__(self, sink: Sink, head: Head) -> None:
        super().__init__(sink, head)
        self._statuses: Counter[str] = Counter()
        self._rows = self._deferred = self._births = 0
        self._line(
            "HEADER" + " " * 2 + " " * 35  # cycle, and the bureaus' names for the programme
            + day(last_day(head.month)) + day(head.made_at.date()) + NO_DATE * 2
            + text(_ascii(head.lender_name), 40) + " " * 96 + "0" * 10
            + text(SOFTWARE, 40) + text(SOFTWARE_VERSION, 5) + " " * 10 + " " * 146
        )  # fmt: skip

    def add(self, record: Record) -> bool:
        base, extra = _base(self.head, record), _deferral(record.facts)
        self._line(base + extra)
        self._rows += 1
        self._deferred += bool(extra)
        self._statuses[status(record.facts)] += 1
        self._births += record.person.born_on is not None
        return record.person.born_on is not None and bool(names(record.person.name, record.person.name_latin)[0])

    def end(self) -> None:
        none = count(0)
        statuses = "".join(count(self._statuses[code]) for code in COUNTED)
        # totals of DF, J1, J2 and blocks stand before those of DA
        self._line(
            "TRAILER" + count(self._rows) + " " * 9 + none * 4 + none + statuses
            + none * 5 + count(self._deferred) + none + none * 4  # Z, N1, K1-K3; K4; L1; social security numbers
            + count(self._births) * 2 + none * 2 + none + " " * 19
        )  # fmt: skip

    def _line(self, rest: str) -> None:
        self.sink.write(f"{len(rest) + 4:04d}{rest}\n".encode("ascii"))


def _base(head: Head, record: Record) -> str:
    """The base segment behind its length, positions 5-426; a comment names the positions of what follows."""
    account, facts = record.account, record.facts
    if not _ACCOUNT.fullmatch(account.reference):
        raise CannotBeSaid("reference")
    is_paid = facts.status_end is StatusEnd.CLOSED
    ended_on = last_day(facts.month)
    if is_paid and account.closed_on is not None and account.closed_on < ended_on:
        ended_on = account.closed_on
    code, unit = status(facts), account.unit
    surname, first, middle = names(record.person.name, record.person.name_latin)
    return (
        "1" + f"{record.furnished_at:%m%d%Y%H%M%S}" + ("1" if record.is_correction else "0")  # 5, 6-19, 20
        + text(head.lender_code.upper(), 20) + " " * 2 + text(account.reference, 30)  # 21-40, 41-42, 43-72
        + ("R18" if account.is_revolving else "I01") + day(account.opened_on)  # 73-75, 76-83
        + (amount(account.original_minor, unit) if account.is_revolving else count(0))  # 84-92
        + amount(_highest(record), unit) + _terms(record) + ("D" if is_deferred(facts) else "M")  # 93-101, 102-104, 105
        + amount(0 if is_paid else facts.scheduled_minor, unit) + amount(facts.paid_minor, unit)  # 106-114, 115-123
        + code + rating(record) + history(record)  # 124-125, 126, 127-150
        + (" " * 2 if is_paid else COMMENTS.get(facts.relief_kind, " " * 2)) + " " * 2  # 151-152, 153-154
        + amount(facts.balance_minor, unit)  # 155-163
        + amount(0 if code in (PAID, STATUSES[0]) else facts.arrears_minor, unit)  # 164-172
        + amount(_charged_off(record), unit)  # 173-181
        + day(ended_on) + day(first_delinquency(record))  # 182-189, 190-197
        + (day(account.closed_on) if is_paid else NO_DATE) + NO_DATE  # 198-205, 206-213
        + (" " if account.is_revolving else "F") + " " * 17  # 214, 215-231
        + text(surname, 25) + text(first, 20) + text(middle, 20) + " "  # 232-256, 257-276, 277-296, 297
        + "0" * 9 + day(record.person.born_on) + "0" * 10 + "1" + " " * 101  # 298-306, 307-314, 315-324, 325, 326-426
    )  # fmt: skip


def is_deferred(facts: MonthFacts) -> bool:
    """Whether nothing was to pay under a pause, and it is known when paying begins again."""
    is_paused = facts.relief_kind is Relief.TEMPORARY and facts.status_end is StatusEnd.OPEN
    return is_paused and not facts.scheduled_minor and facts.resumes_on is not None


def _deferral(facts: MonthFacts) -> str:
    return f"K4{DEFERRED}{day(facts.resumes_on)}{NO_DATE}{count(0)} " if is_deferred(facts) else ""


def _history_code(past: Past, record: Record) -> str:
    is_empty = record.account.is_revolving and not past.balance_minor and not step(past.days_past_due)
    if past.status_end is StatusEnd.CHARGED_OFF:
        return "L"
    return "E" if past.status_end is StatusEnd.CLOSED or is_empty else str(step(past.days_past_due))


def _highest(record: Record) -> int:
    """What was lent; of a revolving account the highest balance of any month's end on file."""
    if not record.account.is_revolving:
        return record.account.original_minor
    return max([record.facts.balance_minor, *(past.balance_minor for past in record.past.values())])


def _charged_off(record: Record) -> int:
    """What was written off: the highest balance of the months that say so, which payments only make smaller."""
    if status(record.facts) != CHARGED_OFF:
        return 0
    earlier = (past.balance_minor for past in record.past.values() if past.status_end is StatusEnd.CHARGED_OFF)
    return max(record.facts.balance_minor, *earlier, 0)


def _terms(record: Record) -> str:
    if record.account.is_revolving:
        return "REV"
    return " " * 3 if record.account.instalments is None else f"{record.account.instalments:03d}"


def text(words: str, length: int) -> str:
    return words[:length].ljust(length)


def day(on: date | None) -> str:
    return NO_DATE if on is None else f"{on:%m%d%Y}"


def amount(minor: int, unit: int) -> str:
    """Whole units on nine places, at most what nine nines say.

    >>> amount(107_971, 100), amount(99, 100), amount(10**12, 100)
    ('000001079', '000000000', '999999999')
    """
    return f"{min(MOST, minor // unit):09d}"


def count(number: int) -> str:
    return f"{number:09d}"


def _ascii(words: str) -> str:
    """Letters, hyphens and blanks, in capitals; accents fall off, other scripts altogether.

    >>> _ascii("Zoë O'Neill-Li 王")
    'ZOE ONEILL-LI'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().upper()
    return " ".join(re.sub(r"[^A-Z -]", "", plain).split())
