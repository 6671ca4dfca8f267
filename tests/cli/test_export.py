"""`harness export` through a real process."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def recorded(harness: Command, demo: Path) -> Path:
    """A suite with recorded replies."""
    assert harness("run", "demo", "--record").returncode == 0
    return demo


def test_a_table_and_junit_of_what_is_recorded(
    harness: Command, recorded: Path, tmp_path: Path
) -> None:
    """Both say the numbers of the report."""
    done = harness("export", "demo", "--to", "out.csv", "--to", "out/junit.xml", "--json")
    assert done.returncode == 0
    assert [one["target"] for one in json.loads(done.stdout)] == ["out.csv", "out/junit.xml"]
    arms = json.loads(harness("report", "demo", "--json").stdout)["arms"]
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    suites = {
        suite.get("name"): suite for suite in ET.parse(tmp_path / "out" / "junit.xml").getroot()
    }
    for name, arm in arms.items():
        mine = [row for row in rows if row["arm"] == name]
        wrong = {row["case"] for row in mine if row["correct"] == "false"}
        assert sum(row["correct"] == "true" for row in mine) == arm["outcomes"]["correct"]
        assert suites[f"demo.{name}"].get("failures") == str(len(wrong))
    refused = harness("export", "demo", "--run", "newest", "--to", "out.csv/file.csv")
    assert refused.returncode == 65
    assert "out.csv/file.csv: cannot be written" in refused.stderr


def test_what_cannot_be_meant(harness: Command, demo: Path, tmp_path: Path) -> None:
    """Usage errors, and nothing is written."""
    for words, said in (
        ((), "say where to"),
        (("--to", "out.xlsx"), "the suffix says what to write"),
        (("--to", "out.csv", "--experiment", "e"), "belong to --mlflow"),
    ):
        done = harness("export", "demo", *words)
        assert done.returncode == 64
        assert said in done.stderr
    assert not list(tmp_path.glob("out*"))
