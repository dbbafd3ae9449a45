"""Numbers that the database must not give away: sealed, and found again without being opened.

A sealed text is AES-256 in GCM under a random nonce of 96 bits, bound to what it belongs to
(`of`), so that a seal copied to another row does not open there:

    1.<name of the key>.<nonce and ciphertext in base64>

A fingerprint is HMAC-SHA-256 of the text under a key of its own: equal texts have equal
fingerprints, and nobody without the key can try all numbers. Both keys are derived from one
line of the setting `LEEWAY_DATA_KEYS`. The first key seals; every key opens, and a look-up
goes by the fingerprints under all of them. To change keys: put the new one first, run
`manage.py reseal`, then take the old one away. Losing a key loses what it sealed.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VERSION = "1"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text cannot be opened: another row's, changed, or sealed with a key that is gone."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What one line of the setting gives: a name, a key to seal and a key to find again."""

    name: str
    sealing: bytes = field(repr=False)
    finding: bytes = field(repr=False)

    @classmethod
    def made_from(cls, line: str) -> "_Key":
        def derived(use: str) -> bytes:
            return hmac.new(line.encode(), f"leeway {use}".encode(), hashlib.sha256).digest()

        return cls(derived("name").hex()[:8], derived("seal"), derived("find"))


class SealedBox:
    """Seals under the first of `lines` (never empty), opens under any."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._keys = [_Key.made_from(line) for line in lines]

    def __repr__(self) -> str:
        return f"SealedBox({', '.join(key.name for key in self._keys)})"

    def seal(self, text: str, of: str) -> str:
        """`text` sealed for what `of` names; the same text twice gives two different seals."""
        key, nonce = self._keys[0], secrets.token_bytes(_NONCE_BYTES)
        hidden = AESGCM(key.sealing).encrypt(nonce, text.encode(), of.encode())
        return f"{_VERSION}.{key.name}.{base64.urlsafe_b64encode(nonce + hidden).decode()}"

    def open(self, sealed: str, of: str) -> str:
        """The text again; `SealBroken` if this is not what was sealed for `of`."""
        version, _, rest = sealed.partition(".")
        name, _, body = rest.partition(".")
        key = next((key for key in self._keys if key.name == name), None)
        if version != _VERSION or key is None:
            raise SealBroken("sealed with a key that is not in LEEWAY_DATA_KEYS")
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            return AESGCM(key.sealing).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("changed, or sealed for something else") from error

    def is_current(self, sealed: str) -> bool:
        """Whether the first key sealed it."""
        return sealed.startswith(f"{_VERSION}.{self._keys[0].name}.")

    def fingerprint(self, text: str, of: str) -> str:
        """64 hexadecimal digits that equal texts of one kind (`of`) have in common, under the first key."""
        return self.fingerprints(text, of)[0]

    def fingerprints(self, text: str, of: str) -> list[str]:
        """The fingerprint under each key, the first key's first; for a look-up with `__in`."""
        message = f"{of}\n{text}".encode()
        return [hmac.new(key.finding, message, hashlib.sha256).hexdigest() for key in self._keys]


def sealed_box() -> SealedBox:
    """The box of this site; `ImproperlyConfigured` where no key is set."""
    if not settings.DATA_KEYS:
        raise ImproperlyConfigured("LEEWAY_DATA_KEYS is not set, so no identity or bank account number can be kept.")
    return SealedBox(settings.DATA_KEYS)
