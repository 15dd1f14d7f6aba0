"""Which variables a platform has, and which of them may be written in the clear."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from scripts.production.backup.settings import BackupSettings
from scripts.production.console import RefusedError
from shared.config.settings import Settings

# Whoever has it reads every backup; it is kept elsewhere, on paper too.
_NEVER = frozenset({"BACKUP_IDENTITY"})
_SECRET_NAME = re.compile("SECRET|PASSWORD|TOKEN|KEY|DSN|PASSPHRASE|CREDENTIAL|HEADERS|WEBHOOK")
# OpenTelemetry has dozens of its own; the others are what the files of platforms set beside the template.
_MORE = re.compile("OTEL_[A-Z0-9_]+|IMAGE|IMAGE_PREFIX|NGINX_STATE|(NEGOCIO|DEPOSITO|ML)_HOSTPORT")
_WITH_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")
_NAME = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=", re.MULTILINE)


def split(given: Mapping[str, str], template: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The platform's variables that are set: those to be seen, and the secret ones.

    template: names more variables than the settings do, one NAME= per line. Raises RefusedError without it.
    """
    fields = {**Settings.model_fields, **BackupSettings.model_fields}
    known = {name.upper() for name in fields} | _named(template)
    secret_fields = {name.upper() for name, field in fields.items() if _is_secret(field)}
    known |= {name for name in given if _MORE.fullmatch(name)}
    told = {name: given[name] for name in sorted(known - _NEVER) if given.get(name)}
    secret = {name: value for name, value in told.items() if _must_hide(name, value, secret_fields)}
    return {name: value for name, value in told.items() if name not in secret}, secret


def _must_hide(name: str, value: str, secret_fields: set[str]) -> bool:
    return bool(name in secret_fields or _SECRET_NAME.search(name) or _WITH_PASSWORD.search(value))


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


def _named(template: Path) -> set[str]:
    try:
        return set(_NAME.findall(template.read_text()))
    except OSError as error:
        raise RefusedError(f"{template} names what is to be kept and cannot be read ({error})") from error
