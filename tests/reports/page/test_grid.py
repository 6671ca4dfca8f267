"""What goes into the grid comes out of it: every text exactly, every number to four digits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.reports.page.grid import CHUNK_CASES, ESTIMATED, FAILED
from harness.reports.page.values import GridArm, GridCase, GridReply, Page
from harness.reports.wording import natural_key
from harness.values.reply import Usage
from harness.values.request import Message, ToolCall
from harness.values.score import OUTCOMES, Outcome
from tests.reports.page.decoded import Decoded
from tests.reports.page.pages import (
    ARMS,
    hostile_cases,
    html,
    html_of_parts,
    ordinary_cases,
    reply,
)

PAGE = Page(title="t", finding="f")


def decoded(cases, arms=ARMS) -> Decoded:
    return Decoded(html(PAGE, arms, cases))


def assert_same(case: GridCase, found: dict) -> None:
    assert found["id"] == case.id
    assert found["expected"] == case.expected
    assert found["input"] == dict(case.input)
    assert (found["group"], found["tags"]) == (case.group, dict(case.tags))
    for replies, got in zip(case.replies, found["arms"], strict=True):
        for one, other in zip(replies, got, strict=True):
            assert_same_reply(one, other)


def assert_same_reply(one: GridReply, found: dict) -> None:
    for name in ("text", "extracted", "outcome", "reason", "model", "finish", "attempts"):
        assert found[name] == getattr(one, name), name
    for name in ("value", "cost", "latency"):
        wanted = getattr(one, name)
        same = None if wanted is None else pytest.approx(wanted, rel=5e-5)
        assert found[name] == same, name
    assert found["replicate"] == (one.shot_seed, one.trial)
    assert found["scores"] == dict(one.scores)
    assert found["shots"] == list(one.shots)
    assert bool(found["flags"] & FAILED) is one.failed
    if one.usage is None:
        assert found["usage"] is None
    else:
        usage = one.usage
        assert found["usage"] == [
            usage.input,
            usage.output,
            usage.cached,
            usage.cache_write,
            usage.reasoning,
        ]
        assert bool(found["flags"] & ESTIMATED) is usage.estimated
    if one.prompt is None or any(message.tool_calls for message in one.prompt):
        return
    assert found["prompt"] == [(message.role, message.content) for message in one.prompt]


@pytest.mark.parametrize("cases", [ordinary_cases(), hostile_cases()], ids=["ordinary", "hostile"])
def test_everything_comes_back(cases):
    """Over several chunks, with replicates, broken Unicode and a megabyte on one line."""
    found = decoded(cases).cases()
    assert len(found) == len(cases)
    for case, got in zip(cases, found, strict=True):
        assert_same(case, got)


_TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
_PROMPTS = st.text(alphabet="ab\n ", max_size=40)
_AMOUNTS = st.none() | st.floats(0, 1e6, width=32).filter(lambda x: x == 0 or x > 1e-30)
_REPLIES = st.builds(
    GridReply,
    outcome=st.sampled_from(OUTCOMES),
    value=st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    text=st.none() | _TEXTS,
    failed=st.booleans(),
    extracted=st.none() | _TEXTS,
    reason=_TEXTS,
    scores=st.dictionaries(_TEXTS, st.floats(0, 1), max_size=2),
    usage=st.none() | st.builds(Usage, st.integers(0, 2**31), output=st.integers(0, 2**31)),
    cost=_AMOUNTS,
    latency=_AMOUNTS,
    attempts=st.integers(1, 9),
    shots=st.lists(_TEXTS, max_size=2).map(tuple),
    shot_seed=st.integers(0, 3),
    prompt=st.none()
    | st.lists(st.builds(Message, st.just("user"), _PROMPTS), max_size=3).map(tuple),
)
_CASES = st.builds(
    GridCase,
    id=_TEXTS,
    input=st.dictionaries(_TEXTS, _PROMPTS | st.integers() | st.none(), max_size=3),
    expected=_TEXTS | st.lists(st.integers(-(2**60), 2**60)),
    group=st.none() | _TEXTS,
    tags=st.dictionaries(st.sampled_from(["a", "b"]), _TEXTS),
    replies=st.tuples(st.lists(_REPLIES, max_size=3).map(tuple)),
)


@settings(max_examples=40)
@given(st.lists(_CASES, min_size=1, max_size=6))
def test_anything_comes_back(cases):
    """Whatever cases, replies and prompts hold, and however many replies there are."""
    for case, got in zip(cases, decoded(cases, ARMS[:1]).cases(), strict=True):
        assert_same(case, got)


def test_a_prompts_parts_are_kept_once():
    """Instructions and shots by number, the case's own input by reference, from the second on."""
    found = decoded(ordinary_cases(10))
    more = found.json("more-0-0")
    _, arms = more[-1]
    system, (role, before, own, after) = arms[1][0][7]
    assert found.parts[0].tables["messages"][system][0] == "system"
    assert (role, own) == ("user", -1)
    assert isinstance(before, int)
    assert isinstance(after, int)


def test_calls_of_tools_are_shown_as_json():
    """With the text of their message; parts of a message as JSON too."""
    call = Message("assistant", "look", tool_calls=(ToolCall("1", "find", '{"a":1}'),))
    parts = Message("user", [{"type": "text", "text": "hi"}])
    case = GridCase(id="a", input={}, expected=1, replies=((reply(prompt=(parts, call)),),))
    [found] = decoded([case], ARMS[:1]).cases()
    assert found["arms"][0][0]["prompt"] == [
        ("user", '[{"type":"text","text":"hi"}]'),
        ("assistant", 'look\n[{"id":"1","name":"find","arguments":"{\\"a\\":1}"}]'),
    ]


def test_ids_are_ranked_as_people_count():
    """'case-2' before 'case-10'."""
    found = decoded([case for case in ordinary_cases(30) if case.id])
    ranks = found.ranks
    order = sorted(range(30), key=lambda at: ranks[at])
    assert [found.ids[at] for at in order] == sorted(found.ids, key=natural_key)


def test_chunks_are_bounded_by_cases_and_by_text():
    """So that memory and the time to open one case are too."""
    found = decoded(ordinary_cases(2 * CHUNK_CASES + 1))
    assert found.parts[0].tables["starts"] == [0, 128, 256]
    huge = GridCase(id="a", input={"t": "x" * 1_000_000}, expected="", replies=((reply(),), (), ()))
    assert decoded([huge, huge]).parts[0].tables["starts"] == [0, 1]


def test_parts_are_the_same_grid_as_one_piece():
    """Whatever was met first in which part: texts, numbers, tags, replicates, ranks."""
    cases = [*ordinary_cases(20), *hostile_cases(), *ordinary_cases(25)[20:]]
    whole = decoded(cases)
    found = Decoded(html_of_parts(PAGE, ARMS, cases, 7))
    assert len(found.parts) == 6
    assert found.cases() == whole.cases()
    assert list(found.ranks) == list(whole.ranks)


def test_a_case_with_other_arms_is_a_fault():
    """The message names the case."""
    case = GridCase(id="odd", input={}, expected=1, replies=((),))
    with pytest.raises(HarnessError, match="case 'odd' has replies of 1 arms, and the grid has 3"):
        html(PAGE, ARMS, [case])


def test_an_unknown_arm_of_a_pair_is_a_fault():
    """Before anything is written."""
    with pytest.raises(HarnessError, match="not among the arms"):
        html(PAGE, ARMS, ordinary_cases(1), pair=("few_shot", "none"))


def test_an_outcome_without_value_or_usage_is_unknown():
    """Never zero."""
    lost = reply(Outcome.PROVIDER_ERROR, None, value=None, usage=None, cost=None, latency=None)
    case = GridCase(id="a", input={}, expected=1, replies=((lost,),))
    [found] = decoded([case], (GridArm(name="a", kind="zero_shot"),)).cases()
    got = found["arms"][0][0]
    assert [got[name] for name in ("value", "usage", "cost", "latency")] == [None] * 4
