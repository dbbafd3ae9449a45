"""No float comes near money: it is integers of minor units, rates are exact fractions."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.house import sources

FORBIDDEN_CALLS = {"float", "FloatField"}
FRACTION = re.compile(r"rate_|.*_rate$|.*_uplift$|.*_cap$")  # what a DecimalField may be called: no sum is


COUNTS = ("_minor", "count", "days", "parts", "number")


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _whole(node: ast.AST) -> bool:
    """Looks like an integer: a literal, a length, money, or a name that counts."""
    literal = isinstance(node, ast.Constant) and isinstance(node.value, int)
    return literal or sources.called(node) == "len" or _name(node).endswith(COUNTS)


def _makes_a_float(node: ast.AST) -> bool:
    """`/` between two integers of which one is money. By a Decimal or a Fraction it stays exact."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    sides = (node.left, node.right)
    return all(map(_whole, sides)) and any(_name(side).endswith("_minor") for side in sides)


def _decimal_columns(source: ast.AST) -> dict[ast.AST, str]:
    """Calls of `DecimalField`, with the name each is given."""
    named = {}
    for node in ast.walk(source):
        if isinstance(node, ast.Assign | ast.AnnAssign) and sources.called(node.value or node) == "DecimalField":
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            named[node.value] = target.id if isinstance(target, ast.Name) else ast.unparse(target)
    return named


def breaches(text: str) -> list[str]:
    """What of `text`, a module's source, breaks the rule."""
    source = ast.parse(text)
    decimals = _decimal_columns(source)
    found = []
    for node in ast.walk(source):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: the float {node.value}")
        elif sources.called(node) in FORBIDDEN_CALLS:
            found.append(f"{node.lineno}: {sources.called(node)}()")
        elif _makes_a_float(node):
            found.append(f"{node.lineno}: `/` makes a float of money; divide with engine.money")
        elif sources.called(node) == "DecimalField" and not FRACTION.match(decimals.get(node, "")):
            found.append(f"{node.lineno}: a DecimalField that is not a rate")
    return found


@pytest.mark.parametrize("path", sources.modules(), ids=sources.named)
def test_no_float_is_in_the_product(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 0.5",
        "x = float(due)",
        "class Loan:\n    rate = models.FloatField()",
        "class Loan:\n    amount = models.DecimalField(max_digits=9, decimal_places=2)",
        "share = paid_minor / 12",
        "share = 1 / row.due_minor",
    ],
)
def test_the_rule_finds_what_it_forbids(text: str) -> None:
    assert len(breaches(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "rate_annual = models.DecimalField()",
        "annual_cap = models.DecimalField()",
        "x = paid_minor // 12",
        "x = paid_minor / (1 + rate_daily)",
        "path = folder / 'file'",
    ],
)
def test_the_rule_lets_exact_figures_pass(text: str) -> None:
    assert breaches(text) == []


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_every_money_column_is_a_big_integer(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.Field) and field.name.endswith("_minor"):
            assert isinstance(field, models.BigIntegerField), field.name
        if isinstance(field, models.DecimalField):
            assert FRACTION.match(field.name), field.name
        assert not isinstance(field, models.FloatField), field.name
