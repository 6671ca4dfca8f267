"""The journal of a run in, digests of its cases and replies out: what makes two sides the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from harness.errors import DataError
from harness.store.runs import Run
from harness.values.case import case_digest
from harness.values.digest import digest_all
from harness.values.record import Record
from harness.values.reply import reply_digest

_Place: TypeAlias = tuple[str, int, int]
"""Case, shot seed and trial."""


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
    found = {name: ArmReplies() for name in run.info.arms}
    digests = _CaseDigests()
    said: dict[str, dict[_Place, str]] = {name: {} for name in run.info.arms}
    for record in run.records():
        wanted = (shot_seeds or {}).get(record.arm)
        if record.arm not in found or not is_reply_of(record, record.arm, wanted):
            continue
        if not record.expected_digest:
            raise DataError(
                f"{run.path}: its records do not say what was expected (they are older than "
                "2026-11-28): replay the suite instead of reading this run"
            )
        found[record.arm].cases[record.case] = digests(record)
        reply = record.exchanges[-1].reply if record.exchanges else None
        text = reply_digest(reply) if reply is not None else str(record.outcome)
        said[record.arm][_place(record)] = text
    for arm, texts in said.items():
        found[arm].replies = _by_case(texts)
    return found


def _by_case(texts: Mapping[_Place, str]) -> dict[str, str]:
    """The digest of everything that was said to each case."""
    told = sorted((case, f"{seed} {trial} {text}") for (case, seed, trial), text in texts.items())
    return {
        case: digest_all(text for _, text in same) for case, same in groupby(told, itemgetter(0))
    }


class _CaseDigests:
    """The digest of a record's case; arms that were asked the same case share it."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str, str]] = {}

    def __call__(self, record: Record) -> str:
        input_, expected = record.input_digest, record.expected_digest
        known = self._last.get(record.case)
        if known is None or known[:2] != (input_, expected):
            known = (input_, expected, case_digest(input_, expected))
            self._last[record.case] = known
        return known[2]


def is_reply_of(record: Record, arm: str, shot_seed: int | None) -> bool:
    """Whether a record is a reply of a side; a deployed arm has one seed, and its first trial."""
    replicate = record.replicate
    of_seed = shot_seed is None or (replicate.shot_seed, replicate.trial) == (shot_seed, 0)
    return record.arm == arm and of_seed


def _place(record: Record) -> _Place:
    return record.case, record.replicate.shot_seed, record.replicate.trial
