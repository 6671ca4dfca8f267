"""Tables of replies, of our own columns and of promptfoo's."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.peers.table import read_table
from harness.values.reply import Failure, Usage


def table(tmp_path: Path, text: str) -> str:
    (tmp_path / "replies.csv").write_text(text)
    return str(tmp_path / "replies.csv")


def test_arms_are_the_values_of_a_column(tmp_path: Path) -> None:
    """Cases, replies and what is known beside, in one row."""
    head = "id,input,expected,arm,reply,input_tokens,output_tokens,latency,model,trial,tags.lang"
    rows = "c1,q,yes,small,no,10,1,0.5,s-2026,1,en\nc1,q,yes,Big One,yes,,,,,,en\n"
    small, big = read_table(table(tmp_path, f"{head}\n{rows}"))
    (sample,) = small.samples
    assert (small.arm, small.model, big.arm, big.model) == ("small", "s-2026", "big_one", "Big One")
    assert (sample.id, sample.input, sample.expected) == ("c1", {"input": "q"}, "yes")
    assert (sample.trial, sample.tags) == (1, {"lang": "en"})
    assert (sample.reply.usage, sample.reply.latency) == (Usage(input=10, output=1), 0.5)
    assert big.samples[0].reply.usage is None


def test_scores_errors_and_several_inputs(tmp_path: Path) -> None:
    """score.NAME is what somebody gave the reply; an error is no reply; a file's name is an arm."""
    head = "input.q,input.topic,expected,reply,score.human,error"
    (log,) = read_table(table(tmp_path, f"{head}\nq1,t,yes,yes,0.5,\nq2,t,yes,,,HTTP 503\n"))
    first, second = log.samples
    assert (log.arm, first.input, first.scores) == (
        "replies",
        {"q": "q1", "topic": "t"},
        {"human": 0.5},
    )
    assert isinstance(second.reply, Failure)
    assert (second.reply.kind, len(second.id)) == ("overloaded", 24)


def test_promptfoos_columns(tmp_path: Path) -> None:
    """__expected with its kind of comparison; whatever is no other column is an input."""
    text = 'question,__expected,__description,reply\n2+2,"equals: 4",sum,4\n3+3,6,sum,7\n'
    (log,) = read_table(table(tmp_path, text))
    assert [sample.expected for sample in log.samples] == ["4", "6"]
    assert log.samples[0].input == {"question": "2+2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,expected,reply\nc1,yes,yes\n", "there is no column 'input'"),
        ("id,input,reply\nc1,q,yes\n", "there is no column 'expected'"),
        ("id,input,expected,reply,trial\nc1,q,yes,yes,first\n", "Expected `int`"),
        ("id,input,expected,reply,score.x\nc1,q,yes,yes,7\n", "score.x is '7'"),
        ("id,input,expected,reply,trial\nc1,q,yes,yes,-1\n", "Expected `int` >= 0"),
        ("id,input,expected,reply,latency\nc1,q,yes,yes,-1\n", "Expected `float` >= 0"),
        ("id,input,expected,reply,input_tokens\nc1,q,yes,yes,-5\n", "Expected `int` >= 0"),
        ("id,input,expected,reply,date\nc1,q,yes,yes,today\n", "date is 'today'"),
        ("id,input,expected,reply\n", "has no replies"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    """With the line, and the columns that there may be."""
    with pytest.raises(DataError) as caught:
        read_table(table(tmp_path, text))
    assert message in str(caught.value)


def test_a_missing_column_is_one_problem(tmp_path: Path) -> None:
    """Of the header, not of each row; a file of `harness export` is told what it needs."""
    rows = "".join(f"c{number},yes,yes\n" for number in range(300))
    with pytest.raises(DataError) as caught:
        read_table(table(tmp_path, "id,expected,answer\n" + rows))
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (0, "there is no column 'input' or 'reply'")
    assert problem.hint.startswith("columns: id, input, expected, arm, reply;")
    rows = "".join(f"s,r,c{number},yes,yes\n" for number in range(300))
    with pytest.raises(DataError) as caught:
        read_table(table(tmp_path, "suite,run,case,expected,text\n" + rows))
    (problem,) = caught.value.problems
    assert "is a table of `harness export`" in problem.hint


def test_rows_that_lack_what_others_have(tmp_path: Path) -> None:
    """Lines of JSON have columns of their own: the first is named, and how many more there are."""
    whole = '{"input": "q", "expected": "yes", "reply": "yes"}\n'
    path = tmp_path / "replies.jsonl"
    path.write_text(whole + '{"input": "r", "expected": "yes"}\n' * 3)
    with pytest.raises(DataError) as caught:
        read_table(str(path))
    (problem,) = caught.value.problems
    said = "there is no column 'reply', nor in 2 other rows"
    assert (problem.line, problem.message) == (2, said)


def test_two_arms_whose_names_are_alike(tmp_path: Path) -> None:
    """They cannot be imported one by one, so that each gets a name of its own."""
    text = "id,input,expected,arm,reply\nc1,q,yes,GPT-4,yes\nc1,q,yes,gpt 4,no\nc1,q,yes,gpt_4,x\n"
    logs = read_table(table(tmp_path, text))
    assert [(log.arm, log.model) for log in logs] == [
        ("gpt_4", "GPT-4"),
        ("gpt_4_2", "gpt 4"),
        ("gpt_4_3", "gpt_4"),
    ]
