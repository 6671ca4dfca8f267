"""Hand-made runs: records in, RunInfo and columns out, for the tests of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.analysis.columns import ArmColumns
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Failure, Reply, Usage, assistant
from harness.values.request import Replicate
from harness.values.run import ArmInfo, RunInfo
from harness.values.score import Outcome, Score

LABELS = ("1", "2", "3", "10")
USAGE = Usage(input=44, output=2)
FAILED = {
    Outcome.PROVIDER_ERROR: "server_error",
    Outcome.HARNESS_ERROR: "harness",
    Outcome.FILTERED: "filtered",
}


def record(
    case: int,
    outcome: Outcome = Outcome.CORRECT,
    *,
    arm: str = "arm",
    usage: Usage | None = USAGE,
    expected: str | None = None,
    answered: str | None = None,
    value: float | None = None,
    seed: int = 0,
    trial: int = 0,
    group: str | None = None,
    tags: dict[str, str] | None = None,
    faults: tuple[str, ...] = (),
    latency: float | None = None,
) -> Record:
    """One record; scores only where there is an answer."""
    reply: Reply
    latency = 0.2 + case % 7 / 100 if latency is None else latency
    if outcome in FAILED:
        reply = Failure(FAILED[outcome], latency=latency)
    else:
        reply = Answer(assistant("x"), usage=usage, model="m", latency=latency)
    scored = isinstance(reply, Answer)
    points = float(outcome == Outcome.CORRECT) if value is None else value
    return Record(
        arm=arm,
        case=f"c{case}",
        input_digest="d",
        outcome=outcome,
        exchanges=(Exchange("k", reply, faults),),
        replicate=Replicate(seed, trial),
        scores={"stars": Score(points, answered)} if scored else {},
        group=group,
        tags=tags or {},
        label=expected,
    )


def columns(records: Iterable[Record]) -> ArmColumns:
    """The records of one arm, as a run holds them."""
    made = ArmColumns()
    for one in records:
        made.append(int(one.case[1:]), one)
    return made


def stars(
    outcomes: Sequence[Outcome], *, seed: int = 0, tagged: bool = True, **options: Any
) -> list[Record]:
    """One record per outcome, with an expected label, and one that was read where one was."""
    made = []
    for case, outcome in enumerate(outcomes):
        expected = LABELS[case % 4]
        wrong = LABELS[(case + 1 + case % 2) % 4]
        read = {Outcome.CORRECT: expected, Outcome.WRONG: wrong}.get(outcome)
        tags = {"language": ("en", "pt", "es")[case % 3]} if tagged else {}
        made.append(
            record(case, outcome, expected=expected, answered=read, seed=seed, tags=tags, **options)
        )
    return made


def outcomes(
    correct: int, wrong: int = 0, unparsed: int = 0, *more: tuple[Outcome, int]
) -> list[Outcome]:
    """So many of each."""
    counts = [(Outcome.CORRECT, correct), (Outcome.WRONG, wrong), (Outcome.UNPARSED, unparsed)]
    return [outcome for outcome, count in [*counts, *more] for _ in range(count)]


def arm_info(kind: str = "zero_shot", planned: int = 60, **options: Any) -> ArmInfo:
    """An arm as it ran, replayed unless said otherwise."""
    given = {
        "digest": "a" * 24,
        "endpoint": "local",
        "model": "gemma-3-270m",
        "replayed": True,
        "served_models": ("gemma-3-270m",),
        "recorded": ("2026-11-20",),
    }
    return ArmInfo(kind=kind, planned=planned, **given | options)


def run_info(arms: dict[str, ArmInfo], cases: int = 60, **options: Any) -> RunInfo:
    """A run over the test split of review_stars."""
    given = {
        "mode": "replay",
        "status": "complete",
        "scorers": {"stars": 1},
        "graded": False,
        "title": "Stars from a product review",
    }
    return RunInfo(
        id="20261121T120000-review_stars",
        suite="review_stars",
        split="test",
        started="2026-11-21T12:00:00Z",
        cases=cases,
        inputs_digest="3f" * 12,
        expected_digest="91" * 12,
        arms=arms,
        correct_at=1.0,
        seed=0,
        **given | options,
    )


Run = tuple[RunInfo, dict[str, ArmColumns]]


def usual_run() -> Run:
    """Zero-shot, few-shot with 3 shot seeds, fine-tuned and a classical arm on 60 cases."""
    arms = {
        "zero_shot": columns(stars(outcomes(33, 22, 5))),
        "few_shot": columns(
            one
            for seed, right in ((1, 40), (2, 45), (3, 37))
            for one in stars(
                outcomes(right, 60 - right), seed=seed, usage=Usage(237, cached=207, output=2)
            )
        ),
        "fine_tuned": columns(stars(outcomes(54, 6), usage=Usage(29, output=2))),
        "classical": columns(stars(outcomes(47, 13), usage=None, latency=0.001)),
    }
    info = run_info(
        {
            "zero_shot": arm_info(),
            "few_shot": arm_info("few_shot", 180),
            "fine_tuned": arm_info("fine_tuned", served_models=("gemma-3-270m:lora_300",)),
            "classical": arm_info("classical", served_models=(), replayed=False),
        }
    )
    return info, arms


def troubled_run() -> Run:
    """Arms that ended early, answered nothing right or all, lost replies, or hide their usage."""
    lost = ((Outcome.REFUSED, 3), (Outcome.TRUNCATED, 2), (Outcome.FILTERED, 1))
    errors = ((Outcome.PROVIDER_ERROR, 4), (Outcome.HARNESS_ERROR, 1))
    arms = {
        "a_long_name_for_an_arm_with_eight_shots_chosen_by_similarity": columns(
            stars(outcomes(30, 15, 4, *lost, *errors), faults=("rate_limited",))
        ),
        "always_wrong": columns(stars(outcomes(0, 60))),
        "always_right": columns(stars(outcomes(60))),
        "no_key": columns([record(0, Outcome.PROVIDER_ERROR, usage=None)]),
        "broken_off": columns(stars(outcomes(20, 3))),
        "silent": columns(stars(outcomes(50, 10), usage=None)),
        "guessed": columns(stars(outcomes(48, 12), usage=Usage(50, output=3, estimated=True))),
        "half_silent": columns(
            [*stars(outcomes(40)), *stars(outcomes(41, 19), usage=None)[40:]],
        ),
    }
    infos = {name: arm_info(replayed=False, served_models=("gpt-6-luna",)) for name in arms}
    infos["no_key"] = arm_info(
        replayed=False, served_models=(), ended="auth: 401 Incorrect API key provided"
    )
    infos["guessed"] = arm_info(
        "few_shot", replayed=False, served_models=("gpt-6-luna-0901", "gpt-6-luna-1101")
    )
    return run_info(infos, mode="live", status="incomplete"), arms


def graded_run() -> Run:
    """A graded scorer over 40 cases in 8 groups."""
    values = [(1.0, 0.75, 0.5, 1.0, 0.25)[case % 5] for case in range(40)]

    def graded(shift: float) -> ArmColumns:
        return columns(
            record(
                case,
                Outcome.CORRECT if value - shift >= 1 else Outcome.WRONG,
                value=max(0.0, value - shift),
                group=f"g{case % 8}",
            )
            for case, value in enumerate(values)
        )

    arms = {"form_filler": graded(0.0), "form_filler_small": graded(0.25)}
    infos = {name: arm_info(planned=40) for name in arms}
    title = "Fields of an order"
    return run_info(infos, 40, graded=True, scorers={"json": 2, "exact": 1}, title=title), arms
