from __future__ import annotations

from harness.reports.detail import confusion_table, label_table, slice_table
from harness.values.score import Outcome

from .runs import arm_info, columns, graded_run, record, run_info, troubled_run, usual_run


def tagged_run(values):
    """One arm with one case per tag value."""
    made = columns(record(case, tags={"t": value}) for case, value in enumerate(values))
    return run_info({"a": arm_info(planned=len(values))}, len(values)), {"a": made}


def test_slices_hold_every_case_once():
    """The cases of the values of a tag add up to all cases."""
    table = slice_table(*usual_run())
    assert table is not None
    assert sum(int(row[3]) for row in table.rows if row[2] == "zero_shot") == 60


def test_tag_values_sort_naturally_and_stand_once():
    """Tag and value are written where they change."""
    table = slice_table(*tagged_run(["10", "9", "9"]))
    assert [row[:4] for row in table.rows] == [("t", "9", "a", "2"), ("", "10", "a", "1")]


def test_a_run_without_tags_has_no_slices():
    """No table is better than an empty one."""
    assert slice_table(*graded_run()) is None


def test_arms_without_numbers_are_not_sliced():
    """A slice of an arm that broke off would mislead as the whole does."""
    table = slice_table(*troubled_run())
    assert {row[2] for row in table.rows}.isdisjoint({"no_key", "broken_off"})


def test_a_tag_with_many_values_shows_the_largest():
    """A tag that is nearly an id does not fill the screen; the note counts what is left out."""
    table = slice_table(*tagged_run([f"v{i}" for i in range(30)] + ["v29"]))
    assert len(table.rows) == 20
    assert "v29" in {row[1] for row in table.rows}
    assert "10 smaller slices are not shown" in table.notes[-1]


def test_label_table_ends_with_macro_f1():
    """Its support is all replies."""
    table = label_table("a", usual_run()[1]["few_shot"])
    assert [row[0] for row in table.rows] == ["1", "2", "3", "10", "macro F1"]
    assert table.rows[-1][-1] == "180"


def test_confusion_rows_are_expected_and_the_last_column_is_unparsed():
    """Unread answers are seen beside the wrong ones; zeros recede."""
    table = confusion_table("a", usual_run()[1]["zero_shot"])
    assert [column.name for column in table.columns] == [
        "expected",
        "1",
        "2",
        "3",
        "10",
        "unparsed",
    ]
    assert table.rows[0] == ("1", "9", "5", "·", "·", "1")


def test_free_text_has_neither_labels_nor_confusions():
    """Only scorers with classes have them."""
    free = columns([record(0)])
    assert label_table("a", free) is None
    assert confusion_table("a", free) is None


def test_many_labels_become_a_list_of_the_worst():
    """Beyond twelve labels no screen holds a matrix."""
    mistakes = [("5", "6")] * 3 + [("1", None)] + [(str(i), str(i + 1)) for i in range(30)]
    table = confusion_table(
        "a",
        columns(
            record(case, Outcome.WRONG, expected=one, answered=other)
            for case, (one, other) in enumerate(mistakes)
        ),
    )
    assert table.rows[0] == ("5", "6", "4")
    assert ("1", "unparsed", "1") in table.rows
    assert "11 further replies" in table.notes[0]
