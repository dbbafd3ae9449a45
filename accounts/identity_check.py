"""Do this name and this identity number belong together? Asked of a register outside.

The register is a class named by the setting `IDENTITY_CHECK`, with a `name` of at most 40
letters and one method `check(*, name, number)` that answers an `Outcome`. Whatever it raises
counts as no answer: the person waits and is asked about again (`services.recheck_identities`).
Nothing of the number is ever written to the log, not even an error's own words.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


class Outcome(StrEnum):
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    UNAVAILABLE = "unavailable"


class Register(Protocol):
    """What `IDENTITY_CHECK` names."""

    name: str

    def check(self, *, name: str, number: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and by whom."""

    outcome: Outcome
    method: str


class Demonstration:
    """Confirms everybody but two kinds of made-up people; outside the demonstration it never answers.

    Digits 15 to 17 are 999: name and number do not belong together. 998: the register is
    silent, for as long as one asks.
    """

    name = "demonstration"

    def check(self, *, name: str, number: str) -> Outcome:
        if not settings.DEMO:
            return Outcome.UNAVAILABLE
        return {"999": Outcome.MISMATCH, "998": Outcome.UNAVAILABLE}.get(number[14:17], Outcome.VERIFIED)


def ask(*, name: str, number: str) -> Answer:
    """The register's answer. Takes as long as the register does, so never inside a transaction."""
    method = settings.IDENTITY_CHECK.rpartition(".")[2][:40]
    try:
        register: Register = import_string(settings.IDENTITY_CHECK)()
        return Answer(Outcome(register.check(name=name, number=number)), register.name[:40])
    except Exception as error:  # whatever a register raises: no answer
        log.warning("the identity check %s did not answer: %s", method, type(error).__name__)
        return Answer(Outcome.UNAVAILABLE, method)
