"""A hosted model is switched off, and stays an arm: record, stop the server, freeze, compare.

The embedded model plays the hosted one: a real server on loopback that really goes away. Run it
with `python examples/dying_model.py` (extra `local`); it works in a temporary folder and prints
each step. docs/before-shutdown.md walks through its output.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from harness.providers.local.server import LocalServer
from harness.reports.table import accuracy_table
from harness.store.runs import Run
from harness.values.endpoint import LocalSpec
from harness.workflows.check import check
from harness.workflows.run import open_suite, run

CITIES = {"France": "Paris", "Italy": "Rome", "Spain": "Madrid", "Portugal": "Lisbon"}
MORE = {"Austria": "Vienna", "Greece": "Athens", "Poland": "Warsaw", "Norway": "Oslo"}
SUITE = """
title = "Capitals"
[data]
validation = "data/validation.jsonl"
test = "data/test.jsonl"
extra = "data/extra.jsonl"
[scorer]
primary = "includes"
[models.tuned]
endpoint = "hosted"
model = "gemma-3-270m"
[arms.tuned]
model = "tuned"
training = "elsewhere"
form = "completion"
prompt = "capital"
sampling = { max_tokens = 4, temperature = 0, stop = ["\\n"] }
"""
TRAINING = """
provider = "the platform"
base = "gemma-3-270m"
method = "supervised"
model = "gemma-3-270m"
train = {{ file = "a file of the platform, lost with it" }}
shutdown = "{day}"
shutdown_source = "the platform's mail"
"""
QUESTION = "Germany: Berlin\nJapan: Tokyo\nEgypt: Cairo\n{{ country }}:"


def main() -> None:
    """Play all of it once."""
    with tempfile.TemporaryDirectory() as folder:
        suite = write_suite(Path(folder))
        step("The platform says that the model ends in 30 days; `harness check` says what to do:")
        print(check([str(suite)], suite)[0])
        record_everything(suite)
        step("The server is gone. Asked live, nothing answers:")
        failures = run(open_suite(suite), mode="live").arms["tuned"].outcomes()
        print(", ".join(f"{count} {outcome}" for outcome, count in failures.items() if count))
        step("Frozen, the arm answers from its recordings, whatever becomes of its template:")
        edit(suite / "suite.toml", "[arms.tuned]", "[arms.tuned]\nfrozen = true")
        edit(suite / "prompts" / "capital.j2", QUESTION, "Name the capital of {{ country }}:")
        show(run(open_suite(suite)))
        step("A case that was written later can never be asked:")
        add_case(suite)
        show_error(suite)


def record_everything(suite: Path) -> None:
    """Validation, test and unlabelled inputs, while the server still answers."""
    with LocalServer(LocalSpec()) as server:
        os.environ["HOSTED_KEY"] = server.key
        endpoint = f'[endpoints.hosted]\nkind = "openai"\nbase_url = "{server.base_url}/v1"\n'
        settings = suite.parent.parent / "harness.toml"
        settings.write_text(endpoint + 'key_env = "HOSTED_KEY"\ntimeout = 20\nattempts = 2\n')
        for split in ("validation", "test", "extra"):
            run(open_suite(suite), mode="record", split=split)
        step("Recorded while it answered:")
        show(run(open_suite(suite)))
        print(check([str(suite)], suite)[0])


def write_suite(root: Path) -> Path:
    """A suite of four questions a split, and an endpoint whose server is about to start."""
    suite = root / "suites" / "capitals"
    for name in ("data", "prompts", "training"):
        (suite / name).mkdir(parents=True)
    (root / "harness.toml").write_text(
        '[endpoints.hosted]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\nkey_env = ""\n'
    )
    (suite / "suite.toml").write_text(SUITE)
    (suite / "prompts" / "capital.j2").write_text(QUESTION)
    last_day = date.today() + timedelta(days=30)  # noqa: DTZ011 - a day of this example alone
    (suite / "training" / "elsewhere.toml").write_text(TRAINING.format(day=last_day))
    write_cases(suite, "test", CITIES)
    write_cases(suite, "validation", MORE)
    rows = [{"id": "extra0", "input": {"country": "Malta"}}]
    (suite / "data" / "extra.jsonl").write_text(json.dumps(rows[0]) + "\n")
    return suite


def write_cases(suite: Path, split: str, cities: dict[str, str]) -> None:
    """One case per country."""
    rows = (
        {"id": f"{split}{number}", "input": {"country": country}, "expected": city}
        for number, (country, city) in enumerate(cities.items())
    )
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (suite / "data" / f"{split}.jsonl").write_text(text)


def add_case(suite: Path) -> None:
    """One case more than was recorded."""
    write_cases(suite, "test", CITIES | {"Iceland": "Reykjavik"})


def show(finished: Run) -> None:
    """Accuracy and interval of every arm."""
    for row in accuracy_table(finished.info, finished.arms).rows:
        print("  ".join(row))


def show_error(suite: Path) -> None:
    """What a run says of the missing reply."""
    from harness.errors import ReplayMissError

    try:
        run(open_suite(suite))
    except ReplayMissError as error:
        print(error)


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    path.write_text(path.read_text().replace(old, new))


def step(text: str) -> None:
    """A heading between two parts of the output."""
    print(f"\n# {text}", flush=True)


if __name__ == "__main__":
    main()
