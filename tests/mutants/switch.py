"""Puts one changed copy of a function in its place, and says which functions a test reaches.

mutmut wraps every function in one that asks at each call which copy should run; that takes
most of the time of a test. Here the function stays itself, and a change is its code
exchanged, once, in a process of its own.
"""

import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import mutmut.mutation.trampoline

_copies: list[tuple[FunctionType, dict[str, Any]]] = []


def keep(copies: dict[str, Any], is_classmethod: bool = False) -> Callable[[Any], Any]:
    def remember(function: Any) -> Any:
        _copies.append((function, copies))
        return function

    return remember


mutmut.mutation.trampoline.wrap_in_trampoline = keep


def functions() -> dict[str, FunctionType]:
    """Return each function that has changed copies, by the name mutmut has for it."""
    return {_name(copies["_mutmut_orig"]): function for function, copies in _copies}


def change(name: str) -> None:
    """Let the function run as its changed copy `name` until this process ends."""
    module, _, short = name.rpartition(".")
    for function, copies in _copies:
        if function.__module__ == module and short in copies:
            copy = _plain(copies[short])
            function.__code__ = copy.__code__
            function.__defaults__ = copy.__defaults__
            function.__kwdefaults__ = copy.__kwdefaults__
            _forget()
            return
    raise LookupError(name)


class Reached:
    """The functions with changed copies that ran while it was open."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._by_code: dict[CodeType, str] = {function.__code__: name for name, function in functions().items()}

    def __enter__(self) -> "Reached":
        _forget()
        sys.settrace(self._see)
        return self

    def __exit__(self, *failed: object) -> None:
        sys.settrace(None)

    def _see(self, frame: FrameType, event: str, argument: Any) -> None:
        if name := self._by_code.get(frame.f_code):
            self.names.add(name)


def _forget() -> None:
    """Empty what the engine keeps, which may come from functions as they were."""
    for name, module in list(sys.modules.items()):
        if name.startswith("loans.engine") and isinstance(module, ModuleType):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _name(copy: Any) -> str:
    plain = _plain(copy)
    return f"{plain.__module__}.{plain.__name__.partition('__mutmut_')[0]}"


def _plain(copy: Any) -> FunctionType:
    return getattr(copy, "__func__", copy)
