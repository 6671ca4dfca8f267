"""Choosing on validation: what is refused, what is tried, what is written, what is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError, ReplayMissError, UsageError
from harness.store.selections import SELECTION_FILE, read_selection
from harness.store.trainings import read_trainings, write_training
from harness.values.case import Split
from harness.values.digest import digest_bytes
from harness.values.run import RunInfo
from harness.values.training import DataFile
from harness.workflows.replays import recorded_run
from harness.workflows.select import Selected, select

from .repository import SCRIPTED, SHOTS, Repository, case, usual_cases

DAY = date(2026, 11, 28)
LATER = date(2026, 12, 1)
COMMAND = "harness run demo --split validation --record"
GUESS = '[arms.guess]\nextends = "plain"\nprompt = "guess"\n'
PRICE = '[prices.m]\ninput = 1.0\noutput = 2.0\nas_of = "2026-11-01"\nsource = "a list"\n'
TUNED = """
[arms.tuned]
extends = "plain"
prompt = "guess"
training = "lora"
"""
TRAINING = 'provider = "elsewhere"\nbase = "m"\nmethod = "lora"\nmodel = "m"\nchosen_step = 1140\n'
VALIDATION = '[validation]\nfile = "data/validation.jsonl"\n'
TRAIN = '[train]\nfile = "data/train.jsonl"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """`plain` has 9 of 12 right, `guess` always says yes: 6 of 12, in fewer words."""
    made = Repository(tmp_path, arms=GUESS + SHOTS)
    made.prompt("guess", "says yes")
    made.cases("validation", usual_cases("validation", 12))
    return made


def recorded(repository: Repository, split: Split = "validation", **choices: Any) -> Repository:
    repository.run(mode="record", split=split, **choices)
    return repository


def selected(repository: Repository, **choices: Any) -> Selected:
    return select(repository.open(), **({"today": DAY} | choices))


def baselines(repository: Repository) -> Path:
    return repository.root / "baselines" / "demo"


def report_of(repository: Repository) -> RunInfo:
    """What the report of the test split says about its run."""
    return recorded_run(repository.open()).info


def test_the_choice_is_written_with_all_that_decided(repository: Repository) -> None:
    """75 % twice, with an error of sqrt(0.1875 / 11) = 13 points; shots take more tokens."""
    found = selected(recorded(repository))
    read = read_selection(baselines(repository))
    assert read == found.selection
    assert found.written
    assert found.path == baselines(repository) / SELECTION_FILE
    assert (read.arm, read.split, read.date) == ("plain", "validation", "2026-11-28")
    assert list(read.arms) == ["plain", "guess", "shots"]
    assert [tried.within for tried in read.arms.values()] == [True, False, True]
    assert read.arms["plain"].mean == 0.75
    assert read.arms["plain"].standard_error == pytest.approx((0.1875 / 11) ** 0.5, abs=1e-6)
    assert read.arms["shots"].tokens > read.arms["plain"].tokens > read.arms["guess"].tokens
    assert read.cheapest_by == "tokens"


def test_the_digests_are_those_of_arm_and_cases(repository: Repository) -> None:
    """So that a selection of an older state can be told."""
    found = selected(recorded(repository))
    suite = repository.open()
    for name, tried in found.selection.arms.items():
        assert tried.measured.arm == suite.arms[name].digest
        assert tried.measured.inputs == suite.splits["validation"].inputs_digest
        assert tried.measured.scoring == suite.scoring_digest
    assert len({tried.measured.replies for tried in found.selection.arms.values()}) == 3


def test_money_decides_where_there_is_a_price(tmp_path: Path) -> None:
    """Per thousand requests, in the currency of the price."""
    made = Repository(tmp_path, endpoints=SCRIPTED + PRICE, arms=SHOTS)
    found = selected(recorded(made))
    assert (found.selection.cheapest_by, found.chosen.currency) == ("cost", "USD")
    plain, shots = found.selection.arms["plain"], found.selection.arms["shots"]
    assert plain.cost_per_1k < shots.cost_per_1k
    sides = {offer.name: offer.side for offer in found.chosen.offers}
    sent, written = sides["plain"].tokens[:, 0].mean(), sides["plain"].tokens[:, 3].mean()
    assert plain.cost_per_1k == pytest.approx((sent + 2 * written) / 1000, rel=1e-5)


@pytest.mark.parametrize("split", ["test", "train", "extra"])
def test_other_splits_are_refused(repository: Repository, split: Split) -> None:
    """What is chosen on test is no claim about test; the message says where to choose."""
    recorded(repository, "test")
    with pytest.raises(UsageError, match="--split validation"):
        selected(repository, split=split)
    assert not baselines(repository).exists()


def test_why_test_is_refused(repository: Repository) -> None:
    """The reason stands in the message."""
    with pytest.raises(UsageError, match="choosing on the test split makes its numbers too good"):
        selected(repository, split="test")


def test_a_suite_without_validation(repository: Repository) -> None:
    """The next step is a command and a line of suite.toml."""
    repository.replace("suite.toml", 'validation = "data/validation.jsonl"\n', "")
    with pytest.raises(UsageError, match="harness data split") as caught:
        selected(repository)
    assert '[data] validation = "data/validation.jsonl"' in str(caught.value)


def test_nothing_recorded_names_the_command(repository: Repository) -> None:
    """Also where arms could be asked for nothing: a choice is kept, so its replies are."""
    with pytest.raises(UsageError, match=COMMAND):
        selected(repository)


def test_only_test_recorded_names_the_command(repository: Repository) -> None:
    """All arms lack validation: one short command; some do: theirs."""
    recorded(repository, "test")
    with pytest.raises(ReplayMissError, match=COMMAND) as caught:
        selected(repository)
    assert "recorded for plain, guess and shots" in str(caught.value)
    recorded(repository, arms=("plain", "guess"))
    with pytest.raises(ReplayMissError, match="demo --arm shots --split validation --record"):
        selected(repository)


def test_replies_to_other_cases_name_the_command(repository: Repository) -> None:
    """A case was added since."""
    recorded(repository)
    repository.cases("validation", usual_cases("validation", 13))
    with pytest.raises(ReplayMissError, match="--split validation --record"):
        selected(repository)


def test_an_arm_that_was_never_recorded_names_the_command(repository: Repository) -> None:
    """Named, and not to be asked for nothing."""
    recorded(repository, arms=("plain", "guess"))
    repository.write("harness.toml", '[endpoints.fake]\nkind = "local"\n')
    with pytest.raises(UsageError, match="--arm shots --split validation --record"):
        selected(repository, arms=("plain", "shots"))


def test_a_choice_needs_two_arms(repository: Repository) -> None:
    """One alone is not chosen."""
    recorded(repository, arms=("plain",))
    with pytest.raises(UsageError, match="needs two arms, and there is only plain"):
        selected(repository)
    with pytest.raises(UsageError, match="needs two arms"):
        selected(repository, arms=("plain", "plain"))


def test_an_unknown_arm(repository: Repository) -> None:
    """The message lists those that there are."""
    with pytest.raises(UsageError, match="no arm 'plan'; arms: plain, guess, shots"):
        selected(repository, arms=("plan", "guess"))


def test_arms_that_are_not_tried_are_named(repository: Repository) -> None:
    """A reader sees among what was chosen, and what was left out why."""
    recorded(repository, arms=("plain", "guess"))
    found = selected(repository)
    assert list(found.selection.arms) == ["plain", "guess"]
    assert "Not tried: shots (nothing is recorded)." in found.notes
    recorded(repository)
    found = selected(repository, arms=("plain", "shots"))
    assert list(found.selection.arms) == ["plain", "shots"]
    assert "Not tried: guess (not among those that were named)." in found.notes


def test_a_frozen_arm_without_validation_is_left_out(repository: Repository) -> None:
    """Nobody can record it any more; it must not block the choice for ever."""
    recorded(recorded(repository, "test"), arms=("plain", "guess"))
    repository.replace("suite.toml", 'prompt = "shots"\n', 'prompt = "shots"\nfrozen = true\n')
    found = selected(repository)
    assert list(found.selection.arms) == ["plain", "guess"]
    assert "Not tried: shots (frozen, and not recorded on validation)." in found.notes
    with pytest.raises(UsageError, match="arm shots is frozen"):
        selected(repository, arms=("plain", "shots"))


def test_a_classical_arm_needs_no_recording(repository: Repository) -> None:
    """It is computed here, and takes no tokens."""
    text = (repository.folder / "suite.toml").read_text()
    repository.write("suites/demo/suite.toml", text + '[arms.count]\nmodel = "tfidf_logreg"\n')
    recorded(repository, arms=("plain",))
    found = selected(repository)
    assert found.selection.arms["count"].tokens == 0
    assert found.selection.arms["count"].cost_per_1k is None


def test_a_preview_writes_nothing(repository: Repository) -> None:
    """It says the same."""
    recorded(repository)
    shown = selected(repository, preview=True)
    assert not shown.written
    assert not baselines(repository).exists()
    assert selected(repository).selection == shown.selection


def test_the_same_choice_keeps_its_day(repository: Repository) -> None:
    """Choosing again on the same replies changes no file and no page."""
    first = selected(recorded(repository))
    path = baselines(repository) / SELECTION_FILE
    before = path.read_bytes(), path.stat().st_mtime_ns
    again = selected(repository, today=LATER)
    assert (again.selection, again.written) == (first.selection, False)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_another_choice_says_what_was_chosen_before(repository: Repository) -> None:
    """Whoever chooses again after a look at the test split is not blind to it."""
    recorded(repository)
    selected(repository)
    found = selected(repository, arms=("guess", "shots"), today=LATER)
    assert (found.selection.arm, found.selection.date) == ("shots", "2026-12-01")
    assert any("The selection of 2026-11-28 chose plain." in note for note in found.notes)


def test_a_broken_selection_is_replaced(repository: Repository) -> None:
    """A run on the test split refuses it; choosing again is the remedy."""
    recorded(recorded(repository), "test")
    selected(repository)
    path = baselines(repository) / SELECTION_FILE
    path.write_text(path.read_text().replace('arm = "plain"', 'arm = "plan"', 1))
    with pytest.raises(DataError, match="none of those that were tried"):
        report_of(repository)
    assert selected(repository).written
    assert report_of(repository).selection.arm == "plain"


def test_nothing_of_the_replay_is_kept(repository: Repository) -> None:
    """No run is left behind."""
    recorded(repository)
    before = repository.runs
    selected(repository)
    assert repository.runs == before


def test_a_folder_that_cannot_be_written(repository: Repository) -> None:
    """A file where the folder belongs."""
    recorded(repository)
    (repository.root / "baselines").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        selected(repository)


def test_leaks_into_validation_are_a_warning(repository: Repository) -> None:
    """A shot that is asked as well flatters its arm."""
    repository.cases(
        "train", [*usual_cases("train", 6), case("leak", 0, "yes, validation 0", "yes")]
    )
    found = selected(recorded(repository))
    (warning,) = [note for note in found.notes if note.startswith("Warning: ")]
    assert warning == (
        "Warning: leaks into shots flatter the choice: 1 case of the validation split had been "
        "learned from or shown (validation0)."
    )


def tuned(repository: Repository, *parts: str) -> Repository:
    """An arm whose training was recorded by hand, with these parts."""
    text = (repository.folder / "suite.toml").read_text()
    repository.write("suites/demo/suite.toml", text + TUNED)
    repository.write("suites/demo/training/lora.toml", TRAINING + "".join(parts))
    return recorded(repository)


def test_a_checkpoint_that_was_taken_on_validation_is_said(repository: Repository) -> None:
    """Its loss on these cases chose the weights."""
    found = selected(tuned(repository, VALIDATION, TRAIN))
    assert (
        "The checkpoint of tuned (training lora, step 1,140) was taken by its loss on these very "
        "validation cases, which flatters it a little here, and not on the test split."
    ) in found.notes


def test_the_same_file_under_another_name_counts_too(repository: Repository) -> None:
    """The digest tells."""
    tuned(repository, '[validation]\nfile = "held_out.jsonl"\n', TRAIN)
    assert not any("checkpoint" in note for note in selected(repository).notes)
    data = (repository.folder / "data" / "validation.jsonl").read_bytes()
    training = read_trainings(repository.folder, [])["lora"]
    seen = DataFile(file="held_out.jsonl", digest=digest_bytes(data))
    write_training(repository.folder, "lora", msgspec.structs.replace(training, validation=seen))
    assert any("checkpoint of tuned" in note for note in selected(repository).notes)


@pytest.mark.parametrize("change", ["no step", "no validation"])
def test_a_checkpoint_that_nothing_chose_is_not_said(repository: Repository, change: str) -> None:
    """Weights of the last epoch, or chosen on other rows."""
    tuned(repository, *([VALIDATION] if change == "no step" else []), TRAIN)
    if change == "no step":
        repository.replace("training/lora.toml", "chosen_step = 1140\n", "")
    assert not any("checkpoint" in note for note in selected(repository).notes)


def test_an_unknown_training_is_a_warning(repository: Repository) -> None:
    """Nobody can say whether it had met the cases."""
    found = selected(tuned(repository))
    assert any(note.startswith("Warning: leaks into tuned are unknown: ") for note in found.notes)


def test_a_run_on_test_says_which_arm_was_chosen(repository: Repository) -> None:
    """Runs on other splits do not: what is chosen on says nothing of itself."""
    recorded(recorded(repository), "test")
    assert report_of(repository).selection is None
    found = selected(repository)
    assert report_of(repository).selection == found.selection
    assert repository.run(split="validation").info.selection is None


def test_a_resumed_run_keeps_what_was_chosen_when_it_began(repository: Repository) -> None:
    """A selection that was made in between was not made beforehand."""
    recorded(repository)
    before = repository.run(mode="live", arms=("plain", "guess"), limit=4)
    selected(repository)
    after = repository.run(resume=before.info.id)
    assert after.info.selection is None
    fresh = repository.run(mode="live", arms=("plain", "guess"), limit=4)
    assert fresh.info.selection is not None
