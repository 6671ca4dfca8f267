"""A few-shot arm is judged by the one seed that is deployed."""

from __future__ import annotations

import msgspec

from .gate_repository import (
    CASES,
    GOOD,
    GateRepository,
)


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
