"""XML from outside: what is read, and what is refused by name before it can do harm."""

import io
import tracemalloc

import pytest

from loans.bank_files import stream
from loans.bank_files.stream import Closed, FileRefused, events


def read(content: bytes, **more: int) -> list[tuple[str, str]]:
    return [(each.name, each.text) for each in events(io.BytesIO(content), **more) if isinstance(each, Closed)]


def refusal(content: bytes, **more: int) -> str:
    with pytest.raises(FileRefused) as refused:
        read(content, **more)
    return refused.value.reason


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><lolz>&lol1;</lolz>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (BILLION_LAUGHS, "has_doctype"),
        (OUTSIDE, "has_doctype"),
        (b'<!DOCTYPE a SYSTEM "https://evil.example/a.dtd"><a/>', "has_doctype"),
        (b"<a>&x;</a>", "not_xml"),
        (b"<a><b></a></b>", "not_xml"),
        (b"<a/><b/>", "not_xml"),
        (b"<a>", "not_xml"),
        (b"%PDF-1.7", "not_xml"),
        ("<?xml version='1.0' encoding='UTF-16'?><a>1</a>".encode("utf-16"), "not_utf8"),
        (b"\x00\x00\xfe\xff\x00\x00\x00<", "not_utf8"),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "not_utf8"),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", "not_utf8"),
        (b"<a>\xff\xfe</a>", "not_utf8"),
        (b"<a>" * 41 + b"</a>" * 41, "too_deep"),
        (b"<a>" + b"x" * 2_001 + b"</a>", "too_long"),
        (b"<a b='" + b"x" * 2_001 + b"'/>", "too_long"),
        (b"<a>" + b"<b/>x" * 2_001 + b"</a>", "too_long"),
        (b"<a " + b" ".join(b'a%d="1"' % number for number in range(21)) + b"/>", "too_many_attributes"),
    ],
    ids=str,
)
def test_what_is_not_plain_is_refused_by_name(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


def test_as_much_as_is_allowed_is_read() -> None:
    assert read(b"<a>" * 40 + b"</a>" * 40) == [("a", "")] * 40
    assert read(b"<a>" + b"x" * 2_000 + b"</a>") == [("a", "x" * 2_000)]


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole() -> None:
    assert refusal(b"<a>" + b"<b/>" * 100_000, largest=100_000) == "too_large"


def test_a_mark_of_utf_8_and_a_declaration_are_fine() -> None:
    assert read("\ufeff<?xml version='1.0' encoding='utf-8'?><a>王</a>".encode()) == [("a", "王")]


def test_texts_are_whole_wherever_a_piece_ends() -> None:
    content = b"<a>" + b"<b>0123456789</b>" * 20_000 + b"</a>"
    assert len(content) > 4 * stream.CHUNK
    assert set(read(content)) == {("b", "0123456789"), ("a", "")}


def test_text_is_put_together_round_escapes_and_comments() -> None:
    assert read(b"<a> 1 &amp; <!-- two --> <![CDATA[<3>]]> </a>") == [("a", "1 &  <3>")]


def test_memory_does_not_grow_with_the_file() -> None:
    def most(count: int) -> int:
        source = io.BytesIO(b"<a>" + b"<b>0123456789</b>" * count + b"</a>")
        tracemalloc.start()
        for _ in events(source):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small, large = most(20_000), most(80_000)
    assert large < small + 1_000_000
