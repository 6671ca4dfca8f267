"""Cases in, packed parts of a page out: one after the other here, or several at once elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from harness.reports.page.grid import packed_part
from harness.reports.page.parts import PackedPart
from harness.store.suite import Suite
from harness.values.case import Split
from harness.workflows.page.counting import Told, counted_cases
from harness.workflows.page.grid import GridReader
from harness.workflows.page.processes import PartProcesses
from harness.workflows.page.source import PART_CASES, GridSource

MOST_PROCESSES = 4


class Packer(Protocol):
    """Packs the parts of a page."""

    def parts(self, source: GridSource) -> Sequence[PackedPart]:
        """The parts in their order, to be taken in that order."""
        ...


@contextmanager
def packer(suite: Suite, split: Split, told: Told) -> Iterator[Packer]:
    """A packer for cases of a split; what it opens or starts ends with the block.

    Many cases are packed by processes of their own, which start at once and open the suite while
    this one still reads the replies.
    """
    processes = _processes(len(suite.splits.get(split, ())))
    with ExitStack() as stack:
        if processes > 1:
            yield stack.enter_context(PartProcesses(suite.folder, processes, told))
        else:
            yield _Here(suite, told, stack)


def _processes(cases: int) -> int:
    """As many as there are processors and parts."""
    return min(len(os.sched_getaffinity(0)), -(-cases // PART_CASES), MOST_PROCESSES)


class _Here:
    """Packs in this process."""

    def __init__(self, suite: Suite, told: Told, stack: ExitStack) -> None:
        self._suite = suite
        self._told = told
        self._stack = stack

    def parts(self, source: GridSource) -> Sequence[PackedPart]:
        reader = self._stack.enter_context(GridReader(self._suite, source, source.cases))
        return [
            packed_part(
                source.arms, counted_cases(reader.read(source.part(number)), self._told), number
            )
            for number in range(source.parts)
        ]
