"""Judges from outside: the published schema of pain.008, and another library's reader of camt.054.

The schema comes with `sepaxml`, the classes that `pyiso20022` reads into are made from the
schema of camt.054.001.08; neither has seen this project's code.
"""

from functools import cache
from pathlib import Path
from typing import Any

import sepaxml
import xmlschema
from pyiso20022.camt.camt_054_001_08 import Document
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.handlers import XmlEventHandler

SCHEMAS = Path(sepaxml.__file__).parent / "schemas"


@cache
def schema_of_pain008() -> Any:
    return xmlschema.XMLSchema(SCHEMAS / "pain.008.001.08.xsd")


def problems_of_pain008(source: Any) -> list[str]:
    """What the schema has against the file; empty where it is valid."""
    return [str(error.reason) for error in schema_of_pain008().iter_errors(source)]


def notification(source: Any) -> Any:
    """The first notification of a camt.054.001.08; an element that the message does not know is an error."""
    document = XmlParser(handler=XmlEventHandler).parse(source, Document)
    return document.bk_to_cstmr_dbt_cdt_ntfctn.ntfctn[0]


def transactions_of_camt054(source: Any) -> int:
    """How many transactions the reader finds."""
    entries = notification(source).ntry
    return sum(len(details.tx_dtls) for entry in entries for details in entry.ntry_dtls)
