"""Selections: which arm was selected is read as it was written, or refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.store.selections import read_selection, write_selection
from harness.values.baseline import Selection, Tried
from tests.approved import DAY, DAYS, FRACTIONS, MEASURED, NAMES, NUMBERS, SOME_TEXT, measured

SELECTION = Selection(
    arm="few",
    split="validation",
    date=DAY,
    rule="the cheapest within one standard error of the best",
    cheapest_by="tokens",
    arms={
        "few": Tried(mean=0.81, standard_error=0.02, within=True, tokens=310, measured=measured()),
        "tuned": Tried(mean=0.82, standard_error=0.02, within=True, measured=measured()),
    },
)
TRIED = st.builds(
    Tried,
    mean=FRACTIONS,
    standard_error=NUMBERS,
    within=st.booleans(),
    tokens=st.none() | NUMBERS,
    cost_per_1k=st.none() | NUMBERS,
    measured=MEASURED,
)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    arms = draw(st.dictionaries(NAMES, TRIED, min_size=1, max_size=3))
    return Selection(
        arm=draw(st.sampled_from(sorted(arms))),
        split=draw(st.sampled_from(["validation", "train"])),
        date=draw(DAYS),
        rule=draw(SOME_TEXT),
        cheapest_by=draw(st.sampled_from(["cost", "tokens"])),
        arms=arms,
    )


@given(selections())
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, selection: Selection
):
    """Every field survives TOML; folders are made."""
    folder = tmp_path_factory.mktemp("baselines") / "stars"
    write_selection(folder, selection)
    assert read_selection(folder) == selection
    assert [path.name for path in folder.iterdir()] == ["selection.toml"]


def test_the_file_says_what_it_is(tmp_path: Path):
    """A comment first, the arm next, a table for each that was tried."""
    write_selection(tmp_path, SELECTION)
    text = (tmp_path / "selection.toml").read_text()
    assert text.startswith("# Which arm carries the claim on the test split")
    assert text.splitlines()[1] == 'arm = "few"'
    assert "\n[arms.few]\nmean = 0.81\n" in text


def test_no_file_is_no_selection(tmp_path: Path):
    """Nothing was selected yet, and there may be no folder."""
    assert read_selection(tmp_path) is None
    assert read_selection(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('arm = "few"', 'arm = "fw"', 2, "arm = 'fw': it is none of those that were tried"),
        ('"tokens"', '"money"', 6, "cheapest_by = 'money'"),
        ("mean = 0.81", "mean = 8.1", 9, "arms.few.mean = 8.1"),
        ("within = true", "witin = true", 11, "unknown key arms.few.witin"),
        (f'date = "{DAY}"', "", 0, "date is missing"),
        ('arm = "few"', "arm = ", 2, "broken TOML"),
    ],
)
def test_problems_have_their_lines(tmp_path: Path, old: str, new: str, line: int, message: str):
    """Each of an edit by hand."""
    write_selection(tmp_path, SELECTION)
    path = tmp_path / "selection.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError) as caught:
        read_selection(tmp_path)
    problem = caught.value.problems[0]
    assert (problem.file, problem.line) == (str(path), line)
    assert problem.message.startswith(message)


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    """A file where the folder belongs."""
    (tmp_path / "stars").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        write_selection(tmp_path / "stars", SELECTION)
