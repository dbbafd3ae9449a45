"""One row of the matrix: who gets which answer at an address, written short."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.house.world import ROLES

Answers = Mapping[str, str]


def parse(text: str) -> Answers:
    """The answer to each role, from "login anonymous, 200 owner, 404"."""
    answers: dict[str, str] = {}
    rest = ""
    for part in text.split(","):
        answer, *roles = part.split()
        if not roles:
            rest = answer
        answers.update(dict.fromkeys(roles, answer))
    unknown = set(answers) - set(ROLES)
    if unknown or (not rest and set(answers) != set(ROLES)):
        raise ValueError(f"{text!r}: unknown or missing roles {unknown or set(ROLES) - set(answers)}")
    return {role: answers.get(role, rest) for role in ROLES}


def written(answers: Answers) -> str:
    """The text that `parse` reads, with the most frequent answer last."""
    groups: dict[str, list[str]] = {}
    for role in ROLES:
        groups.setdefault(answers[role], []).append(role)
    *few, most = sorted(groups, key=lambda answer: len(groups[answer]))
    return ", ".join([*(f"{answer} {' '.join(groups[answer])}" for answer in few), most])


@dataclass(frozen=True, slots=True)
class Row:
    get: Answers
    post: Answers


def row(get: str, post: str = "405") -> Row:
    return Row(parse(get), parse(post))
