"""The warehouse service as deployed, but for people's keys: derived here, not asked of negocio."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agente_deposito.main import build
from shared.config.settings import get_settings
from shared.security.keys import SigningKey, derive_key


def signing_key() -> SigningKey:
    """What signs the benchmark's token."""
    return derive_key(get_settings().jwt_secret_key.get_secret_value(), purpose="people")


async def _people_keys(key_id: str) -> Ed25519PublicKey | None:
    key = signing_key()
    return key.public if key.key_id == key_id else None


app = build(get_settings(), people_keys=_people_keys)
