"""Queries and milliseconds of the two pages people wait for, beside a page with one query.

`make bench`, or `python -m benchmarks.pages`. Runs in this process with Django's test
client, on a demonstration made in a temporary folder; times are processor time, client
and templates together.
"""

import os
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.timing import Taken, in_turn

ROUNDS = 25
ONE_QUERY = "one query"
MOST_QUERIES, MOST_TIMES = 8, 12
BORROWER, REVIEWER = "xiaoyu@demo.invalid", "lina@demo.invalid"


def set_up(folder: str) -> None:
    """A filled demonstration, and Django on it."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", DATABASE_URL=f"sqlite:///{folder}/book.sqlite3", LEEWAY_DEMO="on",
        LEEWAY_ALLOWED_HOSTS="localhost", LEEWAY_LOG_LEVEL="ERROR",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    for command, options in (("migrate", {"verbosity": 0}), ("createcachetable", {}), ("make_demo", {})):
        call_command(command, **options)


def visitor(who: str) -> Any:
    """A client of the site, entered as one of the made-up people."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"host": "localhost"})
    answer = client.post(reverse("demo:enter"), {"who": who})
    if answer.status_code != 302:
        raise SystemExit(f"The demonstration does not let {who} in ({answer.status_code}).")
    return client


def queries_of(load: Callable[[], Any]) -> int:
    """How many queries a page takes that answers."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    load()
    with CaptureQueriesContext(connection) as queries:
        answer = load()
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}.")
    return len(queries)


def loads() -> dict[str, Callable[[], Any]]:
    """What is compared, by its name."""
    from django.test import Client
    from django.urls import reverse

    plain, borrower, reviewer = Client(headers={"host": "localhost"}), visitor(BORROWER), visitor(REVIEWER)
    home, queue = reverse("home"), reverse("admin:deferrals_reliefrequest_queue")
    return {
        ONE_QUERY: lambda: plain.get("/one-query/"),
        "borrower's home": lambda: borrower.get(home),
        "review queue": lambda: reviewer.get(queue),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from django.test import override_settings

        with override_settings(ROOT_URLCONF="benchmarks.one_query"):
            compared = loads()
            queries = {name: queries_of(load) for name, load in compared.items()}
            taken = in_turn(compared, rounds=ROUNDS)
    print(f"\n{'page':<24}{'queries':>9}{'ms':>9}{'ratio':>8}")
    for name, found in taken.items():
        print(f"{name:<24}{queries[name]:>9}{_ms(found):>9}{found.times(taken[ONE_QUERY]):>8}")
    _print_goals(queries["borrower's home"], taken["borrower's home"].tenths_of(taken[ONE_QUERY]))


def _print_goals(queries: int, tenths: int) -> None:
    print("\nGoals for the home of someone signed in")
    print(f"  at most {MOST_QUERIES} queries: {queries}, {_verdict(queries <= MOST_QUERIES)}")
    times = f"{tenths // 10}.{tenths % 10}"
    print(f"  at most {MOST_TIMES} x a page with one query: {times}, {_verdict(tenths <= 10 * MOST_TIMES)}")


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "NOT met"


def _ms(taken: Taken) -> str:
    return f"{taken.ns // 1_000_000}.{taken.ns // 10_000 % 100:02}"


if __name__ == "__main__":
    main()
