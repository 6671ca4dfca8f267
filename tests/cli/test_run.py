"""`harness run` through a real process: tables, JSON, recording, misses, limits, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_a_new_suite_runs_and_prints_its_table(harness: Command, demo: Path) -> None:
    """Init, then run: accuracy with its interval, error rates and tokens of every arm."""
    ended = harness("run", "demo")
    assert ended.returncode == 0
    for text in ("zero_shot", "few_shot", "classical", "accuracy", "interval", "tokens", "latency"):
        assert text in ended.stdout


def test_json_has_the_same_numbers(harness: Command, demo: Path) -> None:
    """--json prints one JSON value and nothing else."""
    ended = harness("run", "demo", "--json")
    numbers = json.loads(ended.stdout)
    assert set(numbers["arms"]) == {"zero_shot", "few_shot", "classical"}
    assert numbers["cases"] == 9
    assert ended.returncode == 0


def test_record_then_replay_gives_the_same_replies(harness: Command, demo: Path) -> None:
    """A replay answers from the fixtures: no line of them changes, and the table is the same."""
    first = json.loads(harness("run", "demo", "--record", "--json").stdout)
    files = {p.name: p.read_bytes() for p in (demo / "fixtures").iterdir()}
    again = json.loads(harness("run", "demo", "--json").stdout)
    assert {p.name: p.read_bytes() for p in (demo / "fixtures").iterdir()} == files
    for arm, numbers in first["arms"].items():
        assert again["arms"][arm]["accuracy"] == numbers["accuracy"]
        assert again["arms"][arm]["tokens"] == numbers["tokens"]


def test_a_miss_prints_the_command_that_records_it(harness: Command, demo: Path) -> None:
    """A changed prompt makes recordings miss: exit 65, and the printed command mends it."""
    harness("run", "demo", "--record")
    prompt = demo / "prompts" / "instruction.j2"
    prompt.write_text("Team for this: {{ message }}")
    missed = harness("run", "demo")
    assert missed.returncode == 65
    command = re.search(r"harness (run demo .*--record)", missed.stderr)
    assert command is not None
    assert harness(*command[1].split()).returncode == 0
    assert harness("run", "demo").returncode == 0


def test_nothing_recorded_names_both_ways_on(harness: Command, demo: Path) -> None:
    """An arm that could cost money is never asked unasked."""
    text = (demo / "suite.toml").read_text().replace('endpoint = "demo"', 'endpoint = "hosted"')
    (demo / "suite.toml").write_text(text)
    settings = demo.parent.parent / "harness.toml"
    hosted = '\n[endpoints.hosted]\nkind = "openai"\nkey_env = "NO_SUCH_KEY_HERE"\n'
    settings.write_text(settings.read_text() + hosted)
    replay = harness("run", "demo")
    assert replay.returncode == 64
    assert "--record" in replay.stderr
    assert "--live" in replay.stderr
    live = harness("run", "demo", "--live")
    assert live.returncode == 64
    assert "NO_SUCH_KEY_HERE" in live.stderr


def test_a_limited_run_says_that_it_decides_nothing(harness: Command, demo: Path) -> None:
    """--limit is legal and marked."""
    ended = harness("run", "demo", "--limit", "3")
    assert ended.returncode == 0
    assert "limited to 3 cases" in ended.stdout


def test_read_only_results_are_a_clear_error(harness: Command, demo: Path, tmp_path: Path) -> None:
    """Where nothing can be written, nothing is asked: exit 65 and the folder's name."""
    if os.geteuid() == 0:
        (tmp_path / "results").write_text("a file where the folder should be")
    else:
        (tmp_path / "results").mkdir(mode=0o500)
    ended = harness("run", "demo")
    assert ended.returncode == 65
    assert "results" in ended.stderr
    assert "Traceback" not in ended.stderr


SLOW = """
import asyncio, sys
from harness.providers.scripted.endpoint import ScriptedEndpoint

complete = ScriptedEndpoint.complete

async def slowly(self, request):
    await asyncio.sleep(0.3)
    return await complete(self, request)

ScriptedEndpoint.complete = slowly
sys.argv = ["harness", "run", "demo", "--arm", "few_shot"]
from harness.cli.main import main
main()
"""


def test_ctrl_c_prints_the_partial_table_and_ends_with_130(demo: Path, tmp_path: Path) -> None:
    """What was answered is kept and shown, and the command that goes on is printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    journals = tmp_path / "results" / "runs" / "demo"
    deadline = time.monotonic() + 30
    while not any(p.stat().st_size for p in journals.glob("*/journal.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "few_shot" in out
    assert "--resume" in err
    assert "Traceback" not in err


def test_resume_finishes_what_was_interrupted(harness: Command, demo: Path, tmp_path: Path) -> None:
    """The resumed run asks only what is missing and ends complete."""
    test_ctrl_c_prints_the_partial_table_and_ends_with_130(demo, tmp_path)
    ended = harness("run", "demo", "--resume")
    assert ended.returncode == 0, ended.stderr
    (folder,) = (tmp_path / "results" / "runs" / "demo").iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "complete"
    lines = (folder / "journal.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    places = [(r["case"], json.dumps(r.get("replicate", {}))) for r in records]
    assert len(places) == len(set(places)) == 27


@pytest.mark.parametrize("words", [["--live"], []], ids=["live", "replay"])
def test_agreement_is_said_of_live_runs_only(
    harness: Command, demo: Path, words: list[str]
) -> None:
    """A live run of a recorded arm says how many answers equal the recorded ones."""
    harness("run", "demo", "--record")
    shown = harness("run", "demo", "--arm", "zero_shot", *words).stdout
    assert ("9 of 9 live answers equal the recorded ones" in shown) == bool(words)


def test_a_clean_subset_leaves_out_what_leaked(harness: Command, demo: Path) -> None:
    """A test case that repeats a training case is a warning, and is left out on demand."""
    learned = json.loads((demo / "data" / "train.jsonl").read_text().splitlines()[0])
    tests = demo / "data" / "test.jsonl"
    first, *others = tests.read_text().splitlines()
    again = json.loads(first) | {"input": learned["input"]}
    tests.write_text("\n".join([json.dumps(again), *others]) + "\n")
    shown = " ".join(harness("run", "demo").stdout.replace("•", "").split())
    assert "Warning: leaks into few_shot and classical: 1 case of the test split" in shown
    assert "(test_01); --clean-subset leaves out what leaked." in shown
    clean = " ".join(harness("run", "demo", "--clean-subset").stdout.replace("•", "").split())
    assert "8 of 9 cases (1 leaked into few_shot and 1 leaked into classical)" in clean
    assert "Warning: leaks" not in clean
