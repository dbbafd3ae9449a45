"""Rows are locked so that others may still name them: `no_key=True`, which only deleting a row would ask more than.

A plain FOR UPDATE stands in the way of every row that points at the locked one, until the end of
the transaction. Whoever wrote such a row, and holds the audit chain that the first waits for,
would wait for ever.
"""

import ast
from pathlib import Path

import pytest

from tests.house import sources


def strong(path: Path) -> list[str]:
    found = []
    for node in sources.nodes(path):
        if sources.called(node) == "select_for_update":
            assert isinstance(node, ast.Call)
            if not any(word.arg == "no_key" and ast.unparse(word.value) == "True" for word in node.keywords):
                found.append(sources.place(path, node))
    return found


@pytest.mark.parametrize("path", sources.modules(), ids=sources.named)
def test_every_lock_lets_others_name_the_row(path: Path) -> None:
    assert strong(path) == []


def test_a_lock_that_does_not_is_found(tmp_path: Path) -> None:
    stronger = tmp_path / "stronger.py"
    stronger.write_text("Loan.objects.select_for_update(of=('self',), no_key=False).get()\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "ROOT", tmp_path)
        assert strong(stronger) == ["stronger.py:1"]
