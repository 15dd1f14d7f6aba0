"""What the OpenAPI documents say of failures: one problem shape for all of them."""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_FIELD: dict[str, Any] = {
    "type": "object",
    "properties": {"path": _TEXT, "msg": _TEXT},
    "required": ["path", "msg"],
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. code is stable; title and detail are Spanish sentences for people.",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "request_id": {"type": ["string", "null"]},
        "fields": {"type": "array", "items": _FIELD},
        "details": {"type": "object", "additionalProperties": _TEXT},
    },
    "required": ["type", "title", "status", "detail", "code"],
}

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Refused or failed.",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    }
}
