"""Settings of a script, with a sentence in place of a stack trace when some are missing."""

from pydantic import ValidationError

from scripts.production.console import RefusedError
from shared.config.settings import Settings


def load_settings() -> Settings:
    """The environment's settings. Raises RefusedError naming each variable that is missing or malformed."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"{str(found['loc'][0]).upper()} {_said(found['type'], found['msg'])}"
            if found["loc"]
            else found["msg"]
            for found in error.errors(include_url=False, include_input=False)
        ]
        raise RefusedError(
            f"{'; '.join(wrong)}. Look with: scripts/validate_config.py --env production"
        ) from error


def _said(kind: str, message: str) -> str:
    return "is not set" if kind == "missing" else f"is refused: {message}"
