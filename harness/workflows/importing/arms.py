"""Logs in, arms out: which logs are one arm, what it is called, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import DataError, Problem, UsageError
from harness.store.peers.reading import day_of, moment_of
from harness.store.suite_problems import FileProblems
from harness.text.wording import counted
from harness.values.imported import ImportedLog, ImportedSample, LogStatus
from harness.values.reply import Answer, Failure
from harness.values.table import NAME_PATTERN

UNKNOWN_MODEL = "unknown"
_WORST: tuple[LogStatus, ...] = ("success", "started", "cancelled", "error")


@dataclass(frozen=True)
class NewArm:
    """The logs of one arm, taken together: several tasks of one model are several files."""

    name: str
    logs: tuple[ImportedLog, ...]

    @property
    def samples(self) -> tuple[ImportedSample, ...]:
        """In the order of the files."""
        return tuple(sample for log in self.logs for sample in log.samples)

    @property
    def tool(self) -> str:
        """What wrote the logs."""
        return self.logs[0].tool

    @property
    def model(self) -> str:
        """As the tool named it."""
        return self.logs[0].model or UNKNOWN_MODEL

    @property
    def files(self) -> tuple[str, ...]:
        """Where the logs are."""
        return tuple(dict.fromkeys(log.file for log in self.logs))

    @property
    def status(self) -> LogStatus:
        """The worst of the logs."""
        return max((log.status for log in self.logs), key=_WORST.index)

    @property
    def started(self) -> str:
        """When the first began, in UTC, as far as it is known."""
        return min(filter(None, (moment_of(log.started) for log in self.logs)), default="")

    @property
    def day(self) -> str:
        """The UTC day on which the first began; empty where nobody knows."""
        return day_of(self.started)

    @property
    def limit(self) -> int | None:
        """How many cases were taken of more; None where it was all of them."""
        limits = [log.limit for log in self.logs if log.limit is not None]
        return sum(limits) if limits else None

    @property
    def trials(self) -> int:
        """How often a case was repeated at most."""
        return 1 + max(sample.trial for sample in self.samples)

    @property
    def failures(self) -> int:
        """How many samples have no answer."""
        return sum(isinstance(sample.reply, Failure) for sample in self.samples)

    @property
    def served_models(self) -> tuple[str, ...]:
        """As the servers named themselves in the answers."""
        models = (s.reply.model for s in self.samples if isinstance(s.reply, Answer))
        return tuple(sorted({model for model in models if model}))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the replies."""
        notes = [note for log in self.logs for note in log.notes]
        if self.limit is not None:
            notes.append(f"{self.tool} took {counted(self.limit, 'case')} of more")
        if self.model == UNKNOWN_MODEL:
            notes.append("the files do not say which model answered")
        return tuple(dict.fromkeys(notes))


def arms_of(logs: Sequence[ImportedLog], named: str | None) -> list[NewArm]:
    """The arms of logs; `named` is what the only one is to be called.

    Raises:
        UsageError: names do not fit, or two logs would be one arm and answer the same cases.
        DataError: a log has one sample twice.
    """
    _refuse_doubles(logs)
    by_name: dict[str, list[ImportedLog]] = {}
    for log in logs:
        by_name.setdefault(log.arm, []).append(log)
    for name, members in by_name.items():
        _refuse_strangers(name, members)
    if named is not None:
        if not re.fullmatch(NAME_PATTERN, named):
            raise UsageError(f"{named!r} is no name for an arm: use a-z, 0-9 and _")
        if len(by_name) > 1:
            found = ", ".join(by_name)
            raise UsageError(f"--arm names one arm, and the files have {len(by_name)}: {found}")
        by_name = {named: list(logs)}
    return [NewArm(name, tuple(members)) for name, members in by_name.items()]


def _refuse_doubles(logs: Sequence[ImportedLog]) -> None:
    problems: list[Problem] = []
    for log in logs:
        faults = FileProblems(log.file, problems)
        first: dict[tuple[str, int], int] = {}
        for sample in log.samples:
            earlier = first.setdefault((sample.id, sample.trial), sample.line)
            if earlier != sample.line:
                message = f"a second reply of {log.arm} to case {sample.id!r}"
                message += f", trial {sample.trial} (also in {earlier})"
                faults.add(Problem(file=log.file, line=sample.line, message=message))
        faults.close()
    if problems:
        raise DataError(problems)


def _refuse_strangers(name: str, members: Sequence[ImportedLog]) -> None:
    """Logs of one arm are of one model and of different cases."""
    first, *others = members
    taken = {sample.id for sample in first.samples}
    for other in others:
        mine = {sample.id for sample in other.samples}
        if other.model == first.model and not taken & mine:
            taken |= mine
            continue
        shared = min(taken & mine, default="")
        why = f"both answer case {shared!r}" if shared else f"of {first.model} and {other.model}"
        raise UsageError(
            f"{first.file} and {other.file} would both be the arm {name} ({why}): "
            "import them one by one, each with --arm NAME"
        )
