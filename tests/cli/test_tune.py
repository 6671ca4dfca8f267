"""`harness tune` through a real process, against the fake of the platforms on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))

from openai_tuning import KEY, FakeTuning, Fault, fake_tuning

from harness.workflows.run import open_suite
from tests.cli.conftest import Command

BASE = "gpt-4.1-mini-2025-04-14"
SUITE = f"""
title = "Yes or no"
[data]
train = "data/train.jsonl"
validation = "data/validation.jsonl"
test = "data/test.jsonl"
[scorer]
primary = "label"
label.labels = ["yes", "no"]
[models.m]
endpoint = "platform"
model = "{BASE}"
[arms.tuned]
model = "m"
form = "chat"
prompt = "plain"
training = "hosted"
[trainings.hosted]
method = "supervised"
"""
QUOTA = {"error": {"message": "You exceeded your quota.", "code": "insufficient_quota"}}
CREATION = "POST /fine_tuning/jobs"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTuning]:
    """A platform whose jobs have run by the time of the second look; no proxy stands between."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with fake_tuning() as running:
        running.stages, running.head_start = ["running", "succeeded"], 1
        yield running


@pytest.fixture
def hosted(tmp_path: Path, fake: FakeTuning) -> Path:
    """The folder of a suite whose arm is tuned on the fake: twelve rows, four held out."""
    settings = f'[endpoints.platform]\nkind = "openai"\nbase_url = "{fake.openai_url}"\n'
    (tmp_path / "harness.toml").write_text(settings)
    return write_suite(tmp_path)


def write_suite(root: Path) -> Path:
    """suites/demo of a repository."""
    folder = root / "suites" / "demo"
    (folder / "data").mkdir(parents=True)
    (folder / "prompts").mkdir()
    (folder / "suite.toml").write_text(SUITE)
    (folder / "prompts" / "plain.j2").write_text("The text says {{ text }}.")
    for split, count in (("train", 12), ("validation", 4), ("test", 4)):
        rows = (
            {
                "id": f"{split}{n}",
                "input": {"text": f"{split} {n}"},
                "expected": ("yes", "no")[n % 2],
            }
            for n in range(count)
        )
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "data" / f"{split}.jsonl").write_text(text)
    return folder


def record(hosted: Path) -> str:
    """What stands in the training's file."""
    return (hosted / "training" / "hosted.toml").read_text()


def test_an_estimate_asks_nobody(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """Rows, tokens and a dated price, without a key and without a call."""
    ended = harness("tune", "demo", "tuned", "--estimate", "--json", env={"OPENAI_API_KEY": ""})
    assert ended.returncode == 0, ended.stderr
    needed = json.loads(ended.stdout)
    assert needed["rows"] == 12
    assert needed["spent"]["amount"] > 0
    assert needed["spent"]["as_of"]
    assert fake.calls == []


def test_nothing_is_spent_without_consent(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """No terminal and no --yes: the estimate is shown, nothing is uploaded, exit 64."""
    ended = harness("tune", "demo", "tuned")
    assert ended.returncode == 64
    assert "--yes" in ended.stderr
    assert "12 rows" in ended.stderr
    assert fake.calls == []


def test_a_tuned_model_is_recorded_and_asked(
    harness: Command, hosted: Path, fake: FakeTuning
) -> None:
    """Model, job, files, losses, tokens, price, last day; then the arm's model is the tuned one."""
    ended = harness("tune", "demo", "tuned", "--yes", "--json")
    assert ended.returncode == 0, ended.stderr
    (job,) = fake.jobs.values()
    training = json.loads(ended.stdout)
    assert training["model"] == job["fine_tuned_model"]
    assert training["job"] == job["id"]
    assert training["files"]["training_file"] == job["training_file"]
    assert training["trained_tokens"] == job["trained_tokens"]
    assert [loss["step"] for loss in training["losses"]] == [12, 24, 36]
    assert training["spent"]["amount"] == pytest.approx(job["trained_tokens"] * 5 / 1e6)
    assert training["shutdown"] == "2027-01-14"
    assert training["shutdown_source"] == "the model list of endpoint platform"
    assert training["train"]["rows"] == 12
    suite = open_suite("demo", hosted.parents[1])
    assert suite.arms["tuned"].model == job["fine_tuned_model"]
    assert harness("check").returncode == 0
    assert KEY not in ended.stderr + record(hosted)
    assert not [p for p in hosted.parents[1].rglob("*") if p.is_file() and KEY in p.read_text()]


def test_repeating_buys_nothing(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """A job that has succeeded is found again, without its work folder too."""
    first = harness("tune", "demo", "tuned", "--yes", "--json")
    again = harness("tune", "demo", "tuned", "--yes", "--json")
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert fake.count(CREATION) == 1


def test_a_job_of_this_recipe_by_its_id(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """The mark on the job says that it learned these rows: they are recorded."""
    harness("tune", "demo", "tuned", "--yes")
    (hosted / "training" / "hosted.toml").unlink()
    ended = harness("tune", "demo", "tuned", "--job", next(iter(fake.jobs)))
    assert ended.returncode == 0, ended.stderr
    assert "[train]" in record(hosted)
    assert fake.count(CREATION) == 1


def test_a_job_of_elsewhere_by_its_id(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """Nobody here knows its rows: none are recorded, and leaks are unknown and not clean."""
    harness("tune", "demo", "tuned", "--yes")
    (job,) = fake.jobs.values()
    job["metadata"] = {}
    ended = harness("tune", "demo", "tuned", "--job", job["id"])
    assert ended.returncode == 0, ended.stderr
    text = record(hosted)
    assert job["fine_tuned_model"] in text
    assert "[train]" not in text
    assert "template_digest" not in text
    assert "seed" not in text
    assert harness("check").returncode == 0


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"model": "gpt-4o-mini-2024-07-18"}, "tunes gpt-4o-mini-2024-07-18, and the arm's model"),
        ({"method": {"type": "dpo", "dpo": {}}}, "tunes by dpo, and the recipe says supervised"),
    ],
)
def test_a_job_of_another_base_or_method(
    harness: Command, hosted: Path, fake: FakeTuning, other: dict[str, Any], said: str
) -> None:
    """It is no training of this arm: exit 64 and no record."""
    harness("tune", "demo", "tuned", "--yes")
    (hosted / "training" / "hosted.toml").unlink()
    (job,) = fake.jobs.values()
    job |= other
    ended = harness("tune", "demo", "tuned", "--job", job["id"])
    assert ended.returncode == 64
    assert said in ended.stderr
    assert not (hosted / "training" / "hosted.toml").exists()


def test_interrupted_then_cancelled(
    harness: Command, hosted: Path, fake: FakeTuning, tmp_path: Path
) -> None:
    """Ctrl-C leaves the job alone, exit 130; --cancel ends it on the platform."""
    fake.stages = ["running"] * 9 + ["succeeded"]
    words = [sys.executable, "-m", "harness", "tune", "demo", "tuned", "--yes"]
    tuning = subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not fake.count("GET /fine_tuning/jobs/.*/events") and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(tuning.pid, signal.SIGINT)
    _, said = tuning.communicate(timeout=60)
    (job,) = fake.jobs.values()
    assert (tuning.returncode, job["status"]) == (130, "running")
    assert "the job goes on by itself" in said
    ended = harness("tune", "demo", "tuned", "--cancel")
    assert ended.returncode == 0, ended.stderr
    assert job["status"] == "cancelled"


def test_a_job_that_fails_half_way(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """Its own words, exit 65, no record; repeated, the uploaded files are used again."""
    fake.fail_at_step = 3
    failed = harness("tune", "demo", "tuned", "--yes")
    assert failed.returncode == 65
    assert "internal error at step 3" in failed.stderr
    assert not (hosted / "training").exists()
    fake.fail_at_step = 0
    assert harness("tune", "demo", "tuned", "--yes").returncode == 0
    assert fake.count("POST /files") == 2
    assert fake.count(CREATION) == 2


def test_an_account_without_credit(harness: Command, hosted: Path, fake: FakeTuning) -> None:
    """The quota is named with the next step, exit 64; no job and no key anywhere."""
    fake.faults.append(Fault(CREATION, status=429, body=json.dumps(QUOTA), times=9))
    ended = harness("tune", "demo", "tuned", "--yes")
    assert ended.returncode == 64
    assert "billing page" in ended.stderr
    assert KEY not in ended.stderr
    assert fake.jobs == {}


def test_local_tuning_without_its_packages(harness: Command, hosted: Path) -> None:
    """The extra is named, exit 64, before anything is loaded."""
    root = hosted.parents[1]
    (root / "harness.toml").write_text('[endpoints.platform]\nkind = "local"\n')
    text = (hosted / "suite.toml").read_text()
    (hosted / "suite.toml").write_text(text.replace('method = "supervised"', ""))
    blocked = root / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text("import sys\nsys.modules['peft'] = None\n")
    ended = harness("tune", "demo", "tuned", env={"PYTHONPATH": str(blocked)})
    assert ended.returncode == 64
    assert "pip install 'prompted-vs-tuned[tune]'" in ended.stderr
