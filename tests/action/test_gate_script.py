"""action/gate.sh, as the action runs it: head against base, in an empty environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.workflows.repository import Repository

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "action" / "gate.sh"
HARNESS = Path(sys.executable).parent / "harness"
ARMS = """
[arms.spy]
model = "classical:spy"
[gate]
candidate = "plain"
incumbent = "plain_before"
margin = 0.2
[arms.plain_before]
extends = "plain"
"""
SPY = """
import os
from pathlib import Path

from sklearn.dummy import DummyClassifier


def spy():
    Path(__file__).with_name("seen.txt").write_text("\\n".join(os.environ))
    return DummyClassifier(strategy="most_frequent")
"""


@pytest.fixture
def head(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "head", arms=ARMS)
    repository.write("suites/demo/classical.py", SPY)
    repository.run(arms=("plain", "plain_before"), mode="record")
    shutil.copytree(repository.root, tmp_path / "base")
    return repository


def hold(head: Repository, **given: str) -> tuple[int, Path]:
    """The script's exit code, and the folder that it wrote."""
    folder = head.root.parent / "out"
    env = {
        **os.environ,
        "SUITES": "demo",
        "BASE": "../base",
        "FOLDER": str(folder),
        "HARNESS": str(HARNESS),
        "OPENAI_API_KEY": "sk-secret",
        **given,
    }
    done = subprocess.run(
        ["bash", str(SCRIPT)], cwd=head.root, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, folder


def test_an_unchanged_suite_is_held_and_written_three_ways(head: Repository):
    """Markdown for people, JUnit for the CI system, JSON for programs; 12 cases are too few."""
    code, folder = hold(head)
    assert code == 2
    assert "INCONCLUSIVE" in (folder / "demo.md").read_text()
    assert ET.parse(folder / "demo.xml").getroot().tag == "testsuites"
    assert json.loads((folder / "demo.json").read_text())["exit_code"] == 2


def test_undecided_may_be_allowed(head: Repository, tmp_path: Path):
    """ALLOW=inconclusive ends with 0, and still says what it is."""
    output = tmp_path / "output"
    assert hold(head, ALLOW="inconclusive", GITHUB_OUTPUT=str(output))[0] == 0
    assert output.read_text().startswith("ruling=inconclusive\n")


QUITTER = """
import os


def spy():
    os._exit(0)
"""


def test_code_that_ends_the_process_is_no_promotion(head: Repository):
    """Exit code 0 without a verdict is an error, and so is an old verdict that lies around."""
    assert hold(head, CANDIDATE="spy", INCUMBENT="plain")[0] == 2
    head.write("suites/demo/classical.py", QUITTER)
    code, folder = hold(head, CANDIDATE="spy", INCUMBENT="plain")
    assert code == 70
    assert "no verdict" in (folder / "demo.md").read_text()


def test_a_change_cannot_choose_its_cases(head: Repository):
    """What the base has and the change has not, nobody can judge: declared, and undecided."""
    text = (head.folder / "data" / "test.jsonl").read_text().splitlines(keepends=True)
    (head.folder / "data" / "test.jsonl").write_text("".join(text[:-1]))
    code, folder = hold(head, DATA_CHANGE="true")
    assert code == 2
    assert "11 of 12 cases of the base" in (folder / "demo.md").read_text()


def test_a_suite_may_be_a_path(head: Repository):
    """Files are named by the suite."""
    code, folder = hold(head, SUITES="suites/demo/")
    assert (code, (folder / "demo.json").exists()) == (2, True)


def test_a_change_that_brings_its_own_policy_is_invalid(head: Repository):
    """Also where the new policy would promote anything; declared, the base's decides."""
    head.replace("suite.toml", "margin = 0.2", "margin = 0.45")
    code, folder = hold(head)
    assert code == 3
    assert "the policy" in (folder / "demo.md").read_text()
    assert hold(head, DATA_CHANGE="true")[0] == 2


def test_the_worst_suite_decides_and_errors_are_worst(head: Repository):
    """A suite that does not exist is an error with its message in the summary."""
    code, folder = hold(head, SUITES="demo nosuch")
    assert code == 64
    assert "there is no suite 'nosuch'" in (folder / "nosuch.md").read_text()


def test_the_change_finds_no_secret(head: Repository):
    """A classifier of the change runs in an environment without the caller's variables."""
    hold(head, CANDIDATE="spy")
    seen = (head.folder / "seen.txt").read_text().split()
    assert "PATH" in seen
    assert "OPENAI_API_KEY" not in seen


def test_outputs_are_named_for_later_steps(head: Repository, tmp_path: Path):
    """GITHUB_OUTPUT gets the worst ruling and the folder."""
    output = tmp_path / "output"
    _, folder = hold(head, GITHUB_OUTPUT=str(output))
    assert output.read_text() == f"ruling=inconclusive\nfolder={folder}\n"


def test_the_action_runs_the_script_with_its_inputs():
    """Every variable that the script reads is an input or a path of the action's own."""
    action = yaml.safe_load((PROJECT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    held = next(step for step in steps if step.get("id") == "gate")
    assert held["run"].strip('"').endswith("action/gate.sh")
    named = {"SUITES", "CANDIDATE", "INCUMBENT", "DATA_CHANGE", "ALLOW", "BASE", "FOLDER"}
    assert named <= set(held["env"])
    checkout = next(step for step in steps if "checkout" in step.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False
    assert "secrets." not in (PROJECT / "action.yml").read_text()
