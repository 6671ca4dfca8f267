"""A run as JUnit XML: parsed again, counted again; what says nothing of the model is no failure."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.run_junit import CaseResult, Got, run_junit
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome

from .runs import arm_info, run_info

INFO = run_info({"plain": arm_info(), "tuned": arm_info("fine_tuned")})
RIGHT = Got(Outcome.CORRECT, "5", 0.25)
WRONG = Got(Outcome.WRONG, "3", 0.5)
LOST = Got(Outcome.PROVIDER_ERROR, "no answer: timeout", 2.0)
RESULTS = ("failure", "error", "skipped")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CASES = st.lists(
    st.builds(
        CaseResult,
        TEXTS,
        st.none() | TEXTS,
        st.lists(st.builds(Got, st.sampled_from(OUTCOMES), TEXTS, st.floats(0, 9)), max_size=3).map(
            tuple
        ),
    ),
    max_size=5,
)


def _root(*arms: tuple[str, list[CaseResult]]) -> ET.Element:
    return ET.fromstring("".join(run_junit(INFO, arms)).encode())


def _case(*got: Got, expected: str | None = "Rating: 5 stars") -> ET.Element:
    return _root(("plain", [CaseResult("r1", expected, got)]))[0][0]


def test_a_suite_per_arm_and_a_case_per_case():
    """In the order of the run, with names that CI systems group by, and the time of all replies."""
    root = _root(
        ("plain", [CaseResult("r1", "5", (RIGHT,)), CaseResult("r2", "5", (WRONG,))]),
        ("tuned", [CaseResult("r1", "5", (LOST,)), CaseResult("r2", "5", ())]),
    )
    assert root.tag == "testsuites"
    plain, tuned = root
    assert plain.attrib == {
        "name": "review_stars.plain",
        "timestamp": "2026-11-21T12:00:00",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
        "time": "0.750",
    }
    assert (tuned.get("failures"), tuned.get("errors"), tuned.get("skipped")) == ("0", "1", "1")
    assert [case.attrib for case in plain] == [
        {"classname": "review_stars.plain", "name": "r1", "time": "0.250"},
        {"classname": "review_stars.plain", "name": "r2", "time": "0.500"},
    ]


def test_a_correct_case_has_nothing_to_say():
    """No child is a pass."""
    assert len(_case(RIGHT)) == 0


def test_a_wrong_case_says_what_was_expected_and_what_came():
    """The outcome is the message, so that lists of failures tell them apart."""
    (found,) = _case(WRONG)
    assert (found.tag, found.get("message"), found.get("type")) == ("failure", "wrong", "wrong")
    assert found.text == "expected: Rating: 5 stars\ngot: 3"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_what_the_model_did_is_a_failure(outcome: Outcome):
    """Infrastructure is an error."""
    children = [child.tag for child in _case(Got(outcome, "x"))]
    if outcome == Outcome.CORRECT:
        assert children == []
    else:
        assert children == ["error" if outcome in INFRASTRUCTURE else "failure"]


def test_nobody_answered():
    """A case that was planned and has no record is skipped, which no system shows as green."""
    (found,) = _case()
    assert found.tag == "skipped"


def test_of_several_replies_each_must_be_correct():
    """The failing ones are shown; a lost one is an error only where nothing was answered wrong."""
    (found,) = _case(RIGHT, WRONG, Got(Outcome.UNPARSED, "hm"), LOST)
    assert (found.tag, found.get("message")) == ("failure", "wrong (2 of 4 replies)")
    assert (found.text or "").splitlines()[1:] == ["got: 3", "got: hm"]
    (found,) = _case(RIGHT, LOST)
    assert (found.tag, found.get("message")) == ("error", "provider_error (1 of 2 replies)")
    assert len(_case(RIGHT, RIGHT)) == 0


def test_what_was_expected_may_be_unknown():
    """The case changed since."""
    assert "expected: not known" in (_case(WRONG, expected=None)[0].text or "")


@given(CASES)
def test_any_texts_are_well_formed_and_the_counts_are_those_of_the_cases(results):
    """Control characters, ]]>, tags, direction marks: only text."""
    text = "".join(run_junit(INFO, [("plain", results)]))
    assert not {"\x00", "\x1b", "\u202e", "\ufffe", "\uffff"} & set(text)
    (suite,) = ET.fromstring(text.encode())
    assert len(suite) == int(suite.get("tests", "")) == len(results)
    for tag, attribute in zip(RESULTS, ("failures", "errors", "skipped"), strict=True):
        assert len(suite.findall(f"testcase/{tag}")) == int(suite.get(attribute, ""))


def test_a_long_reply_is_cut():
    """A file of CI is no place for a whole reply."""
    text = "".join(
        run_junit(INFO, [("plain", [CaseResult("r", "5", (Got(Outcome.WRONG, "x" * 10**6),))])])
    )
    assert len(text) < 4000
