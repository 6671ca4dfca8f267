"""Arms: what they inherit, which texts they name, and what cannot be resolved."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import Problem
from harness.store.arms import ArmReader, template_names
from harness.store.suite_problems import SuiteProblems
from harness.store.toml import read_toml
from harness.values.arm import ResolvedArm
from harness.values.request import Sampling
from harness.values.suite import Shots, SuiteFile

HEAD = """\
title = "T"
data = { test = "t.jsonl", train = "u.jsonl" }
scorer = { primary = "exact" }
[models.gemma]
endpoint = "local"
model = "gemma-3"
adapter = "abc"
[arms.base]
model = "gemma"
form = "completion"
prompt = "plain"
sampling = { max_tokens = 6, temperature = 0 }
extra = { a = 1 }
"""
PROMPTS = {
    "plain": "{{ text }}",
    "shown": "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }}",
    "other": "Other {{ text }}",
    "broken": "one\n{{ text",
}


def _read(folder: Path, more: str = "", head: str = HEAD) -> tuple[dict, list[Problem]]:
    (folder / "prompts").mkdir()
    for name, text in PROMPTS.items():
        (folder / "prompts" / f"{name}.j2").write_text(text)
    path = folder / "suite.toml"
    path.write_text(head + more)
    problems: list[Problem] = []
    file = read_toml(path, SuiteFile, problems)
    assert not problems
    assert file is not None
    reader = ArmReader(folder, file, {}, SuiteProblems(folder, path.read_text(), problems))
    return reader.read(), problems


def _one_problem(folder: Path, more: str, head: str = HEAD) -> Problem:
    _, problems = _read(folder, more, head)
    assert len(problems) == 1, problems
    return problems[0]


def test_an_arm_is_filled_in(tmp_path: Path):
    """Model, endpoint, adapter and the text of its prompt stand in it; names are gone."""
    arms, problems = _read(tmp_path)
    assert not problems
    assert arms["base"] == ResolvedArm(
        name="base",
        endpoint="local",
        model="gemma-3",
        adapter="abc",
        form="completion",
        prompt="{{ text }}",
        sampling=Sampling(max_tokens=6, temperature=0.0),
        extra={"a": 1},
    )


def test_an_arm_inherits_every_field_it_does_not_set(tmp_path: Path):
    """Over several steps; a table is replaced as a whole, not merged."""
    more = """
[arms.middle]
extends = "base"
prompt = "shown"
shots = { policy = "random", k = 2 }
[arms.leaf]
extends = "middle"
sampling = { temperature = 1 }
frozen = true
"""
    arms, problems = _read(tmp_path, more)
    assert not problems
    leaf = arms["leaf"]
    assert leaf.prompt == PROMPTS["shown"]
    assert leaf.shots == Shots("random", k=2)
    assert leaf.sampling == Sampling(temperature=1.0)
    assert leaf.frozen
    assert not arms["middle"].frozen
    assert (leaf.model, leaf.form, leaf.extra) == ("gemma-3", "completion", {"a": 1})


def test_false_overrides_true(tmp_path: Path):
    """Setting a field is not the same as leaving it out."""
    more = '[arms.a]\nextends = "base"\nfrozen = true\n[arms.b]\nextends = "a"\nfrozen = false\n'
    arms, _ = _read(tmp_path, more)
    assert (arms["a"].frozen, arms["b"].frozen) == (True, False)


def test_the_order_of_arms_does_not_matter(tmp_path: Path):
    """An arm may extend one that stands below it; tables keep the order of the file."""
    head, _, base = HEAD.partition("[arms.base]")
    text = head + '[arms.first]\nextends = "base"\n[arms.base]' + base
    arms, problems = _read(tmp_path, head=text)
    assert not problems
    assert list(arms) == ["first", "base"]


@pytest.mark.parametrize("model", ["tfidf_logreg", "classical:train"])
def test_a_classical_arm_is_its_own_model(tmp_path: Path, model: str):
    """No prompt, no form: a classifier that learns from the training split."""
    arms, problems = _read(tmp_path, f'[arms.control]\nmodel = "{model}"\n')
    assert not problems
    control = arms["control"]
    assert (control.kind, control.endpoint, control.model) == ("classical", "classical", model)


def test_a_declared_model_goes_before_a_built_in_one(tmp_path: Path):
    """A suite may call a model of its own `tfidf_logreg`."""
    head = HEAD.replace("models.gemma", "models.tfidf_logreg")
    arms, problems = _read(tmp_path, head=head.replace('model = "gemma"', 'model = "tfidf_logreg"'))
    assert not problems
    assert arms["base"].kind == "zero_shot"


MISTAKES = {
    "unknown model": ('[arms.a]\nextends = "base"\nmodel = "gema"\n', 16, "no model 'gema'"),
    "no model": ('[arms.a]\nform = "chat"\nprompt = "plain"\n', 14, "no model None"),
    "no form": ('[arms.a]\nmodel = "gemma"\nprompt = "plain"\n', 14, "form is missing"),
    "no prompt": ('[arms.a]\nmodel = "gemma"\nform = "chat"\n', 14, "prompt is missing"),
    "unknown parent": ('[arms.a]\nextends = "bass"\n', 15, "arms.a.extends: there is no arm"),
    "unknown parent of a parent": (
        '[arms.a]\nextends = "bass"\n[arms.b]\nextends = "a"\n',
        15,
        "arms.a.extends: there is no arm 'bass'",
    ),
    "extends itself": ('[arms.a]\nextends = "a"\n', 15, "extends itself through a -> a"),
    "extends in a circle": (
        '[arms.c]\nextends = "b"\n[arms.a]\nextends = "b"\n[arms.b]\nextends = "a"\n',
        17,
        "arms.a.extends: extends itself through a -> b -> a",
    ),
    "system text in a completion": (
        '[arms.a]\nextends = "base"\nsystem = "other"\n',
        16,
        "the completion form has no system text",
    ),
    "shots that are never shown": (
        '[arms.a]\nextends = "base"\nshots = { policy = "random", k = 1 }\n',
        16,
        "prompts/plain.j2 never shows the shots",
    ),
}


@pytest.mark.parametrize(("more", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_problem(tmp_path: Path, more: str, line: int, message: str):
    """At the key that is wrong, or at the arm that lacks one."""
    problem = _one_problem(tmp_path, more)
    assert (problem.file, problem.line) == (str(tmp_path / "suite.toml"), line)
    assert message in problem.message


def test_shots_as_turns_need_no_place_in_a_template(tmp_path: Path):
    """On the chat form they are earlier turns."""
    more = '[arms.a]\nextends = "base"\nform = "chat"\nshots = { policy = "random", k = 1 }\n'
    arms, problems = _read(tmp_path, more)
    assert not problems
    assert arms["a"].kind == "few_shot"


def test_a_classical_arm_needs_a_training_split(tmp_path: Path):
    """It has nothing else to learn from."""
    head = HEAD.replace(', train = "u.jsonl"', "")
    problem = _one_problem(tmp_path, '[arms.a]\nmodel = "tfidf_logreg"\n', head)
    assert "learns from the training split" in problem.message


def test_a_broken_template_is_one_problem_of_its_file(tmp_path: Path):
    """However many arms use it."""
    more = "".join(f'[arms.a{i}]\nextends = "base"\nprompt = "broken"\n' for i in range(3))
    problem = _one_problem(tmp_path, more)
    assert (problem.file, problem.line) == (str(tmp_path / "prompts" / "broken.j2"), 2)
    assert problem.message.startswith("bad template: ")


def test_an_absent_template_names_the_file(tmp_path: Path):
    """Where it was looked for."""
    problem = _one_problem(tmp_path, '[arms.a]\nextends = "base"\nprompt = "none"\n')
    assert str(problem).endswith("none.j2: there is no such file")


def test_an_arm_with_a_problem_does_not_hide_the_others(tmp_path: Path):
    """Those that can be resolved are."""
    arms, problems = _read(tmp_path, '[arms.a]\nextends = "base"\nprompt = "none"\n')
    assert list(arms) == ["base"]
    assert len(problems) == 1


def test_template_names_are_those_that_arms_mention():
    """Prompts and system texts, once each."""
    from harness.values.suite import Arm

    arms = {"a": Arm(prompt="p", system="s"), "b": Arm(prompt="p"), "c": Arm()}
    assert template_names(arms) == {"p", "s"}
