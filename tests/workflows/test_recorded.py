"""Recordings against the suite as it stands now: checks, pruning, re-keying."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.values.reply import Answer, assistant
from harness.workflows.recorded import check_fixtures, prune, rekey

from .repository import CASES, SHOTS, Repository, case, usual_cases

replace = msgspec.structs.replace
TODAY = date(2026, 11, 21)
SECRETS = [
    "sk-proj-abcdEFGH1234ijkl5678",
    'found {"api_key": "abcdef0123456789abcd"} in the mail',
    "line\nBearer\nabcdefgh12345678.ijkl",
    "ghp_abcdefghij1234567890ABCD",
    "-----BEGIN PRIVATE KEY-----",
]


@pytest.fixture
def recorded(tmp_path: Path) -> Repository:
    """Both arms recorded, with nothing wrong."""
    repository = Repository(tmp_path, arms=SHOTS)
    repository.run(mode="record")
    assert check_fixtures(repository.open()) == []
    return repository


def problems(repository: Repository, today: date = TODAY) -> list[str]:
    """The problems as `FILE:LINE: MESSAGE`, without hints and folders."""
    found = check_fixtures(repository.open(), today)
    return [f"{Path(p.file).name}:{p.line}: {p.message}" for p in found]


def freeze(repository: Repository) -> None:
    """Freeze `plain`, but not `shots`, which extends it."""
    for arm, frozen in (("plain", "true"), ("shots", "false")):
        repository.replace("suite.toml", f"[arms.{arm}]\n", f"[arms.{arm}]\nfrozen = {frozen}\n")


def test_nothing_recorded_is_no_problem(tmp_path: Path) -> None:
    """A suite that was never recorded is not wrong."""
    assert check_fixtures(Repository(tmp_path).open()) == []


def test_a_duplicate(recorded: Repository) -> None:
    """Two lines for one case and replicate: the second is named, with the line of the first."""
    lines = recorded.lines()
    recorded.write_lines([*lines, lines[2]])
    assert problems(recorded) == [
        "plain.jsonl:13: case 'test2' is recorded twice (also in line 3)",
    ]


def test_unused_and_missing(recorded: Repository) -> None:
    """An edited prompt: no line is asked for any more, every reply is missing; said once each."""
    recorded.prompt("plain", "Edited {{ text }}")
    assert problems(recorded) == [
        "plain.jsonl:1: nothing asks for this reply to case 'test0' (and for 11 more) any more",
        "plain.jsonl:0: no reply is recorded for test case 'test0' (and for 11 more)",
    ]


@pytest.mark.parametrize(
    ("choices", "command"),
    [
        ({}, "harness run demo --arm plain --record"),
        ({"split": "train"}, "harness run demo --arm plain --split train --record"),
        ({"trials": 2}, "harness run demo --arm plain --trials 2 --record"),
    ],
)
def test_the_hint_heals(tmp_path: Path, choices: dict[str, Any], command: str) -> None:
    """A missing line is brought back by the command that the hint prints."""
    repository = Repository(tmp_path)
    repository.run(mode="record", **choices)
    repository.write_lines(repository.lines()[:-1])
    (problem,) = check_fixtures(repository.open())
    assert problem.hint == command
    repository.run(mode="record", **choices)
    assert check_fixtures(repository.open()) == []


def test_a_case_that_is_gone(recorded: Repository) -> None:
    """Its lines are unused in every arm; the others are current."""
    recorded.cases("test", usual_cases("test", CASES)[1:])
    found = problems(recorded)
    assert len(found) == 2  # of plain, and of shots
    assert all("case 'test0'" in line and line.endswith("any more") for line in found)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret(recorded: Repository, secret: str) -> None:
    """In the text of a reply, as it stands and within JSON; its line is named, it is not shown."""
    lines = recorded.lines()
    lines[4] = replace(lines[4], reply=Answer(assistant(f"Sure: {secret}"), model="m"))
    recorded.write_lines(lines)
    (found,) = problems(recorded)
    assert found.startswith("plain.jsonl:5: holds what looks like a secret (")
    assert secret not in found


def test_a_secret_in_any_field(recorded: Repository) -> None:
    """Also where nobody looks: the server's name."""
    lines = recorded.lines()
    lines[0] = replace(lines[0], origin=replace(lines[0].origin, server="Bearer abcdefgh12345678"))
    recorded.write_lines(lines)
    assert len(problems(recorded)) == 1


def test_another_model(recorded: Repository) -> None:
    """The server changed its model within one file: said once, at the first such line."""
    lines = recorded.lines()
    for i in (5, 7):
        lines[i] = replace(lines[i], origin=replace(lines[i].origin, model="m-2"))
    recorded.write_lines(lines)
    assert problems(recorded) == [
        "plain.jsonl:6: the server named its model 'm-2' here and 'm' before",
    ]


def aged(repository: Repository, days: int) -> None:
    policy = "[fixtures]\nmax_age_days = 90\n"
    repository.replace("suite.toml", "[models.m]", f"{policy}[models.m]")
    day = (TODAY - timedelta(days=days)).isoformat()
    for arm in ("plain", "shots"):
        lines = repository.lines(arm)
        dated = [replace(line, origin=replace(line.origin, date=day)) for line in lines]
        repository.write_lines(dated, arm)


@pytest.mark.parametrize(("days", "count"), [(90, 0), (91, 2)])
def test_age(recorded: Repository, days: int, count: int) -> None:
    """Older than the suite allows is one problem per file; the last allowed day is none."""
    aged(recorded, days)
    found = problems(recorded)
    assert len(found) == count
    assert all("recorded 91 days ago; suite.toml allows 90" in line for line in found)


def test_a_frozen_arm_does_not_age(recorded: Repository) -> None:
    """Nobody can record it again."""
    aged(recorded, 1000)
    freeze(recorded)
    assert [line.split(":")[0] for line in problems(recorded)] == ["shots.jsonl"]


def test_a_date_that_is_none(recorded: Repository) -> None:
    """A line edited by hand is a problem, not a crash."""
    aged(recorded, 1)
    lines = recorded.lines()
    lines[1] = replace(lines[1], origin=replace(lines[1].origin, date="yesterday"))
    recorded.write_lines(lines)
    assert problems(recorded) == ["plain.jsonl:2: 'yesterday' is no date (YYYY-MM-DD)"]


def test_an_orphan(recorded: Repository) -> None:
    """A file of an arm that does not exist."""
    (recorded.fixtures / "plain.jsonl").rename(recorded.fixtures / "plane.jsonl")
    assert problems(recorded) == ["plane.jsonl:0: there is no arm 'plane' in suite.toml"]


def test_a_broken_file_does_not_hide_the_others(recorded: Repository) -> None:
    """Each file is looked at."""
    (recorded.fixtures / "plain.jsonl").write_text("{}\n")
    lines = recorded.lines("shots")
    recorded.write_lines([*lines, lines[0]], "shots")
    found = problems(recorded)
    assert len(found) == 2
    assert found[0].startswith("plain.jsonl:1: no fixture line")
    assert found[1].startswith("shots.jsonl:25: case 'test0' is recorded twice")


def test_a_prompt_that_cannot_be_made(recorded: Repository) -> None:
    """The case is named; nothing crashes."""
    recorded.prompt("plain", "{{ text + 1 }}")
    (found,) = problems(recorded)
    assert "the prompt of arm plain cannot be made for case 'test0'" in found


def test_prune_drops_what_nothing_asks_for(recorded: Repository) -> None:
    """Stale lines and duplicates go, the rest keeps its bytes, and the check is clean again."""
    before = (recorded.fixtures / "plain.jsonl").read_bytes()
    lines = recorded.lines()
    stale = [replace(lines[0], case="gone"), replace(lines[1], split="train")]
    recorded.write_lines([*lines, *stale, lines[3]])
    assert prune(recorded.open()) == {"plain": 3}
    assert (recorded.fixtures / "plain.jsonl").read_bytes() == before
    assert prune(recorded.open()) == {}


def test_prune_of_one_arm(recorded: Repository) -> None:
    """Others are left as they are."""
    recorded.prompt("plain", "Edited {{ text }}")
    recorded.prompt("shots", "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }}")
    assert prune(recorded.open(), ["plain"]) == {"plain": CASES}
    assert len(recorded.lines("shots")) == 2 * CASES


def test_prune_leaves_frozen_arms_alone(recorded: Repository) -> None:
    """Even what no case asks for: nobody can say it again."""
    freeze(recorded)
    recorded.cases("test", usual_cases("test", 4))
    before = (recorded.fixtures / "plain.jsonl").read_bytes()
    assert prune(recorded.open()) == {"shots": 2 * (CASES - 4)}
    assert (recorded.fixtures / "plain.jsonl").read_bytes() == before


def test_rekey_moves_an_old_recipe(recorded: Repository) -> None:
    """Lines of an older key_version get today's key; reply and origin stay."""
    lines = recorded.lines()
    old = [replace(line, key="0" * 24, key_version=0) for line in lines]
    recorded.write_lines(old)
    assert rekey(recorded.open()) == {"plain": CASES}
    assert recorded.lines() == lines
    assert rekey(recorded.open()) == {}


def test_rekey_does_not_vouch_by_itself(recorded: Repository) -> None:
    """An edited prompt is another question; only the caller may say that the reply is the same."""
    recorded.prompt("plain", "Edited {{ text }}")
    before = recorded.lines()
    assert rekey(recorded.open()) == {}
    assert recorded.lines() == before
    assert rekey(recorded.open(), accept_changes=True) == {"plain": CASES}
    assert problems(recorded) == []
    assert [line.reply for line in recorded.lines()] == [line.reply for line in before]
    assert recorded.run().info.status == "complete"


def test_rekey_brings_the_shots_along(recorded: Repository) -> None:
    """The ids of the shots are those that the new question shows."""
    recorded.cases("train", [case("train", i, f"new {i}", "yes") for i in range(20, 26)])
    assert rekey(recorded.open(), ["shots"], accept_changes=True) == {"shots": 2 * CASES}
    shown = {shot for line in recorded.lines("shots") for shot in line.shots}
    assert shown <= {f"train{i}" for i in range(20, 26)}


def test_rekey_never_moves_to_another_input(recorded: Repository) -> None:
    """A changed case needs a new reply whatever the caller says."""
    recorded.replace("data/test.jsonl", "yes, test 0", "no, test 0")
    before = recorded.lines()
    rekey(recorded.open(), accept_changes=True)
    assert recorded.lines() == before


def test_rekey_leaves_frozen_arms_alone(recorded: Repository) -> None:
    """Their keys name what was asked once."""
    freeze(recorded)
    recorded.prompt("plain", "Edited {{ text }}")
    before = (recorded.fixtures / "plain.jsonl").read_bytes()
    assert rekey(recorded.open(), accept_changes=True) == {}
    assert (recorded.fixtures / "plain.jsonl").read_bytes() == before
    assert problems(recorded) == []
