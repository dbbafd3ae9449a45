"""The same loan by other packages, and by the least loop that could do it.

12,000.00 in equal monthly instalments, by what each package calls a schedule. Where a
package names its rows' columns otherwise or leaves some out, that is left as it is.
"""

from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from typing import Any

PRINCIPAL_MINOR = 1_200_000
PAID_OUT_ON = date(2026, 1, 15)


def bare_loop(principal_minor: int, per_mille: int, instalments: int) -> list[tuple[int, ...]]:
    """Number, instalment, interest, principal and balance in whole fen; no dates, no conventions.

    `per_mille` is the rate of a month. The instalment alone is a binary fraction before
    it is rounded, as in the loop that other packages' times were taken beside.
    """
    rate = per_mille / 1000
    instalment = int(principal_minor * rate / (1 - (1 + rate) ** -instalments) + 1 / 2)
    balance, rows = principal_minor, []
    for number in range(1, instalments + 1):
        interest = (balance * per_mille + 500) // 1000
        share = instalment - interest if number < instalments else balance
        balance -= share
        rows.append((number, share + interest, interest, share, balance))
    return rows


def bare_loop_with_dates(principal_minor: int, per_mille: int, instalments: int) -> list[tuple[Any, ...]]:
    """The bare loop, and the due date in each row."""
    first = PAID_OUT_ON.year * 12 + PAID_OUT_ON.month
    rows: list[tuple[Any, ...]] = []
    for month, row in enumerate(bare_loop(principal_minor, per_mille, instalments), first):
        rows.append((date(month // 12, month % 12 + 1, PAID_OUT_ON.day), *row))
    return rows


def peers(instalments: int, per_mille: int, due_on: tuple[date, ...]) -> dict[str, Callable[[], Any]]:
    """The schedule of each package, by its name and version."""
    import loan_calculator
    import mortgage
    import numpy
    import numpy_financial
    import pyloan
    from amortization import amortization_schedule

    principal, rate = PRINCIPAL_MINOR / 100, per_mille * 12 / 1000
    dates = list(due_on)

    def by_numpy() -> Any:
        numbers = numpy.arange(1, instalments + 1)
        return (
            numpy_financial.ipmt(rate / 12, numbers, instalments, -principal),
            numpy_financial.ppmt(rate / 12, numbers, instalments, -principal),
        )

    def by_pyloan() -> Any:
        # Its rate is in per cent, its days are 30/360, its term is in months where one says so.
        return pyloan.Loan(
            loan_amount=principal, interest_rate=rate * 100, loan_term=instalments, loan_term_period="M",
            start_date=PAID_OUT_ON.isoformat(), payment_end_of_month=False,
        ).get_payment_schedule()  # fmt: skip

    def amortized() -> Any:
        return list(amortization_schedule(principal, rate, instalments))

    made = {
        "amortization": amortized,
        "amortization, dates zipped on": lambda: list(zip(_dates(instalments), amortized(), strict=True)),
        "loan-calculator": lambda: loan_calculator.Loan(principal, rate, PAID_OUT_ON, dates),
        "numpy-financial": by_numpy,
        "mortgage": lambda: mortgage.Loan(principal=principal, interest=rate, term=instalments // 12),
        "pyloan": by_pyloan,
    }
    return {_named(name): work for name, work in made.items()}


def _dates(instalments: int) -> list[date]:
    first = PAID_OUT_ON.year * 12 + PAID_OUT_ON.month
    return [date(month // 12, month % 12 + 1, PAID_OUT_ON.day) for month in range(first, first + instalments)]


def _named(name: str) -> str:
    package, _, rest = name.partition(",")
    return f"{package} {version(package)}{rest and ',' + rest}"
