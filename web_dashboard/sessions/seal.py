"""Seals what a browser keeps for us, so that it can neither be read nor altered there."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived_key(secret_key: str, *, purpose: str) -> bytes:
    """32 bytes for one purpose out of SECRET_KEY (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


class Seal:
    """Encrypts and authenticates short texts (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, secret_key: str) -> None:
        key = derived_key(secret_key, purpose="dashboard:session")
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, text: str) -> str:
        """The sealed text, safe in a cookie."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, maximum_age_seconds: int) -> str | None:
        """The text, or None when it is not ours or too old."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=maximum_age_seconds).decode()
        except (InvalidToken, UnicodeError):
            return None
