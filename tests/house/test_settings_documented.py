"""README's table and `config/environment.py` say the same, both ways."""

import re

from config.environment import SETTINGS
from tests.house import sources

ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>.*?) \| (?P<meaning>.*?) \|$", re.MULTILINE)


def expected() -> dict[str, tuple[str, str]]:
    return {setting.name: (f"`{setting.default}`" if setting.default else "", setting.meaning) for setting in SETTINGS}


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    text = (sources.ROOT / "README.md").read_text(encoding="utf-8")
    written = {row["name"]: (row["default"].strip(), row["meaning"].strip()) for row in ROW.finditer(text)}
    table = "\n".join(f"| `{name}` | {default} | {meaning} |" for name, (default, meaning) in expected().items())
    assert written == expected(), f"README.md should hold:\n| Variable | Default | Meaning |\n|---|---|---|\n{table}"


def test_no_setting_is_declared_twice() -> None:
    names = [setting.name for setting in SETTINGS]
    assert sorted(names) == sorted(set(names))
