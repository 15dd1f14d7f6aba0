"""What a backup is told by the environment: the database, the stored documents, and where backups go."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scripts.production.console import RefusedError
from shared.config.settings import with_driver


class BackupSettings(BaseSettings):
    """Less than a service is told: no key that signs tokens is needed to save or bring back the data.

    backup_bucket_name: where backups go, with a key of its own in backup_aws_*: what loses the papers' bucket
    or its key must not lose the backups. Without any bucket they go to the folder backup_path.
    backup_recipient: whose public key they are encrypted for: an age or ssh recipient, or for gpg the
    armoured key, a file with it, or the name of a key in the key ring. backup_identity: the private key, or a
    file with it; only what restores needs it. backup_signing_key: a secret the bucket's keeper does not have,
    by which backups of our own are told from others. drill_database_url: a server to hold drills on.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: SecretStr
    database_url_direct: SecretStr | None = None
    storage_path: Path = Path("var/objects")
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_region: str = "us-east-1"
    aws_bucket_name: str | None = None
    aws_endpoint_url_s3: str | None = None

    backup_path: Path = Path("var/backups")
    backup_bucket_name: str | None = None
    backup_aws_access_key_id: str | None = None
    backup_aws_secret_access_key: SecretStr | None = None
    backup_aws_region: str = "us-east-1"
    backup_aws_endpoint_url_s3: str | None = None
    backup_recipient: str | None = None
    backup_identity: SecretStr | None = None
    backup_signing_key: Annotated[SecretStr, Field(min_length=32)] | None = None
    drill_database_url: SecretStr | None = None

    def libpq_url(self) -> str:
        """The database, past any pooler: a snapshot lives in one session."""
        return with_driver((self.database_url_direct or self.database_url).get_secret_value(), None)

    def drill_url(self) -> str:
        """A server for scratch databases."""
        return with_driver((self.drill_database_url or SecretStr(self.libpq_url())).get_secret_value(), None)

    @property
    def identity(self) -> str | None:
        """The private key, or a file with it."""
        return self.backup_identity.get_secret_value() if self.backup_identity else None

    @property
    def signing_key(self) -> str | None:
        """What backups of our own are signed with."""
        return self.backup_signing_key.get_secret_value() if self.backup_signing_key else None

    def of_backups(self) -> Self:
        """The same with the backups' bucket where the papers' one stands; nothing of that is left in it."""
        region = self.backup_aws_region
        return self.model_copy(
            update={
                "aws_bucket_name": self.backup_bucket_name,
                "aws_access_key_id": self.backup_aws_access_key_id,
                "aws_secret_access_key": self.backup_aws_secret_access_key,
                "aws_region": region,
                # The client would take AWS_ENDPOINT_URL_S3 of the papers for one that is not given.
                "aws_endpoint_url_s3": self.backup_aws_endpoint_url_s3
                or f"https://s3.{region}.amazonaws.com",
            }
        )


def load_backup_settings() -> BackupSettings:
    """The environment's settings. Raises RefusedError naming each variable that is missing or malformed."""
    try:
        return BackupSettings()
    except ValidationError as error:
        wrong = [f"{str(found['loc'][0]).upper()}: {found['msg']}" for found in error.errors()]
        raise RefusedError("; ".join(wrong)) from error


def check_place(settings: BackupSettings, *, writing: bool) -> None:
    """Raises RefusedError for backups that would lie with what they replace, in the clear, or unsigned."""
    for name, problem in _problems(settings, writing=writing):
        raise RefusedError(f"{name} {problem} (docs/recovery-plan.md says how)")
    if not writing or settings.backup_bucket_name is None:
        return
    if _same_bucket(settings):
        raise RefusedError(
            "BACKUP_BUCKET_NAME is the bucket of the papers: whoever loses it loses both. Take another one, "
            "best at another provider"
        )
    if settings.backup_recipient is None:
        raise RefusedError(
            "backups are not uploaded unencrypted: set BACKUP_RECIPIENT to the public key of age or gpg "
            "(docs/recovery-plan.md says how to make one)"
        )
    if settings.signing_key is None:
        raise RefusedError(
            "backups are not uploaded unsigned: set BACKUP_SIGNING_KEY to 32 random characters or more"
        )


def _problems(settings: BackupSettings, *, writing: bool) -> list[tuple[str, str]]:
    """What is missing of the place itself."""
    if settings.backup_bucket_name is None:
        # A folder that is named may hold what somebody fetched, to restore from it.
        is_named = not writing and "backup_path" in settings.model_fields_set
        if settings.aws_bucket_name is None or is_named:
            return []
        return [("BACKUP_BUCKET_NAME", "is not set: papers are in a bucket, backups need one of their own")]
    needed = ("backup_aws_access_key_id", "backup_aws_secret_access_key")
    return [
        (name.upper(), "is not set: the backups' bucket has a key of its own, not the papers' one")
        for name in needed
        if getattr(settings, name) is None
    ]


def _same_bucket(settings: BackupSettings) -> bool:
    """One name is enough where the addresses are the same server's."""
    if settings.backup_bucket_name != settings.aws_bucket_name:
        return False
    papers = settings.aws_endpoint_url_s3 or f"https://s3.{settings.aws_region}.amazonaws.com"
    return papers.rstrip("/") == str(settings.of_backups().aws_endpoint_url_s3).rstrip("/")
