"""promptfoo results: an arm for each provider and prompt; errors apart from failed assertions."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.peers.promptfoo import read_promptfoo
from harness.values.reply import Failure, Usage

from .logs import promptfoo_file, promptfoo_result


def test_a_result_is_a_sample(tmp_path: Path) -> None:
    """With its own verdict, tokens and seconds; the value that is compared with is expected."""
    path = promptfoo_file(tmp_path / "out.json", [promptfoo_result(0, "yes", good=True)])
    (log,) = read_promptfoo(path)
    (sample,) = log.samples
    assert (log.arm, log.model, log.status) == ("small", "openai:small", "success")
    assert (sample.id, sample.input, sample.expected) == ("test-0", {"q": "question 0"}, "yes")
    reply = sample.reply
    assert (reply.text, reply.latency) == ("yes", 0.25)
    assert reply.usage == Usage(input=10, output=3, reasoning=1)
    assert reply.scores == {"pass": 1.0, "score": 1.0, "tone": 0.75}


def test_a_failed_assertion_is_an_answer_and_an_error_is_not(tmp_path: Path) -> None:
    """Both have an `error`; failureReason tells them apart, and without it the output does."""
    old = {"failureReason": None, "response": {"error": "timed out"}, "error": "timed out"}
    results = [
        promptfoo_result(0, "no", good=False),
        promptfoo_result(1, None, good=False, failureReason=2, error="429 Too Many Requests"),
        promptfoo_result(2, None, good=False, **old),
        promptfoo_result(3, "no", good=False, failureReason=None),
    ]
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    kinds = [getattr(sample.reply, "kind", "answer") for sample in log.samples]
    assert kinds == ["answer", "rate_limited", "timeout", "answer"]
    assert isinstance(log.samples[1].reply, Failure)


def test_providers_and_prompts_are_arms(tmp_path: Path) -> None:
    """A provider with one prompt goes by its name; one with several also by the prompt's label."""
    other = {"provider": {"id": "acme:big", "label": "big one"}}
    prompt = {"prompt": {"raw": "Think: question 0", "label": "think"}, "promptIdx": 1}
    results = [
        promptfoo_result(0, "yes", good=True),
        promptfoo_result(0, "yes", good=True, **other),
        promptfoo_result(0, "no", good=False, **prompt),
    ]
    logs = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert [log.arm for log in logs] == ["small_say_q", "big_one", "small_think"]


def test_repetitions_are_trials_of_one_case(tmp_path: Path) -> None:
    """The same values and the same expected one under another number are the same case."""
    again = {"testIdx": 1, "vars": {"q": "question 0"}}
    results = [
        promptfoo_result(0, "yes", good=True),
        promptfoo_result(0, "no", good=False, **again),
    ]
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert [(sample.id, sample.trial) for sample in log.samples] == [("test-0", 0), ("test-0", 1)]


def test_unknown_tokens_stay_unknown(tmp_path: Path) -> None:
    """What came from promptfoo's own cache has only a total."""
    cached = {"output": "yes", "tokenUsage": {"total": 13, "cached": 13}, "cached": True}
    path = promptfoo_file(
        tmp_path / "o.json", [promptfoo_result(0, "", good=True, response=cached)]
    )
    assert read_promptfoo(path)[0].samples[0].reply.usage is None


def test_other_outputs_and_version_2(tmp_path: Path) -> None:
    """An object is its JSON; older files have no numbers of tests and name providers by text."""
    result = promptfoo_result(0, {"label": "yes"}, good=True, provider="openai:small")
    for key in ("testIdx", "promptIdx", "failureReason"):
        del result[key]
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", [result], version=2))
    assert (log.samples[0].id, log.samples[0].reply.text) == ("test-0", '{"label":"yes"}')


@pytest.mark.parametrize("text", ["[]", '{"results": {"results": [{}]}}', "{", '{"results": []}'])
def test_what_is_none(tmp_path: Path, text: str) -> None:
    """Said with the place in the file."""
    (tmp_path / "out.json").write_text(text)
    with pytest.raises(DataError, match=r"out\.json: is no promptfoo result"):
        read_promptfoo(str(tmp_path / "out.json"))
    with pytest.raises(DataError, match="holds no results"):
        read_promptfoo(promptfoo_file(tmp_path / "none.json", []))


def test_two_prompts_of_version_2_are_two_arms(tmp_path: Path) -> None:
    """It calls the label `display`, and has no numbers of prompts: they are no repetitions."""
    results = []
    for label in ("Say {{q}}", "Translate {{q}}"):
        result = promptfoo_result(0, "yes", good=True)
        result["prompt"] = {"raw": label.replace("{{q}}", "hi"), "display": label}
        results.append({k: v for k, v in result.items() if k not in ("testIdx", "promptIdx")})
    logs = read_promptfoo(promptfoo_file(tmp_path / "out.json", results, version=2))
    assert [log.arm for log in logs] == ["small_say_q", "small_translate_q"]
    assert {sample.trial for log in logs for sample in log.samples} == {0}


def test_one_model_of_two_providers(tmp_path: Path) -> None:
    """Both are called alike, and each is an arm; a label is no model."""
    providers = [{"id": "openai:gpt-4o"}, {"id": "azure:gpt-4o"}, {"id": "x:y", "label": "mine"}]
    results = [promptfoo_result(0, "yes", good=True, provider=given) for given in providers]
    logs = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert [(log.arm, log.model) for log in logs] == [
        ("gpt_4o", "openai:gpt-4o"),
        ("gpt_4o_2", "azure:gpt-4o"),
        ("mine", "x:y"),
    ]


def test_a_key_in_the_url_of_a_provider(tmp_path: Path) -> None:
    """An HTTP provider is called by its URL: no name may carry on what stands in it."""
    url = "https://models.example/v1?api_key=sk-proj-abcdefghijklmnop12345678"
    results = [promptfoo_result(0, "yes", good=True, provider={"id": url})]
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert "abcdefghijklmnop" not in repr(log)


def test_what_was_said_before_is_no_input(tmp_path: Path) -> None:
    """It stands among the vars, where it would make each arm another case."""
    said = {"q": "question 0", "_conversation": [{"input": "hi", "output": "hello"}]}
    results = [promptfoo_result(0, "yes", good=True, vars=said)]
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert log.samples[0].input == {"q": "question 0"}


def test_prompts_without_vars_are_cases(tmp_path: Path) -> None:
    """They are what is asked; those that have a name are arms, which are asked the same."""
    results = [promptfoo_result(0, "yes", good=True, vars={}, promptIdx=i) for i in range(2)]
    for number, result in enumerate(results):
        result["testCase"] = {"assert": [{"type": "equals", "value": "yes"}]}
        result["prompt"] = {"raw": f"Say {number}", "label": f"Say {number}"}
    (log,) = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert [(sample.id, sample.input) for sample in log.samples] == [
        ("test-0", {"input": "Say 0"}),
        ("test-0-1", {"input": "Say 1"}),
    ]
    for number, result in enumerate(results):
        result["prompt"]["label"] = f"v{number}"
    logs = read_promptfoo(promptfoo_file(tmp_path / "out.json", results))
    assert [log.arm for log in logs] == ["small_v0", "small_v1"]
    assert {(sample.id, sample.input["input"]) for log in logs for sample in log.samples} == {
        ("test-0", "test 0")
    }
