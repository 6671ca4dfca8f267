"""Arms whose models were tuned as their names say, and that name no training: said everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.workflows.advise.advise import advise
from harness.workflows.check import check
from harness.workflows.cost.cost import cost

from .repository import SCRIPTED, Repository

MODEL = "ft:gpt-4.1-mini-2025-04-14:acme::abc"
HOSTED = f"""
[models.hosted]
endpoint = "fake"
model = "{MODEL}"
[arms.hosted]
extends = "plain"
model = "hosted"
"""
RECORD = 'provider = "openai"\nbase = "gpt-4.1-mini-2025-04-14"\nmethod = "supervised"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path, endpoints=SCRIPTED, arms=HOSTED)
    made.run(mode="record", arms=("plain", "hosted"))
    return made


def told(made: Repository) -> None:
    """What the warning asks for."""
    made.replace("suite.toml", 'model = "hosted"\n', 'model = "hosted"\ntraining = "hosted"\n')
    made.write("suites/demo/training/hosted.toml", f'{RECORD}model = "{MODEL}"\n')


def test_check_says_what_to_write(repository: Repository) -> None:
    """At the line of the arm; a suite that does it is warned of nothing."""
    (report,) = check(["demo"], repository.root)
    assert report.problems == ()
    (warning,) = report.warnings
    line = repository.folder.joinpath("suite.toml").read_text().splitlines()[warning.line - 1]
    assert line == "[arms.hosted]"
    assert f"{MODEL} was tuned, as its name says" in warning.message
    assert 'base = "gpt-4.1-mini-2025-04-14"' in warning.hint
    assert "training/hosted.toml" in warning.hint
    told(repository)
    (report,) = check(["demo"], repository.root)
    assert report.warnings == report.problems == ()


def test_cost_warns_of_what_it_does_not_tell(repository: Repository) -> None:
    """Tables about tuning that are missing are missing for a reason."""
    (note,) = (note for note in cost(repository.open()).notes if "names no training" in note)
    assert note.startswith(f"Warning: hosted asks {MODEL}")
    assert "training/hosted.toml" in note
    told(repository)
    assert not any("names no training" in note for note in cost(repository.open()).notes)


def test_advise_asks_for_the_record_and_for_no_other_tuning(repository: Repository) -> None:
    """The suite has a fine-tuned arm, whatever is written of it."""
    found = {one.rule: one for one in advise(repository.open()).advice}
    assert "nothing-tuned" not in found
    assert "training/hosted.toml" in found["training-untold"].next_step
    assert "fine-tuned" not in found["untried"].says


def test_a_kind_cannot_be_declared(repository: Repository) -> None:
    """It is derived, and the error says from what."""
    repository.replace("suite.toml", 'model = "hosted"\n', 'model = "hosted"\nkind = "x"\n')
    with pytest.raises(DataError) as error:
        repository.open()
    assert "unknown key arms.hosted.kind" in str(error.value)
    assert 'training = "NAME" makes an arm fine-tuned' in str(error.value)
