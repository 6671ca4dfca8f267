"""Which arm is asked where."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.errors import UsageError
from harness.providers.replay.endpoint import RecordingEndpoint, ReplayEndpoint
from harness.providers.scripted.endpoint import ScriptedEndpoint
from harness.store.fixtures import Origin
from harness.values.run import Mode
from harness.workflows.lanes import ALONE, LanePlanner, Lanes, record_command

from .repository import SHOTS, Repository

CLASSICAL = '[arms.classical]\nmodel = "tfidf_logreg"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path, arms=SHOTS + CLASSICAL)


def plan(repository: Repository, mode: Mode) -> Lanes:
    suite = repository.open()
    cases = suite.splits["test"]
    planner = LanePlanner(suite, cases, range(len(cases)), mode, 1, {})
    return planner.plan(list(suite.arms.values()))


def test_arms_of_one_endpoint_share_a_lane(repository: Repository) -> None:
    """They are asked case by case, within one window; a classifier has a lane of its own."""
    lanes = plan(repository, "live")
    arms = {lane.name: [arm.arm.name for arm in lane.arms] for lane in lanes.plans}
    assert arms == {"fake": ["plain", "shots"], "classical tfidf_logreg": ["classical"]}
    assert lanes.lane_of["shots"] == "fake"
    assert lanes.replicates == {"plain": 1, "shots": 2, "classical": 1}


def test_recorded_arms_have_lanes_of_their_own(repository: Repository) -> None:
    """Replay asks nobody: one request at a time, once."""
    repository.run(mode="record", arms=["plain"])
    lanes = plan(repository, "replay")
    (replayed,) = [lane for lane in lanes.plans if lane.name == "replay plain"]
    assert isinstance(replayed.endpoint, ReplayEndpoint)
    assert replayed.limits == ALONE
    assert set(lanes.replays) == {"plain"}
    assert lanes.replays["plain"].server == "scripted"
    assert len(lanes.replays["plain"].days) == 1
    assert lanes.misses == {}


def test_days_are_those_of_the_split(repository: Repository) -> None:
    """A report of the test split does not name the days on which others were recorded."""
    repository.run(mode="record", arms=["plain"])
    repository.run(mode="record", arms=["plain"], split="validation")
    days = {"test": "2026-01-01", "validation": "2026-02-02"}
    lines = [
        msgspec.structs.replace(
            line, origin=Origin("m", f"server of {line.split}", days[line.split])
        )
        for line in repository.lines()
    ]
    repository.write_lines(lines)
    replayed = plan(repository, "replay").replays["plain"]
    assert (replayed.days, replayed.server) == (("2026-01-01",), "server of test")


@pytest.mark.parametrize(
    ("mode", "kind"), [("record", RecordingEndpoint), ("live", ScriptedEndpoint)]
)
def test_only_record_looks_at_what_is_there(repository: Repository, mode: Mode, kind: type) -> None:
    """Live asks for everything again."""
    repository.run(mode="record", arms=["plain"])
    (lane,) = [lane for lane in plan(repository, mode).plans if lane.name == "fake"]
    assert type(lane.endpoint) is kind


def test_similar_shots_come_from_the_training_split(tmp_path: Path) -> None:
    """The nearest training cases of each case, never a test case."""
    arms = SHOTS.replace('policy = "random", k = 2, seeds = [1, 2]', 'policy = "similar", k = 2')
    finished = Repository(tmp_path, arms=arms).run(arms=["shots"], mode="live")
    shots = {record.case: record.shots for record in finished.records()}
    assert all(len(of_case) == 2 for of_case in shots.values())
    assert all(shot.startswith("train") for of_case in shots.values() for shot in of_case)
    texts = ("yes", "no")
    for number in (0, 1, 4, 5):
        best = int(shots[f"test{number}"][-1].removeprefix("train"))
        assert texts[best % 2] == texts[number % 2]


def test_the_command_that_records() -> None:
    """Defaults are left out."""
    assert record_command("s", ["a", "b"], "test", 1) == "harness run s --arm a --arm b --record"
    assert (
        record_command("s", ["a"], "train", 3)
        == "harness run s --arm a --split train --trials 3 --record"
    )


def test_frozen_and_unrecorded(repository: Repository) -> None:
    """It cannot be asked in any mode."""
    repository.replace("suite.toml", "[arms.plain]\n", "[arms.plain]\nfrozen = true\n")
    for mode in ("replay", "record", "live"):
        with pytest.raises(UsageError, match="is frozen, and nothing is recorded"):
            plan(repository, mode)
