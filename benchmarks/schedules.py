"""Microseconds of a schedule and of a relief projection, beside other packages and a bare loop.

`make bench`, or `python -m benchmarks.schedules` where `requirements/bench.txt` is
installed. Everything is run in turn in one process; times are processor time.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from benchmarks import peers
from benchmarks.timing import Taken, hundredths, in_turn
from loans.engine.profile import PROFILES
from loans.engine.relief import Component, Limits, Pause, Rate, Reterm, project
from loans.engine.schedule import Method, PaidRow, Terms, schedule

ROUNDS = 15
# Instalments, and the rate of a month in thousandths: consumer loans, and one of thirty years.
LENGTHS = {12: 12, 36: 12, 360: 4}
LOOP, OURS = "bare loop", "Leeway"
MOST_OF_LOOP, MOST_OF_AMORTIZATION = 650, 150


def terms(method: Method, instalments: int, per_mille: int, profile: str = "consumer-cn") -> Terms:
    return Terms(
        principal_minor=peers.PRINCIPAL_MINOR, rate_annual=Decimal(per_mille * 12).scaleb(-3), method=method,
        instalments=instalments, disbursed_on=peers.PAID_OUT_ON, profile=PROFILES[profile],
    )  # fmt: skip


def level_schedules(instalments: int, per_mille: int) -> dict[str, Callable[[], Any]]:
    """What is compared: the same loan by the loops, by the engine and by the packages."""
    asked = terms(Method.LEVEL, instalments, per_mille)
    by_30_360 = terms(Method.LEVEL, instalments, per_mille, "30-360")
    loan = (peers.PRINCIPAL_MINOR, per_mille, instalments)
    mine = [(row.number, row.due_minor, row.interest_minor, row.principal_minor, row.balance_minor)
            for row in schedule(by_30_360)]  # fmt: skip
    if mine != peers.bare_loop(*loan):
        raise SystemExit("The engine and the bare loop do not compute the same loan.")
    return {
        LOOP: lambda: peers.bare_loop(*loan),
        "bare loop with dates": lambda: peers.bare_loop_with_dates(*loan),
        OURS: lambda: schedule(asked),
        "Leeway, profile 30-360": lambda: schedule(by_30_360),
        "Leeway, terms checked too": lambda: schedule(terms(Method.LEVEL, instalments, per_mille)),
        **peers.peers(instalments, per_mille, asked.due_dates()),
    }


def projections() -> dict[str, Callable[[], Any]]:
    """Relief on a loan of 12 instalments of which 3 are paid, each with all that a borrower is told."""
    agreed = terms(Method.LEVEL, 12, 12, "30-360")
    rows = schedule(agreed)
    paid = {row.number: PaidRow(row.principal_minor, row.interest_minor) for row in rows[:3]}

    def relief(*components: Component) -> Callable[[], str]:
        return lambda: project(
            rows, paid=paid, rate_annual=agreed.rate_annual, profile=agreed.profile, method=agreed.method,
            as_of=date(2026, 5, 8), components=components, limits=Limits(), anchor_day=agreed.anchor_day,
        ).hash  # fmt: skip

    return {
        "pause of 3 months": relief(Pause(3)),
        "rest in 12 instalments": relief(Reterm(12)),
        "both, and 7.2 % instead of 14.4 %": relief(Rate(Decimal("0.072")), Pause(3), Reterm(12)),
    }


def main() -> None:
    print("Equal instalments: µs of processor time, and times the bare loop (median of", ROUNDS, "rounds, in turn)")
    found = {count: in_turn(level_schedules(count, rate), rounds=ROUNDS) for count, rate in LENGTHS.items()}
    print(f"\n{'':<38}" + "".join(f"{f'{count} rows':>12}{'':>8}" for count in LENGTHS))
    for name in found[12]:
        print(f"{name:<38}" + "".join(_cell(taken[name], taken[LOOP]) for taken in found.values()))
    print("\nOther methods of the engine")
    for method in list(Method)[1:]:
        _print_method(method)
    print("\nRelief projections, with both annual rates and the hash")
    for name, taken in in_turn({LOOP: _loop_of_12, **projections()}, rounds=ROUNDS).items():
        if name != LOOP:
            print(f"{name:<38}{_microseconds(taken):>12}")
    _print_goals(found[12])


def _print_method(method: Method) -> None:
    cells = []
    for count, rate in LENGTHS.items():
        asked, loan = terms(method, count, rate), (peers.PRINCIPAL_MINOR, rate, count)
        works = {LOOP: lambda loan=loan: peers.bare_loop(*loan), OURS: lambda asked=asked: schedule(asked)}
        taken = in_turn(works, rounds=ROUNDS)
        cells.append(_cell(taken[OURS], taken[LOOP]))
    print(f"{method.value:<38}" + "".join(cells))


def _print_goals(twelve: dict[str, Taken]) -> None:
    amortization = next(name for name in twelve if name.startswith("amortization "))
    print("\nGoals for 12 rows with dates, in exact fen")
    for other, most in ((amortization, MOST_OF_AMORTIZATION), (LOOP, MOST_OF_LOOP)):
        got = hundredths(twelve[OURS], twelve[other])
        verdict = "met" if got <= most else "NOT met"
        print(f"  at most {_decimal(most)} x {other}: {_decimal(got)}, {verdict}")
    print(
        "  Frappe Lending's own loop took 65 to 67 x the bare loop beside which it was measured, and cannot be\n"
        "  installed here: ten times as fast as that loop is at most 6.5 x the bare loop."
    )


def _loop_of_12() -> Any:
    return peers.bare_loop(peers.PRINCIPAL_MINOR, LENGTHS[12], 12)


def _cell(taken: Taken, loop: Taken) -> str:
    return f"{_microseconds(taken):>12}{taken.times(loop):>8}"


def _microseconds(taken: Taken) -> str:
    tenths = (taken.ns + 50) // 100
    return f"{tenths // 10:,}.{tenths % 10}"


def _decimal(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


if __name__ == "__main__":
    main()
