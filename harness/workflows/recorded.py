"""What is recorded against what would be asked: checks, re-keying and pruning, without a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.prompting.template import TemplateProblemError
from harness.runner.plan import ArmPlan
from harness.store.fixtures import (
    FixtureLine,
    fixture_path,
    fixtures_locked,
    read_fixtures,
    write_fixtures,
)
from harness.store.suite import Suite
from harness.text.secrets import find_secret
from harness.values.arm import ResolvedArm
from harness.values.case import Case, Split
from harness.values.reply import Answer
from harness.values.request import KEY_VERSION, Replicate, Request, request_key
from harness.workflows.lanes import ArmPlanner, record_command

Place = tuple[Split, str, Replicate]
Lines = list[tuple[int, FixtureLine]]


@dataclass(frozen=True)
class Asked:
    """One request that the suite, as it stands now, would make."""

    key: str
    input_digest: str
    shots: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """The fixture file of one arm beside what the arm would ask now."""

    path: Path
    lines: Lines
    asked: dict[Place, Asked]
    frozen: bool

    def current(self, line: FixtureLine) -> bool:
        """Whether a line answers a request that is still asked."""
        asked = self.asked.get(_place(line))
        if asked is None:
            return False
        return (self.frozen and asked.input_digest == line.input_digest) or asked.key == line.key


def recorded_arms(suite: Suite, arms: Sequence[str] = ()) -> Iterator[Recorded]:
    """The recordings of each arm that has any.

    Raises:
        UsageError: an arm does not exist.
        DataError: a fixture file is broken.
    """
    if unknown := [name for name in arms if name not in suite.arms]:
        raise UsageError(f"{suite.name} has no arm {unknown[0]!r}; arms: {', '.join(suite.arms)}")
    for name, arm in suite.arms.items():
        path = fixture_path(suite.fixtures_folder, name)
        if path.exists() and (not arms or name in arms):
            lines = list(read_fixtures(path))
            yield Recorded(path, lines, _asked(suite, arm, lines), arm.frozen)


def check_fixtures(suite: Suite, today: date | None = None) -> list[Problem]:
    """Duplicates, unused and missing lines, secrets, age, changed models: all of them."""
    problems: list[Problem] = []
    for arm in suite.arms:
        try:
            for recorded in recorded_arms(suite, [arm]):
                problems += _duplicates(recorded)
                problems += _unused(recorded)
                problems += _missing(recorded, suite.name)
                problems += _secrets(recorded)
                problems += _served_models(recorded)
                problems += _aged(recorded, suite, today or datetime.now(UTC).date())
        except DataError as error:
            problems += error.problems
    problems += _orphans(suite)
    return problems


def prune(suite: Suite, arms: Sequence[str] = ()) -> dict[str, int]:
    """Drop the lines that nothing asks for any more; how many, by arm. Frozen arms keep all."""
    dropped: dict[str, int] = {}
    with fixtures_locked(suite.fixtures_folder):
        for recorded in recorded_arms(suite, arms):
            if recorded.frozen:
                continue
            kept = {_place(line): line for _, line in recorded.lines if recorded.current(line)}
            if len(kept) < len(recorded.lines):
                if kept:
                    write_fixtures(recorded.path, kept.values(), suite.splits)
                else:
                    recorded.path.unlink()
                dropped[recorded.path.stem] = len(recorded.lines) - len(kept)
    return dropped


def rekey(
    suite: Suite, arms: Sequence[str] = (), *, accept_changes: bool = False
) -> dict[str, int]:
    """Give lines the key of today's request for the same case, input and replicate; by arm.

    By itself only lines of an older `key_version` move. `accept_changes` moves those too whose
    request has changed: the caller vouches that the reply would be the same. The keys of frozen
    arms name what was asked once and stay.
    """
    moved: dict[str, int] = {}
    with fixtures_locked(suite.fixtures_folder):
        for recorded in recorded_arms(suite, arms):
            if recorded.frozen:
                continue
            lines = [_rekeyed(line, recorded, accept_changes) for _, line in recorded.lines]
            changed = sum(
                new is not old for new, (_, old) in zip(lines, recorded.lines, strict=True)
            )
            if changed:
                write_fixtures(recorded.path, lines, suite.splits)
                moved[recorded.path.stem] = changed
    return moved


def _rekeyed(line: FixtureLine, recorded: Recorded, accept_changes: bool) -> FixtureLine:
    asked = recorded.asked.get(_place(line))
    if asked is None or asked.input_digest != line.input_digest or asked.key == line.key:
        return line
    if line.key_version == KEY_VERSION and not accept_changes:
        return line
    return msgspec.structs.replace(line, key=asked.key, key_version=KEY_VERSION, shots=asked.shots)


def _asked(suite: Suite, arm: ResolvedArm, lines: Lines) -> dict[Place, Asked]:
    """What the arm asks now, in the splits and for as many trials as the lines have."""
    asked: dict[Place, Asked] = {}
    trials = 1 + max((line.replicate.trial for _, line in lines), default=0)
    for split in sorted({line.split for _, line in lines}):
        cases = suite.splits.get(split)
        if cases is None:
            continue
        plan = ArmPlanner(suite, cases, range(len(cases))).plan(arm, trials)
        for case in cases:
            digest = case.input_digest
            for replicate in plan.replicates:
                request, shots = _request(suite, plan, case, replicate)
                place = (split, case.id, replicate)
                asked[place] = Asked(request_key(request), digest, shots)
    return asked


def _request(
    suite: Suite, plan: ArmPlan, case: Case, replicate: Replicate
) -> tuple[Request, tuple[str, ...]]:
    try:
        return plan.ask(case, case.input_digest, replicate)
    except TemplateProblemError as error:
        message = f"the prompt of arm {plan.arm.name} cannot be made for case {case.id!r}: {error}"
        raise DataError([Problem(file=str(suite.folder), message=message)]) from error


def _place(line: FixtureLine) -> Place:
    return line.split, line.case, line.replicate


def _duplicates(recorded: Recorded) -> Iterator[Problem]:
    first: dict[Place, int] = {}
    for number, line in recorded.lines:
        earlier = first.setdefault(_place(line), number)
        if earlier != number:
            message = f"case {line.case!r} is recorded twice (also in line {earlier})"
            hint = "keep the one you trust and delete the other line"
            yield _problem(recorded, number, message, hint)


def _unused(recorded: Recorded) -> Iterator[Problem]:
    unused = [(number, line) for number, line in recorded.lines if not recorded.current(line)]
    if unused:
        number, line = unused[0]
        more = f" (and for {len(unused) - 1:,} more)" if len(unused) > 1 else ""
        message = f"nothing asks for this reply to case {line.case!r}{more} any more"
        hint = "the cases, prompt, shots or sampling changed: record again, or prune"
        yield _problem(recorded, number, message, hint)


def _missing(recorded: Recorded, suite: str) -> Iterator[Problem]:
    present = {_place(line) for _, line in recorded.lines if recorded.current(line)}
    missing = [place for place in recorded.asked if place not in present]
    if missing:
        split, case, _ = missing[0]
        trials = 1 + max(replicate.trial for _, _, replicate in missing)
        more = f" (and for {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        message = f"no reply is recorded for {split} case {case!r}{more}"
        arm = recorded.path.stem
        hint = record_command(suite, [arm], split, trials)
        yield _problem(recorded, 0, message, hint)


def _secrets(recorded: Recorded) -> Iterator[Problem]:
    for number, line in recorded.lines:
        if found := find_secret("\n".join(_texts(msgspec.to_builtins(line)))):
            message = f"holds what looks like a secret ({found})"
            yield _problem(recorded, number, message, "remove it, and revoke it if it is real")


def _texts(value: object) -> Iterator[str]:
    """Every text within a value as it stands, unescaped; a named one with its name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield f"{name}: {held}" if isinstance(held, str) else str(name)
            yield from () if isinstance(held, str) else _texts(held)
    elif isinstance(value, Sequence):
        for held in value:
            yield from _texts(held)


def _served_models(recorded: Recorded) -> Iterator[Problem]:
    first: str | None = None
    for number, line in recorded.lines:
        if not isinstance(line.reply, Answer):
            continue
        if first is None:
            first = line.origin.model
        elif line.origin.model != first:
            message = f"the server named its model {line.origin.model!r} here and {first!r} before"
            hint = "one file holds the replies of one model: record the arm again as a whole"
            yield _problem(recorded, number, message, hint)
            return


def _aged(recorded: Recorded, suite: Suite, today: date) -> Iterator[Problem]:
    limit = suite.file.fixtures.max_age_days
    if limit is None or recorded.frozen:
        return
    for number, line in recorded.lines:
        try:
            age = (today - date.fromisoformat(line.origin.date)).days
        except ValueError:
            message = f"{line.origin.date!r} is no date (YYYY-MM-DD)"
            yield _problem(recorded, number, message)
            continue
        if age > limit:
            message = f"recorded {age} days ago; suite.toml allows {limit}"
            yield _problem(recorded, number, message, "delete the file and record it again")
            return


def _orphans(suite: Suite) -> Iterator[Problem]:
    for path in sorted(suite.fixtures_folder.glob("*.jsonl")):
        if path.stem not in suite.arms:
            message = f"there is no arm {path.stem!r} in suite.toml"
            yield Problem(file=str(path), message=message, hint="rename or delete the file")


def _problem(recorded: Recorded, line: int, message: str, hint: str = "") -> Problem:
    return Problem(file=str(recorded.path), line=line, message=message, hint=hint)
