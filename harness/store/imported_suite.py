"""Imported arms in, a suite's folder with their recordings out: all of it, or nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.store.arms import PROMPT_SUFFIX
from harness.store.atomic import write_atomic, write_text
from harness.store.cases import read_cases
from harness.store.fixtures import FixtureLine, fixture_path, write_fixtures
from harness.store.scaffold import appearing
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.store.toml import read_text
from harness.values.case import Case
from harness.values.suite import ScorerTable

ENDPOINT = "recorded"
PROMPT = "imported"
README = "README.md"
CASES = "data/test.jsonl"

Recordings = Mapping[str, Sequence[FixtureLine]]

_encode = msgspec.json.Encoder(enc_hook=str).encode  # a time stamp of a table becomes text


class RecordedArm(msgspec.Struct, frozen=True):
    """What suite.toml says of an imported arm."""

    name: str
    model: str
    description: str


def write_imported_suite(
    folder: Path,
    *,
    title: str,
    scorer: ScorerTable,
    cases: Sequence[Case],
    arms: Sequence[RecordedArm],
    recordings: Recordings,
    readme: str,
) -> None:
    """Write a new suite; its folder appears last and whole, or not at all.

    Raises:
        UsageError: the folder exists.
        DataError: it cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{folder} exists already")
    table = {"title": title, "data": {"test": CASES}, "scorer": _without_empty(scorer)}
    with appearing(folder) as hidden:
        write_text(hidden / SUITE_FILE, _toml(table) + "\n" + arm_tables(arms))
        write_atomic(hidden / CASES, (_encode(case) + b"\n" for case in cases))
        write_text(hidden / "prompts" / f"{PROMPT}{PROMPT_SUFFIX}", _prompt(cases) + "\n")
        write_text(hidden / README, readme)
        problems: list[Problem] = []
        split = read_cases("test", str(hidden / CASES), None, problems)
        if split is None or problems:
            raise DataError(
                [msgspec.structs.replace(p, file=str(folder / CASES)) for p in problems]
            )
        for arm, lines in recordings.items():
            write_fixtures(fixture_path(hidden / "fixtures", arm), lines, {"test": split})


@contextmanager
def added_arms(
    suite: Suite, arms: Sequence[RecordedArm], recordings: Recordings, readme: str
) -> Iterator[None]:
    """Add arms to a suite that exists; an error within the block takes them away again.

    Raises:
        UsageError: it has one of these arms already, or recordings under their names.
        DataError: it cannot be read or written.
    """
    taken = [arm.name for arm in arms if arm.name in suite.arms]
    if taken:
        raise UsageError(f"{suite.name} has an arm {taken[0]} already: name another with --arm")
    before = _texts(suite.folder)
    longer = before[SUITE_FILE].rstrip("\n") + "\n\n" + arm_tables(arms)
    _refuse_broken(suite.folder / SUITE_FILE, longer)
    prompt = suite.folder / "prompts" / f"{PROMPT}{PROMPT_SUFFIX}"
    new = [fixture_path(suite.fixtures_folder, arm) for arm in recordings]
    _refuse_standing(new)
    new += [path for path in (prompt, suite.folder / README) if not path.exists()]
    try:
        for arm, lines in recordings.items():
            write_fixtures(fixture_path(suite.fixtures_folder, arm), lines, suite.splits)
        if prompt in new:
            write_text(prompt, _prompt(list(suite.splits["test"])) + "\n")
        write_text(suite.folder / SUITE_FILE, longer)
        write_text(suite.folder / README, before[README] + readme)
        yield
    except BaseException:
        for name, text in before.items():
            write_text(suite.folder / name, text)
        for path in new:
            path.unlink(missing_ok=True)
        raise


def arm_tables(arms: Sequence[RecordedArm]) -> str:
    """The tables of arms and their models, as suite.toml has them."""
    models = {arm.name: {"endpoint": ENDPOINT, "model": arm.model} for arm in arms}
    tables = {
        arm.name: {
            "model": arm.name,
            "form": "completion",
            "prompt": PROMPT,
            "frozen": True,
            "description": arm.description,
        }
        for arm in arms
    }
    return _toml({"models": models, "arms": tables})


def _without_empty(scorer: ScorerTable) -> dict[str, Any]:
    table: dict[str, Any] = msgspec.to_builtins(scorer)
    return {name: value for name, value in table.items() if value not in ({}, [])}


def _prompt(cases: Iterable[Case]) -> str:
    """The inputs that every case has; what was really asked is known to the other tool alone."""
    common: list[str] | None = None
    for case in cases:
        names = [name for name in case.input if name.isidentifier()]
        common = names if common is None else [name for name in common if name in case.input]
    lines = [f"{{{{ {name} }}}}" for name in common or ()]
    return "\n".join(["{# Recorded elsewhere: this is not what was asked there. #}", *lines])


def _toml(table: Mapping[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(table, multiline_strings=False)


def _texts(folder: Path) -> dict[str, str]:
    problems: list[Problem] = []
    suite = read_text(folder / SUITE_FILE, problems)
    readme = read_text(folder / README, problems) if (folder / README).exists() else ""
    if suite is None or readme is None:
        raise DataError(problems)
    return {SUITE_FILE: suite, README: readme}


def _refuse_standing(paths: Iterable[Path]) -> None:
    """Recordings of an arm that is no longer declared may be all that is left of it."""
    for path in paths:
        if path.exists():
            raise UsageError(
                f"{path} holds recordings of an arm that {SUITE_FILE} does not declare: "
                "move it away, or name another arm with --arm"
            )


def _refuse_broken(path: Path, text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: arms cannot be added at its end ({error}): use [tables]"
        raise DataError(message) from error
