"""A site that is set up wrongly refuses to start, in one line that says why."""

import os
import subprocess
import sys

import pytest

from config.environment import DEMO_KEY
from tests.house import sources

GOOD = {
    "LEEWAY_SECRET_KEY": "k" * 50,
    "LEEWAY_ALLOWED_HOSTS": "leeway.example",
    "DATABASE_URL": "sqlite:///var/never-opened.sqlite3",
}


def start(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start `manage.py check` with only these settings in the environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=sources.ROOT,
        env={**inherited, **GOOD, **changes},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_site_that_is_set_up_well_starts() -> None:
    run = start({})
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"LEEWAY_SECRET_KEY": ""}, "LEEWAY_SECRET_KEY is not set"),
        ({"LEEWAY_SECRET_KEY": "k" * 49}, "LEEWAY_SECRET_KEY is shorter"),
        ({"LEEWAY_SECRET_KEY": DEMO_KEY}, "LEEWAY_SECRET_KEY is not set"),
        ({"LEEWAY_DATA_KEYS": "k" * 42}, "LEEWAY_DATA_KEYS has a key shorter"),
        ({"LEEWAY_DATA_KEYS": f"{'k' * 43},{DEMO_KEY}"}, "LEEWAY_DATA_KEYS has a key shorter"),
        ({"LEEWAY_DEMO": "on"}, "LEEWAY_DEMO is on, but LEEWAY_ALLOWED_HOSTS"),
        ({"LEEWAY_ALLOWED_HOSTS": "*"}, "LEEWAY_ALLOWED_HOSTS may not be *"),
        ({"DATABASE_URL": "my database"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://root@db/leeway"}, "DATABASE_URL"),
        ({"DATABASE_POOL_MAX": "many"}, "DATABASE_POOL_MAX cannot be read as int: 'many'"),
        ({"LEEWAY_LOG_LEVEL": "LOUD"}, "LEEWAY_LOG_LEVEL"),
        ({"EMAIL_URL": "a pigeon"}, "EMAIL_URL"),
        ({"LEEWAY_GATEWAY_URLS": "qinghe=pay.example"}, "LEEWAY_GATEWAY_URLS"),
        ({"LEEWAY_GATEWAY_URLS": "https://pay.example"}, "LEEWAY_GATEWAY_URLS"),
        ({"LEEWAY_GATEWAY_KEYS": "qinghe=short"}, "LEEWAY_GATEWAY_KEYS: a key of qinghe is shorter"),
        ({"LEEWAY_GATEWAY_KEYS": f"qinghe={'k' * 32},short"}, "LEEWAY_GATEWAY_KEYS: a key of qinghe is shorter"),
        ({"LEEWAY_GATEWAY_KEYS": f"qinghe={'k' * 32} qinghe={'l' * 32}"}, "LEEWAY_GATEWAY_KEYS cannot be read"),
    ],
    ids=lambda value: "-".join(f"{k}={v}"[:40] for k, v in value.items()) if isinstance(value, dict) else None,
)
def test_a_wrong_setting_is_named_in_one_line(changes: dict[str, str], named: str) -> None:
    run = start(changes)
    assert run.returncode == 1
    assert named in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "changes",
    [{"DATABASE_URL": "mysql://root:opensesame@db/leeway"}, {"LEEWAY_DATA_KEYS": "opensesame"}],
    ids=lambda changes: next(iter(changes)),
)
def test_no_secret_is_repeated_in_the_complaint(changes: dict[str, str]) -> None:
    run = start(changes)
    assert "opensesame" not in run.stderr + run.stdout
