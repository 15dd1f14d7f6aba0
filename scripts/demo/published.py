"""What everybody may know of the demo; it needs none of what draws the demo's papers."""

from uuid import NAMESPACE_URL, uuid5

DEMO_ORGANISATION_ID = uuid5(NAMESPACE_URL, "gondola:demo")
DEMO_CUIT = "30004829103"
"""Of the invented shop; nobody has it."""
# Published on purpose, for demo mode only; production refuses it.
DEMO_USERNAME = "admin"
DEMO_PASSWORD = "test_password"  # noqa: S105
