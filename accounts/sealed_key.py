"""Numbers of rows in the addresses of the staff's site, sealed.

Rows of all lenders are numbered in one sequence. An address with the number itself would say
how many loans, payments or people there are at all lenders together, and how fast they come.
So an address holds

    AES-SIV of the number, under a key from `SECRET_KEY`, bound to the model's label

in base64: always the same for the same row, for nobody to open or to make up, and another for
the row of another model that has the same number. With a new `SECRET_KEY` old addresses find
nothing. (RFC 5297.)
"""

import base64
import binascii
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.db.models import Model
from django.urls import register_converter
from django.urls.converters import get_converters
from django.utils.crypto import salted_hmac

_NUMBER_BYTES = 8


def sealed(model: type[Model], pk: int | str) -> str:
    """The number of a row of `model` as addresses hold it, 32 characters."""
    number = int(pk).to_bytes(_NUMBER_BYTES, "big")
    return base64.urlsafe_b64encode(_cipher(settings.SECRET_KEY).encrypt(number, [_label(model)])).decode()


def opened(model: type[Model], text: str) -> int:
    """The number that `sealed` sealed; raises ValueError for any other text."""
    try:
        number = _cipher(settings.SECRET_KEY).decrypt(base64.urlsafe_b64decode(text), [_label(model)])
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise ValueError("no address of a row") from error
    return int.from_bytes(number, "big")


def converter(model: type[Model]) -> str:
    """The name of the path converter for rows of `model`; a view gets the number as text, as Django's admin does."""
    name = f"sealed_{model._meta.label_lower.replace('.', '_')}"

    class Converter:
        regex = "[A-Za-z0-9_-]{32}"

        def to_python(self, value: str) -> str:
            return str(opened(model, value))

        def to_url(self, value: Any) -> str:
            return sealed(model, value)

    if name not in get_converters():
        register_converter(Converter, name)
    return name


def _label(model: type[Model]) -> bytes:
    return model._meta.label_lower.encode()


@cache
def _cipher(secret: str) -> AESSIV:
    return AESSIV(salted_hmac("accounts.sealed_key", "", secret=secret, algorithm="sha256").digest())
