"""Put the layered style sources together into the one sheet the site serves.

`static/css/leeway.css` names the files and their order; nothing else decides. The served
sheet has no `@import` and no `@layer`: the order of the rules alone gives the page, so a
browser that knows no cascade layers (an old web view inside another app) shows the same.
For that, a rule of a later file must never rely on its layer to win over a more specific
rule of an earlier one.
"""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

STATIC = Path(settings.BASE_DIR) / "static"
SOURCES = STATIC / "css"
SERVED = STATIC / "build" / "leeway.css"
IMPORT = re.compile(r'@import url\("(?P<name>[\w-]+\.css)"\)')


def source_names() -> list[str]:
    """The layered files, in the order `leeway.css` imports them."""
    return IMPORT.findall((SOURCES / "leeway.css").read_text(encoding="utf-8"))


def flat_sheet() -> str:
    """Every source in order, each under its name; no layer, no import."""
    parts = [f"/* {name} */\n{(SOURCES / name).read_text(encoding='utf-8').strip()}\n" for name in source_names()]
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Put static/css/*.css together, in the order of leeway.css, into static/build/leeway.css."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        SERVED.parent.mkdir(parents=True, exist_ok=True)
        SERVED.write_text(flat_sheet(), encoding="utf-8")
        self.stdout.write(f"{len(source_names())} files, {SERVED.stat().st_size:,} bytes: {SERVED.name}")
