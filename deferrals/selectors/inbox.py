"""The inbox: letters of relief and notices of every lender in one list, the newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Window

from accounts.models import Notice
from deferrals.models import Letter

A_PAGE = 50
# The columns that a list shows, and no more.
LETTER = ("public_id", "lender", "title", "written_at", "reading__letter")
NOTICE = (
    "public_id", "lender", "title", "due_at", "reading__notice",
    *(f"lender__{column}" for column in ("name_en", "name_zh_hans", "name_zh_hant")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a letter, which has the `number` of its request, or a notice, which has none."""

    public_id: UUID
    title: str
    lender: Any
    at: datetime
    is_unread: bool
    is_notice: bool
    number: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """`older` is the instant before which the next page begins; None on the last one."""

    entries: tuple[Entry, ...]
    older: datetime | None


@dataclass(frozen=True, slots=True)
class Newest:
    """What the home page shows, and how many of all are unread."""

    entries: tuple[Entry, ...]
    unread: int


def inbox(user: Any, before: datetime | None = None) -> InboxPage:
    """A page of what was written before that instant. Two queries."""
    letters: Any = Letter.objects.of(user).select_related("lender", "reading", "request")
    notices: Any = Notice.objects.of(user).select_related("lender", "reading")
    if before is not None:
        letters, notices = letters.filter(written_at__lt=before), notices.filter(due_at__lt=before)
    found = _merged(letters[: A_PAGE + 1], notices[: A_PAGE + 1])
    shown = found[:A_PAGE]
    return InboxPage(tuple(shown), shown[-1].at if len(found) > A_PAGE else None)


def newest(user: Any, lenders: Mapping[int, Any], count: int) -> Newest:
    """The first lines. Two queries; `lenders` are those at hand, which need not be read once more."""
    unread = Window(Count("pk", filter=Q(reading__isnull=True)))
    letters: Any = Letter.objects.of(user).select_related("reading").only(*LETTER).annotate(unread=unread)
    notices: Any = Notice.objects.of(user).select_related("lender", "reading").only(*NOTICE).annotate(unread=unread)
    first, second = list(letters[:count]), list(notices[:count])
    entries = _merged([with_lender(row, lenders) for row in first], second, with_number=False)[:count]
    return Newest(tuple(entries), sum(rows[0].unread for rows in (first, second) if rows))


def with_lender(row: Any, lenders: Mapping[int, Any]) -> Any:
    """The row with the lender that is at hand, so that it need not be read once more."""
    if row.lender_id in lenders:
        row.lender = lenders[row.lender_id]
    return row


def _merged(letters: Iterable[Letter], notices: Iterable[Notice], *, with_number: bool = True) -> list[Entry]:
    entries = [
        Entry(
            letter.public_id, letter.title, letter.lender, letter.written_at, letter.is_unread, False,
            letter.request.number if with_number else "",
        )
        for letter in letters
    ]  # fmt: skip
    entries += [
        Entry(notice.public_id, notice.title, notice.lender, notice.due_at, notice.is_unread, True)
        for notice in notices
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
