"""The keys that sign and verify people's tokens; only this service holds the private ones."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.config.settings import Settings
from shared.security.keys import SigningKey, derive_key
from shared.security.tokens import PublicKeys

_PURPOSE = "people"


def people_keys(settings: Settings) -> list[SigningKey]:
    """The signing key first, then the previous one, whose tokens still count until they expire."""
    secrets = [settings.jwt_secret_key, settings.jwt_secret_key_previous]
    return [derive_key(secret.get_secret_value(), purpose=_PURPOSE) for secret in secrets if secret]


def own_keys(keys: list[SigningKey]) -> PublicKeys:
    """How this service finds them: at hand, without asking itself over HTTP."""

    async def find(key_id: str) -> Ed25519PublicKey | None:
        return next((key.public for key in keys if key.key_id == key_id), None)

    return find
