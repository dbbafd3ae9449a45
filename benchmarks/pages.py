"""Queries and milliseconds of the two pages people wait for, beside a page with one query.

`make bench`, or `python -m benchmarks.pages`. Runs in this process with Django's test
client, on a demonstration made in a temporary folder.
"""

import os
import tempfile
from collections.abc import Callable
from typing import Any

from benchmarks.timing import median_ns, ratio

RUNS = 40
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


def measure(load: Callable[[], Any]) -> tuple[int, int]:
    """Queries of one load, and the median time of many in nanoseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = load()
    if answer.status_code != 200:
        raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}.")
    return len(queries), median_ns(load, runs=RUNS)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from django.test import Client, override_settings
        from django.urls import reverse

        with override_settings(ROOT_URLCONF="benchmarks.one_query"):
            plain = Client(headers={"host": "localhost"})
            bare_queries, bare = measure(lambda: plain.get("/one-query/"))
        pages = {
            "borrower's home": (visitor(BORROWER), reverse("home")),
            "review queue": (visitor(REVIEWER), reverse("admin:deferrals_reliefrequest_queue")),
        }
        print(f"\n{'page':<24}{'queries':>9}{'ms':>9}{'ratio':>8}")
        print(f"{'one query':<24}{bare_queries:>9}{_ms(bare):>9}{'1.0':>8}")
        for name, (client, path) in pages.items():
            queries, taken = measure(lambda client=client, path=path: client.get(path))
            print(f"{name:<24}{queries:>9}{_ms(taken):>9}{ratio(taken, bare):>8}")


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds // 1_000_000}.{nanoseconds // 100_000 % 10}"


if __name__ == "__main__":
    main()
