"""What a backup is told by the environment: the database, the stored documents, and where backups go."""

from pathlib import Path

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scripts.production.console import RefusedError
from shared.config.settings import with_driver


class BackupSettings(BaseSettings):
    """Less than a service is told: no key that signs tokens is needed to save or bring back the data.

    backup_bucket_name: where backups go; without it the bucket of the documents, without any bucket the
    folder backup_path. backup_recipient: whose public key they are encrypted for: an age or ssh recipient, or
    for gpg the armoured key, a file with it, or the name of a key in the key ring. backup_identity: the
    private key, or a file with it; only what restores needs it.
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
    backup_recipient: str | None = None
    backup_identity: SecretStr | None = None

    def libpq_url(self) -> str:
        """The database, past any pooler: a snapshot lives in one session."""
        return with_driver((self.database_url_direct or self.database_url).get_secret_value(), None)

    @property
    def bucket(self) -> str | None:
        """Where backups go; None is the folder."""
        return self.backup_bucket_name or self.aws_bucket_name


def load_backup_settings() -> BackupSettings:
    """The environment's settings. Raises RefusedError naming each variable that is missing or malformed."""
    try:
        return BackupSettings()
    except ValidationError as error:
        wrong = [f"{str(found['loc'][0]).upper()}: {found['msg']}" for found in error.errors()]
        raise RefusedError("; ".join(wrong)) from error
