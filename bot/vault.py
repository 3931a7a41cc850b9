"""Personal data at rest: sealed with AES-GCM, found again by keyed hash.

Owns the keys made from DATA_KEY; nothing else sees them. A sealed value is a version byte, 12 bytes of nonce
and the ciphertext.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_CLOSED = "a sealed value does not open: is DATA_KEY the one it was sealed with?"


class VaultError(Exception):
    """A sealed value that this key does not open: DATA_KEY is not the one it was sealed with."""


class Vault:
    """Seals and opens texts, and hashes addresses for look-up."""

    def __init__(self, data_key: str):
        key = data_key.encode()
        self._sealer = AESGCM(hmac.digest(key, b"phsar/seal", "sha256"))
        self._hash_key = hmac.digest(key, b"phsar/look-up", "sha256")

    def seal(self, text: str) -> bytes:
        """Encrypt a text; the same text never seals to the same bytes twice."""
        # A lone surrogate is no text; it can only come from a broken client and is kept as "?".
        return self.seal_bytes(text.encode("utf-8", "replace"))

    def seal_bytes(self, data: bytes) -> bytes:
        """Encrypt what is no text: the sound of a recording."""
        nonce = os.urandom(12)
        return _VERSION + nonce + self._sealer.encrypt(nonce, data, _VERSION)

    def open(self, sealed: bytes) -> str:
        """Decrypt a text. Raises VaultError when the key is another or the value was damaged."""
        try:
            return self.open_bytes(sealed).decode()
        except UnicodeDecodeError as error:
            raise VaultError(_CLOSED) from error

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt. Raises VaultError when the key is another or the value was damaged."""
        try:
            return self._sealer.decrypt(sealed[1:13], sealed[13:], sealed[:1])
        except (InvalidTag, ValueError) as error:
            raise VaultError(_CLOSED) from error

    def look_up(self, address: str) -> str:
        """The keyed hash (32 hex digits) an address is found by."""
        return hmac.digest(self._hash_key, address.encode("utf-8", "replace"), "sha256").hex()[:32]
