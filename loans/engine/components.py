"""What relief consists of: components, limits, and the names of what cannot be done.

A plan is an ordered tuple of components. Whatever the order given, they take effect
in one fixed order, so that two people who tick the same boxes get the same figures.

    kind    what it does
    PAUSE   nothing is due for n periods; every unpaid instalment moves n periods
            later. Interest of the pause is simple (never interest on interest) or
            waived, and collected with the first, spread over all, or with the last
            of the instalments that remain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

LONGEST_PAUSE = 12


class ReliefError(ValueError):
    """This relief is impossible, not merely against a policy; `code` says why.

    `unknown_kind`, `unknown_key`, `missing_key`, `unknown_value`: the written form of
    a component is wrong, `detail` names the place. `n_out_of_range`: a pause of less
    than 1 or more than 12 periods. `repeated_kind`: two components of one kind.
    `nothing_to_pay`: no instalment is unpaid. `resume_not_after_as_of`: the first
    instalment after the pause would already be due. `paid_more_than_due`,
    `paid_out_of_order`, `paid_unknown_row`: the payments do not fit the schedule.
    `hash_mismatch`: a stored projection was altered.
    """

    def __init__(self, code: str, detail: object = None) -> None:
        super().__init__(code if detail is None else f"{code}: {detail}")
        self.code = code
        self.detail = detail


class PauseInterest(StrEnum):
    """What happens to the interest of the pause itself."""

    ACCRUE_SIMPLE = "ACCRUE_SIMPLE"
    WAIVE = "WAIVE"


class Collect(StrEnum):
    """With which remaining instalments the interest of the pause is collected."""

    FIRST = "FIRST"
    SPREAD = "SPREAD"
    LAST = "LAST"


class Then(StrEnum):
    """What the pause does to the end of the loan: it moves by as many periods."""

    EXTEND = "EXTEND"


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing due for `n` periods. Raises ReliefError."""

    n: int
    interest: PauseInterest = PauseInterest.ACCRUE_SIMPLE
    collect: Collect = Collect.SPREAD
    then: Then = Then.EXTEND

    def __post_init__(self) -> None:
        """Refuse a pause no calendar has, and read names from their written form."""
        if type(self.n) is not int or not 1 <= self.n <= LONGEST_PAUSE:
            raise ReliefError("n_out_of_range", self.n)
        for field, names in (("interest", PauseInterest), ("collect", Collect), ("then", Then)):
            try:
                object.__setattr__(self, field, names(getattr(self, field)))
            except ValueError:
                raise ReliefError("unknown_value", field) from None


Component = Pause
_KINDS: Mapping[str, type[Component]] = {"PAUSE": Pause}


def component_from_dict(written: Mapping[str, Any]) -> Component:
    """Read a component from its JSON form.

    >>> component_from_dict({"kind": "PAUSE", "n": 3, "collect": "LAST"}).collect.value
    'LAST'

    Raises ReliefError.
    """
    given = dict(written)
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ReliefError("unknown_kind", kind)
    known = [field.name for field in fields(_KINDS[kind])]
    for key in given:
        if key not in known:
            raise ReliefError("unknown_key", key)
    if "n" not in given:
        raise ReliefError("missing_key", "n")
    return _KINDS[kind](**given)


def component_as_dict(component: Component) -> dict[str, Any]:
    """Write a component in its JSON form; `component_from_dict` reads it back.

    >>> component_as_dict(Pause(3))["collect"]
    'SPREAD'
    """
    kind = next(name for name, made in _KINDS.items() if isinstance(component, made))
    written = {field.name: getattr(component, field.name) for field in fields(component)}
    return {"kind": kind} | {k: str(v) if isinstance(v, StrEnum) else v for k, v in written.items()}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a lender's policy allows; None is not applied.

    `max_payment_shock`: the first instalment after relief over the old one (1.25 is
    a quarter more). `min_instalment_minor`: no instalment may be made smaller than
    this. `max_capitalised_pct`: sums added to the principal, as a part of it; a
    pause adds none.
    """

    max_payment_shock: Decimal | None = None
    max_capitalised_pct: Decimal | None = None
    min_instalment_minor: int | None = None
