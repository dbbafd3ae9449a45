"""The facts of an application, gathered once and frozen: what was said, owed here, and served by the credit file."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from credit.cross_product import Hit, verdict
from credit.grid import shift
from credit.report import Report
from loans.assessment import STEP_MINOR, Facts, Finding
from loans.engine.terms import MOST_INSTALMENTS
from loans.models import Bill, CreditLimit, Loan, LoanApplication, Product, RevolvingAccount
from loans.product_rules import MOST_MONTHS
from loans.selectors.limit_use import use_of
from loans.selectors.standing import standings

LOOKED_BACK_MONTHS = 24
LEAST_MINOR, MOST_MINOR = 100_000, 20_000_000  # where the product states nothing


def range_of(product: Product, limit: CreditLimit | None, on: date) -> tuple[int, int]:
    """The least and the most that may be wished for; a higher limit must be above the one in force."""
    least = product.min_principal_minor or LEAST_MINOR
    most = product.max_principal_minor or MOST_MINOR
    if limit is not None:
        least = max(least, use_of(limit, on).limit_minor + STEP_MINOR)
    return least, most


def facts_of(application: LoanApplication, report: Report, limit: CreditLimit | None) -> Facts:
    """Two queries and those of `standings`; three more where there is a limit."""
    product, on = application.product, report.on
    least, most = range_of(product, limit, on)
    on_time, late = months_of(report)
    return Facts(
        on=on,
        wished_minor=application.wished_minor,
        income_minor=application.income_minor,
        other_monthly_minor=application.other_monthly_minor,
        own_monthly_minor=_own_monthly(application, on),
        reported_monthly_minor=_reported_monthly(report),
        months_on_time=on_time,
        late_months=late,
        findings=tuple(_finding(hit) for hit in verdict(report).hits),
        least_minor=least,
        most_minor=most,
        longest_months=min(max(product.instalment_counts, default=12), MOST_MONTHS, MOST_INSTALMENTS),
        **rates_of(product),
        wants_a_person=application.origin == LoanApplication.Origin.AGAIN,
    )


def rates_of(product: Product) -> dict[str, Decimal]:
    """The product's band; where it states none, its one rate."""
    usual = product.rate_annual
    return {
        "rate_annual": usual,
        "rate_annual_min": usual if product.rate_annual_min is None else product.rate_annual_min,
        "rate_annual_max": usual if product.rate_annual_max is None else product.rate_annual_max,
    }


def months_of(report: Report) -> tuple[int, int]:
    """Months without anything late, and late account-months, of the last 24."""
    since = shift(report.on.replace(day=1), -LOOKED_BACK_MONTHS)
    rows = [month for account in report.accounts for month in account.months if month.month >= since]
    late = {month.month for month in rows if month.is_late}
    return len({month.month for month in rows} - late), sum(month.is_late for month in rows)


def _own_monthly(application: LoanApplication, on: date) -> int:
    """The next instalments of what runs at the lender, and the minimum payments of the last monthly bills."""
    own = {"borrower": application.borrower_id, "lender": application.lender_id}
    bills = Bill.objects.filter(account=OuterRef("pk")).order_by("-bill_on")
    accounts = RevolvingAccount.objects.active().filter(**own)
    minimums = accounts.annotate(last_minor=Subquery(bills.values("minimum_minor")[:1])).aggregate(
        sum=Sum("last_minor")
    )
    loans = Loan.objects.filter(**own).running()
    return sum(one.position.next_due_minor for one in standings(loans, on).values()) + (minimums["sum"] or 0)


def _reported_monthly(report: Report) -> int:
    """What was last due a month on open accounts at other lenders, as far as it was served."""
    others = [account for account in report.accounts if not account.is_own and account.closed_on is None]
    return sum(account.months[-1].scheduled_minor for account in others if account.months)


def _finding(hit: Hit) -> Finding:
    told: dict[str, Any] = asdict(hit)
    facts = {**told["facts"], **{name: told[name] for name in ("lender", "data_on", "lifts_on")}}
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    return Finding(hit.rule, hit.action.name, plain)
