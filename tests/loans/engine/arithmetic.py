"""Works out a written calculation, so that an explanation can be held to its own digits."""

import re
from fractions import Fraction

from loans.engine.formulas import Line

_FIGURE = re.compile(r"\(|\)|[+−×÷]|[0-9][0-9,]*(?:\.[0-9]+)?%?…?")


def recomputes(line: Line, digits: int = 2) -> bool:
    """Say whether every step of a formula gives the next and the last figure is the amount."""
    steps = [re.split(r" ([=≈]) ", step) for step in line.formula.split("; ")]
    ends = []
    for step in steps:
        figures = [value(text) for text in step[::2]]
        for sign, before, after, shown in zip(step[1::2], figures[:-1], figures[1:], step[2::2], strict=True):
            unit = Fraction(1, 10 ** len(shown.rstrip("…%").partition(".")[2]))
            if sign == "=" and not (before == after or (shown.endswith("…") and 0 <= abs(before) - abs(after) < unit)):
                return False
            if sign == "≈" and abs(before - after) > unit / 2:
                return False
        ends.append(figures[-1])
    return ends[-1] == Fraction(line.amount_minor, 10**digits)


def is_worked_out(line: Line) -> bool:
    """Say whether a figure other than nothing comes with its arithmetic."""
    return line.amount_minor == 0 or "=" in line.formula


def value(text: str) -> Fraction:
    """Return the value of a formula: products before sums, parentheses first."""
    tokens = _FIGURE.findall(text)
    assert "".join(tokens) == text.replace(" ", ""), text
    found, rest = _sum(["+", *tokens] if tokens[0] != "−" else tokens)
    assert not rest, text
    return found


def _sum(tokens: list[str]) -> tuple[Fraction, list[str]]:
    total = Fraction(0)
    while tokens and tokens[0] in "+−":
        sign = -1 if tokens[0] == "−" else 1
        part, tokens = _product(tokens[1:])
        total += sign * part
    return total, tokens


def _product(tokens: list[str]) -> tuple[Fraction, list[str]]:
    product, operator = Fraction(1), "×"
    while True:
        factor, tokens = _factor(tokens)
        product = product * factor if operator == "×" else product / factor
        if not tokens or tokens[0] not in "×÷":
            return product, tokens
        operator, tokens = tokens[0], tokens[1:]


def _factor(tokens: list[str]) -> tuple[Fraction, list[str]]:
    if tokens[0] == "(":
        found, rest = _sum(["+", *tokens[1:]])
        assert rest[0] == ")"
        return found, rest[1:]
    figure = tokens[0].rstrip("…")
    found = Fraction(figure.rstrip("%").replace(",", ""))
    return (found / 100 if figure.endswith("%") else found), tokens[1:]
