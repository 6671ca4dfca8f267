"""Templates: what they refuse, at which line; what they render, and that nothing reaches out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.prompting.template import PromptTemplate, TemplateProblemError, as_text


def test_a_template_says_what_it_needs():
    """Its variables are the inputs; `shots` and names it sets itself are not among them."""
    text = "{% for shot in shots %}{{ shot.text }}{% endfor %}{% set a = lang %}{{ text }}{{ a }}"
    template = PromptTemplate(text)
    assert template.variables == {"text", "lang"}
    assert template.shows_shots
    assert not PromptTemplate("{{ text }}").shows_shots


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one\n{{ text", 2),
        ("one\n{% if x %}", 2),
        ("fine\nfine\n{{ text | nosuchfilter }}", 3),
        ("{% endfor %}", 1),
    ],
)
def test_a_syntax_error_names_its_line(text: str, line: int):
    """The line of the template file, counted from 1."""
    with pytest.raises(TemplateProblemError) as caught:
        PromptTemplate(text)
    assert caught.value.line == line
    assert str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{ expected }}", 1),
        ("say\n{% if expected == 1 %}x{% endif %}", 2),
        ("{% for shot in shots %}{{ shot.expected }}{% endfor %}\nexpected:\n{{ expected }}", 3),
        ("{% for shot in shots %}{% endfor %}{{ expected | json }}", 1),
    ],
)
def test_expected_of_the_case_is_refused(text: str, line: int):
    """No model may see the answer; the line is that of the offending use, not of a shot's."""
    with pytest.raises(TemplateProblemError, match="no model may see") as caught:
        PromptTemplate(text)
    assert caught.value.line == line


def test_expected_of_a_shot_is_fine():
    """That is what a shot is for."""
    template = PromptTemplate("{% for s in shots %}{{ s.text }}={{ s.expected }};{% endfor %}")
    shots = [{"text": "a", "expected": 1}, {"text": "b", "expected": 2}]
    assert template.render({"shots": shots}) == "a=1;b=2;"


@pytest.mark.parametrize("text", ["{{ nosuch }}", "{{ text.nosuch.deeper }}", "{{ shots[3] }}"])
def test_an_undefined_name_is_an_error(text: str):
    """A silent empty text would be a wrong prompt."""
    with pytest.raises(TemplateProblemError):
        PromptTemplate(text).render({"text": "x", "shots": []})


@pytest.mark.parametrize(
    "text",
    [
        "{{ text.__class__ }}",
        "{{ text.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'].__base__ }}",
        "{{ ''.join.__globals__ }}",
        "{{ shots.append(1) }}",
        "{{ text.format.__self__.__class__ }}",
    ],
)
def test_the_sandbox_holds(text: str):
    """A template reads values; it reaches no internals, changes nothing and loads nothing."""
    with pytest.raises(TemplateProblemError):
        PromptTemplate(text).render({"text": "x", "shots": []})


@pytest.mark.parametrize(
    "text",
    [
        "{{ 1 // 0 }}",
        "{{ 'a' + 1 }}",
        "{{ number | dictsort }}",
        "{% for x in number %}{% endfor %}",
        "{{ range(10 ** 9) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ],
)
def test_an_impossible_computation_is_a_problem_of_the_template(text: str):
    """Whatever a template computes, it fails in one way."""
    with pytest.raises(TemplateProblemError):
        PromptTemplate(text).render({"number": 5})


@pytest.mark.parametrize(
    "statement",
    [
        "{% include 'secret' %}",
        "{% include name ignore missing %}",
        "{% import 'os' as os %}",
        "{% from 'os' import path %}",
        "{% extends 'base' %}",
    ],
)
def test_a_prompt_is_one_file(statement: str):
    """Refused before it is ever rendered, at its line, wherever it stands."""
    with pytest.raises(TemplateProblemError, match="one file") as caught:
        PromptTemplate("{{ text }}\n{% if text %}\n" + statement + "\n{% endif %}")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10**10 }}",
        "{{ 10**10 * 'x' }}",
        "{{ [1] * 10**12 }}",
        "{{ 'x' * 10**30 }}",
        "{{ 10 ** (10 ** 10) }}",
        "{% for i in range(90000) %}{{ text * 1000 }}{% endfor %}",
        "{{ '%99999999999999999999d' % 1 }}",
        "{{ 1" + "0" * 5000 + " }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_an_enormous_text_is_a_problem_of_the_template(text: str):
    """Neither memory nor time is spent on it."""
    with pytest.raises(TemplateProblemError) as caught:
        PromptTemplate(text).render({"text": "x"})
    assert str(caught.value)


def test_a_product_of_usual_size_is_computed():
    """Repetition and powers work as Jinja has them."""
    template = PromptTemplate("{{ '-' * 5 }} {{ 2 ** 10 }} {{ 2 * n }}")
    assert template.render({"n": 1.5}) == "----- 1024 3.0"


def test_prompts_are_plain_text():
    """No HTML escaping."""
    assert PromptTemplate("{{ text }}").render({"text": "<b> & \"'"}) == "<b> & \"'"


@pytest.mark.parametrize(
    "value", ["{{ 7 * 7 }}", "{% for x in y %}", "{# gone #}", "{{ expected }}", "{{"]
)
def test_a_value_is_never_read_as_a_template(value: str):
    """What a customer wrote is data."""
    assert PromptTemplate("[{{ text }}]").render({"text": value}) == f"[{value}]"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_every_value_arrives_as_it_is(value: str):
    """Any text between two marks comes back unchanged."""
    assert PromptTemplate("<{{ text }}>").render({"text": value}) == f"<{value}>"


def test_the_filter_json_keeps_letters():
    """`| json` writes JSON without escaping what is not ASCII."""
    assert PromptTemplate("{{ a | json }}").render({"a": {"k": "é"}}) == '{"k": "é"}'


def test_blocks_leave_no_blank_lines():
    """A block on a line of its own vanishes with its line; the last line break is dropped."""
    text = "Rate it.\n  {% for s in [1, 2] %}\n- {{ s }}\n  {% endfor %}\nText: {{ text }}\n"
    assert PromptTemplate(text).render({"text": "x"}) == "Rate it.\n- 1\n- 2\nText: x"


@pytest.mark.parametrize(
    ("value", "text"),
    [("a\nb", "a\nb"), (5, "5"), (None, "null"), (["é", 1], '["é", 1]'), (True, "true")],
)
def test_json_values_read_as_a_model_writes_them(value: Any, text: str):
    """Text as it stands, everything else as JSON."""
    assert as_text(value) == text
