"""Seals what a browser keeps for us, so that it can neither be read nor altered there."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived_key(secret_key: str, *, purpose: str) -> bytes:
    """32 bytes for one purpose out of SECRET_KEY (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


class Seal:
    """Encrypts and authenticates short texts (Fernet: AES-128-CBC with HMAC-SHA256).

    It closes with the first key and opens with any.
    """

    def __init__(self, *secret_keys: str) -> None:
        keys = [derived_key(secret, purpose="dashboard:session") for secret in secret_keys]
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def close(self, text: str) -> str:
        """The sealed text, safe in a cookie."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, maximum_age_seconds: int) -> str | None:
        """The text, or None when it is not ours or too old."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=maximum_age_seconds).decode()
        except (InvalidToken, UnicodeError):
            return None
