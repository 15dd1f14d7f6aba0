"""Where backups go: not with what they replace, nothing in the clear, and no key where it has no business."""

import re
from collections.abc import Iterator

from scripts.production.configuration.findings import Configuration, Finding
from scripts.production.configuration.storage import BUCKET
from scripts.production.configuration.strength import weakness_of

_JOBS = ("backup", "restore-drill")
_RESTORES = ("restore-drill", "restore", "single")
_PRIVATE = re.compile("AGE-SECRET-KEY|PRIVATE KEY")
# age and ssh recipients; for gpg the armoured key, a file with it, an address, a fingerprint, or a name in a
# key ring, which has several words.
_RECIPIENT = re.compile(
    r"age1[02-9ac-hj-np-z]{58,}|ssh-(ed25519|rsa) [A-Za-z0-9+/=]{60,}.*|.*BEGIN PGP PUBLIC KEY BLOCK.*|/.+"
    r"|[^@\s]+@[^@\s]+|(0x)?[0-9A-Fa-f]{16,40}|(?!age1|ssh-)[^\s<]+( \S+)+",
    re.DOTALL,
)
_OWN_KEY = ("BACKUP_AWS_ACCESS_KEY_ID", "BACKUP_AWS_SECRET_ACCESS_KEY")


def check_backups(configuration: Configuration) -> Iterator[Finding]:
    """BACKUP_*: a bucket and a key of their own, encrypted and signed."""
    if not configuration.is_of(*_JOBS):
        return
    bucket, papers = configuration.get("BACKUP_BUCKET_NAME"), configuration.get("AWS_BUCKET_NAME")
    if bucket:
        yield from _bucket(bucket, configuration)
    elif papers:
        problem = "is not set: papers are in a bucket, and backups need one that is not lost with it"
        fix = configuration.place.set("BACKUP_BUCKET_NAME", "...")
        yield Finding("BACKUP_BUCKET_NAME", "error", problem, f"{fix}, best at another provider")
    recipient = configuration.get("BACKUP_RECIPIENT")
    if recipient is not None and _PRIVATE.search(recipient):
        problem = "is a private key: whoever makes backups could read them all"
        yield Finding("BACKUP_RECIPIENT", "error", problem, "age-keygen -y ~/backup.key tells the public one")
    elif recipient is not None and not _RECIPIENT.fullmatch(recipient.strip()):
        problem = "is no public key of age, ssh or gpg"
        yield Finding("BACKUP_RECIPIENT", "error", problem, "age-keygen -y ~/backup.key tells it: age1...")


def check_identity(configuration: Configuration) -> Iterator[Finding]:
    """BACKUP_IDENTITY opens every backup: only what restores may know it."""
    name = "BACKUP_IDENTITY"
    if configuration.get(name) is None or configuration.process in _RESTORES:
        return
    is_shared = configuration.process is None
    problem = f"opens every backup; {'every process would read it' if is_shared else configuration.process} "
    problem = problem.rstrip() + ("" if is_shared else " has no use for it")
    place = "tell it the restore drill alone (docs/deploy.md says where), then "
    yield Finding(name, "error", problem, place + configuration.place.remove(name))


def _bucket(bucket: str, configuration: Configuration) -> Iterator[Finding]:
    place = configuration.place
    if not BUCKET.fullmatch(bucket):
        problem = f"{bucket!r} cannot be a bucket: 3 to 63 small letters, digits, dots and hyphens"
        fix = place.set("BACKUP_BUCKET_NAME", "gondola-backups")
        yield Finding("BACKUP_BUCKET_NAME", "error", problem, fix)
    if bucket == configuration.get("AWS_BUCKET_NAME") and _server("", configuration) == _server(
        "BACKUP_", configuration
    ):
        problem = "is the bucket of the papers: whoever loses it loses both"
        fix = f"{place.set('BACKUP_BUCKET_NAME', '...')}, best at another provider"
        yield Finding("BACKUP_BUCKET_NAME", "error", problem, fix)
    for name in _OWN_KEY:
        value = configuration.get(name)
        if value is None:
            problem = "is not set: the backups' bucket has a key of its own"
            yield Finding(name, "error", problem, place.set(name, "..."))
        elif value == configuration.get(name.removeprefix("BACKUP_")):
            problem = "is the papers' key: whoever has it deletes both"
            yield Finding(name, "error", problem, f"make another key, then {place.set(name, '...')}")
    if configuration.get("BACKUP_RECIPIENT") is None:
        problem = "is not set: backups are sent to a bucket only encrypted, so none is"
        fix = f"age-keygen -o ~/backup.key, then {place.set('BACKUP_RECIPIENT', 'age1...')}"
        yield Finding("BACKUP_RECIPIENT", "error", problem, fix)
    signing = configuration.get("BACKUP_SIGNING_KEY")
    weakness = (
        "is not set: backups are sent to a bucket only signed" if signing is None else weakness_of(signing)
    )
    if weakness:
        yield Finding("BACKUP_SIGNING_KEY", "error", weakness, place.generate("BACKUP_SIGNING_KEY"))


def _server(prefix: str, configuration: Configuration) -> str:
    region = configuration.get(f"{prefix}AWS_REGION") or "us-east-1"
    address = configuration.get(f"{prefix}AWS_ENDPOINT_URL_S3") or f"https://s3.{region}.amazonaws.com"
    return address.rstrip("/")
