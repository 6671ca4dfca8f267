"""The page of a suite, written whole or not at all."""

from __future__ import annotations

import msgspec
import pytest

from harness.errors import DataError, UsageError
from harness.store.runs import JOURNAL_FILE, read_info, write_info
from harness.workflows.page.page import write_page
from tests.workflows.gate.gate_repository import BAD, GOOD, TODAY, GateRepository


@pytest.fixture
def approved(tmp_path):
    """Arm plain is in production, and the better arm other wants to be."""
    made = GateRepository(tmp_path)
    made.record(plain=BAD, other=GOOD)
    made.promote("plain")
    return made


def written(repository, name="page.html", **choices):
    path = repository.root / name
    done = write_page(repository.open(), path, today=TODAY, **choices)
    return done, path.read_text()


def test_the_verdict_of_the_gate_opens_the_page_and_is_not_written_down(approved):
    before = len(approved.decisions)
    done, text = written(approved)
    assert done.finding.startswith("other may replace plain: +50.0 points [")
    assert "data-verdict" in text or "promote" in text.lower()
    assert (done.cases, done.arms) == (40, 2)
    assert done.size == len(text.encode())
    assert len(approved.decisions) == before


def test_without_a_policy_the_finding_is_the_comparison(approved):
    approved.replace("suite.toml", "[gate]", "[fixtures]")
    approved.replace("suite.toml", 'candidate = "other"\nmargin = 0.1\n', "")
    done, _ = written(approved)
    assert done.finding.startswith("other beats plain by 50.0 points [")


def test_a_policy_without_an_incumbent_says_why_there_is_no_verdict(tmp_path):
    made = GateRepository(tmp_path)
    made.record(plain=BAD, other=GOOD)
    done, text = written(made)
    assert done.finding.startswith("other beats plain")
    assert "no verdict: " in text


def test_one_arm_alone(approved):
    done, _ = written(approved, arms=("other",))
    assert done.finding == "other reaches 100.0% (91.2\N{EN DASH}100.0%) on 40 cases."


def test_past_runs_and_baselines(approved):
    approved.live("plain")
    approved.live("other")
    first, second = (folder.name for folder in approved.runs[-2:])
    assert written(approved, runs=(first, second))[0].arms == 2
    assert written(approved, runs=(second,), baselines=("plain",))[0].arms == 2


def test_a_run_that_is_being_written_is_shown_as_such(approved):
    run = approved.live("other")
    journal = run.path / JOURNAL_FILE
    journal.write_bytes(journal.read_bytes()[:-10])
    write_info(run.path, msgspec.structs.replace(read_info(run.path), status="running"))
    done, text = written(approved, runs=(run.info.id,))
    assert done.cases == 39
    assert "this run is not finished" in text


def test_a_broken_journal_leaves_the_old_page(approved):
    _, before = written(approved)
    run = approved.live("other")
    with (run.path / JOURNAL_FILE).open("ab") as file:
        file.write(b"nonsense\n")
    with pytest.raises(DataError, match="no record"):
        written(approved, runs=(run.info.id,))
    assert (approved.root / "page.html").read_text() == before
    assert [path.name for path in approved.root.glob(".page*")] == []


def test_an_unwritable_target(approved):
    (approved.root / "file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        written(approved, name="file/page.html")


def test_an_unknown_arm(approved):
    with pytest.raises(UsageError, match="has no arm 'nobody'"):
        written(approved, arms=("nobody",))
    assert not (approved.root / "page.html").exists()
