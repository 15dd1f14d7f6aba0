"""The cheap decoders on damaged input, thousands a second, in a process whose memory is limited.

`python -m benchmarks.rehearsals.fuzzing.decoders [--seed N] [--trials N]` prints outcomes as JSON. Whatever
is raised but UnreadableFileError ends it, with a note of the trial; so does a trial that takes long.
"""

import argparse
import json
import resource
import sys
import time
from base64 import b64encode
from collections import Counter
from random import Random

from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import open_picture, sniff
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import text_layer
from agente_negocio.invoices.reading.process.limits import MEBIBYTE
from agente_negocio.invoices.reading.symbols.barcode import parse_barcode
from agente_negocio.invoices.reading.symbols.qr import parse_qr
from benchmarks.rehearsals.fuzzing.damage import damaged
from benchmarks.rehearsals.fuzzing.hostile import hostile_files
from benchmarks.rehearsals.fuzzing.valid import PASSWORD, valid_files

_MEMORY_BYTES = 2048 * MEBIBYTE
_LONGEST_SECONDS = 5.0
_MOST_BYTES = 12_000
_FOR_THE_CHILD = frozenset({"form-in-itself.pdf", "form-in-itself-without-end.pdf"})
"""They take all the memory there is, whole or damaged: the limits of the child are for that."""
_BARS = "307123456710010000586351234567890202609117"
_PAYLOAD = (
    b'{"ver":1,"fecha":"2020-10-13","cuit":30000000007,"ptoVta":10,"tipoCmp":1,"nroCmp":94,"importe":12100,'
    b'"moneda":"DOL","ctz":65,"tipoDocRec":80,"nroDocRec":20000000001,"tipoCodAut":"E","codAut":70417054367476}'
)


def try_decoders(*, seed: int, trials: int) -> dict[str, Counter[str]]:
    """Outcomes by decoder; half of the trials are files, the rest codes.

    Raises AssertionError for a slow one; whatever a decoder raises, with a note that tells which trial.
    """
    samples = valid_files() | hostile_files(Random(seed))
    cheap = {
        name: content
        for name, content in samples.items()
        if len(content) <= _MOST_BYTES and name not in _FOR_THE_CHILD
    }
    names, whole = sorted(cheap), list(valid_files().values())
    outcomes: dict[str, Counter[str]] = {"files": Counter(), "qr": Counter(), "bars": Counter()}
    for number in range(trials):
        random = Random(f"{seed}:{number}")
        name = names[number // 2 % len(names)]
        started = time.monotonic()
        try:
            if number % 2:
                decoder, outcome = random.choice((("qr", _qr), ("bars", _bars)))
                outcomes[decoder][outcome(random)] += 1
            else:
                outcomes["files"][_file(damaged(cheap[name], whole, random)[0])] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, trial {number}, {name}")
            raise
        seconds = time.monotonic() - started
        assert seconds < _LONGEST_SECONDS, f"seed {seed}, trial {number}, {name}: {seconds:.1f} s"
    return outcomes


def _file(content: bytes) -> str:
    """What a picture or the pages and words of a PDF come to."""
    try:
        if sniff(content) != "pdf":
            open_picture(content)
            return "picture"
        with open_pdf(content, PASSWORD, max_pages=3) as document:
            for index in range(len(document)):
                text_layer(load_page(document, index))
        return "words"  # noqa: TRY300  beside the other outcome
    except UnreadableFileError as error:
        return error.code


def _qr(random: Random) -> str:
    """A fiscal code damaged before or after it was packed."""
    inside, _ = damaged(_PAYLOAD, [_PAYLOAD], random)
    url = b"https://www.arca.gob.ar/fe/qr/?p=" + b64encode(random.choice((_PAYLOAD, inside)))
    outside, _ = damaged(url, [_PAYLOAD], random)
    payload = parse_qr(random.choice((url, outside)).decode("utf-8", "replace"))
    return "none" if payload is None else "repaired" if payload.repaired else "read"


def _bars(random: Random) -> str:
    """Digits of which some are others, missing or doubled."""
    text, _ = damaged(_BARS.encode(), [_BARS.encode()], random)
    digits = "".join(sign for sign in text.decode("latin-1") if sign in "0123456789")
    return "none" if parse_barcode(random.choice((digits, digits[:42], digits[:40]))) is None else "read"


def main() -> int:
    """Limit the memory, then try."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--trials", type=int, default=4000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    outcomes = try_decoders(seed=options.seed, trials=options.trials)
    print(json.dumps({decoder: dict(sorted(counter.items())) for decoder, counter in outcomes.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
