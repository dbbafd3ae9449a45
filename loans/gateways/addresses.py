"""Where this process may call: https, a host that the operator named, on the public internet.

A name is resolved once, every address it has must be public, and the call goes to an address
that was looked at: a name that answers differently the second time leads nowhere else.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

# Translation of IPv4 (RFC 6052, RFC 8215): what stands inside may be private, and no gateway is reached that way.
TRANSLATED = tuple(ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48"))
Resolve = Callable[[str, int], Iterable[str]]


class AddressRefused(ValueError):
    """The address may not be called; says why."""


def resolved(host: str, port: int) -> list[str]:
    """Every address of a host name, as text."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise AddressRefused("the host has no address") from error


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if any(found in network for network in TRANSLATED):
        return False
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


def destination(
    url: str, *, hosts: Iterable[str], is_local_allowed: bool = False, resolve: Resolve = resolved
) -> tuple[str, str, int]:
    """Host name, address to connect to, and port, of a URL that may be called; raises `AddressRefused`.

    With `is_local_allowed`, as in the demonstration, http and this machine are allowed too.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("not an address") from error
    if parts.scheme != "https" and not (is_local_allowed and parts.scheme == "http"):
        raise AddressRefused("not https")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("holds a user name")
    host = (parts.hostname or "").rstrip(".")
    if not host or host not in hosts:
        raise AddressRefused("not a host that the operator named")
    port = port or (443 if parts.scheme == "https" else 80)
    addresses = list(resolve(host, port))
    if not addresses:
        raise AddressRefused("the host has no address")
    if not is_local_allowed and not all(is_public(address) for address in addresses):
        raise AddressRefused("not on the public internet")
    return host, addresses[0], port
