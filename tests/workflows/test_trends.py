"""The past of a suite: its runs, decisions and approvals; what is broken is named, not raised."""

from __future__ import annotations

from harness.store.baselines import PRODUCTION_FILE
from harness.store.decisions import DECISIONS_FILE, append_decision
from harness.workflows.gate.promote import promote
from harness.workflows.trends import trend
from tests.approved import a_decision

from .repository import CASES, RIGHT, Repository


def test_the_past_of_a_suite(repository: Repository) -> None:
    """A live line, a replayed one, a decision, and what is in production."""
    repository.run(mode="record")
    for _ in range(2):
        repository.run()
    suite = repository.open()
    append_decision(suite.settings.baselines / "demo", lambda _: a_decision())
    promote(suite, "plain", reason="the first one", override=True)
    found = trend(suite)
    lines = {line.origin: line for line in found.lines}
    assert [len(lines[name].points) for name in ("live", "replayed")] == [1, 2]
    assert {p.mean for line in found.lines for p in line.points} == {RIGHT / CASES}
    assert all(p.continues for line in found.lines for p in line.points)
    assert [one.ruling for one in found.decisions] == ["promote"]
    assert [(one.arm, one.in_production) for one in found.approvals] == [("plain", True)]
    assert (found.graded, found.skipped) == (False, ())


def test_a_suite_without_a_past(repository: Repository) -> None:
    """Nothing, and no error."""
    found = trend(repository.open())
    assert (found.lines, found.decisions, found.approvals, found.skipped) == ((), (), (), ())


def test_broken_files_are_named(repository: Repository) -> None:
    """Each with its reason."""
    suite = repository.open()
    folder = suite.settings.baselines / "demo"
    folder.mkdir(parents=True)
    (folder / DECISIONS_FILE).write_text("{}\n")
    (folder / "plain.jsonl").write_text("{}\n")
    (folder / PRODUCTION_FILE).write_text("nonsense")
    found = trend(suite)
    assert [one.name for one in found.skipped] == [DECISIONS_FILE, "plain.jsonl", PRODUCTION_FILE]
    assert all(one.reason for one in found.skipped)


def test_another_case_begins_a_new_stretch(repository: Repository) -> None:
    """As does another scorer."""
    repository.run(mode="live")
    repository.replace("data/test.jsonl", '"maybe, test 3"', '"no, test 3"')
    repository.run(mode="live")
    (line,) = trend(repository.open()).lines
    assert [point.changes for point in line.points] == [(), ("cases",)]
    assert not line.points[1].continues
