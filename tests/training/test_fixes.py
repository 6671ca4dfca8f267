"""Repairs of rows: what has one right answer, and nothing else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from harness.training.checks.legacy import LegacyFixes
from harness.training.fixes import FixPlan, fix_rows

from .checks.files import REVIEWS, chat, checked, pair


def fixed(rows, plan=None):
    """The repaired rows and all changes."""
    numbered = [(line, row, None) for line, row in enumerate(rows, 1)]
    done = list(fix_rows(numbered, plan or checked(rows).plan))
    kept = [one.row for one in done if one.row is not None]
    return kept, [change for one in done for change in one.changes]


def test_the_three_reviews_get_separator_space_and_ending():
    """After that the checks find none of these faults."""
    rows, changes = fixed(REVIEWS)
    assert rows[2]["completion"] == " Rating: 1 star\n"
    assert rows[0]["prompt"].endswith("works great. ->")
    assert [change.rule for change in changes[:3]] == [
        "prompt-separator",
        "completion-space",
        "completion-ending",
    ]
    assert checked(rows).plan.legacy == LegacyFixes()


def test_copies_and_empty_rows_go_and_are_listed():
    """With their lines; the first of the copies stays."""
    rows = [pair("a ->", " b\n"), pair("c ->", "  "), pair("a ->", " b\n"), pair("d ->", " e\n")]
    kept, changes = fixed(rows)
    assert kept == [rows[0], rows[3]]
    assert [(c.line, c.rule, c.after) for c in changes] == [
        (2, "empty-completion", None),
        (3, "duplicate-rows", None),
    ]


def test_columns_are_named_in_lower_case_and_others_removed():
    """In their old order; the id stays."""
    rows = [{"Prompt": f"{i} ->", "COMPLETION": f" {i}\n", "id": str(i), "note": 1} for i in "ab"]
    kept, changes = fixed(rows)
    assert kept[0] == {"prompt": "a ->", "completion": " a\n", "id": "a"}
    assert {c.rule for c in changes} == {"column-case", "extra-column"}


def test_arguments_that_were_encoded_twice_are_decoded_once():
    """And those that were not stay as they are."""
    good = json.dumps({"x": 1})
    calls = [
        {"id": str(i), "type": "function", "function": {"name": "f", "arguments": text}}
        for i, text in enumerate([json.dumps(good), good])
    ]
    row = chat("q", "a")
    row["messages"][1] = {"role": "assistant", "tool_calls": calls}
    kept, changes = fixed([row])
    found = kept[0]["messages"][1]["tool_calls"]
    assert [call["function"]["arguments"] for call in found] == [good, good]
    assert [change.rule for change in changes] == ["tool-arguments-encoded-twice"]
    assert calls[0]["function"]["arguments"] != good


def test_leaks_go_only_where_the_plan_names_them():
    """The workflow leaves them out of the plan unless it was asked."""
    rows = [pair("a", "b"), pair("c", "d")]
    assert len(fixed(rows, FixPlan("completion"))[0]) == 2
    kept, changes = fixed(rows, FixPlan("completion", leaks=frozenset({1})))
    assert kept == [rows[1]]
    assert changes[0].rule == "leak"


def test_changes_hold_no_secrets():
    """The list may be shown to others."""
    key = "sk-abcdefghij0123456789ABCDEFGHIJ"
    _, changes = fixed([chat(f"key {key}", "a")] * 2)
    assert changes
    assert key not in repr(changes)


@given(st.lists(st.tuples(st.text("ab.", max_size=4), st.text("xy ", max_size=4)), max_size=8))
def test_fixing_twice_changes_nothing_more(pairs):
    """A repaired file has nothing left to repair, but for rows that became equal."""
    once, _ = fixed([pair(p, c) for p, c in pairs])
    assert len(once) == len({(p, c) for p, c in pairs if c.strip()})
    plan = checked(once).plan
    assert not plan.blank
    assert not plan.legacy.space


def test_a_row_of_another_shape_keeps_all_it_has():
    """Mixed shapes are for a person to mend: neither columns nor marks of the file fit it."""
    row = chat("q", "a")
    kept, changes = fixed([pair("a", "b"), row, {"odd": 1}])
    assert kept[1:] == [row, {"odd": 1}]
    assert {change.line for change in changes} == {1}
