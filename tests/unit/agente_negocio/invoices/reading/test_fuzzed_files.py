"""Thousands of damaged files and codes: the decoders refuse or read them, and raise nothing else."""

import json
import subprocess
import sys
from itertools import islice
from random import Random

import pytest

from agente_negocio.invoices.reading.files import open_picture, sniff
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import text_layer
from benchmarks.rehearsals import fuzz_reading
from benchmarks.rehearsals.fuzzing.damage import ACCIDENTS
from benchmarks.rehearsals.fuzzing.valid import PASSWORD, valid_files

_TRIALS = 3000


def test_the_cheap_decoders_survive_thousands_of_damaged_inputs() -> None:
    """In a process of its own, for a library in C may take its process along."""
    command = [sys.executable, "-W", "error", "-m", "benchmarks.rehearsals.fuzzing.decoders"]

    done = subprocess.run(
        [*command, "--trials", str(_TRIALS)], capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert sum(sum(each.values()) for each in outcomes.values()) == _TRIALS
    # Damage that nothing survives, or that hurts nobody, would prove nothing.
    for decoder, survivors in (("files", {"words", "picture"}), ("qr", {"repaired"}), ("bars", {"read"})):
        assert survivors < outcomes[decoder].keys()
        assert sum(outcomes[decoder][each] for each in survivors) < sum(outcomes[decoder].values())


@pytest.mark.parametrize("name", sorted(valid_files()))
def test_every_sample_is_valid_before_it_is_damaged(name: str) -> None:
    content = valid_files()[name]

    if sniff(content) != "pdf":
        assert sorted(open_picture(content).shape) == [3, 240, 360]
        return
    with open_pdf(content, PASSWORD, 3) as document:
        printed = "".join(word.text for word in text_layer(load_page(document, 0)).words)
    assert len(printed) > 100 if name != "scan.pdf" else printed == ""
    assert ("76461234567890" in printed) is (name != "scan.pdf")


@pytest.mark.parametrize("damage", ACCIDENTS, ids=lambda damage: damage.__name__)
def test_every_accident_changes_some_file_and_none_breaks_on_an_empty_one(damage: object) -> None:
    assert callable(damage)
    samples = [*valid_files().values()]

    assert any(damage(content, Random(seed)) != content for seed, content in enumerate(samples))
    assert isinstance(damage(b"", Random(1)), bytes)


def test_a_trial_can_be_made_again_from_its_seed_and_number() -> None:
    samples = valid_files()
    first, again, other = (list(islice(fuzz_reading.trials(seed, samples), 60)) for seed in (3, 3, 4))

    assert first == again != other
    assert {trial.sample: trial.content for trial in first if trial.damage == "none"} == samples
    assert {trial.content for trial in first[len(samples) :]} - set(samples.values())
