"""`harness cost` through a real process: tables, JSON, options and exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

SCENARIO = """
[scenarios.mini]
title = "Mini"
prompted = "openai/gpt-4.1-mini-2025-04-14"
tuned = "openai/ft:gpt-4.1-mini-2025-04-14"
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the demo suite, two of its arms recorded: made once, copied per test."""
    root = tmp_path_factory.mktemp("template")
    arms = ["--arm", "zero_shot", "--arm", "classical"]
    for words in (["init", "demo"], ["run", "demo", "--record", *arms]):
        subprocess.run([sys.executable, "-m", "harness", *words], cwd=root, check=True)
    with (root / "harness.toml").open("a") as file:
        file.write(SCENARIO)
    return root


@pytest.fixture
def recorded(template: Path, tmp_path: Path) -> Path:
    """The root of that repository."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_tables_end_with_all_scenarios(harness: Command, recorded: Path) -> None:
    """Unknown is a word, a warning and no failure; nothing is written."""
    before = sorted(recorded.rglob("*"))
    ended = harness("cost", "demo")
    assert ended.returncode == 0, ended.stderr
    text = " ".join(ended.stdout.split())
    for part in ("What a request costs", "unknown", "Warning: the cost of zero_shot", "mini"):
        assert part in text
    assert sorted(recorded.rglob("*")) == before


def test_json_of_a_scenario_at_all_terms(harness: Command, recorded: Path) -> None:
    """Every option reaches the numbers."""
    words = "--what-if mini --batch --no-cache --volume 1000 --horizon 12 --error-cost 0.5"
    more = "--labelling 3 --evaluation 4 --arm zero_shot --split test"
    ended = harness("cost", "demo", "--json", *words.split(), *more.split())
    assert ended.returncode == 0, ended.stderr
    read = json.loads(ended.stdout)
    assert read["terms"] == {
        "volume": 1000.0,
        "horizon": 12.0,
        "error_cost": 0.5,
        "labelling": 3.0,
        "evaluation": 4.0,
        "batch": True,
        "caching": False,
    }
    assert list(read["arms"]) == ["zero_shot"]
    assert read["arms"]["zero_shot"]["per_1k"]["estimate"] > 0
    assert read["basis"] == "Mini"


def test_a_past_run_is_costed(harness: Command, recorded: Path) -> None:
    """By `newest`; JSON has the scenarios where none is chosen."""
    ended = harness("cost", "demo", "--json", "--run", "newest")
    assert ended.returncode == 0, ended.stderr
    assert [one["basis"] for one in json.loads(ended.stdout)["scenarios"]] == ["Mini"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--volume", "-1"], "--volume"),
        (["--volume", "nan"], "volume"),
        (["--error-cost", "-0.1"], "--error-cost"),
        (["--horizon", "0"], "--horizon"),
        (["--what-if", "nothing"], "nothing"),
        (["--arm", "nobody"], "nobody"),
        (["--run", "nowhere"], "nowhere"),
    ],
)
def test_usage_errors_end_with_64(
    harness: Command, recorded: Path, words: list[str], message: str
) -> None:
    """And name what is wrong."""
    ended = harness("cost", "demo", *words)
    assert ended.returncode == 64
    assert message in ended.stderr
    assert not ended.stdout


def test_a_broken_scenario_ends_with_65(harness: Command, recorded: Path) -> None:
    """With file and line, at once."""
    path = recorded / "harness.toml"
    path.write_text(path.read_text().replace("prompted =", "prompting ="))
    ended = harness("cost", "demo")
    assert ended.returncode == 65
    assert "harness.toml:" in ended.stderr
    assert "scenarios.mini.prompted is missing" in ended.stderr
