"""A decision as JUnit XML: parsed again, counted again, and never green where it is not."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.gate.junit import junit_xml
from harness.values.verdict import Check, Ruling
from tests.approved import DECISIONS, a_decision

from . import gates

NONE: frozenset[Ruling] = frozenset()
RESULTS = ("failure", "error", "skipped")


def _suite(text: str) -> ET.Element:
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    (suite,) = root
    assert suite.tag == "testsuite"
    return suite


@pytest.mark.parametrize("name", gates.MADE)
def test_the_document_of_a_decision(name: str, snapshot) -> None:
    """What CI systems are given."""
    assert junit_xml(getattr(gates, name)()[0], allowed=NONE) == snapshot


@given(DECISIONS, st.booleans())
def test_any_decision_is_well_formed_and_its_counts_are_those_of_its_cases(
    decision, allow: bool
) -> None:
    """One test case per check and one for the ruling, each with one result at most."""
    allowed = frozenset({Ruling.INCONCLUSIVE}) if allow else NONE
    suite = _suite(junit_xml(decision, allowed=allowed))
    cases = suite.findall("testcase")
    assert len(cases) == len(decision.checks) + 1 == int(suite.get("tests", ""))
    for tag, attribute in zip(RESULTS, ("failures", "errors", "skipped"), strict=True):
        assert len(suite.findall(f"testcase/{tag}")) == int(suite.get(attribute, ""))
    for case in cases:
        assert sum(len(case.findall(tag)) for tag in RESULTS) <= 1
        assert case.get("classname")
        assert case.get("name") is not None
    assert cases[-1].get("name") == "ruling"
    green = decision.ruling == Ruling.PROMOTE or decision.ruling in allowed
    assert (cases[-1].find("failure") is None) == green


@pytest.mark.parametrize(
    ("status", "tag"),
    [
        ("passed", "system-out"),
        ("failed", "failure"),
        ("invalid", "error"),
        ("inconclusive", "skipped"),
    ],
)
def test_a_check_by_its_status(status, tag: str) -> None:
    """Evidence is the message, the next step the text."""
    check = Check("cost", status, "2 USD; at most 1", "a shorter prompt")
    case = _suite(junit_xml(a_decision(checks=(check,)), allowed=NONE))[0]
    (found,) = case
    assert (case.get("name"), found.tag) == ("cost", tag)
    if status == "passed":
        assert found.text == check.evidence
    else:
        assert (found.get("message"), found.get("type")) == (check.evidence, status)
        assert found.text == check.next_step


@pytest.mark.parametrize("ruling", list(Ruling))
@pytest.mark.parametrize("allow", [False, True])
def test_no_ruling_but_promote_is_green_unless_allowed(ruling: Ruling, *, allow: bool) -> None:
    """A skipped check alone would look green to most systems; the ruling does not."""
    allowed = frozenset({Ruling.INCONCLUSIVE}) if allow else NONE
    suite = _suite(junit_xml(a_decision(ruling=ruling), allowed=allowed))
    red = int(suite.get("failures", "")) + int(suite.get("errors", ""))
    green = ruling == Ruling.PROMOTE or (allow and ruling == Ruling.INCONCLUSIVE)
    assert (red == 0) == green


def test_hostile_texts_are_only_text() -> None:
    """Control characters, ]]>, tags, direction marks, lone surrogates, and what is no character."""
    text = junit_xml(gates.hostile()[0], allowed=NONE)
    suite = _suite(text)
    names = [case.get("name") for case in suite]
    assert "<script>alert(1)</script>" in (names[0] or "")
    assert "]]>" in (names[0] or "")
    assert "\\u001b[31m" in (names[0] or "")
    assert "\\ufffe\\uffff" in (names[0] or "")
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert suite.find(".//script") is None


@given(st.text(st.characters(), max_size=30))
def test_any_text_survives_the_parser(text: str) -> None:
    """Whatever stands in an id or a model's name."""
    check = Check(text, "failed", text, text)
    (case, _) = _suite(junit_xml(a_decision(checks=(check,)), allowed=NONE))
    assert case.get("name") == case[0].get("message") == (case[0].text or "")


def test_a_long_text_is_cut() -> None:
    """A file of CI is no place for a whole reply."""
    check = Check("a", "failed", "x" * 10_000)
    assert len(junit_xml(a_decision(checks=(check,)), allowed=NONE)) < 4000


def test_the_time_has_no_zone() -> None:
    """As the schema of the format wants it."""
    suite = _suite(junit_xml(a_decision(time="2026-11-28T10:00:00+00:00"), allowed=NONE))
    assert suite.get("timestamp") == "2026-11-28T10:00:00"
