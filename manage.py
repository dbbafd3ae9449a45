#!/usr/bin/env python
"""Runs one management command; `manage.py help` lists them."""

import os
import secrets
import sys
from collections.abc import Sequence

# They calculate from standard input alone.
PURE = {"quote", "project_relief"}
HELP = {"help", "version"}
HELP_OPTIONS = {"-h", "--help", "--version"}


def is_self_contained(arguments: Sequence[str]) -> bool:
    """Say whether a command signs nothing and reads no row, so that it needs no set-up site."""
    return not arguments or arguments[0] in PURE | HELP or not HELP_OPTIONS.isdisjoint(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if is_self_contained(sys.argv[1:]):
        # Settings want both; neither outlives this process, and what is set stays.
        for name, value in (("LEEWAY_SECRET_KEY", secrets.token_urlsafe(50)), ("DATABASE_URL", "sqlite://:memory:")):
            os.environ[name] = os.environ.get(name) or value
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"leeway: {error}")


if __name__ == "__main__":
    main()
