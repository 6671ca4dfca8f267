"""Every benchmark runs; its numbers are not looked at here, what it counts is."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from benchmarks.__main__ import MODULES, page, run_module
from benchmarks.measure import Claim, Section, text_table
from benchmarks.stub_server import content_length, label_of
from benchmarks.suites import Endpoint, case, write_suite

PROJECT = Path(__file__).resolve().parents[2]


def test_all_benchmarks_run_and_write_the_page(tmp_path):
    """`python -m benchmarks --quick` ends well, and the page names every benchmark's command."""
    target = tmp_path / "performance.md"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--page", str(target)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = target.read_text()
    assert all(f"`python -m benchmarks.{name}`" in text for name in MODULES)
    assert "| faults | " in text


def test_the_data_check_is_measured_apart():
    """It has no place on the page of a run's speed; docs/data-checks.md quotes it."""
    section = run_module("data_check", quick=True)
    assert section.rows
    assert {claim.what for claim in section.claims}


def test_the_calibration_writes_a_page_of_its_own(tmp_path):
    """It measures no speed: docs/calibration.md is its page, and --quick leaves that alone."""
    target = tmp_path / "calibration.md"
    command = [sys.executable, "-m", "benchmarks.calibration", "--quick", "--page", str(target)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = target.read_text()
    assert "requirements are reached" in text
    for name in ("Tango", "Newcombe", "Wilson", "Clopper-Pearson", "graded", "replicates"):
        assert f"| {name}: " in text


def test_a_page_says_which_targets_are_missed():
    """A missed target is named at the top of the page and marked in its table."""
    missed = Claim("wall", 3.0, 2.0, "x")
    section = Section("Speed", "throughput", "How.", ("a", "b"), (("1", "2"),), (missed,))
    text = page([section], datetime(2026, 1, 2, tzinfo=UTC))
    assert "0 of 1 targets are reached; not reached: wall." in text
    assert "| wall | 3.00x | at most 2x | NO |" in text


@pytest.mark.parametrize(
    ("value", "sense", "reached"),
    [
        (2.0, "at most", True),
        (2.1, "at most", False),
        (2.0, "at least", True),
        (1.9, "at least", False),
    ],
)
def test_a_claim_knows_its_right_side(value, sense, reached):
    """A target itself counts as reached, from both sides."""
    assert Claim("x", value, 2.0, sense=sense).reached is reached


def test_the_stub_answers_with_the_last_label():
    """The shots' labels come first and must not win."""
    body = b'{"messages":[{"content":"note [[t1]] label t1"},{"content":"note [[s2]]"}]}'
    assert label_of(body) == b"s2"
    assert label_of(b"{}") == b"none"


@pytest.mark.parametrize("name", ["Content-Length", "content-length", "CONTENT-LENGTH"])
def test_the_stub_finds_the_length_of_a_body(name):
    """In any spelling of the header, beside others that begin alike."""
    head = f"POST / HTTP/1.1\r\nContent-Type: text/plain\r\n{name}: 12"
    assert content_length(head.encode()) == 12
    assert content_length(f"{head}\r\nhost: x".encode()) == 12
    assert content_length(b"GET / HTTP/1.1\r\nhost: x") == 0


def test_a_tenth_of_the_cases_expects_another_label(tmp_path):
    """So that a right run scores exactly 0.9 at every multiple of ten."""
    folder = write_suite(tmp_path, 50, Endpoint("http://127.0.0.1:1/v1"), shots=True)
    lines = (folder / "data" / "test.jsonl").read_bytes().splitlines()
    cases = [msgspec.json.decode(line) for line in lines]
    right = [c["expected"].encode() == label_of(c["input"]["note"].encode()) for c in cases]
    assert sum(right) == 45
    assert all(500 < len(str(case(n)["input"]["note"])) < 600 for n in range(50))


def test_a_table_lines_up():
    """Numbers lean to the right."""
    assert text_table(("a", "n"), [("bb", "10"), ("c", "1")]) == "a    n\nbb  10\nc    1"


def test_a_failing_benchmark_says_why():
    """The message has what the process printed."""
    with pytest.raises(RuntimeError, match=r"No module named benchmarks\.nothing"):
        run_module("nothing", quick=True)
