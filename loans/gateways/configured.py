"""Which gateway a lender has, and with which keys: as the operator set it up."""

from django.conf import settings

from config import clock
from loans.gateways.callback import CallbackGateway
from loans.gateways.interface import Gateway
from loans.gateways.sandbox import Sandbox

CALLBACK = CallbackGateway.name


def seconds() -> int:
    """The present instant in whole seconds since 1970, as signatures have it."""
    return int(clock.now().timestamp())


def keys_for(code: str) -> tuple[str, ...]:
    """The keys that messages to and from a lender's gateway may be signed with, the newest first."""
    return tuple(settings.GATEWAY_KEYS.get(code, ()))


def gateway_for(code: str) -> Gateway | None:
    """The gateway of the lender with this code; in the demonstration a calm one in this process; else none."""
    url, keys = settings.GATEWAY_URLS.get(code), keys_for(code)
    if url and keys:
        return CallbackGateway(
            url=url, key=keys[0], hosts=settings.GATEWAY_HOSTS, now=seconds, is_local_allowed=settings.DEMO
        )
    return Sandbox() if settings.DEMO else None
