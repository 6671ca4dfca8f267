"""Scorers by name."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from scoring_cases import case_of, scored

from harness.errors import UsageError
from harness.scoring.catalogue import SCORERS, build_scorer, expected_problem
from harness.values.suite import (
    ExactOptions,
    ImportedOptions,
    LabelOptions,
    RegexOptions,
    ScorerTable,
)

TABLE = ScorerTable(
    "exact",
    label=LabelOptions(("a", "b")),
    regex=RegexOptions("a|b"),
    imported=ImportedOptions("match"),
)
GRADED = {"json_fields", "json_fields_lenient", "token_f1", "edit_similarity"}
GRADED |= {"bleu", "chrf", "rouge1", "rouge2", "rougeL"}
CLASSES = {"label", "label_lenient", "choice", "choice_lenient", "stars", "stars_lenient"}


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_says_what_it_is(name: str) -> None:
    """Its own name, a version, whether it is graded, and whether it has classes."""
    scorer = build_scorer(name, TABLE, schema={})
    assert (scorer.name, scorer.version) == (name, 1)
    assert scorer.graded == (name in GRADED)
    assert (scorer.label is not None) == (name in CLASSES)


def test_options_reach_the_scorer() -> None:
    """The table of a suite configures what it names."""
    table = ScorerTable("exact", exact=ExactOptions(casefold=True))
    assert scored(build_scorer("exact", table), "A", "a").value == 1


def test_an_own_function_goes_by_its_name() -> None:
    """As the suite wrote it: module:function."""
    own = {"scoring:half": lambda *_: 0.5}
    assert scored(build_scorer("scoring:half", TABLE, own=own), "x", 1).value == 0.5


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("star", r"no scorer is called 'star'; did you mean 'stars'\? Known: exact, label"),
        ("zzzz", r"no scorer is called 'zzzz'\. Known: .*imported, scoring:near"),
        ("json_schema", r"needs \[scorer\.json\] schema"),
    ],
)
def test_what_cannot_be_built_says_what_can(name: str, message: str) -> None:
    """The closest name, then all of them."""
    with pytest.raises(UsageError, match=message):
        build_scorer(name, TABLE, own={"scoring:near": bool})


def test_unusable_expected_values_are_found_without_a_model() -> None:
    """The check of a suite asks every scorer about every case."""
    stars = build_scorer("stars", TABLE)
    assert expected_problem(stars, case_of(4)) is None
    assert "from 1 to 5" in (expected_problem(stars, case_of("great")) or "")


@pytest.mark.parametrize("name", sorted(CLASSES | {"number_lenient", "json_fields_lenient"}))
def test_no_answer_makes_a_scorer_backtrack(name: str) -> None:
    """Runs of 100,000 marks, blanks and letters are read in linear time, however they begin."""
    expected = {
        "number_lenient": 1,
        "json_fields_lenient": {"a": 1},
        "stars": 1,
        "stars_lenient": 1,
    }
    scorer = build_scorer(name, TABLE)
    started = time.perf_counter()
    for start in ("", "Answer: ", "the answer is ", "Rating: 4", "a ", "{"):
        for run in ("*", " ", "\n", "B", "B) ", "(", "★ ", "1 ", "- "):
            scored(scorer, start + run * 100_000 + "?", expected.get(name, "a"))
    assert time.perf_counter() - started < 20


def test_the_catalogue_loads_no_optional_library() -> None:
    """Neither jsonschema nor the text metrics before a suite names them."""
    code = (
        "import sys, harness.scoring.catalogue; "
        "print({'jsonschema', 'sacrebleu', 'rouge_score', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
