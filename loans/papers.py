"""What the papers of a lender have in common: blocks of text, the governing language, plain text.

A block is a mapping that `templates/components/blocks.html` draws; nothing in it is HTML.
"""

from typing import Any

Block = dict[str, Any]
GOVERNING = "zh-hans"


def paragraph(text: str) -> Block:
    return {"kind": "p", "text": text}


def heading(text: str) -> Block:
    return {"kind": "h", "text": text}


def listed(items: list[str]) -> Block:
    return {"kind": "list", "items": items}


def plain_text(title: str, blocks: list[Block]) -> str:
    """The same as text, for a file: paragraphs parted by an empty line."""
    return "\n\n".join([title, *map(_plain, blocks)])


def _plain(block: Block) -> str:
    if block["kind"] == "sign":
        return "\n".join(block["lines"])
    if block["kind"] == "list":
        return "\n".join(f"- {item}" for item in block["items"])
    if block["kind"] == "table":
        rows = [block["head"], *block["rows"], block["foot"]]
        return "\n".join([block["caption"], *("\t".join(row) for row in rows)])
    text: str = block["text"]
    return text
