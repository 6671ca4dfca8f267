"""Prompts as they were sent in, lists of shared segments out. Pure.

A prompt is an instruction, shots and one case's input, and only the last differs from case to
case. What a prompt holds more than once in a part is kept once, and prompts refer to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.reports.page.blocks import Block, json_bytes, json_text
from harness.reports.page.interned import Interned
from harness.values.request import Message

Segment = str | int
"""A text of its own, the number of a shared text (from 0), or -1 - the number of an input."""
EncodedMessage = int | list[Segment]
"""The number of a message that is shared as a whole, or its role and its segments."""

_SHORTEST_INPUT = 12
_PAGE_CHARACTERS = 1 << 18
_MOST_SEEN = 1 << 16


class SharedTexts:
    """Texts that prompts have in common.

    A text is shared from the second time it is met: of texts met once only a hash is kept, so that
    memory grows with the instructions and training cases, not with the cases asked. Should two
    hashes ever be equal, a text is shared one time too early and nothing else happens.

    `part` is the number of the part of the page that its blocks belong to.
    """

    def __init__(self, part: int) -> None:
        self._part = part
        self.starts: list[int] = []
        self._numbers: dict[str, int] = {}
        self._met: set[int] = set()
        self._page: list[str] = []
        self._characters = 0

    def known(self, text: str) -> int | None:
        """The number of a text that is shared already."""
        return self._numbers.get(text)

    def number(self, text: str) -> int | None:
        """The number of a shared text; None for one that is met for the first time."""
        known = self._numbers.get(text)
        if known is not None:
            return known
        key = hash(text)
        if key not in self._met:
            self._met.add(key)
            return None
        self._met.discard(key)
        number = self._numbers[text] = len(self._numbers)
        self._page.append(text)
        self._characters += len(text)
        return number

    def full_pages(self) -> Iterator[Block]:
        """What has been gathered, once it is enough for a block."""
        if self._characters >= _PAGE_CHARACTERS:
            yield from self.last_page()

    def last_page(self) -> Iterator[Block]:
        """What has been gathered and is in no block yet."""
        if self._page:
            first = len(self._numbers) - len(self._page)
            block = Block(f"shared-{self._part}-{len(self.starts)}", json_bytes(self._page))
            self.starts.append(first)
            self._page, self._characters = [], 0
            yield block


class PromptEncoder:
    """Takes prompts apart. `shared` are the texts they have in common, `messages` the whole ones.

    A message that is shared as a whole is only a number: that of its (role, shared text).
    """

    def __init__(self, part: int) -> None:
        self.shared = SharedTexts(part)
        self.messages: Interned[tuple[str, int]] = Interned()
        # Shots are the same objects in every prompt that has them, which are found faster than
        # equal texts. Each is kept here, so that no other object can get its id.
        self._seen: dict[int, tuple[Message, int]] = {}
        # Of the case at hand: arms often ask it in the same words.
        self._inputs: list[tuple[str, int]] = []
        self._asked: dict[str, list[Segment]] = {}

    def begin(self, inputs: Sequence[Any]) -> None:
        """The next case, whose prompts follow; `inputs` are the values of its input.

        Where a longer text among them stands in a prompt, a segment refers to it.
        """
        self._inputs = [
            (value, -1 - place)
            for place, value in enumerate(inputs)
            if isinstance(value, str) and len(value) >= _SHORTEST_INPUT
        ]
        self._asked.clear()

    def encoded(self, prompt: Sequence[Message]) -> list[EncodedMessage]:
        """Of each message its number, or its role and its segments, which joined are its text."""
        seen = self._seen.get
        return [
            known[1] if (known := seen(id(message))) is not None else self._message(message)
            for message in prompt
        ]

    def _message(self, message: Message) -> EncodedMessage:
        text = message_text(message)
        asked = self._asked.get(text)
        if asked is not None and asked[0] == message.role:
            return asked
        known = self.shared.known(text)
        if known is None:
            asked = self._asked[text] = [message.role, *_segments(text, self._inputs, self.shared)]
            return asked
        number = self.messages.number((message.role, known))
        if len(self._seen) < _MOST_SEEN:
            self._seen[id(message)] = (message, number)
        return number


def _segments(text: str, inputs: list[tuple[str, int]], shared: SharedTexts) -> list[Segment]:
    for place, (value, reference) in enumerate(inputs):
        at = text.rfind(value)
        if at >= 0:
            others = inputs[:place] + inputs[place + 1 :]
            before = _segments(text[:at], others, shared)
            return [*before, reference, *_segments(text[at + len(value) :], others, shared)]
    return _shared_segments(text, shared)


def _shared_segments(text: str, shared: SharedTexts) -> list[Segment]:
    """The whole text where it is shared, else its lines where they are."""
    if not text:
        return []
    number = shared.number(text)
    if number is not None:
        return [number]
    lines = text.splitlines(keepends=True)
    if len(lines) == 1:
        return [text]
    segments: list[Segment] = []
    for line in lines:
        known = shared.number(line)
        if known is not None:
            segments.append(known)
        elif segments and isinstance(segments[-1], str):
            segments[-1] += line
        else:
            segments.append(line)
    return segments


def message_text(message: Message) -> str:
    """Text as it stands, provider-shaped parts and calls of tools as JSON."""
    content = message.content
    if isinstance(content, str) and not message.tool_calls:
        return content
    text = content if isinstance(content, str) else json_text(content)
    return text if not message.tool_calls else f"{text}\n{json_text(message.tool_calls)}"
