"""The loans of a lender as the books knew them at the end of a day: how many, what is left, how late.

Sums are the journal's, by the day on which they were posted, and agree with the trial balance
of the day. Lateness follows from the schedules adopted and the payments posted by then; see
`as_known`. Every report is at most five statements over all loans, and a few more for every
5,000 loans of which the engine has to judge one by one: those with an unpaid instalment
whose days of grace may still run, and those without principal that may not be over.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Sum

from accounts.models import Lender
from loans.aged import Aged, Late, aged
from loans.book_reports import BillLine, Portfolio, ProductLine
from loans.engine.arrears import position
from loans.models import Account, Loan, Posting, Product, RevolvingAccount
from loans.selectors import as_known
from loans.selectors.as_known import OfProduct, Unpaid
from loans.selectors.charges import charges_of
from loans.selectors.standing import states

AT_ONCE = 5_000


def portfolio(lender: Lender, on: date) -> Portfolio:
    """All loans and monthly bills of the lender at the end of the day."""
    of_products = as_known.by_product(lender, on)
    open_ones = _open_without_principal(lender, of_products, on)
    bills = _bills(lender, on)
    products = Product.objects.in_bulk({*(of.product_pk for of in of_products), *bills})
    lines: dict[str, ProductLine] = {}
    for of in sorted(of_products, key=lambda of: products[of.product_pk].version):
        line = _line(products[of.product_pk], of, of.with_principal + (of.uncertain_pk in open_ones))
        lines[line.code] = lines[line.code].plus(line) if line.code in lines else line
    owed: dict[str, BillLine] = {}
    for pk in sorted(bills, key=lambda pk: products[pk].version):
        bill = BillLine(products[pk].code, products[pk].name, len(bills[pk]), sum(bills[pk]))
        owed[bill.code] = owed[bill.code].plus(bill) if bill.code in owed else bill
    return Portfolio(on, tuple(lines[code] for code in sorted(lines)), tuple(owed[code] for code in sorted(owed)))


def arrears(lender: Lender, on: date) -> Aged:
    """The loans that run at the end of the day, by days past due; penalty interest is not counted in.

    Monthly bills are not in it: they are aged by their minimum payment, on their own pages.
    """
    of_products = as_known.by_product(lender, on)
    running = sum(of.with_principal for of in of_products) + len(_open_without_principal(lender, of_products, on))
    return aged(_late(lender, on), running, sum(of.left_minor for of in of_products))


def _late(lender: Lender, on: date) -> Iterator[Late]:
    uncertain: dict[int, Unpaid] = {}
    for one in as_known.unpaid(lender, on):
        if (on - one.newest_on).days > one.grace_days:
            yield Late((on - one.oldest_on).days, one.open_minor, one.principal_minor)
        else:
            uncertain[one.loan_pk] = one
    for loans in _some(uncertain):
        held = as_known.in_force_as_known(lender, loans, on)
        for loan in loans:
            found = position(states(held[loan.pk]), on, loan.grace_days, loan.grace_needs_clean_previous)
            if found.days_overdue:
                yield Late(found.days_overdue, found.overdue_minor, uncertain[loan.pk].principal_minor)


def _open_without_principal(lender: Lender, of_products: Iterable[OfProduct], on: date) -> set[int]:
    """Loans of which all principal is repaid and interest, fees or penalty interest are not."""
    found: set[int] = set()
    for loans in _some(of.uncertain_pk for of in of_products if of.uncertain_pk):
        held = as_known.in_force_as_known(lender, loans, on)
        charges = charges_of(loans, held, on, before=as_known.end_of(lender, on))
        found |= {loan.pk for loan in loans if held[loan.pk].unpaid_rows or charges[loan.pk].owed_minor}
    return found


def _some(pks: Iterable[int]) -> Iterator[list[Loan]]:
    listed = list(pks)
    for start in range(0, len(listed), AT_ONCE):
        yield list(Loan.objects.filter(pk__in=listed[start : start + AT_ONCE]))


def _line(product: Product, of: OfProduct, running: int) -> ProductLine:
    return ProductLine(product.code, product.name, running, of.loans - running, of.lent_minor, of.left_minor)


def _bills(lender: Lender, on: date) -> dict[int, list[int]]:
    """What is left on each account of monthly bills with something left, by product. Three queries."""
    held: Counter[int] = Counter()
    lines = Posting.objects.filter(lender=lender, account=Account.BILLS, entry__posted_on__lte=on)
    for owner in ("entry__account_entry__account", "entry__bill__account"):
        sums = lines.filter(**{f"{owner}__isnull": False}).order_by().values_list(owner).annotate(Sum("amount_minor"))
        for account_pk, amount_minor in sums:
            held[account_pk] += amount_minor
    found: dict[int, list[int]] = {}
    owed = {pk: amount_minor for pk, amount_minor in held.items() if amount_minor}
    for pk, product_pk in RevolvingAccount.objects.filter(lender=lender).values_list("pk", "product_id"):
        if pk in owed:
            found.setdefault(product_pk, []).append(owed[pk])
    return found
