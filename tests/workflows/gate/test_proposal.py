"""A change judged by its base: policy, scorers, cases and incumbent are not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError, UsageError

from .gate_repository import (
    BAD,
    CASES,
    FEW,
    GOOD,
    GateRepository,
    evidence,
    flip_label,
    ruling_of,
    usual,
)

OWN = 'primary = "scoring:near"'
SCORING = """
from harness.values.score import Score

def near(case, answer):
    text = answer.text.strip()
    return Score(float({rule}), text)
"""
HONEST = SCORING.format(rule="text == case.expected")
LENIENT = SCORING.format(rule="True")


@pytest.fixture
def change(stand: GateRepository) -> tuple[GateRepository, GateRepository]:
    """A change (head) and the checkout that it is to be merged into (base)."""
    return stand, stand.copy("base")


Pair = tuple[GateRepository, GateRepository]


def test_an_unchanged_head_is_judged(change: Pair) -> None:
    """Only its replies count; the decision is written in the head."""
    head, base = change
    head.record(other=BAD)
    found = head.gate(base=base.root)
    assert found.decision.ruling == "reject"
    assert len(head.decisions) == 1
    assert not base.decisions
    head.record(other=GOOD)
    assert ruling_of(head, base=base.root) == "promote"
    assert ruling_of(head, base=base.folder) == "promote"


def test_production_is_that_of_the_base(change: Pair) -> None:
    """A head that approves a weak incumbent is compared with the strong one."""
    head, base = change
    head.record(plain=BAD, other=BAD)
    head.promote("plain", override=True)
    assert ruling_of(head) == "promote"
    assert ruling_of(head, base=base.root) == "reject"


@pytest.mark.parametrize("declared", [False, True])
def test_a_changed_policy_is_invalid_or_that_of_the_base(change: Pair, *, declared: bool) -> None:
    """Its own wider margin never decides."""
    head, base = change
    head.record(other=BAD)
    head.policy('candidate = "other"\nmargin = 0.45\nalpha = 0.2\n')
    found = head.gate(base=base.root, data_change=declared)
    assert found.decision.ruling == ("reject" if declared else "invalid")
    assert found.decision.policy.margin == 0.1
    assert "the policy" in evidence(found, "rules of the base")


@pytest.mark.parametrize("declared", [False, True])
def test_changed_options_of_a_scorer(change: Pair, *, declared: bool) -> None:
    """An alias that makes wrong answers right is not believed."""
    head, base = change
    head.record(other="u" * 20 + "+" * 20)
    head.replace(
        "suite.toml",
        'label.labels = ["yes", "no"]',
        'label.labels = ["yes", "no"]\nlabel.aliases = { hm = "yes" }',
    )
    found = head.gate(base=base.root, data_change=declared)
    assert found.decision.ruling == ("reject" if declared else "invalid")
    assert found.decision.candidate.mean == 0.5
    assert "the scorers" in evidence(found, "rules of the base")


def _own(stand: GateRepository, text: str) -> None:
    stand.write("suites/demo/scoring.py", text)


@pytest.fixture
def own(tmp_path: Path) -> Pair:
    """Head and base have a scorer of their own in scoring.py."""
    made = GateRepository(tmp_path / "head")
    made.replace("suite.toml", 'primary = "label"', OWN)
    _own(made, HONEST)
    made.record(plain=GOOD, other=GOOD)
    made.promote("plain")
    return made, made.copy("base")


@pytest.mark.parametrize("declared", [False, True])
def test_a_scorer_that_calls_everything_correct_passes_nothing(
    own: Pair, *, declared: bool
) -> None:
    """The base's scoring.py decides; the head's is only named as a change."""
    head, base = own
    head.record(other=BAD)
    assert ruling_of(head, base=base.root) == "reject"
    _own(head, LENIENT)
    assert ruling_of(head, preview=True) == "promote"
    found = head.gate(base=base.root, data_change=declared)
    assert found.decision.ruling == ("reject" if declared else "invalid")
    assert found.decision.candidate.mean == 0.5
    assert "the scorers" in evidence(found, "rules of the base")


def test_a_base_is_not_judged_by_the_heads_scorer_either(own: Pair) -> None:
    """Nor does a stricter one of the head make the incumbent worse."""
    head, base = own
    _own(head, SCORING.format(rule="False"))
    found = head.gate(base=base.root, data_change=True)
    assert (found.decision.incumbent.mean, found.decision.candidate.mean) == (1.0, 1.0)


@pytest.mark.parametrize("declared", [False, True])
def test_changed_expected_values(change: Pair, *, declared: bool) -> None:
    """A head that writes its own answers into the labels; declared, they are left out.

    What is left cannot promote: whoever may drop cases would choose the test set.
    """
    head, base = change
    head.record(other=FEW)
    flip_label(head, 37, 38, 39)
    found = head.gate(base=base.root, data_change=declared)
    assert found.decision.ruling == ("inconclusive" if declared else "invalid")
    assert "the expected values of test cases" in evidence(found, "rules of the base")
    assert "3 changed (test37, test38, test39)" in evidence(found, "same cases")
    assert found.decision.cases == CASES - 3


@pytest.mark.parametrize("declared", [False, True])
def test_changed_inputs(change: Pair, *, declared: bool) -> None:
    """Easier questions are other questions."""
    head, base = change
    rows = head.lines_of()
    rows[0]["input"]["text"] = "easier, test case 0."
    head.cases("test", rows)
    head.record(other=GOOD)
    found = head.gate(base=base.root, data_change=declared)
    assert found.decision.ruling == ("inconclusive" if declared else "invalid")
    assert "the test cases" in evidence(found, "rules of the base")
    assert found.decision.cases == CASES - 1


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("count", [CASES - 2, CASES + 2])
def test_added_and_removed_cases(change: Pair, count: int, *, declared: bool) -> None:
    """Declared: on the common subset, with the others counted; only more cases may promote."""
    head, base = change
    rows = head.lines_of()[:count] + usual("test", CASES + 2)[CASES:count]
    head.cases("test", rows)
    head.record(other="+" * count)
    found = head.gate(base=base.root, data_change=declared)
    judged = "promote" if count > CASES else "inconclusive"
    assert found.decision.ruling == (judged if declared else "invalid")
    assert found.decision.data_change == declared
    common = min(count, CASES)
    assert found.decision.cases == common
    assert evidence(found, "same cases").startswith(
        f"compared on {common} cases in common; 2 only" if declared else f"{common} cases in common"
    )


@pytest.mark.parametrize("change_of", ["tags", "group"])
def test_changed_tags_and_groups(change: Pair, change_of: str) -> None:
    """They decide who is in a required slice and which cases are independent: rules as well."""
    head, base = change
    rules = 'candidate = "other"\nmargin = 0.3\nslices = { "lang=pt" = 0.3 }\n'
    for side in change:
        side.policy(rules)
    head.record(other="-" * 9 + "+" * 31)
    assert ruling_of(head, base=base.root) == "inconclusive"
    rows = head.lines_of()
    for row in rows:
        if change_of == "tags":
            row["tags"] = {"lang": "en" if int(row["id"][4:]) < 9 else "pt"}
        else:
            row["group"] = row["id"]
    head.cases("test", rows)
    found = head.gate(base=base.root)
    assert found.decision.ruling == "invalid"
    assert "the tags or groups of test cases" in evidence(found, "rules of the base")


def test_changed_leak_rules_are_those_of_the_base(change: Pair) -> None:
    """A head cannot look away."""
    head, base = change
    file = head.folder / "suite.toml"
    file.write_text(file.read_text() + "[leaks]\nthreshold = 100.0\n")
    found = head.gate(base=base.root)
    assert found.decision.ruling == "invalid"
    assert "the leak rules" in evidence(found, "rules of the base")


def test_prose_and_arms_are_the_heads_own(change: Pair) -> None:
    """A new title, a new prompt, another order of rows: nothing to be declared."""
    head, base = change
    head.replace("suite.toml", "Yes or no", "Another title")
    head.prompt("other", "{{ text }} asked of other, please")
    head.prompt("other", "So: {{ text }} asked of other")
    head.record(other=GOOD)
    found = head.gate(base=base.root)
    assert found.decision.ruling == "promote"
    assert found.title == "Another title"


def test_a_base_without_the_suite_or_that_is_the_head(change: Pair, tmp_path: Path) -> None:
    """Nothing can judge a new suite; nobody is his own base."""
    head, _ = change
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="the base has no suite demo"):
        head.gate(base=tmp_path / "empty")
    with pytest.raises(UsageError, match="is the suite itself"):
        head.gate(base=head.root)


def test_a_broken_base_is_bad_data(change: Pair) -> None:
    """With all problems of its suite."""
    head, base = change
    (base.folder / "suite.toml").write_text("title = 1\n")
    with pytest.raises(DataError):
        head.gate(base=base.root)


def test_a_base_without_a_policy_judges_nothing(change: Pair) -> None:
    """A head that brings the first policy along is not judged by it."""
    head, base = change
    file = base.folder / "suite.toml"
    file.write_text(file.read_text().partition("[gate]")[0])
    with pytest.raises(UsageError, match=r"has no \[gate\]"):
        head.gate(base=base.root)


def test_a_candidate_that_is_new_in_the_head(change: Pair) -> None:
    """The usual change: an arm more, named on the command line."""
    head, base = change
    file = head.folder / "suite.toml"
    arm = '[arms.third]\nextends = "plain"\nprompt = "third"\n'
    file.write_text(file.read_text().replace("[gate]", f"{arm}[gate]"))
    head.prompt("third", "{{ text }} asked of third")
    head.record(third=GOOD)
    assert ruling_of(head, base=base.root, candidate="third") == "promote"


def test_a_named_incumbent_is_what_the_base_recorded(change: Pair) -> None:
    """A head that records the incumbent anew, and worse, is compared with the base's replies."""
    head, base = change
    head.record(plain=BAD, other=BAD)
    found = head.gate(base=base.root, incumbent="plain")
    assert found.decision.incumbent.mean == 1.0
    assert found.decision.ruling == "reject"
