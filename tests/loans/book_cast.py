"""A small book lived day by day in 2026, so that every fact was posted on a day of its own.

Each loan is the worked example: 12,000.00 at 1.2 % a month, 1,079.71 due on the 15th from
February; the first instalments hold 144.00, 132.77 and 121.41 of interest, and 12,000.00,
11,064.29, 10,117.35 and 9,159.05 are left before and after each.

    late       March's instalment came on 20 March and was recorded on 10 April
    returned   February's was paid on its day, and the bank took it back on 5 March
    relieved   nothing was paid; on 20 March February's instalment and all others moved to May and after
    settled    February and March on their days; all the rest on 8 April
"""

from collections.abc import Callable
from datetime import date

from loans import services
from loans.engine.calendar import add_months
from loans.models import Loan, Payment
from loans.selectors.in_force import in_force
from tests.loans.conftest import PAID_OUT, at_noon

INSTALMENT = 107_971
FEB, MAR = date(2026, 2, 15), date(2026, 3, 15)


def pay(loan: Loan, key: str, on: date, known_on: date | None = None, amount_minor: int = INSTALMENT) -> Payment:
    """Money of a day, recorded on that day or later."""
    with at_noon(known_on or on):
        return services.record_payment(
            loan=loan,
            amount_minor=amount_minor,
            key=f"{loan.number}-{key}",
            channel="auto_debit",
            value_on=on,
            acting_user=None,
        )


def put_off(loan: Loan, on: date, months: int = 3) -> None:
    """A schedule with every due date so many months later."""
    with at_noon(on):
        loan.refresh_from_db()
        rows = in_force([loan], on)[loan.pk].rows
        later = [row._replace(due_on=add_months(row.due_on, months)) for row in rows]
        services.adopt_schedule(
            loan=loan, rows=later, source="relief", expected_version=loan.current_version, acting_user=None
        )


def lived(make_loan: Callable[..., Loan]) -> dict[str, Loan]:
    """The four loans, as they are after 10 April."""
    with at_noon(PAID_OUT):
        loans = {
            name: services.disburse_loan(loan=make_loan(number=name), acting_user=None)
            for name in ("late", "returned", "relieved", "settled")
        }
    pay(loans["late"], "feb", FEB)
    bounced = pay(loans["returned"], "feb", FEB)
    pay(loans["settled"], "feb", FEB)
    with at_noon(date(2026, 3, 5)):
        services.reverse_payment(payment=bounced, reason="AM04", acting_user=None)
    pay(loans["settled"], "mar", MAR)
    put_off(loans["relieved"], date(2026, 3, 20))
    with at_noon(date(2026, 4, 8)):
        services.settle_early(loan=loans["settled"], key="off", acting_user=None)
    pay(loans["late"], "mar", date(2026, 3, 20), known_on=date(2026, 4, 10))
    for loan in loans.values():
        loan.refresh_from_db()
    return loans
