"""Check a training file: locations and a target in, a report out; a repaired copy on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from harness.errors import UsageError
from harness.prompting.request import RequestBuilder
from harness.prompting.template import TemplateProblemError, as_text
from harness.store.atomic import write_atomic
from harness.store.rows import is_url, open_binary
from harness.store.suite import Suite
from harness.store.training_rows import BOM, read_training_rows
from harness.store.written_rows import write_training_rows
from harness.text.tokens import VOCABULARIES, token_counter
from harness.training.check import Checked, CheckReport, Wanted, check_rows
from harness.training.checks.compared import compared_cases, compared_rows
from harness.training.checks.overlap import Compared, Role
from harness.training.checks.platforms import PLATFORMS, FileFacts, Platform, default_limit
from harness.training.checks.prompts import Frame, frame_of
from harness.training.fixes import Change, FixPlan, fix_rows
from harness.values.arm import ResolvedArm
from harness.values.request import Message, ModelIdentity, Request
from harness.workflows.run import open_suite

DEFAULT_VOCABULARY = "o200k_base"
RENDERED = 50  # cases from which an arm's frame is read
_COMPARED_SPLITS: tuple[Literal["validation", "test"], ...] = ("validation", "test")


class Target(NamedTuple):
    """What a training file is checked against; see `check_file`."""

    validation: str | None = None
    test: str | None = None
    shots: str | None = None
    suite: str | Path | Suite | None = None
    arm: str | None = None
    platform: Platform | None = None
    limit: int | None = None
    vocabulary: str = DEFAULT_VOCABULARY


class FixReport(msgspec.Struct, frozen=True):
    """What was written: the new file, the list of changes, and how many of each."""

    file: str
    changes_file: str
    rows: int
    removed: int
    changes: dict[str, int]


def check_file(
    location: str,
    *,
    validation: str | None = None,
    test: str | None = None,
    shots: str | None = None,
    suite: str | Path | Suite | None = None,
    arm: str | None = None,
    platform: Platform | None = None,
    limit: int | None = None,
    vocabulary: str = DEFAULT_VOCABULARY,
) -> CheckReport:
    """Say everything that is wrong with a training file.

    `validation`, `test` and `shots` are files to compare with; `suite` (a name, folder or Suite)
    stands for its validation and test splits, and with `arm` for that arm's template. `limit` is in
    tokens of `vocabulary`; unset, the platform's.

    Raises:
        DataError: a file cannot be opened, or the suite is wrong.
        UsageError: an arm without a suite, an unknown platform, arm or vocabulary.
    """
    target = Target(validation, test, shots, suite, arm, platform, limit, vocabulary)
    return _checked(location, target).report


def fix_file(
    location: str, out: Path, target: Target | None = None, *, leaks: bool = False
) -> tuple[CheckReport, FixReport]:
    """Check a file and write a repaired copy, and every change to OUT.changes.jsonl.

    Rows that leak are removed only when `leaks` is set.

    Raises:
        UsageError: `out` or its list of changes exists, so that nothing is ever overwritten.
        DataError: a file cannot be read or written.
    """
    changes_path = out.with_name(f"{out.name}.changes.jsonl")
    for path in (out, changes_path):
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists; name a new file for the repaired rows")
    checked = _checked(location, target or Target())
    plan = checked.plan if leaks else checked.plan._replace(leaks=frozenset())
    fixing = _Fixing(location, plan)
    bom = bool(_has_bom(location)) or (target is not None and target.platform == "azure")
    rows = write_training_rows(out, fixing.rows(), bom=bom)
    write_atomic(changes_path, fixing.changes())
    report = FixReport(str(out), str(changes_path), rows, fixing.removed, fixing.counts)
    return checked.report, report


class _Fixing:
    """One repair: rows for the new file, then its changes, counted on the way."""

    def __init__(self, location: str, plan: FixPlan) -> None:
        self._location = location
        self._plan = plan
        self.removed = 0
        self.counts: dict[str, int] = {}

    def rows(self) -> Iterator[dict[str, Any]]:
        for fixed in fix_rows(read_training_rows(self._location), self._plan):
            for change in fixed.changes:
                self.counts[change.rule] = self.counts.get(change.rule, 0) + 1
            if fixed.row is None:
                self.removed += 1
            else:
                yield fixed.row

    def changes(self) -> Iterator[bytes]:
        """A second pass over the source, so that the changes need no memory."""
        for fixed in fix_rows(read_training_rows(self._location), self._plan):
            yield from map(_change_line, fixed.changes)


def _change_line(change: Change) -> bytes:
    return msgspec.json.encode(change) + b"\n"


def _checked(location: str, target: Target) -> Checked:
    _refuse_unknown(target)
    suite = _opened(target)
    compared = [*_compared_files(target), *_compared_splits(suite)]
    frame = None if suite is None or target.arm is None else arm_frame(suite, target.arm)
    name = target.vocabulary
    vocabulary = name if name in VOCABULARIES else f"{name}_base"
    limit = default_limit(target.platform) if target.limit is None else target.limit
    wanted = Wanted(target.platform, token_counter(vocabulary), vocabulary, limit, frame)
    facts = FileFacts(location, _has_bom(location))
    return check_rows(read_training_rows(location), facts, wanted, compared)


def _refuse_unknown(target: Target) -> None:
    if target.arm is not None and target.suite is None:
        raise UsageError("an arm is one of a suite: name the suite too")
    if target.platform is not None and target.platform not in PLATFORMS:
        known = ", ".join(get_args(Platform))
        raise UsageError(f"there is no platform {target.platform!r}; there are: {known}")
    if target.limit is not None and target.limit < 1:
        raise UsageError(f"a limit of tokens is at least 1, not {target.limit!r}")


def _opened(target: Target) -> Suite | None:
    suite = target.suite
    return suite if suite is None or isinstance(suite, Suite) else open_suite(suite)


def _compared_files(target: Target) -> Iterator[Compared]:
    files: tuple[tuple[Role, str | None], ...] = (
        ("validation", target.validation),
        ("test", target.test),
        ("shots", target.shots),
    )
    for role, file in files:
        if file is not None:
            yield compared_rows(role, file, read_training_rows(file))


def _compared_splits(suite: Suite | None) -> Iterator[Compared]:
    if suite is None:
        return
    for role in _COMPARED_SPLITS:
        if (cases := suite.splits.get(role)) is not None:
            yield compared_cases(role, cases.location, cases)


def arm_frame(suite: Suite, name: str) -> Frame:
    """What the prompts of an arm share, read from the prompts of the first cases, without shots.

    Raises:
        UsageError: there is no such arm, or it has no prompt.
    """
    arm = suite.arms.get(name)
    if arm is None:
        raise UsageError(f"{suite.name} has no arm {name!r}; arms: {', '.join(suite.arms)}")
    if arm.classical:
        raise UsageError(f"the arm {name} is a classifier and asks with no prompt")
    requests = _requests(suite, arm)
    prompts = [_prompt(request) for request in requests]
    systems = [_system(request.messages) for request in requests]
    return frame_of(name, arm.form, prompts, systems)


def _requests(suite: Suite, arm: ResolvedArm) -> list[Request]:
    cases = suite.splits["test"]
    builder = RequestBuilder(arm, ModelIdentity(arm.model))
    try:
        inputs = [cases[at].input for at in range(min(RENDERED, len(cases)))]
        return [builder.build(values, (), 0) for values in inputs]
    except TemplateProblemError as error:
        message = f"the prompt of the arm {arm.name} cannot be rendered without shots: {error}"
        raise UsageError(message) from error


def _prompt(request: Request) -> str:
    return request.prompt or (as_text(request.messages[-1].content) if request.messages else "")


def _system(messages: Sequence[Message]) -> str:
    first = messages[0] if messages else None
    return as_text(first.content) if first is not None and first.role == "system" else ""


def _has_bom(location: str) -> bool | None:
    """Whether a file of JSON lines begins with a byte-order mark; None for other kinds."""
    if is_url(location) or not location.endswith(".jsonl"):
        return None
    with open_binary(location) as file:
        return file.read(len(BOM)) == BOM
