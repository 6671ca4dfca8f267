"""Cases with their replies in, the data blocks of the case grid out, one chunk at a time. Pure.

The page gets its cases in parts. Of part 0 these blocks, in this order: for each chunk of cases the
texts that rows show and searches look at (`texts-0-0` …) and all that only the open case shows
(`more-0-0` …), between them what prompts share (`shared-0-0` …), then `columns-0`. After all parts
come `ids` and `ranks` of all cases, and last `grid`, which says how to read everything.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from harness.errors import HarnessError
from harness.reports.page.blocks import Block, block_html, json_bytes, spaced_json
from harness.reports.page.columns import ReplyColumns, TagColumns, columns_bytes, natural_ranks
from harness.reports.page.interned import Interned
from harness.reports.page.parts import GridPart, PackedPart, Tables
from harness.reports.page.prompts import PromptEncoder
from harness.reports.page.values import GridArm, GridCase, GridReply
from harness.values.score import OUTCOMES

CHUNK_CASES = 128
_CHUNK_CHARACTERS = 1 << 18

FAILED, ESTIMATED = 1, 2
"""Flags of a reply: the text says how the asking failed; the server counted no tokens."""


def packed_part(arms: Sequence[GridArm], cases: Iterable[GridCase], number: int = 0) -> PackedPart:
    """The part of that number, packed while its cases are read, which happens once.

    Raises:
        HarnessError: a case has not one tuple of replies per arm.
    """
    blocks = _part_blocks(arms, cases, number)
    while True:
        try:
            block = next(blocks)
        except StopIteration as ended:
            part: GridPart = ended.value
            return part
        yield block_html(block)


def joining_blocks(
    arms: Sequence[GridArm], parts: Sequence[GridPart], pair: tuple[str, str]
) -> Iterator[Block]:
    """What makes one grid of the parts. `pair` is (reference, candidate)."""
    ids = list(chain.from_iterable(part.ids for part in parts))
    yield Block("ids", json_bytes(ids))
    yield Block("ranks", columns_bytes([("rank", natural_ranks(ids))])[1])
    about = {
        "cases": len(ids),
        "arms": arms,
        "pair": pair,
        "outcomes": OUTCOMES,
        "parts": [part.tables for part in parts],
    }
    yield Block("grid", json_bytes(about))


def _part_blocks(
    arms: Sequence[GridArm], cases: Iterable[GridCase], number: int
) -> Generator[Block, None, GridPart]:
    encoder = _Encoder(arms, number)
    for case in cases:
        encoder.append(case)
        yield from encoder.full_blocks()
    return (yield from encoder.last_blocks())


class _Encoder:
    """Everything known of a part so far; texts only of the chunk that is being filled."""

    def __init__(self, arms: Sequence[GridArm], number: int) -> None:
        self._arms = arms
        self._number = number
        self._ids: list[str] = []
        self._starts: list[int] = []
        self._texts: list[tuple[Any, ...]] = []
        self._more_rows: list[tuple[Any, ...]] = []
        self._replies: list[tuple[tuple[GridReply, ...], ...]] = []
        self._characters = 0
        self._columns = [ReplyColumns() for _ in arms]
        self._tags = TagColumns()
        self._prompts = PromptEncoder(number)
        self._keys: Interned[tuple[str, ...]] = Interned()
        self._scorers: Interned[tuple[str, ...]] = Interned()
        self._replicates: Interned[tuple[int, int]] = Interned()
        self._models: Interned[str] = Interned()
        self._finishes: Interned[str] = Interned()
        self._shots: Interned[str] = Interned()
        self._shot_lists: dict[tuple[str, ...], list[int]] = {}

    def append(self, case: GridCase) -> None:
        if len(case.replies) != len(self._arms):
            raise HarnessError(
                f"case {case.id!r} has replies of {len(case.replies)} arms, and the grid has "
                f"{len(self._arms)}"
            )
        inputs = list(case.input.values())
        shown, expected = list(map(_shown, inputs)), _shown(case.expected)
        self._characters += sum(len("".join(value)) for value in (*shown, expected))
        self._characters += sum(len(reply.text or "") for arm in case.replies for reply in arm)
        said = [[(reply.text, reply.extracted) for reply in arm] for arm in case.replies]
        self._prompts.begin(inputs)
        more = [[self._more(reply) for reply in arm] for arm in case.replies]
        self._texts.append((self._keys.number(tuple(case.input)), shown, expected, said))
        self._more_rows.append((case.group, more))
        self._ids.append(case.id)
        self._tags.append(case.tags)
        self._replies.append(case.replies)

    def _more(self, reply: GridReply) -> tuple[Any, ...]:
        usage, prompt = reply.usage, reply.prompt
        return (
            reply.reason,
            self._scorers.number(tuple(reply.scores)),
            tuple(reply.scores.values()),
            self._models.number(reply.model),
            self._finishes.number(reply.finish),
            FAILED * reply.failed + ESTIMATED * (usage is not None and usage.estimated),
            self._shot_numbers(reply.shots),
            None if prompt is None else self._prompts.encoded(prompt),
            () if usage is None else (usage.cached, usage.cache_write, usage.reasoning),
        )

    def _shot_numbers(self, shots: tuple[str, ...]) -> list[int]:
        """Most prompts of an arm have the same shots."""
        known = self._shot_lists.get(shots)
        if known is None:
            known = self._shot_lists[shots] = [self._shots.number(shot) for shot in shots]
        return known

    def full_blocks(self) -> Iterator[Block]:
        if len(self._texts) >= CHUNK_CASES or self._characters >= _CHUNK_CHARACTERS:
            yield from self._chunk()
        yield from self._prompts.shared.full_pages()

    def last_blocks(self) -> Generator[Block, None, GridPart]:
        if self._texts:
            yield from self._chunk()
        yield from self._prompts.shared.last_page()
        heads, content = columns_bytes(self._named_columns())
        yield Block(f"columns-{self._number}", content)
        tables = Tables(
            cases=len(self._ids),
            starts=self._starts,
            shared=self._prompts.shared.starts,
            messages=self._prompts.messages.values,
            keys=self._keys.values,
            scorers=self._scorers.values,
            replicates=self._replicates.values,
            models=self._models.values,
            finishes=self._finishes.values,
            shots=self._shots.values,
            tags=[(key, found.values) for key, found in self._tags.values.items()],
            columns=heads,
        )
        return GridPart(self._ids, tables)

    def _chunk(self) -> Iterator[Block]:
        place = f"{self._number}-{len(self._starts)}"
        yield Block(f"texts-{place}", json_bytes(self._texts))
        yield Block(f"more-{place}", json_bytes(self._more_rows))
        self._starts.append(len(self._ids) - len(self._texts))
        for columns, replies in zip(self._columns, zip(*self._replies, strict=True), strict=True):
            columns.extend(replies, self._replicates)
        self._texts, self._more_rows, self._replies, self._characters = [], [], [], 0

    def _named_columns(self) -> Iterator[tuple[str, Any]]:
        yield from self._tags.named()
        for place, columns in enumerate(self._columns):
            yield from columns.named(f"arm{place}")


def _shown(value: Any) -> str | list[str]:
    """A text as it stands; any other value as its JSON, in a list to tell it from a text.

    JSON as text keeps numbers that a browser would round.
    """
    return value if isinstance(value, str) else [spaced_json(value)]
