"""Microseconds to compute a schedule, beside the bare loop over integers that it cannot beat.

`make bench`, or `python -m benchmarks.schedules`.
"""

from datetime import date
from decimal import Decimal

from benchmarks.timing import median_ns, ratio
from loans.engine.schedule import Method, Terms, schedule

RUNS = 200
LENGTHS = (12, 36, 360)


def terms(method: Method, instalments: int) -> Terms:
    return Terms(
        principal_minor=1_200_000, rate_annual=Decimal("0.144"), method=method, instalments=instalments,
        disbursed_on=date(2026, 1, 15),
    )  # fmt: skip


def bare_loop(principal_minor: int, instalments: int) -> list[tuple[int, int, int]]:
    """Interest, principal and balance by integers alone: no dates, no conventions, no rows."""
    balance, share, rows = principal_minor, principal_minor // instalments, []
    for _ in range(instalments):
        interest = (balance * 12 + 500) // 1000
        balance -= share
        rows.append((interest, share, balance))
    return rows


def main() -> None:
    print(f"{'schedule':<24}{'µs':>9}{'bare loop':>12}{'ratio':>8}")
    for method in Method:
        for count in LENGTHS:
            asked = terms(method, count)
            taken = median_ns(lambda asked=asked: schedule(asked), runs=RUNS)
            bare = median_ns(lambda count=count: bare_loop(1_200_000, count), runs=RUNS)
            print(f"{f'{method.value}, {count}':<24}{taken // 1000:>9}{bare // 1000:>12}{ratio(taken, bare):>8}")


if __name__ == "__main__":
    main()
