"""The borrower's home: what now, every due day of every lender, and the newest letters and notices.

One person's own view over all their lenders; nothing here is shown to staff.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.pictures import Segment, calendar_bars
from accounts.wording import short_day_text
from config import clock
from deferrals.models import ReliefRequest
from deferrals.selectors.inbox import Entry, newest, with_lender
from deferrals.states import OPEN, OfferState, RequestState
from loans.engine.calendar import add_months, month_of
from loans.models import Loan
from loans.selectors.bills import AccountLine, account_lines
from loans.selectors.standing import Standing, positions

MONTHS_AHEAD = 7
LETTERS = 3
# The columns that the page shows, and no more: naming a column to the database takes as long as showing it.
LOAN = (
    "public_id", "number", "state", "grace_days", "grace_needs_clean_previous", "instalment_count",
    "product__penalty_uplift",
    *(f"lender__{column}" for column in ("name_en", "name_zh_hans", "name_zh_hant", "time_zone")),
)  # fmt: skip
REQUEST = ("public_id", "lender", "number", "state", "decide_by_on", "target_on")


@dataclass(frozen=True, slots=True)
class NextDue:
    """The sum that comes first: due or overdue, at which lender, and how many days there are.

    `is_held` says that a request about it is open, `may_ask` that one can be sent.
    """

    loan: Loan
    number: int
    due_on: date
    due_minor: int
    days_left: int
    days_late: int
    grace_until_on: date | None
    overdue_minor: int
    is_held: bool
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Relief:
    """A request that is open or an arrangement that runs."""

    request: Any
    lender: Any
    state: str
    state_label: Any
    offer_until_on: date | None
    resume_on: date | None
    resume_minor: int
    paused_on: tuple[date, ...]
    rescind_until_on: date | None


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the calendar."""

    on: date
    lender: Any
    number: int
    minor: int
    paused: bool
    state: str
    is_bill: bool = False

    @property
    def text(self) -> str:
        """What is due there, in the language of the page."""
        if self.paused:
            return _("%(lender)s, nothing due") % {"lender": self.lender.name}
        if self.is_bill:
            return _("%(lender)s, monthly bill") % {"lender": self.lender.name}
        if self.state == "late":
            since = short_day_text(self.on, get_language() or "zh-hans")
            names = {"lender": self.lender.name, "number": self.number, "day": since}
            return _("%(lender)s, no. %(number)d, since %(day)s") % names
        return _("%(lender)s, no. %(number)d") % {"lender": self.lender.name, "number": self.number}

    @property
    def state_label(self) -> str:
        return {"late": _("late"), "relief": _("on arrangement")}.get(self.state, _("to come"))


@dataclass(frozen=True, slots=True)
class Month:
    month: date
    with_year: bool
    total_minor: int
    dues: tuple[Due, ...]
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything `home.html` shows; `state` names its first sentence.

    Loans that were written off have no due days, so they stand beside the calendar.
    """

    today: date
    state: str
    next_due: NextDue | None
    reliefs: tuple[Relief, ...]
    months: tuple[Month, ...]
    lenders: tuple[Any, ...]
    letters: tuple[Entry, ...]
    unread: int
    has_loans: bool
    is_pending: bool
    bills: tuple[AccountLine, ...] = ()
    written_off: tuple[Loan, ...] = ()


def home(user: Any) -> HomePage:
    """Eight queries, however many loans and lenders; one more where there is a monthly bill."""
    loans = list(Loan.objects.of(user).select_related("lender", "product").only(*LOAN).order_by("lender_id", "pk"))
    lenders_by_pk = {loan.lender_id: loan.lender for loan in loans}
    today = loans[0].lender.today() if loans else clock.today("Asia/Shanghai")
    at = positions([loan for loan in loans if loan.state == Loan.State.ACTIVE], today)
    reliefs = tuple(_reliefs(user, at, today, lenders_by_pk))
    next_due = _next_due(at.values(), reliefs)
    letters = newest(user, lenders_by_pk, LETTERS)
    bills = account_lines(user)
    months, lenders = _calendar(list(at.values()), today, bills)
    written_off = tuple(loan for loan in loans if loan.state == Loan.State.WRITTEN_OFF)
    state = _with_bills(_state(next_due, reliefs), bills)
    return HomePage(
        today=today,
        state="written_off" if state == "nothing" and written_off else state,
        next_due=next_due,
        reliefs=reliefs,
        months=months,
        lenders=lenders,
        letters=letters.entries,
        unread=letters.unread,
        has_loans=bool(loans or bills),
        is_pending=any(loan.state == Loan.State.PENDING for loan in loans),
        bills=bills,
        written_off=written_off,
    )


def _reliefs(user: Any, at: Mapping[int, Standing], today: date, lenders: Mapping[int, Any]) -> Iterable[Relief]:
    """Open requests and running pauses, the one that waits for the borrower first. One query.

    An offer past its last day is none, even before the hourly work has closed it.
    """
    shown = [*OPEN, RequestState.ACTIVE]
    requests = (
        ReliefRequest.objects.of(user)
        .filter(state__in=shown)
        .only(*REQUEST)
        .annotate(live_offer=FilteredRelation("offers", condition=Q(offers__state=OfferState.LIVE)))
        .annotate(
            loan_pk=F("loans__loan_id"),
            offer_until_on=F("live_offer__expires_on"),
            resume_on=F("plans__resume_on"),
            rescind_until_on=F("plans__rescind_until_on"),
        )
    )
    found = [_relief(with_lender(request, lenders), at.get(request.loan_pk)) for request in requests]
    lasting = [relief for relief in found if relief.offer_until_on is None or relief.offer_until_on >= today]
    return sorted(lasting, key=lambda relief: (relief.state != RequestState.OFFERED, relief.request.pk))


def _relief(request: Any, stands: Standing | None) -> Relief:
    first = stands.unpaid_rows[0] if stands is not None and stands.unpaid_rows else None
    running = request.state == RequestState.ACTIVE
    return Relief(
        request=request,
        lender=request.lender,
        state=request.state,
        state_label=RequestState(request.state).label,
        offer_until_on=request.offer_until_on,
        resume_on=request.resume_on,
        resume_minor=first.due_minor if first is not None and running else 0,
        paused_on=stands.paused_on if stands is not None and running else (),
        rescind_until_on=request.rescind_until_on,
    )


def _next_due(at: Iterable[Standing], reliefs: Sequence[Relief]) -> NextDue | None:
    held = {relief.request.loan_pk for relief in reliefs if relief.state in OPEN}
    paused = {relief.request.loan_pk for relief in reliefs if relief.state == RequestState.ACTIVE}
    waiting = [stands for stands in at if stands.position.next_due_on is not None or stands.position.overdue_minor]
    if not waiting:
        return None
    first = min(waiting, key=lambda stands: (stands.unpaid_rows[0].due_on, stands.loan.pk))
    row, position = first.unpaid_rows[0], first.position
    return NextDue(
        loan=first.loan,
        number=row.number,
        due_on=row.due_on,
        due_minor=_left(first, row),
        days_left=(row.due_on - first.on).days,
        days_late=position.days_overdue,
        grace_until_on=position.in_grace_until,
        overdue_minor=position.overdue_minor,
        is_held=first.loan.pk in held,
        may_ask=first.loan.pk not in held | paused,
    )


def _state(next_due: NextDue | None, reliefs: Sequence[Relief]) -> str:
    """What the first sentence says: the one thing that is the borrower's move, if any."""
    if any(relief.state == RequestState.OFFERED for relief in reliefs):
        return "offer"
    if next_due is None:
        return "nothing"
    if next_due.days_late > 0:
        return "held" if next_due.is_held else "overdue"
    if next_due.days_left < 0:
        return "grace"
    return "soon" if next_due.days_left <= 7 else "calm"


def _with_bills(state: str, bills: Sequence[AccountLine]) -> str:
    """The first sentence, where a monthly bill is more pressing than any loan."""
    found = {line.now.now for line in bills}
    soon = any(line.now.now in ("coming", "due_today") and line.now.days_left <= 7 for line in bills)
    if "overdue" in found and state != "offer":
        return "overdue"
    if state in ("nothing", "calm", "soon") and "grace" in found:
        return "grace"
    if state in ("nothing", "calm") and soon:
        return "soon"
    return "calm" if state == "nothing" and found - {"nothing"} else state


def _left(stands: Standing, row: Any) -> int:
    paid = stands.paid.get(row.number)
    already = paid.principal_minor + paid.interest_minor + paid.fee_minor if paid is not None else 0
    return int(row.due_minor - already)


def _calendar(
    at: Sequence[Standing], today: date, bills: Sequence[AccountLine] = ()
) -> tuple[tuple[Month, ...], tuple[Any, ...]]:
    """The months ahead that have something in them, and the lenders in the order of the bars."""
    first, end = month_of(today), add_months(month_of(today), MONTHS_AHEAD)
    found = [due for stands in at for due in _dues(stands)] + [due for line in bills for due in _bill_dues(line)]
    dues = sorted(
        (due for due in found if first <= due.on < end or due.state == "late"),
        key=lambda due: (due.on, due.lender.pk),
    )
    lenders = tuple({due.lender.pk: due.lender for due in sorted(dues, key=lambda due: due.lender.pk)}.values())
    by_month: dict[date, list[Due]] = {}
    for due in dues:
        by_month.setdefault(max(month_of(due.on), first), []).append(due)
    sums = [
        [sum(due.minor for due in group if due.lender.pk == lender.pk) for lender in lenders]
        for group in by_month.values()
    ]
    bars = calendar_bars(sums)
    months = [
        Month(
            month=month,
            with_year=index == 0 or month.month == 1,
            total_minor=sum(due.minor for due in group),
            dues=tuple(group),
            bar=bars[index],
        )
        for index, (month, group) in enumerate(by_month.items())
    ]
    return tuple(months), lenders


def _dues(stands: Standing) -> Iterable[Due]:
    lender = stands.loan.lender
    late_before = stands.on if stands.position.days_overdue > 0 else date.min
    for row in stands.unpaid_rows:
        state = "late" if row.due_on < late_before else "due"
        yield Due(row.due_on, lender, row.number, _left(stands, row), False, state)
    for day in stands.paused_on:
        if day + timedelta(days=31) > stands.on:
            yield Due(day, lender, 0, 0, True, "relief")


def _bill_dues(line: AccountLine) -> Iterable[Due]:
    """The whole bill on its due day; a minimum that is late stands since its own."""
    now, lender = line.now, line.account.lender
    if now.is_late and now.oldest_on is not None:
        yield Due(now.oldest_on, lender, 0, now.minimum_minor, False, "late", is_bill=True)
    elif now.due_on is not None and now.due_on >= now.on:
        yield Due(now.due_on, lender, 0, now.whole_minor, False, "due", is_bill=True)
