"""A configuration with nothing wrong in it, for tests to spoil."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CUIT = "30712345671"
OTHER_CUIT = "20305556662"


@lru_cache
def key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:  # noqa: ARG001  another number, another key
    return rsa.generate_private_key(65537, bits)


def key_pem(private: rsa.RSAPrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate_pem(
    *,
    cuit: str | None = CUIT,
    ends: datetime = NOW + timedelta(days=365),
    begins: datetime = NOW - timedelta(days=1),
    issuer: str = "Computadores",
) -> str:
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, "gondola")]
    if cuit:
        subject.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"CUIT {cuit}"))
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key(), SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


@lru_cache
def good() -> dict[str, str]:
    return {
        "ENVIRONMENT": "production",
        "SECRET_KEY": "mW3vKq9ZrT1xYb7LhN5cJ2pGf8DsQ4aVeRtUoIzX6w",
        "JWT_SECRET_KEY": "Hc7Xn2RqLw9TzVb4KpYs6GdJm1FtQe8UaoZi3WxNv5",
        "DATABASE_URL": "postgresql://gondola:qX8vT2nLr5ZbKw9m@db.gondola.com.ar:5432/gondola?sslmode=require",
        "REDIS_URL": "rediss://:w7NpQ3xVt9LzRk2s@cache.gondola.com.ar:6379/0",
        "NEGOCIO_URL": "http://agente-negocio:8080",
        "DEPOSITO_URL": "http://agente-deposito:8080",
        "ML_URL": "http://ml:8080",
        "PUBLIC_URL": "https://gondola.com.ar",
        "ALLOWED_HOSTS": "gondola.com.ar,agente-negocio,agente-deposito,ml",
        "CORS_ORIGINS": "https://tienda.com.ar",
        "AWS_BUCKET_NAME": "gondola-documents",
        "AWS_ACCESS_KEY_ID": "AKIAQ3EGT7RLV5XW2ZKM",
        "AWS_SECRET_ACCESS_KEY": "b9Wq2XvT7nLrKz4MpYd8GsJc1FhQe6UaoRi3ZxNt5V",
        "BACKUP_BUCKET_NAME": "gondola-backups",
        "BACKUP_AWS_ACCESS_KEY_ID": "AKIAT5WQ8NKJX3VZ7LRM",
        "BACKUP_AWS_SECRET_ACCESS_KEY": "Yd8GsJc1FhQe6UaoRi3ZxNt5Vb9Wq2XvT7nLrKz4Mp",
        "BACKUP_SIGNING_KEY": "Zk3VxQ8mT1rWb7YhLn5cJ2pGf9DsE4aKeRtUoIzX6v",
        "BACKUP_RECIPIENT": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        "AFIP_ENVIRONMENT": "production",
        "AFIP_CUIT": CUIT,
        "AFIP_CERTIFICATE": certificate_pem(),
        "AFIP_PRIVATE_KEY": key_pem(key()),
        "CUIT_EMPRESA": CUIT,
    }
