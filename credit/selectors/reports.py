"""The report itself, put together from the tradelines that may be seen."""

from collections.abc import Iterable
from datetime import date

from accounts.models import Borrower, Lender
from credit import grid
from credit.facts import MonthFacts
from credit.models import MonthFact, Tradeline
from credit.report import Report, ReportAccount, report_months
from credit.selectors.record import months_for


def report_of(borrower: Borrower, on: date, *, lender: Lender | None, shared: Iterable[Lender | None] = ()) -> Report:
    """The borrower's accounts at `lender` and at `shared` lenders, with 24 months each; without a lender, all.

    Two queries, and the same two for somebody without a file.
    """
    rows = Tradeline.objects.filter(file__borrower=borrower, opened_on__lte=on).select_related("lender")
    if lender is not None:
        rows = rows.filter(lender__in=[lender, *(one for one in shared if one is not None)])
    tradelines = list(rows.order_by("opened_on", "lender__code", "reference"))
    months = months_for(tradelines, since=grid.shift(on.replace(day=1), -grid.MONTHS_SHOWN))
    return Report(on=on, accounts=tuple(_account(each, months[each.pk], lender, on) for each in tradelines))


def _account(tradeline: Tradeline, rows: list[MonthFact], lender: Lender | None, on: date) -> ReportAccount:
    known = [MonthFacts.of(row) for row in rows if row.as_of <= on]
    closed = tradeline.closed_on if tradeline.closed_on is not None and tradeline.closed_on <= on else None
    return ReportAccount(
        lender=tradeline.lender.code,
        is_own=lender is None or tradeline.lender_id == lender.pk,
        reference=tradeline.reference,
        portfolio=tradeline.portfolio,
        currency=tradeline.currency,
        opened_on=tradeline.opened_on,
        closed_on=closed,
        original_minor=tradeline.original_minor,
        months=report_months(known),
    )
