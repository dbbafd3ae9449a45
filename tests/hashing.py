"""Passwords of the test cast are hashed in microseconds; the site's own hash takes a third of a second each.

A test about the time of signing in puts the real one back: `settings.PASSWORD_HASHERS = SLOW`.
"""

import pytest

SLOW = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = [*QUICK, *SLOW]
