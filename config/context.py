"""What every page knows without asking: the demonstration mark and the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {"demo": settings.DEMO, "languages": settings.LANGUAGES, "admin_path": settings.ADMIN_PATH}
