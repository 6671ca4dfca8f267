"""312 scorer vectors of four other harnesses, and what docs/scorer-agreement.md says of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from peer_vectors import Vector, read_vectors

pytestmark = pytest.mark.cases

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "scorer-agreement.md"
# The answers on which we differ from a peer; the document gives the reason for each.
DECIDED = {
    "'28 + 32 = 60%' / '32'",
    "'result: 三' / '3'",
    "'foo bar' / ['bar']",
    "'(3.14)' / ['3.14']",
    """'{"a": 1, "b": 2}' / {'b': 2, 'a': 1}""",
    """'{"a": 1, "b": 2}' / '{"b": 2, "a": 1}'""",
    "'null' / 'None'",
    "'Jupiter is the largest planet in our solar system. So the answer is c.\\n\\nAnswer: c' / 'C'",
    "'A cat sleeps on the mat' / 'The quick brown fox jumps over the lazy dog'",
}


@pytest.fixture(scope="module")
def vectors(cases_folder: Path) -> list[Vector]:
    return read_vectors(cases_folder / "15_scorer_test_vectors")


def test_every_vector_is_read(vectors: list[Vector]) -> None:
    """None is skipped silently: 312, of which 186 have a counterpart."""
    assert (len(vectors), sum(v.agrees is not None for v in vectors)) == (312, 186)


def test_we_differ_only_where_it_was_decided(vectors: list[Vector]) -> None:
    """Nine vectors, each of which the document explains."""
    assert {vector.text for vector in vectors if vector.agrees is False} == DECIDED


def test_the_document_prints_these_counts(vectors: list[Vector]) -> None:
    """Each row of its two tables, so that the document cannot drift from the code."""
    totals = Counter((vector.group, vector.ours) for vector in vectors)
    agreeing = Counter((v.group, v.ours) for v in vectors if v.agrees)
    rows = {
        f"| {group} | {ours} | {agreeing[group, ours]} of {n} |"
        if ours != "—"
        else f"| {group} | {n} |"
        for (group, ours), n in totals.items()
    }
    printed = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert {row for row in rows if any(line.startswith(row) for line in printed)} == rows
