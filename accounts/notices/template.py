"""How the words of a notice become a text: a small language for templates that are data.

A template holds, for each language, a title, the lines of the text, and a text message. In a
line `{name}` is a fact, written by the ending of its name:

    sum_minor   money                       due_on          a full date
    cut_at      date and time of day        due_on:weekday  with the weekday, where one must act
    others      as they are                 due_on:month    a month and its year

A line that begins with `* ` becomes a list, once for each of the facts `items`. `[name] ` in
front of a line keeps it only where the fact is given and not empty, `[!name] ` only where
not, `[name=value] ` only where it is that word. `# ` makes a heading. No sentence is put together from pieces.

The facts `lender`, `complaint_line` and `advice_line` are always there. A text message knows
no sums, no names of persons and no references.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.notices.kinds import Kind
from accounts.notices.short_message import brief_name
from accounts.wording import day_text, is_english, moment_text, money_text, month_text, short_day_text, weekday_text

Block = dict[str, Any]
Facts = Mapping[str, Any]
_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_ONLY = re.compile(r"^\[(!?)(\w+)(?:=(\w+))?\] ")
ALWAYS = ("lender", "complaint_line", "advice_line")
_DAYS = {"": day_text, "weekday": weekday_text, "short": short_day_text, "month": month_text}


class FactsMissing(ValueError):
    """A notice was to be written without a fact that its text needs, or of an event that has no text."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language's title, lines and text message."""

    title: str
    lines: tuple[str, ...]
    sms: str


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one event; a change of words is a new `version`."""

    event: str
    kind: Kind
    version: int
    words: Mapping[str, Words]

    def in_language(self, language: str) -> Words:
        return self.words.get(language) or self.words["zh-hans"]


@dataclass(frozen=True, slots=True)
class Text:
    """What is stored and sent: a title, the blocks of the text, the text message."""

    title: str
    blocks: list[Block]
    sms: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How facts are written: the language, the lender's currency and time zone."""

    language: str
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"


def render(words: Words, facts: Facts, setting: Setting) -> Text:
    """The text with its facts. Raises `FactsMissing` with the name of the first that is not given."""
    short = {**facts, "lender": brief_name(str(facts["lender"]), english=is_english(setting.language))}
    return Text(
        title=fill(words.title, facts, setting),
        blocks=list(_blocks(words.lines, facts, setting)),
        sms=fill(words.sms, short, setting),
    )


def plain(blocks: list[Block]) -> str:
    """The blocks as the text of a mail."""
    parts = []
    for block in blocks:
        if block["kind"] == "list":
            parts.append("\n".join(f"- {item}" for item in block["items"]))
        else:
            parts.append(block["text"])
    return "\n\n".join(parts)


def slots(text: str) -> set[str]:
    """The facts that a line or a text message names."""
    return {match[1] for match in _SLOT.finditer(text)}


def needed(words: Words) -> set[str]:
    """The facts that a text cannot do without; those of its list are asked of each item."""
    lines = [line for line in words.lines if not _ONLY.match(line) and not line.startswith("* ")]
    found = set().union(*(slots(text) for text in (words.title, words.sms, *lines)))
    return found - set(ALWAYS)


def fill(text: str, facts: Facts, setting: Setting) -> str:
    def written(match: re.Match[str]) -> str:
        name, style = match[1], match[2] or ""
        if name not in facts:
            raise FactsMissing(name)
        return _written(name, facts[name], style, setting)

    return _SLOT.sub(written, text)


def _blocks(lines: tuple[str, ...], facts: Facts, setting: Setting) -> Iterator[Block]:
    for line in lines:
        only = _ONLY.match(line)
        if only and _is_so(only, facts) == bool(only[1]):
            continue
        text = line[only.end() :] if only else line
        if text.startswith("* "):
            items = facts.get("items", ())
            yield {"kind": "list", "items": [fill(text[2:], {**facts, **item}, setting) for item in items]}
        elif text.startswith("# "):
            yield {"kind": "h", "text": fill(text[2:], facts, setting)}
        else:
            yield {"kind": "p", "text": fill(text, facts, setting)}


def _is_so(only: re.Match[str], facts: Facts) -> bool:
    found = facts.get(only[2])
    return found == only[3] if only[3] else bool(found)


def _written(name: str, value: Any, style: str, setting: Setting) -> str:
    if name.endswith("_minor"):
        return money_text(value, setting.currency)
    if name.endswith("_on"):
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return _DAYS[style](day, setting.language)
    if name.endswith("_at"):
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment_text(at, setting.language, setting.zone)
    return str(value)
