"""How limits are used: what they are today, what is drawn, what can be drawn, what stands in the way."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Borrower, Lender
from loans.bill_facts import followed, terms_of
from loans.engine.revolving import Left
from loans.limits import Change, Use, announced, in_force
from loans.models import CreditLimit, LimitChange, LimitReservation, Loan, Product, RevolvingAccount
from loans.selectors.standing import standings


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit on a day; `coming` is a cut that is announced and has not begun."""

    limit: CreditLimit
    use: Use
    coming: LimitChange | None
    cut: LimitChange | None


def available_minor(limit: CreditLimit) -> int:
    """What can be drawn from the limit today. Three queries."""
    return use_of(limit, limit.lender.today()).available_minor


def use_of(limit: CreditLimit, on: date) -> Use:
    """Three queries."""
    return lines([limit], on)[0].use


def limits_of(borrower: Borrower, on: date) -> list[LimitLine]:
    """The borrower's limits in force at every lender. Four queries, however many limits."""
    own = borrower.limits.active().select_related("lender", "product", "borrower")
    return lines(own, on)


def lines(limits: Iterable[CreditLimit], on: date) -> list[LimitLine]:
    """Three queries, however many limits."""
    listed = list(limits)
    changes: dict[int, list[LimitChange]] = defaultdict(list)
    for change in LimitChange.objects.filter(limit__in=listed).select_related("taken_back_by").order_by("number"):
        changes[change.limit_id].append(change)
    drawn = _drawn(listed)
    blocked = _overdue(listed, on)
    return [_line(limit, changes[limit.pk], drawn[limit.pk], limit.pk in blocked, on) for limit in listed]


def _line(limit: CreditLimit, rows: list[LimitChange], drawn_minor: int, is_blocked: bool, on: date) -> LimitLine:
    plain = [Change(row.number, row.new_minor, row.effective_on, hasattr(row, "taken_back_by")) for row in rows]
    by_number = {row.number: row for row in rows}
    coming = announced(plain, on)
    standing = [row for row, one in zip(rows, plain, strict=True) if not one.is_taken_back and row.effective_on <= on]
    last = standing[-1] if standing else None
    return LimitLine(
        limit=limit,
        use=Use(in_force(plain, on), drawn_minor, is_blocked or limit.state != CreditLimit.State.ACTIVE),
        coming=by_number[coming.number] if coming is not None else None,
        cut=last if last is not None and last.kind == LimitChange.Kind.CUT else None,
    )


def _drawn(limits: list[CreditLimit]) -> dict[int, int]:
    """What is set aside, and of what became a loan the principal that is left; before it is paid out, all of it.

    Of a monthly bill, the principal that is left, billed or not; one query more where there is such a limit.
    A loan that was cancelled has nothing left.
    """
    drawn: dict[int, int] = defaultdict(int)
    rows = LimitReservation.objects.filter(limit__in=limits, released_at__isnull=True).select_related("loan")
    for row in rows:
        is_paid_out = row.loan is not None and row.loan.state != Loan.State.PENDING
        drawn[row.limit_id] += row.loan.principal_left_minor if row.loan and is_paid_out else row.amount_minor
    billed = [limit for limit in limits if limit.product.kind == Product.Kind.REVOLVING]
    if billed:
        accounts = RevolvingAccount.objects.filter(limit__in=billed)
        drawn |= dict(accounts.values_list("limit_id", "principal_left_minor"))
    return drawn


def _overdue(limits: list[CreditLimit], on: date) -> set[int]:
    """Limits of people with an instalment or a bill past its grace at the same lender: no draw until paid."""
    people = {limit.borrower_id for limit in limits}
    columns = ("borrower_id", "lender_id", "oldest_unpaid_due_on")
    owed = Loan.objects.owed().filter(borrower__in=people, oldest_unpaid_due_on__lt=on)
    loans = owed.values_list(*columns, "grace_days")
    bills = RevolvingAccount.objects.overdue(on).filter(borrower__in=people)
    late = loans.order_by().union(bills.order_by().values_list(*columns, "product__grace_days"))
    pairs = {
        (borrower_id, lender_id)
        for borrower_id, lender_id, due_on, grace_days in late
        if due_on is not None and due_on + timedelta(days=grace_days) < on
    }
    return {limit.pk for limit in limits if (limit.borrower_id, limit.lender_id) in pairs}


def conduct(borrower: Borrower, lender: Lender, on: date) -> tuple[bool, int]:
    """Whether something is overdue at the lender past its grace, and how many instalments were due and are paid.

    A minimum payment is to a monthly bill what an instalment is to a loan. Three queries and those of
    `standings`; one more for each monthly bill.
    """
    loans = list(
        Loan.objects.filter(borrower=borrower, lender=lender).exclude(
            state__in=[Loan.State.PENDING, Loan.State.CANCELLED]
        )
    )
    found = standings(loans, on)
    minimums = _minimums(borrower, lender, on)
    is_overdue = any(one.position.days_overdue for one in found.values())
    is_late = any(one.asked_minor and (one.grace_until or one.due_on) < on for one in minimums)
    paid = sum(one.paid_count for one in found.values()) + sum(one.whole_on is not None for one in minimums)
    return is_overdue or is_late, paid


def _minimums(borrower: Borrower, lender: Lender, on: date) -> list[Left]:
    """What every monthly bill at the lender still asks for, and since when its minimum is paid."""
    accounts = RevolvingAccount.objects.filter(borrower=borrower, lender=lender).select_related("product")
    found: list[Left] = []
    for account in accounts:
        rows = list(account.entries.order_by("sequence"))
        found += followed(terms_of(account), rows, account.closed_on or on).left
    return found
