"""How far live answers repeat recorded ones."""

from __future__ import annotations

import msgspec

from harness.values.reply import Answer, Failure, assistant
from harness.workflows.agreement import Agreement, agreement

from .repository import CASES, SCRIPTED, Repository


def test_equal_and_compared(repository: Repository) -> None:
    """Texts that differ count as compared; failures and what is not recorded do not."""
    repository.run(mode="record")
    lines = repository.lines()
    for i in (0, 1):
        lines[i] = msgspec.structs.replace(lines[i], reply=Answer(assistant("else"), model="m"))
    lines[2] = msgspec.structs.replace(lines[2], reply=Failure("filtered"))
    repository.write_lines(lines[:-1])
    live = repository.run(mode="live")
    assert agreement(live, repository.open()) == {"plain": Agreement(CASES - 4, CASES - 2)}


def test_live_failures_do_not_count(repository: Repository) -> None:
    """A time-out says nothing about the model."""
    repository.run(mode="record")
    repository.write("harness.toml", SCRIPTED + 'fail = { "test 4" = "timeout" }\n')
    live = repository.run(mode="live")
    assert agreement(live, repository.open())["plain"] == Agreement(CASES - 1, CASES - 1)


def test_nothing_to_compare(repository: Repository) -> None:
    """Without recordings, or replayed from them, there is no agreement to speak of."""
    assert agreement(repository.run(mode="live"), repository.open()) == {}
    repository.run(mode="record")
    assert agreement(repository.run(), repository.open()) == {}


def test_another_split_is_another_question(repository: Repository) -> None:
    """Recordings of the other splits are not compared."""
    repository.run(mode="record", split="validation")
    assert agreement(repository.run(mode="live"), repository.open()) == {}
    validation = repository.run(mode="live", split="validation")
    assert agreement(validation, repository.open()) == {"plain": Agreement(4, 4)}
