"""Builds what is deployed, images or a folder for a machine without containers."""

import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.production.building.images import Batch, build_images, find_engine
from scripts.production.building.release import build_release
from scripts.production.console import Parser, RefusedError, run
from scripts.production.images import IMAGES
from scripts.production.processes import ROOT
from scripts.production.requirements import PARTS

RELEASES = Path("/opt/gondola/releases")


def main(arguments: Sequence[str]) -> Mapping[str, object]:
    """Build the committed state of this checkout. Raises RefusedError when it is not all committed."""
    parser = Parser(
        prog="scripts/build-production.sh",
        description="Builds the committed state of this checkout, as container images or as a folder.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--images", action="store_true", help="container images, with docker or podman")
    what.add_argument("--release", action="store_true", help="a folder with its own Python environment")
    parser.add_argument("--only", action="append", choices=IMAGES, help="this image; may be repeated (all)")
    parser.add_argument("--prefix", default="gondola", help="name of the images before the slash (gondola)")
    parser.add_argument("--push", action="store_true", help="push the images to where the prefix says")
    parser.add_argument("--into", type=Path, default=RELEASES, help=f"where releases go ({RELEASES})")
    parser.add_argument(
        "--part", choices=PARTS, default="platform", help="packages of the release (platform: all)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    options = parser.parse_args(arguments)
    commit = _git("rev-parse", "HEAD")
    if not options.dry_run:
        _check_committed(with_untracked=options.images)
    if options.images:
        engine = "docker" if options.dry_run else find_engine()
        batch = Batch(engine, commit, options.prefix, is_pushed=options.push)
        return build_images(batch, options.only or list(IMAGES), is_rehearsal=options.dry_run)
    folder = options.into / commit
    if options.dry_run:
        return {"folder": str(folder), "commit": commit, "part": options.part, "dry_run": True}
    facts = build_release(folder, commit=commit, part=options.part)
    return {**facts, "commit": commit, "python": platform.python_version()}


def _check_committed(*, with_untracked: bool) -> None:
    """Images are made of what lies here, so that files nobody committed would get into them."""
    changed = _git("status", "--porcelain", f"--untracked-files={'normal' if with_untracked else 'no'}")
    if changed:
        raise RefusedError(f"not all is committed, and only what is should be deployed:\n{changed}")


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", "-C", ROOT, *words],  # noqa: S607  whichever git is there
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RefusedError(f"a checkout with git is needed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(run("build-production", main, sys.argv[1:]))
