"""What `check --deploy` says about a site where nobody could become known."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def known_customers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Keys and the two classes outside: without them every newcomer waits for ever."""
    found: list[CheckMessage] = []
    if not settings.DATA_KEYS:
        found.append(
            Warning(
                "LEEWAY_DATA_KEYS is not set, so no identity or bank account number can be kept.", id="accounts.W101"
            )
        )
    for number, name in enumerate(("IDENTITY_CHECK", "BANK_ACCOUNT_CHECK"), start=102):
        if getattr(settings, name).endswith(".Demonstration"):
            found.append(
                Warning(f"{name} is the demonstration's, which confirms nobody here.", id=f"accounts.W{number}")
            )
    return found
