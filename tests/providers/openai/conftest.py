"""A fake of the fine-tuning platforms, started for one test; tasks; tuners without real time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fakes"))

from openai_tuning import KEY, FakeTuning, fake_tuning

from harness.providers.openai.tuning import HostedTuner
from harness.values.endpoint import OpenAISpec
from harness.values.example import Example
from harness.values.training import Recipe
from harness.values.tuning import TuningProgress, TuningTask

VARIABLES = (
    *("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"),
    *("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
)


class Clock:
    """Time that passes only where somebody waits; `waits` are the seconds of each."""

    def __init__(self) -> None:
        self.now, self.waits = 0.0, list[float]()

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


class Bench:
    """Makes tuners on one fake and one folder, as one process after another would."""

    def __init__(self, fake: FakeTuning, folder: Path) -> None:
        self.fake, self.folder, self.clock = fake, folder, Clock()

    def tuner(self, task: TuningTask, *, azure: bool = False, **kwargs: Any) -> HostedTuner:
        """A new tuner, as a new process would build it."""
        url = self.fake.azure_url if azure else self.fake.openai_url
        spec = OpenAISpec(base_url=url, timeout=5.0)
        return HostedTuner(
            spec, task, self.folder, pause=self.clock.pause, clock=self.clock, **kwargs
        )

    def follow(self, tuner: HostedTuner, most: int = 60) -> list[TuningProgress]:
        """Poll until it has ended, a minute between two looks."""
        seen: list[TuningProgress] = []
        for _ in range(most):
            seen.append(tuner.poll())
            if seen[-1].status in ("succeeded", "failed", "cancelled"):
                return seen
            self.clock.pause(60.0)
        pytest.fail(f"the job did not end: {seen[-1]}")


def rows(count: int = 12, first: int = 0) -> tuple[Example, ...]:
    """Reviews and their stars in the completion form."""
    numbers = range(first, first + count)
    return tuple(
        Example(line=n + 2, id=f"r{n}", prompt=f"Review {n}: it broke", completion=f"{n % 5 + 1}")
        for n in numbers
    )


def make_task(recipe: Recipe | None = None, **changes: Any) -> TuningTask:
    """Twelve rows and four held out, supervised."""
    task = TuningTask(
        suite="reviews",
        name="hosted",
        base="gpt-4.1-mini-2025-04-14",
        form="completion",
        recipe=recipe or Recipe(method="supervised"),
        examples=rows(),
        validation=rows(4, first=50),
    )
    return msgspec.structs.replace(task, **changes)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTuning]:
    """A running fake of the platforms; its key stands in the environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with fake_tuning() as running:
        yield running


@pytest.fixture
def bench(fake: FakeTuning, tmp_path: Path) -> Bench:
    """A bench over an empty folder."""
    return Bench(fake, tmp_path / "work")


@pytest.fixture
def task() -> Callable[..., TuningTask]:
    """Makes tasks: see make_task."""
    return make_task
