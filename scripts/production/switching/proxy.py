"""Which colour NGINX sends people to, and turning it: tested beforehand, replaced in one step."""

import os
from dataclasses import dataclass
from pathlib import Path

from scripts.production.console import RefusedError, ScriptError
from scripts.production.switching.actions import Operator, Run
from scripts.production.switching.colours import COLOURS, Colour

# More than NGINX takes to look at its configuration, or a container engine to hand on that it should.
NGINX_SECONDS = 30.0
# The configuration that runs, with the candidate in place of active.conf; it must include that.
_TEST = (
    'sed "s|^\\( *\\)include active\\.conf;|\\1include $3;|" "$1/nginx.conf" > "$1/nginx-candidate.conf"'
    ' && grep -qF "include $3;" "$1/nginx-candidate.conf"'
    ' && exec "$0" -t -p "$2" -c "$1/nginx-candidate.conf" -e stderr'
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """One NGINX.

    colours: folder with blue.conf and green.conf. state: folder with active.conf, a copy of one of them.
    within: what makes a command run where NGINX does; folder, prefix and state_within are paths there.
    reload: makes the running one read its files again.
    """

    colours: Path
    state: Path
    program: str
    folder: str
    prefix: str
    state_within: str
    reload: Run
    within: tuple[str, ...] = ()

    @property
    def active(self) -> Colour:
        """The colour people are sent to. Raises RefusedError when the file says neither."""
        found = self._read(self.state / "active.conf")
        for colour in COLOURS:
            if found == self._read(self._file(colour)):
                return colour
        raise RefusedError(
            f"{self.state / 'active.conf'} is neither {self._file('blue')} nor {self._file('green')}: "
            "copy the one of the colour that runs over it"
        )

    def test(self, operator: Operator, colour: Colour) -> None:
        """Have NGINX look at the configuration with this colour. Raises ScriptError; nothing was changed."""
        candidate = self.state / "candidate.conf"
        if not operator.is_rehearsal:
            _write(candidate, self._read(self._file(colour)))
        named = f"{self.state_within}/candidate.conf"
        words = (*self.within, "sh", "-c", _TEST, self.program, self.folder, self.prefix, named)
        try:
            operator.do([Run(words, seconds=NGINX_SECONDS)])
        except ScriptError as error:
            raise ScriptError(f"NGINX refuses its configuration with {colour}; nothing changed") from error

    def go_to(self, operator: Operator, colour: Colour) -> None:
        """Send people to this colour from now on, whoever they are sent to.

        Raises ScriptError when NGINX could not be told, and OSError. The file may say the colour then, and
        NGINX may have been told: whoever calls goes back.
        """
        if not operator.is_rehearsal:
            _write(self.state / "active.conf", self._read(self._file(colour)))
        operator.do([self.reload])

    def _file(self, colour: Colour) -> Path:
        return self.colours / f"{colour}.conf"

    @staticmethod
    def _read(file: Path) -> str:
        try:
            return file.read_text()
        except OSError as error:
            raise RefusedError(f"{file} cannot be read ({error.strerror}); see docs/deploy.md") from error


def _write(file: Path, text: str) -> None:
    """All or nothing, and for everybody to read: NGINX may run as somebody else."""
    part = file.with_suffix(".part")
    with part.open("w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.chmod(0o644)
    part.replace(file)
