"""`harness gate` through a real process: verdicts as exit codes, options, files for CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Command
from tests.workflows.gate.gate_repository import BAD, FEW, GOOD, GateRepository

EXITS = {GOOD: 0, BAD: 1, FEW: 2, "pp" + GOOD[2:]: 3}


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """`plain` is in production, `other` answers all right."""
    made = GateRepository(tmp_path)
    made.record(plain=GOOD, other=GOOD)
    made.promote("plain")
    return made


@pytest.mark.parametrize("answers", EXITS)
def test_exit_codes_are_the_verdicts(harness: Command, stand: GateRepository, answers: str) -> None:
    """0 promote, 1 reject, 2 inconclusive, 3 invalid; the ruling is the first word."""
    stand.record(other=answers)
    ended = harness("gate", "demo")
    assert ended.returncode == EXITS[answers]
    first = ended.stdout.partition(":")[0]
    assert first == ["PROMOTE", "REJECT", "INCONCLUSIVE", "INVALID"][EXITS[answers]]
    assert ended.stderr == ""
    assert len(stand.decisions) == 1


def test_allow_ends_an_inconclusive_gate_with_zero(harness: Command, stand: GateRepository) -> None:
    """And no other: reject and invalid cannot be allowed."""
    stand.record(other=FEW)
    ended = harness("gate", "demo", "--allow", "inconclusive")
    assert ended.returncode == 0
    assert ended.stdout.startswith("INCONCLUSIVE")
    assert stand.decisions[-1].ruling == "inconclusive"
    stand.record(other=BAD)
    assert harness("gate", "demo", "--allow", "inconclusive").returncode == 1
    for never in ("reject", "invalid"):
        assert harness("gate", "demo", "--allow", never).returncode == 64


def test_json_is_one_value_with_the_exit_code(harness: Command, stand: GateRepository) -> None:
    """What a program reads: ruling, checks, cases that moved; it ends with the verdict's code."""
    stand.record(other=FEW)
    ended = harness("gate", "demo", "--json")
    found = json.loads(ended.stdout)
    assert ended.returncode == found["exit_code"] == 2
    assert found["ruling"] == "inconclusive"
    assert found["lost"] == ["test37", "test38", "test39"]
    assert {check["name"] for check in found["checks"]} >= {"same cases", "not worse than plain"}
    allowed = harness("gate", "demo", "--json", "--allow", "inconclusive")
    assert allowed.returncode == 0


def test_junit_and_markdown_are_written(
    harness: Command, stand: GateRepository, tmp_path: Path
) -> None:
    """Into folders that are made, atomically, beside what is printed."""
    stand.record(other=BAD)
    paths = tmp_path / "out" / "deep" / "gate.xml", tmp_path / "out" / "gate.md"
    ended = harness("gate", "demo", "--junit", str(paths[0]), "--markdown", str(paths[1]))
    assert ended.returncode == 1
    assert ended.stdout.startswith("REJECT")
    (suite,) = ET.fromstring(paths[0].read_bytes())
    assert int(suite.get("failures", "")) == 2
    assert paths[1].read_text().startswith("<!-- harness gate -->\n### REJECT: other must not")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["deep", "gate.md"]


def test_junit_knows_what_is_allowed(
    harness: Command, stand: GateRepository, tmp_path: Path
) -> None:
    """The report and the exit code agree."""
    stand.record(other=FEW)
    path = tmp_path / "gate.xml"
    for words, failures in (((), 1), (("--allow", "inconclusive"), 0)):
        harness("gate", "demo", "--junit", str(path), *words)
        (suite,) = ET.fromstring(path.read_bytes())
        assert int(suite.get("failures", "")) == failures


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
def test_a_reader_that_goes_away_takes_no_verdict_along(
    stand: GateRepository, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """`harness gate … | head -1` under pipefail: a rejection ends with 1 and not with 0."""
    stand.record(other=BAD)
    path = tmp_path / "gate.xml"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "harness", "gate", "demo", "--junit", str(path), *words],
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert ended.returncode == 1
    assert ended.stderr == ""
    assert path.exists()


@pytest.mark.parametrize("option", ["--junit", "--markdown"])
def test_a_report_that_cannot_be_written_is_an_error_after_the_verdict(
    harness: Command, stand: GateRepository, tmp_path: Path, option: str
) -> None:
    """The verdict is shown and written down; exit 65, and nothing half written."""
    blocked = tmp_path / "blocked"
    if os.geteuid() == 0:
        blocked.write_text("a file where the folder should be")
    else:
        blocked.mkdir(mode=0o500)
    ended = harness("gate", "demo", option, str(blocked / "gate.out"))
    assert ended.returncode == 65
    assert ended.stdout.startswith("PROMOTE")
    assert "blocked" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(stand.decisions) == 1
    assert blocked.is_file() or not list(blocked.iterdir())


@pytest.mark.parametrize("option", ["--junit", "--markdown", "--base"])
def test_a_path_of_the_wrong_kind_is_usage(
    harness: Command, stand: GateRepository, tmp_path: Path, option: str
) -> None:
    """A folder for a report, a file for a checkout: nothing is decided."""
    path = tmp_path if option != "--base" else tmp_path / "harness.toml"
    assert harness("gate", "demo", option, str(path)).returncode == 64
    assert not stand.decisions


def test_the_policy_is_overridden_by_options(harness: Command, stand: GateRepository) -> None:
    """Candidate, incumbent, goal, margin and alpha, all in the decision."""
    stand.record(other=FEW)
    words = ("--candidate", "plain", "--incumbent", "other", "--goal", "better", "--alpha", "0.2")
    ended = harness("gate", "demo", *words, "--margin", "0.02", "--json")
    found = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert found["policy"] == {
        "candidate": "plain",
        "incumbent": "other",
        "goal": "better",
        "margin": 0.02,
        "alpha": 0.2,
    }
    assert (found["candidate"]["arm"], found["incumbent"]["arm"]) == ("plain", "other")


def test_limit_preview_and_split(harness: Command, stand: GateRepository) -> None:
    """A sample is at best inconclusive; a preview writes nothing; a split without replies is 65."""
    ended = harness("gate", "demo", "--limit", "36", "--margin", "0.3", "--preview")
    assert ended.returncode == 2
    assert "36 of 40 cases were asked" in " ".join(ended.stdout.split())
    assert "a preview, not written down" in ended.stdout
    assert not stand.decisions
    assert harness("gate", "demo", "--split", "validation").returncode == 65
    assert not stand.decisions


def test_a_past_run(harness: Command, stand: GateRepository) -> None:
    """By id; one that nobody knows is usage."""
    stand.answer("other", BAD)
    run = stand.live()
    assert harness("gate", "demo", "--run", run.info.id).returncode == 1
    assert harness("gate", "demo", "--run", "nosuch").returncode == 64


def test_a_base_and_a_declared_change(harness: Command, tmp_path: Path) -> None:
    """A change of the policy is invalid; declared, the base's policy decides."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=BAD)
    made.promote("plain")
    base = made.copy("base")
    suite = str(made.folder)
    assert harness("gate", suite, "--base", str(base.root)).returncode == 1
    made.policy('candidate = "other"\nmargin = 0.45\n')
    assert harness("gate", suite, "--base", str(base.root)).returncode == 3
    declared = harness("gate", suite, "--base", str(base.root), "--data-change", "--json")
    assert declared.returncode == 1
    assert json.loads(declared.stdout)["policy"]["margin"] == 0.1


def test_a_clean_subset_without_leaks_is_the_whole(harness: Command, stand: GateRepository) -> None:
    """The option changes nothing where nothing leaked."""
    ended = harness("gate", "demo", "--clean-subset", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["cases"] == 40


@pytest.mark.parametrize(
    "words",
    [
        ("--margin", "nan"),
        ("--margin", "0"),
        ("--alpha", "0.5"),
        ("--goal", "best"),
        ("--candidate", "nosuch"),
        ("--split", "extra"),
        ("--base", "nowhere"),
    ],
    ids=" ".join,
)
def test_usage(harness: Command, stand: GateRepository, words: tuple[str, ...]) -> None:
    """Ends with 64 and a sentence; 1 to 3 come only from a verdict."""
    ended = harness("gate", "demo", *words)
    assert ended.returncode == 64
    assert ended.stdout == ""
    assert ended.stderr
    assert "Traceback" not in ended.stderr
    assert not stand.decisions


def test_no_suite_no_production_no_policy(harness: Command, stand: GateRepository) -> None:
    """Each with the next step."""
    assert harness("gate", "nosuch").returncode == 64
    (stand.approved / "production.toml").unlink()
    ended = harness("gate", "demo")
    assert ended.returncode == 64
    assert "harness promote demo ARM" in ended.stderr
    file = stand.folder / "suite.toml"
    file.write_text(file.read_text().partition("[gate]")[0])
    assert "has no [gate]" in harness("gate", "demo").stderr


def test_bad_data_is_no_verdict(harness: Command, stand: GateRepository) -> None:
    """An edited baseline, a key that nobody knows, missing replies: 65 each."""
    path = stand.approved / "plain.jsonl"
    whole = path.read_text()
    path.write_text(whole.replace('"correct","score":1.0', '"wrong","score":0.0', 1))
    assert harness("gate", "demo").returncode == 65
    path.write_text(whole)
    stand.prompt("other", "Please: {{ text }} asked of other")
    ended = harness("gate", "demo")
    assert ended.returncode == 65
    assert "--record" in ended.stderr
    stand.policy('candidate = "other"\nmargin = 0.1\nmargn = 1\n')
    assert harness("gate", "demo").returncode == 65
    assert not stand.decisions
