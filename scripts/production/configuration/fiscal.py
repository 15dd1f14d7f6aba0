"""CUITs, and the certificate that signs in at ARCA."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from scripts.demo.published import DEMO_CUIT
from scripts.production.configuration.findings import Configuration, Finding
from shared.kernel.cuit import parse_cuit

_TOGETHER = ("AFIP_CUIT", "AFIP_CERTIFICATE", "AFIP_PRIVATE_KEY")
# People, then legal entities, then those ARCA numbers itself.
_PREFIXES = {"20", "23", "24", "25", "26", "27", "30", "33", "34", "50", "51", "55"}
_LEAST_RSA_BITS = 2048
_SOON = timedelta(days=30)
_RENEW = "renew it at ARCA (Administración de Certificados Digitales) with a request made by: "
_REQUEST = (
    "openssl req -new -newkey rsa:2048 -nodes -keyout arca.key -subj "
    "'/C=AR/O=EMPRESA/CN=gondola/serialNumber=CUIT {cuit}' -out arca.csr"
)


def check_cuits(configuration: Configuration) -> Iterator[Finding]:
    """AFIP_CUIT and CUIT_EMPRESA: real ones, and not the demo's."""
    for name in ("AFIP_CUIT", "CUIT_EMPRESA"):
        given = configuration.get(name)
        if given is None:
            continue
        cuit = parse_cuit(given)
        fix = configuration.place.set(name, "the 11 digits of your constancia de inscripción")
        if cuit is None:
            yield Finding(name, "error", f"{given!r} is no CUIT: its last digit checks the others", fix)
        elif cuit[:2] not in _PREFIXES:
            yield Finding(name, "error", f"{given!r} begins with {cuit[:2]}, which no CUIT does", fix)
        elif cuit == DEMO_CUIT or len(set(cuit[2:10])) == 1:
            yield Finding(name, "error", f"{given!r} is an example, nobody's CUIT", fix)
    if configuration.get("CUIT_EMPRESA") is None:
        problem = "is not set: setup_initial_data.py makes the first organisation from it"
        fix = configuration.place.set("CUIT_EMPRESA", "30...")
        yield Finding("CUIT_EMPRESA", "warning", problem, fix)


def check_certificate(configuration: Configuration) -> Iterator[Finding]:
    """The pair of certificate and key: whole, fitting, valid now, and of the CUIT that is named."""
    given = [name for name in _TOGETHER if configuration.get(name) is not None]
    is_real = configuration.get("AFIP_ENVIRONMENT") == "production"
    if not given:
        if is_real:
            problem = "is not set though AFIP_ENVIRONMENT is production"
            yield Finding("AFIP_CERTIFICATE", "error", problem, _REQUEST.format(cuit="30..."))
        return
    for name in _TOGETHER:
        if configuration.get(name) is None:
            problem = f"is not set though {', '.join(given)} is: ARCA asks for all three"
            yield Finding(name, "error", problem, configuration.place.set(name, "..."))
    if not is_real:
        problem = "is not production: papers are checked against ARCA's test service"
        fix = configuration.place.set("AFIP_ENVIRONMENT", "production")
        yield Finding("AFIP_ENVIRONMENT", "warning", problem, fix)
    yield from _pair(configuration, is_real=is_real)


def _pair(configuration: Configuration, *, is_real: bool) -> Iterator[Finding]:
    certificate = _certificate(configuration.get("AFIP_CERTIFICATE"))
    key = _key(configuration.get("AFIP_PRIVATE_KEY"))
    fix = "paste the whole PEM, line breaks included"
    if isinstance(certificate, _Broken):
        yield Finding("AFIP_CERTIFICATE", "error", certificate.problem, fix)
    if isinstance(key, _Broken):
        yield Finding("AFIP_PRIVATE_KEY", "error", key.problem, fix)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _LEAST_RSA_BITS:
        problem = f"has {key.key_size} bits; ARCA takes {_LEAST_RSA_BITS} and more"
        yield Finding("AFIP_PRIVATE_KEY", "error", problem, _RENEW + _request(configuration))
    if isinstance(certificate, x509.Certificate):
        yield from _dates_and_names(certificate, configuration, is_real=is_real)
        if key is not None and not isinstance(key, _Broken) and _public(key) != _public(certificate):
            problem = "does not fit AFIP_CERTIFICATE: they are not of one pair"
            yield Finding(
                "AFIP_PRIVATE_KEY", "error", problem, "use the key the certificate was asked for with"
            )


def _dates_and_names(
    certificate: x509.Certificate, configuration: Configuration, *, is_real: bool
) -> Iterator[Finding]:
    name, renew = "AFIP_CERTIFICATE", _RENEW + _request(configuration)
    ends = certificate.not_valid_after_utc
    if ends <= configuration.now:
        yield Finding(name, "error", f"ended on {ends.date()}", renew)
    elif ends - configuration.now < _SOON:
        yield Finding(name, "warning", f"ends on {ends.date()}", renew)
    if certificate.not_valid_before_utc > configuration.now:
        problem = (
            f"is valid only from {certificate.not_valid_before_utc} on; look at this machine's clock too"
        )
        yield Finding(name, "error", problem, "timedatectl status")
    named, wanted = _cuit_of(certificate), parse_cuit(configuration.get("AFIP_CUIT") or "")
    if named is None:
        yield Finding(name, "error", "names no CUIT in its subject: ARCA did not issue it", renew)
    elif wanted is not None and named != wanted:
        problem = f"is {wanted}, the certificate is of {named}"
        yield Finding("AFIP_CUIT", "error", problem, configuration.place.set("AFIP_CUIT", named))
    issuer = certificate.issuer.rfc4514_string()
    if is_real and "test" in issuer.lower():
        problem = f"was issued for tests ({issuer})"
        yield Finding(
            name, "warning", problem, "use the one for production; the test service is homologation"
        )


@dataclass(frozen=True, slots=True)
class _Broken:
    problem: str


def _certificate(text: str | None) -> x509.Certificate | _Broken | None:
    if text is None:
        return None
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return _Broken(_said(text, "certificate"))


def _key(text: str | None) -> PrivateKeyTypes | _Broken | None:
    if text is None:
        return None
    try:
        return load_pem_private_key(text.encode(), password=None)
    except TypeError:
        return _Broken("is locked with a password, which nobody could give when a process starts")
    except ValueError:
        return _Broken(_said(text, "private key"))


def _said(text: str, what: str) -> str:
    if "-----BEGIN" not in text:
        return f"is no PEM {what}: it has no -----BEGIN line (a path of a file is not read)"
    if "\\n" in text:
        return f"is a PEM {what} with the two signs \\n in place of line breaks"
    return f"is no PEM {what} that can be read"


def _public(holder: x509.Certificate | PrivateKeyTypes) -> bytes:
    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _cuit_of(certificate: x509.Certificate) -> str | None:
    """ARCA writes "CUIT 30712345671" as the subject's serial number."""
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER):
        found = re.fullmatch(r"CUI[TL]\s*(\d{11})", str(attribute.value).strip())
        if found:
            return found[1]
    return None


def _request(configuration: Configuration) -> str:
    return _REQUEST.format(cuit=configuration.get("AFIP_CUIT") or "30...")
