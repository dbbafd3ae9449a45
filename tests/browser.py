"""Chromium for the browser stories: where it is, and how it is started.

`python -m tests.browser` exits 0 where there is one. The stories use the machine's own
Chromium; nothing is downloaded.
"""

import importlib.util
import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of a Chromium on this machine; `CHROMIUM` names another."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def has_driver() -> bool:
    """Whether Playwright is installed (requirements/e2e.txt)."""
    return importlib.util.find_spec("playwright") is not None


def flags() -> list[str]:
    """Chromium refuses its own sandbox to root."""
    return [*FLAGS, *(["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else [])]


if __name__ == "__main__":
    sys.exit(0 if chromium() else 1)
