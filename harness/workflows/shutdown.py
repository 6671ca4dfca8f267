"""Models that will stop answering: a suite and a day in, what is still unrecorded out, in words.

A day is known from a training's provenance, from the dated table of prices, or from the model list
of an endpoint when somebody asks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from harness.errors import Problem
from harness.store.fixtures import fixture_path, read_fixtures
from harness.store.prices.tuned import read_tuning_prices, tuning_price_of
from harness.store.settings import Settings
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.values.arm import ResolvedArm
from harness.values.case import UNLABELLED, Split
from harness.values.endpoint import OpenAISpec
from harness.workflows.lanes import record_command

KEPT_SPLITS: tuple[Split, ...] = ("validation", "test", UNLABELLED)
TRIALS = 3
"""Repetitions worth keeping of an arm that draws its tokens by chance."""


class Shutdown(NamedTuple):
    """The day on which a model stops answering, and who says so."""

    day: date
    source: str


def shutdown_warnings(
    suite: Suite, today: date, listed: Mapping[str, str] | None = None
) -> list[Problem]:
    """One warning for each arm whose model ends within the suite's horizon, or has ended.

    `listed` are shutdown dates (ISO 8601) by model, as an endpoint's own model list gives them.
    """
    horizon = suite.file.fixtures.shutdown_warning_days
    warnings = []
    for arm in suite.arms.values():
        known = shutdown_of_arm(suite, arm, listed or {})
        if known is not None and (known.day - today).days <= horizon:
            warnings += _warning(suite, arm, known, today)
    return warnings


def ask_model_lists(settings: Settings) -> dict[str, str]:
    """The last days by model, as the lists of all OpenAI and Azure endpoints give them now.

    An endpoint on a server of one's own, which has no key, is not asked.

    Raises:
        UsageError: a key is missing or refused.
        DataError: a platform does not answer.
    """
    from harness.providers.openai.models import listed_shutdowns

    days: dict[str, str] = {}
    for spec in settings.endpoints.values():
        if isinstance(spec, OpenAISpec) and spec.key_env:
            days |= listed_shutdowns(spec)
    return days


def shutdown_of_arm(suite: Suite, arm: ResolvedArm, listed: Mapping[str, str]) -> Shutdown | None:
    """The earliest day that anything says of an arm's model; None where nothing does."""
    days = [Shutdown(date.fromisoformat(day), source) for day, source in _days(suite, arm, listed)]
    return min(days, default=None)


def _days(suite: Suite, arm: ResolvedArm, listed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    training = suite.trainings.get(arm.training or "")
    if training is not None and training.shutdown is not None:
        yield training.shutdown, training.shutdown_source or f"training/{arm.training}.toml"
    if not isinstance(suite.settings.endpoints[arm.endpoint], OpenAISpec):
        return
    # A tuned model, whatever a deployment is called, ends with its base.
    for model in dict.fromkeys((arm.model, training.base if training else arm.model)):
        price = tuning_price_of(model, read_tuning_prices())
        if price is not None and price.shutdown is not None:
            yield price.shutdown, f"{price.shutdown_source}, as of {price.as_of}"
        if model in listed:
            yield listed[model], f"the model list of endpoint {arm.endpoint}"


def _warning(suite: Suite, arm: ResolvedArm, known: Shutdown, today: date) -> list[Problem]:
    left = (known.day - today).days
    ends = f"ends in {left} days, on" if left > 0 else "ended on"
    counts = _recorded(suite, arm)
    wanted = _wanted(suite)
    missing = [split for split, cases in wanted.items() if counts.get(split, 0) < cases]
    if arm.frozen and not missing:
        return []
    shown = ", ".join(f"{split} {counts.get(split, 0):,} of {n:,}" for split, n in wanted.items())
    message = f"arms.{arm.name}: {arm.model} {ends} {known.day} ({known.source}); recorded: {shown}"
    hint = _remedy(suite, arm, missing, ended=left <= 0)
    return [Problem(file=str(suite.folder / SUITE_FILE), message=message, hint=hint)]


def unrecorded(suite: Suite, arm: ResolvedArm) -> dict[Split, str]:
    """The splits of which replies of an arm are missing, with the command that records them."""
    counts = _recorded(suite, arm)
    return {
        split: record_command(suite.name, [arm.name], split, _trials(arm))
        for split, cases in _wanted(suite).items()
        if counts.get(split, 0) < cases
    }


def _wanted(suite: Suite) -> dict[Split, int]:
    """How many cases each split has whose replies are worth keeping."""
    return {split: len(suite.splits[split]) for split in KEPT_SPLITS if split in suite.splits}


def _recorded(suite: Suite, arm: ResolvedArm) -> dict[str, int]:
    """How many cases of each split have a recorded reply (of every trial that is worth it)."""
    path = fixture_path(suite.fixtures_folder, arm.name)
    trials: dict[tuple[str, str], set[int]] = {}
    for _, line in read_fixtures(path) if path.exists() else ():
        trials.setdefault((line.split, line.case), set()).add(line.replicate.trial)
    counts: dict[str, int] = {}
    for (split, _), kept in trials.items():
        counts[split] = counts.get(split, 0) + (len(kept) >= _trials(arm))
    return counts


def _trials(arm: ResolvedArm) -> int:
    """Chance needs several; a model without a temperature of its own draws by chance too."""
    greedy = arm.sampling.temperature == 0
    return 1 if greedy else TRIALS


def _remedy(suite: Suite, arm: ResolvedArm, missing: list[Split], *, ended: bool) -> str:
    if not missing:
        return f"all is recorded: set frozen = true in [arms.{arm.name}], and it stays an arm"
    if ended:
        return "what was not recorded can never be asked; freeze the arm to keep the rest"
    commands = [record_command(suite.name, [arm.name], split, _trials(arm)) for split in missing]
    lines = ["record it while it answers:", *(f"    {command}" for command in commands)]
    if arm.sampling.logprobs is None:
        lines.append("add sampling.logprobs = 5 first if the endpoint offers log-probabilities")
    return "\n    ".join(lines)
