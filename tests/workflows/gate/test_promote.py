"""Approving what an arm says: who may, what is written, and what a git diff of it shows."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, ReplayMissError, UsageError
from harness.store.baselines import read_incumbent
from harness.workflows.gate.promote import Change

from .gate_repository import ARMS, BAD, CASES, FEW, GATE, GOOD, SHOTS, GateRepository, usual


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """`plain` and `other` are recorded, all right; nothing is approved."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=GOOD)
    return made


@pytest.fixture
def approved(stand: GateRepository) -> GateRepository:
    """`plain` is in production."""
    stand.promote("plain")
    return stand


def _files(stand: GateRepository) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(stand.approved.glob("*"))}


# ------------------------------------------------------------------------- the first


def test_the_first_needs_no_gate(stand: GateRepository) -> None:
    """There is nothing to compare it with; header, lines and production say what it is."""
    done = stand.promote("plain", reason="  what we run today ")
    assert done.written
    assert done.changes == ()
    assert stand.baseline() == done.baseline
    header = done.baseline.header
    assert (header.approval, header.decision) == ("first", None)
    assert (header.cases, header.correct, header.mean) == (CASES, CASES, 1.0)
    assert (header.reason, header.date) == ("what we run today", "2026-11-28")
    assert header.outcomes == {"correct": CASES}
    assert header.served_models == ("m",)
    assert stand.production == done.production
    assert stand.production is not None
    assert stand.production.arm == "plain"
    assert stand.production.baseline == header.seal
    assert read_incumbent(stand.approved) == (stand.production, done.baseline)


def test_a_baseline_holds_no_text(stand: GateRepository) -> None:
    """No input, no label and no reply: it can be public where the cases are not."""
    stand.promote("plain")
    lines = (stand.approved / "plain.jsonl").read_text().splitlines()[1:]
    assert {frozenset(json.loads(line)) for line in lines} == {
        frozenset({"id", "digest", "outcome", "score"})
    }
    assert [json.loads(line)["id"] for line in lines] == sorted(f"test{i}" for i in range(CASES))


def test_a_bad_first_state_can_be_approved(stand: GateRepository) -> None:
    """What is in production is what it is."""
    stand.record(plain="p" * 3 + "f" * 2 + "u" + BAD[6:])
    header = stand.promote("plain").baseline.header
    assert header.outcomes == {"correct": 20, "wrong": 14, "unparsed": 1, "filtered": 2} | {
        "provider_error": 3
    }


# ----------------------------------------------------------------------- needs a gate


def _refused(stand: GateRepository, arm: str = "other", **choices: Any) -> str:
    before = _files(stand)
    with pytest.raises(UsageError) as caught:
        stand.promote(arm, **choices)
    assert _files(stand) == before
    return str(caught.value)


def test_another_arm_needs_a_gate(approved: GateRepository) -> None:
    """The command that holds it is named, and so is the way round it."""
    text = _refused(approved)
    assert "no gate was held on what other says now" in text
    assert "harness gate demo --candidate other" in text
    assert "--override" in text


def test_a_gate_that_promotes_opens_the_door(approved: GateRepository) -> None:
    """The number of the decision stands in header and production."""
    approved.gate(margin=0.2)
    number = approved.gate().decision.number
    done = approved.promote("other")
    assert (done.baseline.header.approval, done.baseline.header.decision) == ("gate", number)
    assert number == 2
    assert approved.production is not None
    assert (approved.production.arm, approved.production.decision) == ("other", number)
    assert approved.baseline("plain").header.approval == "first"


@pytest.mark.parametrize(("answers", "says"), [(BAD, "reject"), (FEW, "inconclusive")])
def test_another_ruling_does_not(approved: GateRepository, answers: str, says: str) -> None:
    """The ruling and the day are in the message."""
    approved.record(other=answers)
    approved.gate()
    text = _refused(approved)
    assert f"says {says}" in text
    assert "(number 1," in text


def test_an_invalid_gate_does_not(approved: GateRepository) -> None:
    """Nothing can be said is no yes."""
    approved.record(other="pp" + GOOD[2:])
    approved.gate()
    assert "says invalid" in _refused(approved)


def test_a_preview_does_not(approved: GateRepository) -> None:
    """It is not written down, so nothing rests on it."""
    assert approved.gate(preview=True).decision.ruling == "promote"
    assert "no gate was held" in _refused(approved)


def test_the_latest_gate_counts(approved: GateRepository) -> None:
    """Whoever asks until somebody says yes has the last no against him, and the other way."""
    assert approved.gate().decision.ruling == "promote"
    assert approved.gate(margin=0.01).decision.ruling == "inconclusive"
    assert "says inconclusive" in _refused(approved)
    approved.gate()
    assert approved.promote("other").written


def test_replies_of_another_day_do_not(approved: GateRepository) -> None:
    """The gate was about other replies than those that would be approved."""
    approved.gate()
    approved.record(other=FEW)
    assert "no gate was held on what other says now" in _refused(approved)


def test_another_prompt_with_equal_replies_does_not(approved: GateRepository) -> None:
    """The arm is another one."""
    approved.gate()
    approved.prompt("other", "Now: {{ text }} asked of other")
    approved.record(other=GOOD)
    assert "no gate was held" in _refused(approved)


@pytest.mark.parametrize("what", ["label", "scorer"])
def test_other_labels_or_scorers_do_not(approved: GateRepository, what: str) -> None:
    """The same replies mean something else now."""
    approved.gate()
    if what == "label":
        rows = approved.lines_of()
        rows[3]["expected"] = "yes"
        approved.cases("test", rows)
    else:
        approved.replace("suite.toml", '["yes", "no"]', '["yes", "no", "x"]')
    assert "no gate was held" in _refused(approved)


def test_a_gate_against_another_incumbent_does_not(approved: GateRepository) -> None:
    """Better than a weak arm is not better than production."""
    approved.record(plain=BAD)
    approved.gate(incumbent="plain")
    text = _refused(approved)
    assert "compared it with plain and not with the approved plain" in text


def test_a_limited_gate_cannot_back_it(approved: GateRepository) -> None:
    """It is at best inconclusive, and of other replies."""
    approved.gate(limit=38)
    assert "no gate was held" in _refused(approved)


def test_a_gate_on_a_live_run_backs_only_what_is_recorded(approved: GateRepository) -> None:
    """Recorded replies that are others than the run's have had no gate."""
    run = approved.live()
    approved.record(other=FEW)
    assert approved.gate(run=run.info.id).decision.ruling == "promote"
    assert "no gate was held" in _refused(approved)


# --------------------------------------------------------------------------- override


def test_an_override_says_so_for_ever(approved: GateRepository) -> None:
    """In the header, which a later gate's approval does not rewrite."""
    approved.record(other=BAD)
    approved.gate()
    done = approved.promote("other", override=True, reason="the old model is gone tomorrow")
    assert (done.baseline.header.approval, done.baseline.header.decision) == ("override", None)
    assert '"approval":"override"' in (approved.approved / "other.jsonl").read_text()
    assert approved.production is not None
    assert approved.production.arm == "other"


def test_an_override_that_is_not_needed_is_none(approved: GateRepository) -> None:
    """A gate that promoted is the better reason."""
    approved.gate()
    assert approved.promote("other", override=True).baseline.header.approval == "gate"


def test_the_first_with_override_is_the_first(stand: GateRepository) -> None:
    """Nothing was overridden."""
    assert stand.promote("plain", override=True).baseline.header.approval == "first"


# ---------------------------------------------------------------------- baseline only


def test_baseline_only_keeps_production(approved: GateRepository) -> None:
    """The first of an arm needs no gate; what is in production stays."""
    before = approved.production
    done = approved.promote("other", baseline_only=True)
    assert done.baseline.header.approval == "first"
    assert done.production == before == approved.production


def test_baseline_only_again_needs_a_gate_against_itself(approved: GateRepository) -> None:
    """An arm is held to its own past; the command names it as incumbent."""
    approved.replace("suite.toml", "margin = 0.1", "margin = 0.2")
    approved.promote("other", baseline_only=True)
    approved.record(other="-" + GOOD[1:])
    text = _refused(approved, baseline_only=True)
    assert "harness gate demo --candidate other --incumbent other" in text
    assert approved.gate(incumbent="other").decision.ruling == "promote"
    done = approved.promote("other", baseline_only=True)
    assert done.baseline.header.approval == "gate"
    assert done.changes == (Change("test0", "correct", "wrong"),)


def test_a_gate_under_a_kinder_policy_opens_nothing(approved: GateRepository) -> None:
    """A margin of the command line tries something out; what counts stands in suite.toml."""
    approved.record(other="-" * 12 + GOOD[12:])
    assert approved.gate(margin=0.49).decision.ruling == "promote"
    assert "under another policy than [gate]" in _refused(approved)


def test_baseline_only_before_anything_is_in_production(stand: GateRepository) -> None:
    """Regression tests need no incumbent."""
    assert stand.promote("plain", baseline_only=True).production is None
    assert stand.production is None
    assert stand.promote("plain").written
    assert stand.production is not None


def test_baseline_only_of_what_is_in_production_is_refused(approved: GateRepository) -> None:
    """Its baseline is that of production: both change together or not at all."""
    assert "is in production" in _refused(approved, "plain", baseline_only=True)


def test_a_baseline_alone_opens_no_door_to_production(approved: GateRepository) -> None:
    """The very state that is approved for tests still needs a gate to be deployed."""
    approved.promote("other", baseline_only=True)
    assert "no gate was held" in _refused(approved)
    approved.gate()
    done = approved.promote("other")
    assert done.written
    assert done.baseline.header.approval == "gate"


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_an_empty_reason_is_refused(stand: GateRepository, reason: str) -> None:
    """Somebody will ask why."""
    assert "needs a reason" in _refused(stand, "plain", reason=reason)


def test_what_is_not_recorded_is_refused(stand: GateRepository) -> None:
    """With the command that records it; an arm that does not exist has none."""
    stand.forget("plain")
    stand.silence()
    assert "harness run demo --arm plain --record" in _refused(stand, "plain")
    assert "no arm 'nosuch'" in _refused(stand, "nosuch")
    assert "decisions" in _refused(stand, "decisions")


def test_recordings_that_do_not_fit_are_refused(approved: GateRepository) -> None:
    """An edited prompt has no replies yet."""
    approved.prompt("plain", "Please: {{ text }} asked of plain")
    before = _files(approved)
    with pytest.raises(ReplayMissError):
        approved.promote("plain")
    assert _files(approved) == before


def test_an_earlier_baseline_that_was_edited_stops_it(approved: GateRepository) -> None:
    """It is not written over in silence; --override says so for ever."""
    path = approved.approved / "plain.jsonl"
    path.write_text(path.read_text().replace('"correct","score":1.0', '"wrong","score":0.0', 1))
    approved.record(plain=FEW)
    with pytest.raises(DataError):
        approved.promote("plain")
    done = approved.promote("plain", override=True)
    assert done.baseline.header.correct == FEW.count("+")


def test_a_deleted_production_makes_nobody_the_first(approved: GateRepository) -> None:
    """Once gates were held, a missing production.toml is no beginning."""
    approved.gate()
    approved.record(other="-" * len(GOOD))
    (approved.approved / "production.toml").unlink()
    assert "no gate was held" in _refused(approved)
    assert approved.promote("other", override=True).baseline.header.approval == "override"


def test_an_edited_decision_opens_nothing(approved: GateRepository) -> None:
    """A rejection that somebody turned into a promotion is no decision."""
    approved.record(other="-" * len(GOOD))
    assert approved.gate().decision.ruling == "reject"
    path = approved.approved / "decisions.jsonl"
    path.write_text(path.read_text().replace('"ruling":"reject"', '"ruling":"promote"'))
    with pytest.raises(DataError, match="edited by hand"):
        approved.promote("other")


# ------------------------------------------------------------------ what is written


def test_the_same_state_again_writes_nothing(approved: GateRepository) -> None:
    """Not even the day or the reason."""
    before = _files(approved)
    done = approved.promote("plain", reason="again", override=True)
    assert not done.written
    assert done.baseline == approved.baseline()
    assert _files(approved) == before


def test_flips_are_listed_with_both_outcomes(approved: GateRepository) -> None:
    """Sorted by id, new and vanished cases too."""
    rows = [row for row in approved.lines_of() if row["id"] != "test39"]
    approved.cases("test", rows + usual("test", CASES + 1)[CASES:])
    approved.record(plain="-" + "+" * 9 + "u" + "+" * 29 + "+")
    done = approved.promote("plain", override=True)
    assert done.changes == (
        Change("test0", "correct", "wrong"),
        Change("test10", "correct", "unparsed"),
        Change("test39", "correct", None),
        Change("test40", None, "correct"),
    )


def _changed(before: str, after: str) -> Iterator[str]:
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0):
        if line[0] in "+-" and not line.startswith(("+++", "---")):
            yield line


def test_the_diff_of_two_baselines_is_the_list_of_flipped_cases(approved: GateRepository) -> None:
    """One line out and one in per flip, and the header; nothing else moves."""
    path = approved.approved / "plain.jsonl"
    before = path.read_text()
    approved.record(plain="+-" + "+" * 15 + "u" + "+" * 22)
    done = approved.promote("plain", override=True)
    lines = [json.loads(line[1:]) for line in _changed(before, path.read_text())]
    headers = [line for line in lines if "version" in line]
    cases = {line["id"] for line in lines if "version" not in line}
    assert len(headers) == 2
    assert cases == {change.case for change in done.changes} == {"test1", "test17"}
    assert len(lines) == 2 + 2 * len(cases)


def test_a_recording_anew_with_equal_replies_is_the_same_state(approved: GateRepository) -> None:
    """Days, seconds and tokens are not what was approved."""
    before = _files(approved)
    approved.record(plain=GOOD)
    assert not approved.promote("plain").written
    assert _files(approved) == before


@pytest.mark.parametrize("first", [True, False])
def test_a_promotion_killed_between_its_two_writes_can_be_finished(
    stand: GateRepository, *, first: bool
) -> None:
    """The baseline is new and production.toml old or absent: the same command mends it."""
    production = stand.approved / "production.toml"
    if not first:
        stand.promote("plain")
    before = production.read_bytes() if not first else None
    stand.record(plain=FEW)
    whole = stand.promote("plain", override=True)
    expected = _files(stand)
    if before is None:
        production.unlink()
    else:
        production.write_bytes(before)
        with pytest.raises(DataError, match="seal"):
            stand.gate()
    again = stand.promote("plain", override=not first)
    assert again.written
    assert again.production == whole.production
    assert _files(stand) == expected
    assert read_incumbent(stand.approved) == (whole.production, whole.baseline)
    assert not stand.promote("plain").written


def test_another_arms_promotion_killed_between_its_writes(approved: GateRepository) -> None:
    """The old incumbent still stands, and the gate that was held still counts."""
    before = (approved.approved / "production.toml").read_bytes()
    approved.gate()
    approved.promote("other")
    (approved.approved / "production.toml").write_bytes(before)
    assert approved.gate(preview=True).decision.incumbent.arm == "plain"
    done = approved.promote("other")
    assert done.written
    assert done.baseline.header.approval == "gate"
    assert approved.production is not None
    assert approved.production.arm == "other"


def test_an_unwritable_folder_leaves_everything_as_it_was(stand: GateRepository) -> None:
    """A clear error, and no half of a baseline."""
    if os.geteuid() == 0:
        stand.write("baselines", "a file where the folder should be")
    else:
        (stand.root / "baselines").mkdir(mode=0o500)
    with pytest.raises(DataError, match="baselines"):
        stand.promote("plain")
    with pytest.raises(DataError, match="baselines"):
        stand.gate(incumbent="plain")
    left = stand.root / "baselines"
    assert left.is_file() or not list(left.iterdir())


# --------------------------------------------------------------------- clean subsets


@pytest.fixture
def leaking(tmp_path: Path) -> GateRepository:
    """`shots` is shown the text of test5; `plain` was shown nothing."""
    policy = GATE.replace("other", "shots")
    made = GateRepository(tmp_path / "head", arms=ARMS + SHOTS, policy=policy)
    made.prompt("shots", "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }} asked of shots")
    rows = [("a long winter", "t0"), (made.lines_of()[5]["input"]["text"], "t1")]
    train = [{"id": id_, "input": {"text": text}, "expected": "yes"} for text, id_ in rows]
    made.cases("train", train)
    made.record(plain=GOOD, shots=GOOD)
    made.promote("plain")
    return made


@pytest.mark.parametrize("recorded", [True, False])
def test_a_clean_gate_backs_a_clean_promotion(leaking: GateRepository, *, recorded: bool) -> None:
    """The leaked case is in neither; a promotion with it has had no gate."""
    if not recorded:
        leaking.forget("plain")
    assert leaking.gate().decision.ruling == "invalid"
    assert leaking.gate(clean_subset=True).decision.ruling == "promote"
    assert "says invalid" in _refused(leaking, "shots")
    done = leaking.promote("shots", clean_subset=True)
    assert done.baseline.header.cases == CASES - 1
    assert "test5" not in {case.id for case in done.baseline.cases}
    assert done.baseline.header.approval == "gate"
    assert done.baseline.header.leaks is not None
