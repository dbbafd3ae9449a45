"""Every address of the site, from the URL resolver itself: nothing can be forgotten."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

IN_ROUTE = re.compile(r"<(?:\w+:)?(\w+)>")
IN_REGEX = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, slots=True)
class Address:
    """One leaf of the resolver. `name` is its namespaced name, or its route if it has none.

    `converters` write an argument as the address holds it: the number of a row is sealed there.
    """

    name: str
    route: str
    converters: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.route))

    def path(self, values: Mapping[str, Any]) -> str:
        return "/" + self.route.format(**{name: self._written(name, values[name]) for name in self.arguments})

    def _written(self, name: str, value: Any) -> str:
        if name not in self.converters:
            return str(value)
        try:
            return str(self.converters[name].to_url(value))
        except ValueError:
            return str(value)  # what cannot be written so stands as it is


def _plain(pattern: Any) -> str:
    """A route with `{name}` where an argument stands."""
    if isinstance(pattern, RoutePattern):
        return IN_ROUTE.sub(r"{\1}", str(pattern._route))
    return IN_REGEX.sub(r"{\1}", str(pattern._regex)).strip("^$").replace("\\", "")


def _walk(resolver: URLResolver, before: str, spaces: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + _plain(entry.pattern)
        if isinstance(entry, URLResolver):
            space = (entry.namespace,) if entry.namespace else ()
            yield from _walk(entry, route, spaces + space)
        elif isinstance(entry, URLPattern):
            shown = re.sub(rf"^{re.escape(settings.ADMIN_PATH)}/", "(staff)/", route)
            converters = getattr(entry.pattern, "converters", {})
            yield Address(":".join([*spaces, entry.name]) if entry.name else shown, route, converters)


@cache
def addresses() -> tuple[Address, ...]:
    """Each address once, the one that answers first, in order of name."""
    first: dict[str, Address] = {}
    for address in _walk(get_resolver(), "", ()):
        first.setdefault(address.route, address)
    return tuple(sorted(first.values(), key=lambda address: (address.name, address.route)))
