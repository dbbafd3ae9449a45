"""The month's file for a credit bureau: one module per format, facts in, bytes out.

`records` is what every format is told; `metro2`, `pboc` and `au` each write it in their own
codes. They know no database and no clock. What goes into a file, and what was sent before,
is asked and remembered by `credit/services/bureau_files.py`; docs/furnishing.md describes
the formats field by field.
"""

from types import MappingProxyType

from credit.bureau import au, metro2, pboc
from credit.bureau.records import Writer

WRITERS: MappingProxyType[str, type[Writer]] = MappingProxyType(
    {"pboc": pboc.PbocWriter, "metro2": metro2.Metro2Writer, "au": au.AuWriter}
)
SUFFIXES: MappingProxyType[str, str] = MappingProxyType({"pboc": "jsonl", "metro2": "txt", "au": "jsonl"})
