"""The promotion gate end to end: recorded replies and a policy in, a verdict on disk out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError, ReplayMissError, UsageError
from harness.store.runs import read_info, write_info
from harness.workflows.gate.gate import gate

from .gate_repository import (
    ARMS,
    BAD,
    CASES,
    FEW,
    GATE,
    GOOD,
    SHOTS,
    TODAY,
    GateRepository,
    evidence,
    flip_label,
    statuses,
    usual,
)


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """`plain` (all right) is in production, `other` (all right) is the candidate."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=GOOD)
    made.promote("plain")
    return made


def _ruling(stand: GateRepository, **choices: Any) -> str:
    return str(stand.gate(**choices).decision.ruling)


# ------------------------------------------------------------------ the four rulings


@pytest.mark.parametrize(
    ("old", "new", "ruling"),
    [
        (GOOD, GOOD, "promote"),
        (GOOD, BAD, "reject"),
        (GOOD, FEW, "inconclusive"),
        (GOOD, "p" * 2 + "+" * 38, "invalid"),
        ("-" * CASES, "-" * CASES, "invalid"),
    ],
)
def test_each_ruling(stand: GateRepository, old: str, new: str, ruling: str) -> None:
    """From recordings to the decision on disk, with the numbers that it rests on."""
    stand.record(plain=old, other=new)
    found = stand.gate(incumbent="plain")
    assert found.decision.ruling == ruling
    assert found.verdict.ruling == ruling
    assert stand.decisions == (found.decision,)
    assert found.decision.cases == CASES
    assert found.decision.policy.incumbent == "plain"
    assert found.decision.number == 1
    right = new.count("+") - old.count("+")
    assert found.decision.difference == pytest.approx(right / CASES)


def test_the_moved_cases_have_both_replies(stand: GateRepository) -> None:
    """What people read to believe a verdict."""
    stand.record(other=FEW)
    found = stand.gate()
    assert [moved.case for moved in found.moved] == ["test37", "test38", "test39"]
    moved = found.moved[0]
    assert moved.expected == "no"
    assert moved.reference is not None
    assert moved.candidate is not None
    replies = [record.exchanges[-1].reply.text for record in (moved.reference, moved.candidate)]
    assert replies == ["no", "yes"]
    assert found.comparison is not None
    assert found.comparison.lost == ("test37", "test38", "test39")


def test_lost_replies_within_the_limit_are_read_three_ways(stand: GateRepository) -> None:
    """One bad request of 40 is above 2 %; with a wider limit it is named, if it matters."""
    stand.record(other="p" + GOOD[1:])
    assert statuses(stand.gate()) == {
        "provider errors": "invalid",
        "not worse than plain": "inconclusive",
        "lost replies": "inconclusive",
    }
    stand.policy('candidate = "other"\nmargin = 0.1\nmax_rates = { provider_error = 0.05 }\n')
    found = stand.gate()
    assert found.decision.ruling == "inconclusive"
    (check,) = (c for c in found.verdict.checks if c.name == "lost replies")
    assert check.next_step == "ask these cases again: test0"


# ---------------------------------------------------------------- who is the incumbent


def test_production_is_the_incumbent(stand: GateRepository) -> None:
    """As it was approved; its recorded replies stand in for it and have texts."""
    found = stand.gate()
    assert found.decision.incumbent.arm == "plain"
    assert found.decision.incumbent.source == "baseline"
    assert found.contest.incumbent.recorded


def test_a_named_arm_is_what_is_recorded_of_it_now(stand: GateRepository) -> None:
    """Not what was approved of it once."""
    stand.record(plain=FEW)
    assert stand.gate(incumbent="plain").decision.incumbent.source == "recorded"
    assert stand.gate(incumbent="plain").decision.incumbent.mean == pytest.approx(37 / 40)
    assert stand.gate().decision.incumbent.mean == 1.0


def test_a_baseline_stands_where_its_recordings_are_gone(stand: GateRepository) -> None:
    """Scores of the file are enough; texts, tokens and times are not known."""
    stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.source == "baseline"
    assert found.contest.incumbent.latency_p95 is None
    stand.record(other=BAD)
    found = stand.gate()
    assert found.decision.ruling == "reject"
    assert found.moved[0].reference is None


def test_a_baseline_stands_where_its_recordings_do_not_fit(stand: GateRepository) -> None:
    """The incumbent's prompt was edited and not recorded: what was approved is unchanged."""
    stand.prompt("plain", "Please: {{ text }} asked of plain")
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.contest.incumbent.latency_p95 is None
    with pytest.raises(ReplayMissError):
        stand.gate(incumbent="plain")


def test_a_candidate_whose_recordings_do_not_fit_is_no_verdict(stand: GateRepository) -> None:
    """Of the candidate nothing stands in for a reply; the command that records it is named."""
    stand.prompt("other", "Please: {{ text }} asked of other")
    with pytest.raises(ReplayMissError, match="harness run demo --arm other --record"):
        stand.gate()
    assert not stand.decisions


def test_an_arm_of_another_name_needs_no_recordings_either(stand: GateRepository) -> None:
    """--incumbent names an arm that is not recorded: its baseline."""
    stand.forget("plain")
    assert stand.gate(incumbent="plain").decision.incumbent.source == "baseline"


def test_an_arm_against_its_own_past(stand: GateRepository) -> None:
    """Re-recorded and worse: the approved replies are the incumbent."""
    stand.record(plain=BAD)
    found = stand.gate(candidate="plain")
    assert found.decision.ruling == "reject"
    assert (found.decision.incumbent.mean, found.decision.candidate.mean) == (1.0, 0.5)
    same = stand.gate(candidate="plain", incumbent="plain")
    assert same.decision.ruling == "reject"
    stand.record(plain=GOOD)
    found = stand.gate(candidate="plain")
    assert found.decision.ruling == "promote"
    assert "Both sides are the very same replies." in found.decision.notes


def test_no_production_and_no_incumbent(tmp_path: Path) -> None:
    """Nothing to compare with: the message has both ways on."""
    made = GateRepository(tmp_path / "head")
    made.record(plain=GOOD, other=GOOD)
    with pytest.raises(UsageError, match=r"nothing in production(.|\n)*harness promote demo ARM"):
        made.gate()
    assert not made.decisions
    assert made.gate(incumbent="plain").decision.ruling == "promote"


def test_an_incumbent_that_nobody_knows(stand: GateRepository) -> None:
    """A misspelt arm is no arm without a baseline."""
    with pytest.raises(UsageError, match=r"no arm 'plian'; arms: plain, other"):
        stand.gate(incumbent="plian")


def test_an_unrecorded_candidate_has_no_replies(stand: GateRepository) -> None:
    """The command that records it is named; nothing is asked."""
    stand.forget("other")
    stand.silence()
    with pytest.raises(UsageError, match="nothing is recorded for arm other"):
        stand.gate()


def test_a_broken_baseline_is_an_error_and_no_verdict(stand: GateRepository) -> None:
    """An edit by hand is noticed before anything is compared."""
    path = stand.approved / "plain.jsonl"
    path.write_text(path.read_text().replace('"correct","score":1.0', '"wrong","score":0.0', 1))
    with pytest.raises(DataError, match=r"plain\.jsonl"):
        stand.gate()
    assert not stand.decisions


# --------------------------------------------------------- what changed since approval


def test_a_changed_label_scores_the_baseline_again(stand: GateRepository) -> None:
    """From its recordings: both sides lose the case, and none of them the comparison."""
    flip_label(stand, 3)
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.mean == pytest.approx(39 / 40)
    assert found.decision.incumbent.source == "baseline"


def test_a_changed_label_without_recordings_is_invalid(stand: GateRepository) -> None:
    """An old score says nothing of a new label."""
    stand.forget("plain")
    flip_label(stand, 3)
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"same cases": "invalid"}
    assert "1 changed (test3)" in evidence(found, "same cases")


def test_a_changed_scorer_scores_the_baseline_again(stand: GateRepository) -> None:
    """An alias more: both sides by today's scorer."""
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert found.decision.incumbent.measured.scoring == found.decision.candidate.measured.scoring


def test_a_changed_scorer_without_recordings_is_invalid(stand: GateRepository) -> None:
    """Old scores never meet new ones."""
    stand.forget("plain")
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"same scoring": "invalid"}


def test_changed_inputs_are_no_silent_comparison(stand: GateRepository) -> None:
    """Recordings miss; recorded again, the approved state is of another case."""
    rows = stand.lines_of()
    rows[0]["input"]["text"] = "another text, test case 0."
    stand.cases("test", rows)
    with pytest.raises(ReplayMissError):
        stand.gate()
    stand.record(other=GOOD)
    stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "1 changed (test0)" in evidence(found, "same cases")


def test_a_data_change_is_one_of_a_base(stand: GateRepository) -> None:
    """Alone it would let a suite choose its own cases."""
    with pytest.raises(UsageError, match="give --base"):
        stand.gate(data_change=True)


def _add(stand: GateRepository, count: int = 2) -> None:
    """More test cases, the others as they were."""
    rows = stand.lines_of() + usual("test", CASES + count)[CASES:]
    stand.cases("test", rows)


@pytest.mark.parametrize("kept", [False, True])
def test_added_cases_are_invalid(stand: GateRepository, *, kept: bool) -> None:
    """The incumbent never answered them.

    With old recordings that miss them it is as if these were gone: a model that was switched off
    can be asked nothing any more.
    """
    _add(stand)
    stand.record(other=GOOD + "++")
    if not kept:
        stand.forget("plain")
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "2 only on the candidate's side (test40, test41)" in evidence(found, "same cases")


def test_added_cases_that_both_sides_recorded_count(stand: GateRepository) -> None:
    """The approved replies are all still there, and the new ones are those of the same arm."""
    _add(stand)
    stand.record(plain=GOOD + "++", other=GOOD + "-+")
    found = stand.gate()
    assert found.decision.cases == CASES + 2
    assert found.comparison is not None
    assert found.comparison.lost == ("test40",)


def test_removed_cases_are_invalid(stand: GateRepository) -> None:
    """Whoever drops a case that was lost has not won."""
    stand.cases("test", stand.lines_of()[:-1])
    found = stand.gate()
    assert found.decision.ruling == "invalid"
    assert "1 only on the reference side (test39)" in evidence(found, "same cases")


# ------------------------------------------------------------------ samples and leaks


def test_a_limit_never_promotes(stand: GateRepository) -> None:
    """The same sample of both sides; at best inconclusive."""
    stand.policy('candidate = "other"\nmargin = 0.3\n')
    assert _ruling(stand) == "promote"
    found = stand.gate(limit=36)
    assert found.decision.ruling == "inconclusive"
    assert statuses(found) == {"complete": "inconclusive"}
    assert (found.decision.cases, found.decision.limited) == (36, True)
    assert evidence(found, "complete") == "36 of 40 cases were asked"
    stand.record(other="-" * CASES)
    assert _ruling(stand, limit=36) == "reject"


def test_a_limit_against_a_baseline_without_recordings(stand: GateRepository) -> None:
    """The lines of the baseline on the sampled cases."""
    stand.forget("plain")
    found = stand.gate(limit=20)
    assert statuses(found)["complete"] == "inconclusive"
    assert "same cases" not in statuses(found)
    assert found.decision.cases == 20


def _leak(stand: GateRepository, number: int) -> None:
    """Training case 0 has the text of a test case."""
    rows = stand.lines_of("train")
    rows[0]["input"] = stand.lines_of()[number]["input"]
    stand.cases("train", rows)


@pytest.fixture
def shots(tmp_path: Path) -> GateRepository:
    """`shots` (few-shot, two seeds) is the candidate; training texts are unlike the cases."""
    made = GateRepository(
        tmp_path / "head", arms=ARMS + SHOTS, policy=GATE.replace("other", "shots")
    )
    made.prompt("shots", "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }} asked of shots")
    train = [
        {"id": f"t{i}", "input": {"text": text}, "expected": "yes"}
        for i, text in enumerate(("apples and pears", "a long winter", "blue", "seven seas"))
    ]
    made.cases("train", train)
    made.record(plain=GOOD, shots=GOOD)
    made.promote("plain")
    return made


def test_leaks_make_it_invalid_and_a_clean_subset_leaves_them_out(shots: GateRepository) -> None:
    """For both sides the same cases, though only one had met them."""
    assert _ruling(shots) == "promote"
    _leak(shots, 5)
    shots.record(shots=GOOD)
    found = shots.gate()
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"leaks into shots": "invalid"}
    clean = shots.gate(clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.decision.cases == CASES - 1
    assert "test5" not in clean.contest.overlap.common
    assert any(note.startswith("1 case that leaked") for note in clean.decision.notes)


def test_a_clean_subset_is_the_union_of_both_sides_leaks(shots: GateRepository) -> None:
    """The incumbent's baseline is without recordings, and had met other cases."""
    _leak(shots, 5)
    shots.record(shots=GOOD)
    shots.promote("shots", override=True)
    shots.forget("shots")
    found = shots.gate(candidate="plain")
    assert statuses(found) == {"leaks into shots": "invalid"}
    clean = shots.gate(candidate="plain", clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.contest.excluded == ("test5",)
    assert clean.decision.cases == CASES - 1


def test_a_clean_subset_of_a_past_run(shots: GateRepository) -> None:
    """The run had asked everything; what leaked is left out now."""
    _leak(shots, 5)
    run = shots.live("shots")
    assert statuses(shots.gate(run=run.info.id)) == {"leaks into shots": "invalid"}
    clean = shots.gate(run=run.info.id, clean_subset=True)
    assert clean.decision.ruling == "promote"
    assert clean.decision.cases == CASES - 1


def test_an_arm_that_leaks_now_is_not_hidden_by_its_clean_past(shots: GateRepository) -> None:
    """Against its own baseline, from before the training split changed."""
    shots.promote("shots", override=True)
    _leak(shots, 5)
    shots.record(shots=GOOD)
    assert statuses(shots.gate(candidate="shots")) == {"leaks into shots": "invalid"}


@pytest.mark.parametrize(("say", "ruling"), [("invalid", "invalid"), ("allow", "promote")])
def test_unknown_training(tmp_path: Path, say: str, ruling: str) -> None:
    """A tuned model whose rows are lost; the policy may allow it, and the verdict says so."""
    arms = ARMS + '[arms.tuned]\nextends = "other"\nprompt = "tuned"\ntraining = "lost"\n'
    policy = GATE.replace("other", "tuned") + f'unknown_training = "{say}"\n'
    made = GateRepository(tmp_path / "head", arms=arms, policy=policy)
    made.prompt("tuned", "{{ text }} asked of tuned")
    training = 'provider = "somebody"\nbase = "m"\nmethod = "sft"\nmodel = "m"\n'
    made.write("suites/demo/training/lost.toml", training)
    made.record(plain=GOOD, tuned=GOOD)
    found = made.gate(incumbent="plain")
    assert found.decision.ruling == ruling
    assert "does not say what it learned from" in evidence(found, "leaks into tuned")


# -------------------------------------------------------------------------- past runs


def test_a_live_run_is_judged_in_place_of_the_recordings(stand: GateRepository) -> None:
    """By id or path; the decision says that the replies are live."""
    stand.answer("other", BAD)
    run = stand.live()
    assert _ruling(stand) == "promote"
    for name in (run.info.id, str(run.path)):
        found = stand.gate(run=name)
        assert found.decision.ruling == "reject"
        assert found.decision.candidate.source == "live"
    assert found.decision.number == 2


@pytest.mark.parametrize("status", ["budget", "interrupted", "running", "incomplete"])
def test_a_run_that_was_cut_is_never_promotable(stand: GateRepository, status: str) -> None:
    """Though all that it has is right."""
    run = stand.live()
    write_info(run.path, msgspec.structs.replace(read_info(run.path), status=status))
    found = stand.gate(run=run.info.id)
    assert found.decision.ruling == "invalid"
    assert statuses(found) == {"complete": "invalid"}


def test_a_run_that_its_budget_cut_lacks_replies(stand: GateRepository) -> None:
    """A real one: fewer cases than were planned."""
    run = stand.live(budget_tokens=200)
    assert run.info.status == "budget"
    found = stand.gate(run=run.info.id)
    assert statuses(found)["complete"] == "invalid"
    assert "of 40 replies (budget)" in evidence(found, "complete")


def test_a_limited_run_limits_the_gate(stand: GateRepository) -> None:
    """The incumbent on the same sample; at best inconclusive."""
    run = stand.live(limit=38)
    found = stand.gate(run=run.info.id)
    assert found.decision.ruling == "inconclusive"
    assert found.decision.limited
    assert found.decision.cases == 38
    assert "same cases" not in statuses(found)


def test_a_run_of_another_suite_is_refused(stand: GateRepository, tmp_path: Path) -> None:
    """Even one that has the same arms and cases."""
    other = tmp_path / "head" / "suites" / "demo2"
    other.parent.mkdir(exist_ok=True)
    stand.copy("beside").folder.rename(other)
    run = gate.__globals__["open_suite"](str(other), stand.root)
    assert run.name == "demo2"
    made = stand.live()
    info = msgspec.structs.replace(read_info(made.path), suite="demo2")
    write_info(made.path, info)
    with pytest.raises(UsageError, match="is of suite demo2, not demo"):
        stand.gate(run=str(made.path))


def test_a_run_of_another_split_is_refused_or_asked_for(stand: GateRepository) -> None:
    """A decision says which split it is about, and that is the run's."""
    stand.answer("other", GOOD)
    run = stand.live(split="validation")
    with pytest.raises(UsageError, match="say --split validation"):
        stand.gate(run=run.info.id)
    stand.answer("plain", GOOD)
    stand.run(arms=("plain",), mode="record", split="validation")
    found = stand.gate(run=run.info.id, split="validation", incumbent="plain")
    assert found.decision.split == "validation"
    assert found.decision.ruling == "promote"


def test_a_run_that_does_not_exist(stand: GateRepository) -> None:
    """The newest runs are named."""
    with pytest.raises(UsageError, match="has no run nosuch"):
        stand.gate(run="nosuch")


def test_a_run_without_the_candidate(stand: GateRepository) -> None:
    """The arms that it has are named."""
    run = stand.live("plain")
    with pytest.raises(UsageError, match="has no arm 'other'"):
        stand.gate(run=run.info.id)


def test_a_run_by_other_scorers_is_invalid(stand: GateRepository) -> None:
    """What was scored then does not meet what is scored now."""
    run = stand.live()
    stand.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes", "no", "x"]')
    assert statuses(stand.gate(run=run.info.id)) == {"same scoring": "invalid"}


# ------------------------------------------------------------------------- shot seeds


def _shot_replies(stand: GateRepository, right: dict[int, bool]) -> None:
    """Recorded replies by seed: all right, or all wrong."""
    lines = []
    for line in stand.lines("shots"):
        number = int(line.case.removeprefix("test"))
        labels = ("yes", "no") if right[line.replicate.shot_seed] else ("no", "yes")
        message = msgspec.structs.replace(line.reply.message, content=labels[number % 2])
        reply = msgspec.structs.replace(line.reply, message=message)
        lines.append(msgspec.structs.replace(line, reply=reply))
    stand.write_lines(lines, "shots")


def test_a_few_shot_arm_is_judged_on_the_deployed_seed_alone(shots: GateRepository) -> None:
    """The first declared one, or what the policy says; never the mean of all."""
    _shot_replies(shots, {1: True, 2: False})
    found = shots.gate()
    assert (found.decision.ruling, found.decision.candidate.shot_seed) == ("promote", 1)
    assert found.decision.candidate.mean == 1.0
    shots.policy('candidate = "shots"\nmargin = 0.1\nshot_seeds = { shots = 2 }\n')
    found = shots.gate()
    assert (found.decision.ruling, found.decision.candidate.shot_seed) == ("reject", 2)
    assert found.contest.candidate.replies == CASES


def test_a_baseline_keeps_the_seed_that_was_approved(shots: GateRepository) -> None:
    """Another deployed seed of the same arm is a candidate against it."""
    _shot_replies(shots, {1: True, 2: False})
    shots.promote("shots", override=True)
    shots.policy('candidate = "shots"\nmargin = 0.1\nshot_seeds = { shots = 2 }\n')
    found = shots.gate()
    assert (found.decision.incumbent.shot_seed, found.decision.candidate.shot_seed) == (1, 2)
    assert found.decision.ruling == "reject"


def test_a_baseline_of_a_seed_that_is_gone_still_stands(shots: GateRepository) -> None:
    """The suite declares other seeds now; the approved scores are what they were."""
    shots.promote("shots", override=True)
    shots.replace("suite.toml", "seeds = [1, 2]", "seeds = [3]")
    shots.record(shots=GOOD)
    found = shots.gate()
    assert (found.decision.incumbent.shot_seed, found.decision.candidate.shot_seed) == (1, 3)
    assert found.decision.ruling == "promote"


# --------------------------------------------------------------- decisions, numbered


def test_every_gate_appends_and_a_preview_does_not(stand: GateRepository) -> None:
    """Whatever it says."""
    preview = stand.gate(preview=True)
    assert preview.preview
    assert preview.decision.number == 1
    assert not stand.decisions
    assert not (stand.approved / ".lock").exists()
    for answers, number in ((GOOD, 1), (BAD, 2), (FEW, 3)):
        stand.record(other=answers)
        assert stand.gate().decision.number == number
    assert len(stand.decisions) == 3
    assert [d.ruling for d in stand.decisions] == ["promote", "reject", "inconclusive"]
    assert stand.gate(preview=True).decision.number == 3


def test_equal_questions_have_one_number_and_new_ones_the_next(stand: GateRepository) -> None:
    """Asking again is no new question; another margin, arm or reply is."""
    assert [stand.gate().decision.number for _ in range(2)] == [1, 1]
    assert stand.gate(margin=0.2).decision.number == 2
    assert stand.gate().decision.number == 1
    assert stand.gate(candidate="plain").decision.number == 3
    assert len(stand.decisions) == 5


def test_the_fifth_question_warns(stand: GateRepository) -> None:
    """One of many is answered by chance; an old question is not warned of again."""
    for number, margin in enumerate((0.1, 0.11, 0.12, 0.13, 0.14, 0.15), 1):
        found = stand.gate(margin=margin)
        warned = [n for n in found.decision.notes if n.startswith("Warning")]
        assert len(warned) == (number >= 5)
        assert found.verdict.notes == found.decision.notes
        assert stand.decisions[-1].notes == found.decision.notes
    assert not [n for n in stand.gate(margin=0.1).decision.notes if n.startswith("Warning")]


def test_another_policy_decides_again_without_any_call(stand: GateRepository) -> None:
    """The endpoint has no key and no server; five policies, five verdicts."""
    stand.record(other=FEW)
    stand.silence()
    found = {margin: _ruling(stand, margin=margin) for margin in (0.01, 0.1, 0.2, 0.25, 0.3)}
    assert found == {
        0.01: "inconclusive",
        0.1: "inconclusive",
        0.2: "promote",
        0.25: "promote",
        0.3: "promote",
    }
    assert _ruling(stand, goal="better") == "inconclusive"
    assert _ruling(stand, goal="better", alpha=0.2) == "reject"
    assert len(stand.decisions) == 7


def test_a_broken_line_of_decisions_stops_the_gate(stand: GateRepository) -> None:
    """The file is evidence; it is not written past a hole."""
    stand.gate()
    path = stand.approved / "decisions.jsonl"
    path.write_text("{}\n" + path.read_text())
    before = path.read_text()
    with pytest.raises(DataError, match=r"decisions\.jsonl:1"):
        stand.gate()
    assert path.read_text() == before


# ------------------------------------------------------------------- policies refused


@pytest.mark.parametrize(
    "choices",
    [
        {"margin": -1.0},
        {"margin": 2.0},
        {"margin": 1.0},
        {"margin": float("nan")},
        {"margin": float("inf")},
        {"margin": 0.0},
        {"alpha": 0.0},
        {"alpha": 0.5},
        {"alpha": 1.0},
        {"alpha": float("nan")},
        {"goal": "best"},
        {"candidate": "nosuch"},
        {"candidate": ""},
        {"incumbent": "nosuch"},
        {"limit": 0},
        {"split": "nosuch"},
        {"run": "nosuch"},
        {"nosuch": 1},
        {"margin": "wide"},
    ],
    ids=str,
)
def test_choices_that_cannot_mean_anything(stand: GateRepository, choices: dict[str, Any]) -> None:
    """Each is a usage error, and no decision."""
    with pytest.raises(UsageError):
        stand.gate(**choices)
    assert not stand.decisions


def test_margin_zero_is_a_goal_of_better(stand: GateRepository) -> None:
    """Where better is asked a margin of 0 only plans."""
    assert _ruling(stand, margin=0.0, goal="better") == "inconclusive"


def test_no_policy(tmp_path: Path) -> None:
    """Without [gate] candidate and margin must be given, and then are enough."""
    made = GateRepository(tmp_path / "head", policy="")
    made.record(plain=GOOD, other=GOOD)
    for given in ({}, {"candidate": "other"}, {"margin": 0.1}):
        with pytest.raises(UsageError, match=r"has no \[gate\]"):
            made.gate(incumbent="plain", **given)
    assert _ruling(made, incumbent="plain", candidate="other", margin=0.1) == "promote"


def test_policy_of_the_suite_is_checked_when_it_is_read(stand: GateRepository) -> None:
    """An unknown key of [gate] is a problem with its line."""
    stand.policy('candidate = "other"\nmargin = 0.1\nmargn = 0.2\n')
    with pytest.raises(DataError, match=r"gate\.margn"):
        stand.gate()


def test_requirements_reach_the_verdict(stand: GateRepository) -> None:
    """Slices, must-pass cases, rates, latency and cost from suite.toml."""
    stand.policy(
        'candidate = "other"\nmargin = 0.3\nmust_pass = ["test39"]\n'
        "max_rates = { wrong = 0.05 }\nmax_cost_per_1k = 1.0\n"
        'slices = { "lang=pt" = 0.3, "lang=en" = 0.3 }\n'
    )
    stand.record(other=FEW)
    assert statuses(stand.gate()) == {
        "must pass": "failed",
        "wrong": "failed",
        "cost per 1,000 requests": "inconclusive",
        "slice lang=en": "inconclusive",
    }


def test_a_price_makes_the_cost_known(stand: GateRepository) -> None:
    """With its day and currency in the evidence."""
    file = stand.root / "harness.toml"
    price = 'input = 1.0\noutput = 2.0\nas_of = "2026-11-01"\nsource = "a list"\ncurrency = "EUR"\n'
    file.write_text(file.read_text() + f"[prices.m]\n{price}")
    stand.policy('candidate = "other"\nmargin = 0.1\nmax_cost_per_1k = 1.0\n')
    found = stand.gate()
    assert found.decision.ruling == "promote"
    assert "EUR at prices of 2026-11-01" in evidence(found, "cost per 1,000 requests")


# --------------------------------------------------------------------------- the rest


def test_a_gate_leaves_no_run_behind(stand: GateRepository) -> None:
    """Replays are made in a temporary folder."""
    before = sorted(stand.root.rglob("*"))
    stand.gate(preview=True)
    assert sorted(p for p in stand.root.rglob("*") if "leaks" not in p.parts) == before


def test_what_is_written_can_be_read_alone(stand: GateRepository) -> None:
    """One JSON line with policy, both sides, interval and every check."""
    found = stand.gate()
    line = json.loads((stand.approved / "decisions.jsonl").read_text())
    assert line["policy"] == {"candidate": "other", "margin": 0.1}
    assert line["candidate"]["arm"] == "other"
    assert line["low"] == pytest.approx(-0.0876, abs=1e-3)
    assert len(line["checks"]) == len(found.verdict.checks)
    assert line["method"] == "score"


def test_the_day_is_todays_unless_given(stand: GateRepository) -> None:
    """Recordings made now are young, also where the policy wants them to be."""
    stand.policy('candidate = "other"\nmargin = 0.1\nmax_fixture_age_days = 1\n')
    assert gate(stand.open()).decision.ruling == "promote"
    assert TODAY.year == 2026
