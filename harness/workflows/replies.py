"""The journal of a run in, digests of its cases and replies out: what makes two sides the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from harness.errors import DataError
from harness.store.runs import Run
from harness.values.case import case_digest
from harness.values.digest import digest_all
from harness.values.record import Record
from harness.values.reply import reply_digest
from harness.values.request import Replicate

_Place: TypeAlias = tuple[str, int, int]
"""Case, shot seed and trial."""

_Said: TypeAlias = dict[Replicate, dict[str, str]]
"""By replicate and case: the digest of the reply, or how there was none."""


@dataclass
class ArmReplies:
    """Of one arm: the digest of each case by id, and of all its replies together."""

    cases: dict[str, str] = field(default_factory=dict)
    replies: dict[str, str] = field(default_factory=dict)

    def digest(self, ids: Iterable[str]) -> str:
        """Over the replies to some cases; a case without a reply counts as such."""
        return digest_all(f"{id_} {self.replies.get(id_, '')}" for id_ in sorted(ids))


def final_records(run: Run) -> Iterator[Record]:
    """Every reply once: a later record takes the place of a failed one."""
    last: dict[tuple[str, _Place], int] = {}
    for number, record in enumerate(run.records()):
        last[record.arm, _place(record)] = number
    for number, record in enumerate(run.records()):
        if last[record.arm, _place(record)] == number:
            yield record


def read_replies(run: Run, shot_seeds: Mapping[str, int] | None = None) -> dict[str, ArmReplies]:
    """The digests of every arm; of an arm that `shot_seeds` names only those of that seed.

    Raises:
        DataError: the journal was written before records named what was expected.
    """
    digests = ReplyDigests(run.info.arms, run.path, shot_seeds)
    for record in run.records():
        digests.add(record)
    return digests.found()


class ReplyDigests:
    """The digests of the arms of a run, gathered while its records are read for whatever reason.

    `path` is what messages call the run by. Of an arm that `shot_seeds` names only the replies of
    that seed are taken.
    """

    def __init__(
        self, arms: Iterable[str], path: Path, shot_seeds: Mapping[str, int] | None = None
    ) -> None:
        self._path = path
        self._seeds = dict(shot_seeds or {})
        self._cases: dict[str, dict[str, str]] = {name: {} for name in arms}
        self._said: dict[str, _Said] = {name: defaultdict(dict) for name in self._cases}
        self._case_digest = _CaseDigests()

    def add(self, record: Record) -> None:
        """The next record of the journal; one of an arm that is not wanted changes nothing.

        Raises:
            DataError: the journal was written before records named what was expected.
        """
        arm = record.arm
        said = self._said.get(arm)
        if said is None or not is_reply_of(record, arm, self._seeds.get(arm)):
            return
        if not record.expected_digest:
            raise DataError(
                f"{self._path}: its records do not say what was expected (they are older than "
                "2026-11-28): replay the suite instead of reading this run"
            )
        self._cases[arm][record.case] = self._case_digest(record)
        reply = record.exchanges[-1].reply if record.exchanges else None
        text = reply_digest(reply) if reply is not None else str(record.outcome)
        said[record.replicate][record.case] = text

    def found(self) -> dict[str, ArmReplies]:
        """The digests of every arm."""
        return {
            arm: ArmReplies(self._cases[arm], _by_case(said)) for arm, said in self._said.items()
        }


def _by_case(said: _Said) -> dict[str, str]:
    """The digest of everything that was said to each case."""
    starts = [f"{replicate.shot_seed} {replicate.trial} " for replicate in said]
    told = list(said.values())
    if len(told) == 1:  # nearly always, and then there is nothing to put together
        return {case: digest_all((starts[0] + text,)) for case, text in told[0].items()}
    return {
        case: digest_all(
            sorted(
                start + texts[case]
                for start, texts in zip(starts, told, strict=True)
                if case in texts
            )
        )
        for case in dict.fromkeys(chain.from_iterable(told))
    }


class _CaseDigests:
    """The digest of a record's case; arms that were asked the same case share it."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str, str]] = {}

    def __call__(self, record: Record) -> str:
        input_, expected = record.input_digest, record.expected_digest
        known = self._last.get(record.case)
        if known is None or known[0] != input_ or known[1] != expected:
            known = (input_, expected, case_digest(input_, expected))
            self._last[record.case] = known
        return known[2]


def is_reply_of(record: Record, arm: str, shot_seed: int | None) -> bool:
    """Whether a record is a reply of a side; a deployed arm has one seed, and its first trial."""
    if record.arm != arm:
        return False
    if shot_seed is None:
        return True
    replicate = record.replicate
    return replicate.shot_seed == shot_seed and replicate.trial == 0


def _place(record: Record) -> _Place:
    replicate = record.replicate
    return record.case, replicate.shot_seed, replicate.trial
