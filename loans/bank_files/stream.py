"""XML from outside, read piece by piece in bounded memory, and refused where it is not plain.

Expat reads; nothing of the document is kept but the element that is open. A document type
declaration is refused before anything in it is looked at, so there are no entities of the
sender's: neither bombs nor files of this machine. Only UTF-8 is read, as ISO 20022 asks for.
What would make the reader hold more than a message of a bank ever has (deep nesting, long
texts, many attributes, a big file) is refused by name.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.parsers import expat

CHUNK = 64 * 1024
LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 40
LONGEST_TEXT = 2_000
MOST_ATTRIBUTES = 20
UTF_8 = "UTF-8"
_BETWEEN = " "


class FileRefused(ValueError):
    """A bank's file cannot be taken; nothing of it was booked. `reason` says why, `where` in which place.

    Reasons: `empty`, `too_large`, `not_xml`, `not_utf8`, `has_doctype`, `too_deep`,
    `too_long`, `too_many_attributes`; and those of `camt054`.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason}: {where}" if where else reason)
        self.reason = reason
        self.where = where


class Source(Protocol):
    """What bytes come from: an open file, an upload."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An element begins; `namespace` is empty where it has none."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Closed:
    """An element ends; `text` is all that it held itself, without the white space around it."""

    name: str
    text: str
    attributes: dict[str, str]


Event = Opened | Closed


@dataclass(slots=True)
class _Element:
    """An element that is open, and the text in it so far."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    length: int = 0


class _Reader:
    """The handlers of expat; what they find waits in `events`."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._open: list[_Element] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.parser = expat.ParserCreate(UTF_8, _BETWEEN)
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    @property
    def line(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    def feed(self, data: bytes, *, is_last: bool) -> list[Event]:
        try:
            self._decoder.decode(data, is_last)
            self.parser.Parse(data, is_last)
        except UnicodeDecodeError as error:
            raise FileRefused("not_utf8", self.line) from error
        except expat.ExpatError as error:
            raise FileRefused("not_xml", f"line {error.lineno}") from error
        found, self.events = self.events, []
        return found

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() != UTF_8:
            raise FileRefused("not_utf8", encoding[:40])

    def _doctype(self, *_arguments: Any) -> None:
        raise FileRefused("has_doctype", self.line)

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise FileRefused("too_deep", self.line)
        if len(attributes) > MOST_ATTRIBUTES:
            raise FileRefused("too_many_attributes", self.line)
        if len(full_name) > LONGEST_TEXT or any(len(value) > LONGEST_TEXT for value in attributes.values()):
            raise FileRefused("too_long", self.line)
        namespace, _, name = full_name.rpartition(_BETWEEN)
        self._open.append(_Element(name, attributes))
        self.events.append(Opened(name, namespace))

    def _text(self, text: str) -> None:
        element = self._open[-1]
        text = text if element.texts else text.lstrip()
        if not text:
            return
        element.length += len(text)
        if element.length > LONGEST_TEXT:
            raise FileRefused("too_long", self.line)
        element.texts.append(text)

    def _end(self, _full_name: str) -> None:
        element = self._open.pop()
        self.events.append(Closed(element.name, "".join(element.texts).strip(), element.attributes))


def events(source: Source, *, largest: int = LARGEST_FILE) -> Iterator[Event]:
    """Every beginning and end of an element in `source`, in order; raises `FileRefused`.

    >>> import io
    >>> [each.name for each in events(io.BytesIO(b"<a><b>1</b></a>")) if isinstance(each, Closed)]
    ['b', 'a']
    """
    reader, size = _Reader(), 0
    while data := source.read(CHUNK):
        if not size and data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00")):
            raise FileRefused("not_utf8", "UTF-16 or UTF-32")
        size += len(data)
        if size > largest:
            raise FileRefused("too_large", f"{largest} bytes")
        yield from reader.feed(data, is_last=False)
    if not size:
        raise FileRefused("empty")
    yield from reader.feed(b"", is_last=True)
