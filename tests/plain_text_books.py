"""Independent readers of exported books: beancount, and hledger where it is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

needs_hledger = pytest.mark.skipif(shutil.which("hledger") is None, reason="hledger is not installed")
Checked = subprocess.CompletedProcess[str]


def bean_check(path: Path) -> Checked:
    return _run([sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(path)])


def hledger(path: Path) -> Checked:
    return _run(["hledger", "--file", str(path), "check", "--strict", "ordereddates"])


def _run(command: list[str]) -> Checked:
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


# By the format they read; hledger only where it is installed.
READERS = {"beancount": bean_check} | ({"hledger": hledger} if shutil.which("hledger") else {})
