"""OpenAI evals: events of a sample together, gradings by a model, runs without an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.peers.openai_evals import read_openai_evals
from harness.values.reply import Failure, Usage

from .logs import lines, openai_event, openai_spec

END = {"final_report": {"accuracy": 0.5}}
PROMPT = [{"role": "user", "content": "question"}]


def asked(sample: str, text: str, **more) -> dict:
    return openai_event(sample, "sampling", prompt=PROMPT, sampled=[text], **more)


def test_sampling_and_match_are_one_sample(tmp_path: Path) -> None:
    """Events of two samples between one another; the report may come first."""
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    rows = [
        openai_spec(),
        END,
        asked("d.0", "yes", usage=usage, model="small-2026"),
        asked("d.1", "no"),
        openai_event("d.1", "match", correct=False, expected="yes", picked=None),
        openai_event("d.0", "match", correct=True, expected="yes", picked="yes"),
    ]
    (log,) = read_openai_evals(lines(tmp_path / "log.jsonl", rows))
    first, second = log.samples
    assert (log.status, log.model, log.arm) == ("success", "small", "small")
    assert (first.id, first.input, first.expected) == ("d.0", {"input": PROMPT}, "yes")
    assert (first.reply.text, first.reply.usage) == ("yes", Usage(input=9, output=1))
    assert (first.scores, second.scores) == ({"match": 1.0}, {"match": 0.0})
    assert second.reply.usage is None
    assert (first.day, log.started[:10]) == ("2026-08-01", "2026-08-01")


def test_without_a_report_nobody_ended_it(tmp_path: Path) -> None:
    """It is like a run that was killed."""
    rows = [openai_spec(), asked("d.0", "yes"), openai_event("d.0", "metrics", f1_score=0.5)]
    (log,) = read_openai_evals(lines(tmp_path / "log.jsonl", rows))
    assert (log.status, log.samples[0].scores) == ("started", {"f1_score": 0.5})


def test_the_grader_is_not_the_arm(tmp_path: Path) -> None:
    """Of a grading by a model the first text is the reply; otherwise the last."""
    graded = openai_event("d.0", "metrics", choice="Yes", score=1.0)
    rows = [openai_spec(), END, asked("d.0", "my answer"), asked("d.0", "Reasons. Yes"), graded]
    rows += [asked("d.1", "let me think"), asked("d.1", "yes")]
    (log,) = read_openai_evals(lines(tmp_path / "log.jsonl", rows))
    assert [sample.reply.text for sample in log.samples] == ["my answer", "yes"]
    assert log.samples[0].scores == {"score": 1.0}
    assert log.notes[0].startswith("2 samples have several samplings")


def test_raw_samples_and_errors(tmp_path: Path) -> None:
    """The sample itself says input and ideal; an error without a verdict is a failure."""
    rows = [openai_spec(), END, openai_event("d.0", "raw_sample", input="q", ideal="yes")]
    rows.append(openai_event("d.0", "error", type="APITimeoutError", message="timed out"))
    (log,) = read_openai_evals(lines(tmp_path / "log.jsonl", rows))
    (sample,) = log.samples
    assert (sample.input, sample.expected) == ({"input": "q"}, "yes")
    assert isinstance(sample.reply, Failure)
    assert sample.reply.kind == "timeout"


def test_everything_that_is_wrong_is_said(tmp_path: Path) -> None:
    """A line that is none, and a sample without a question."""
    rows = [openai_spec(), openai_event("d.0", "match", correct=True, expected="x")]
    path = Path(lines(tmp_path / "log.jsonl", rows))
    path.write_text(path.read_text() + "[]\n")
    with pytest.raises(DataError) as caught:
        read_openai_evals(str(path))
    assert [problem.line for problem in caught.value.problems] == [3, 2]
    with pytest.raises(DataError, match="holds no samples"):
        read_openai_evals(lines(tmp_path / "none.jsonl", [openai_spec()]))


@pytest.mark.parametrize(("most", "limit"), [(None, None), (1, 1), (5, None)])
def test_max_samples_is_a_limit(tmp_path: Path, most: int | None, limit: int | None) -> None:
    """Where it left some out; a data set of fewer samples was asked whole."""
    rows = [openai_spec(run_config={"max_samples": most}), asked("d.0", "yes"), END]
    (log,) = read_openai_evals(lines(tmp_path / "log.jsonl", rows))
    assert log.limit == limit
