"""A decision as people read it on a terminal, and as programs read it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from rich.cells import cell_len

from harness.reports.gate.tables import gate_heading, gate_json, gate_tables, ruling_sentence
from harness.values.verdict import Ruling
from tests.approved import a_decision

from . import gates
from .test_terminal import printed


def _shown(name: str, width: int = 100) -> str:
    decision, comparison = getattr(gates, name)()
    heading = gate_heading(decision, "Stars from a review", preview=False)
    return printed(gate_tables(decision, comparison), width, heading=heading)


@pytest.mark.parametrize("name", gates.MADE)
def test_a_decision_at_a_hundred_columns(name: str, snapshot) -> None:
    """What people read: the ruling first, every check, next steps, the moved cases."""
    assert _shown(name) == snapshot


@pytest.mark.parametrize("name", gates.MADE)
def test_the_ruling_is_the_one_that_is_meant(name: str) -> None:
    """The made-up decisions are of every kind."""
    made, ruling = gates.MADE[name]
    assert made()[0].ruling is ruling


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", [*gates.MADE, "hostile"])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    """A line that wraps destroys a table."""
    lines = _shown(name, width).split("\n")[2:]
    assert max(map(cell_len, lines)) <= width


def test_no_text_of_others_moves_the_cursor() -> None:
    """Arms, ids, evidence and steps are shown and do nothing."""
    text = _shown("hostile", 200)
    odd = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"}
    assert not odd
    assert "\\u001b[31m" in text


def test_what_does_not_hold_comes_with_its_next_step() -> None:
    """One note per check that has not passed, warnings before explanations."""
    decision, comparison = gates.undecided()
    (checks, moved) = gate_tables(decision, comparison)
    open_ = [check for check in decision.checks if check.status != "passed"]
    steps = [note for note in checks.notes if note.startswith("Next")]
    assert len(steps) == len([check for check in open_ if check.next_step]) > 0
    assert checks.notes[: len(steps)] == tuple(steps)
    assert checks.notes[len(steps)].startswith("Warning: this is question 7")
    assert moved.title == "Cases that moved"


@pytest.mark.parametrize("ruling", list(Ruling))
def test_the_ruling_is_the_first_word(ruling: Ruling) -> None:
    """Who reads one line reads the verdict and both arms."""
    text = ruling_sentence(a_decision(ruling=ruling))
    assert text.startswith(f"{ruling.upper()}: ")
    assert "tuned" in text
    assert "few" in text


def test_a_preview_is_no_decision() -> None:
    """It has a number that nobody keeps, and does not show it."""
    assert "decision 1" in gate_heading(a_decision(), "Stars", preview=False)
    preview = gate_heading(a_decision(), "Stars", preview=True)
    assert "decision" not in preview
    assert "preview, not written down" in preview


@pytest.mark.parametrize("name", [*gates.MADE, "hostile"])
def test_json_is_the_decision_with_its_exit_code(name: str) -> None:
    """It survives JSON, also with lone surrogates; nothing moved is an empty list, not null."""
    decision, comparison = getattr(gates, name)()
    found = json.loads(json.dumps(gate_json(decision, comparison, preview=True)))
    assert found["ruling"] == decision.ruling
    assert found["exit_code"] == decision.ruling.exit_code
    assert found["preview"] is True
    assert len(found["checks"]) == len(decision.checks)
    if comparison is None:
        assert found["lost"] is None
    else:
        assert found["lost"] == list(comparison.lost)
        assert found["gained"] == list(comparison.gained)


def test_moves_are_counted_and_cut() -> None:
    """The most frequent first, six kinds at most, and what each means."""
    decision, comparison = gates.rejected()
    rows = list(gate_tables(decision, comparison))[1].rows
    assert rows[0] == ("correct", "wrong", "60", "lost")
    assert ("wrong", "correct", "2", "gained") in rows
    assert {row[3] for row in rows} == {"lost", "gained", ""}
