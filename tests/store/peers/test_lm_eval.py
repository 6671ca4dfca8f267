"""lm-evaluation-harness: texts, choices, filters, repeats, and who answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.peers.lm_eval import read_lm_eval

from .logs import chosen, generated, lines

NAME = "samples_demo_2026-01-16T16-02-26.648276.jsonl"


def test_a_generated_text_is_the_reply(tmp_path: Path) -> None:
    """The document without its answer is the input: the prompt is of the arm."""
    path = lines(tmp_path / "acme__small" / NAME, [generated(0, "yes", exact_match=1.0)])
    (log,) = read_lm_eval(path)
    (sample,) = log.samples
    assert (log.model, log.arm, log.started[:19]) == ("acme/small", "small", "2026-01-16T16:02:26")
    assert (sample.id, sample.tags) == ("demo-0", {"task": "demo"})
    assert sample.input == {"input": {"question": "question 0"}}
    assert (sample.expected, sample.reply.text, sample.reply.usage) == ("yes", "yes", None)
    assert sample.scores == {"exact_match": 1.0}


def test_the_results_beside_say_who_answered(tmp_path: Path) -> None:
    """Its configuration is not read."""
    path = lines(tmp_path / NAME, [generated(0, "yes", exact_match=1.0)])
    results = tmp_path / "results_2026-01-16T16-02-26.648276.json"
    results.write_text(json.dumps({"model_name": "acme/large", "config": {"token": "hf_x"}}))
    assert read_lm_eval(path)[0].model == "acme/large"


def test_a_choice_is_the_likeliest_option(tmp_path: Path) -> None:
    """And what is expected is the text of the option that the target numbers."""
    path = lines(tmp_path / NAME, [chosen(0, [-3.0, -1.0, -2.0], 1), chosen(1, [-1.0, -2.0], 1)])
    first, second = read_lm_eval(path)[0].samples
    assert (first.reply.text, first.expected, first.scores) == ("green", "green", {"acc": 1.0})
    assert (second.reply.text, second.expected, second.scores) == ("red", "green", {"acc": 0.0})


def test_contexts_are_the_options_where_continuations_are_all_the_same(tmp_path: Path) -> None:
    """As in winogrande: two sentences with one ending."""
    ends = [["Ann slept, for", " she was tired"], ["Bob slept, for", " she was tired"]]
    path = lines(tmp_path / NAME, [chosen(0, [-1.0, -2.0], 0, arguments=ends)])
    (sample,) = read_lm_eval(path)[0].samples
    assert (sample.reply.text, sample.expected) == ("Ann slept, for", "Ann slept, for")


def test_options_without_a_context_are_none(tmp_path: Path) -> None:
    """Mutual information asks each option again by itself."""
    asked = [["q", " red"], ["q", " green"], ["", " red"], ["", " green"]]
    path = lines(tmp_path / NAME, [chosen(0, [-2.0, -1.0, -0.1], 1, arguments=asked)])
    rows = json.loads(Path(path).read_text())
    rows["resps"].append([["-0.05", "False"]])
    (sample,) = read_lm_eval(lines(tmp_path / NAME, [rows]))[0].samples
    assert (sample.reply.text, sample.expected) == ("green", "green")


def test_filters_are_scores_of_one_reply(tmp_path: Path) -> None:
    """Strict and lenient side by side, as METRIC,FILTER."""
    rows = [
        generated(0, "I say yes", "strict-match", exact_match=0.0),
        generated(0, "I say yes", "flexible-extract", exact_match=1.0),
    ]
    (sample,) = read_lm_eval(lines(tmp_path / NAME, rows))[0].samples
    assert sample.scores == {
        "exact_match,strict-match": 0.0,
        "exact_match,flexible-extract": 1.0,
    }


def test_several_responses_are_trials(tmp_path: Path) -> None:
    """Each is a reply of its own."""
    row = generated(0, "yes", "maj", exact_match=1.0) | {"resps": [["yes", "no", "yes"]]}
    log = read_lm_eval(lines(tmp_path / NAME, [row]))[0]
    assert [(s.trial, s.reply.text) for s in log.samples] == [(0, "yes"), (1, "no"), (2, "yes")]
    assert "trials" in log.notes[0]


def test_a_metric_of_the_whole_task_is_no_score(tmp_path: Path) -> None:
    """What is aggregated later stands in the row as the pair it is made of."""
    row = generated(0, "x", f1=0.0) | {"f1": ["yes", ["x"]]}
    (log,) = read_lm_eval(lines(tmp_path / NAME, [row]))
    assert log.samples[0].scores == {}
    assert log.notes == ("f1 is of the whole task and no score of a sample",)


def test_everything_that_is_wrong_is_said(tmp_path: Path) -> None:
    """By line: no JSON, no document, the same twice, a task without replies."""
    rows = [generated(0, "yes", exact_match=1.0), {"resps": [], "arguments": []}]
    rows += [generated(0, "no", exact_match=0.0), generated(1, "x") | {"resps": [[-7.5]]}]
    path = Path(lines(tmp_path / NAME, rows))
    path.write_text(path.read_text() + "{broken\n")
    with pytest.raises(DataError) as caught:
        read_lm_eval(str(path))
    found = {problem.line: problem.message for problem in caught.value.problems}
    assert set(found) == {2, 3, 4, 5}
    assert "there is no 'doc_id'" in found[2]
    assert "(also in line 1)" in found[3]
    assert "likelihoods of whole texts" in found[4]


def test_a_part_of_a_task_is_limited(tmp_path: Path) -> None:
    """--limit stands in the results beside the samples alone."""
    moment = "2026-01-16T16-02-26.648276"
    path = lines(tmp_path / f"samples_demo_{moment}.jsonl", [generated(0, "yes", exact_match=1.0)])
    for original, limit in ((9, 1), (1, None)):
        asked = {"demo": {"original": original, "effective": 1}}
        results = {"model_name": "acme/small", "n-samples": asked}
        (tmp_path / f"results_{moment}.json").write_text(json.dumps(results))
        (log,) = read_lm_eval(path)
        assert (log.model, log.limit) == ("acme/small", limit)
