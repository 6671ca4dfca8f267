"""A decision in, Markdown for a step summary or a comment on a change out. Pure."""

from __future__ import annotations

from harness.analysis.comparison import Comparison
from harness.reports.gate.tables import checks_table, moved_table, ruling_sentence
from harness.reports.markdown import inert, table_markdown
from harness.values.baseline import Decision

MARK = "<!-- harness gate -->"
"""The first line, by which a bot finds the comment that it is to replace."""


def gate_markdown(
    decision: Decision, comparison: Comparison | None, title: str, *, preview: bool
) -> str:
    """The ruling as a heading, the checks, and the cases that moved behind a fold."""
    place = "Preview, not written down" if preview else f"Decision {decision.number}"
    parts = [
        MARK,
        f"### {inert(ruling_sentence(decision))}\n",
        f"{inert(title)}: {inert(decision.suite)}, {decision.split} split. {place}.\n",
        table_markdown(checks_table(decision)),
    ]
    if comparison is not None and (comparison.gained or comparison.lost):
        count = len(comparison.gained) + len(comparison.lost)
        moved = table_markdown(moved_table(comparison))
        summary = f"<summary>{count:,} cases moved</summary>"
        parts.append(f"<details>{summary}\n\n{moved}\n</details>\n")
    return "\n".join(parts)
