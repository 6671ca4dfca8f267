"""A page in, what its blocks hold out: the decoder that `assets/*.js` have, in Python."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from harness.reports.page.blocks import TYPE, unpacked
from harness.reports.page.columns import UNKNOWN_COUNT
from harness.values.score import OUTCOMES

_BLOCK = re.compile(rf'<script type="{TYPE}" id="([a-z0-9-]+)">([^<]*)</script>')
_TYPES = {"u8": "u1", "u16": "<u2", "u32": "<u4", "f32": "<f4"}


class Decoded:
    """The data of one page."""

    def __init__(self, text: str) -> None:
        self.blocks = {name: unpacked(packed) for name, packed in _BLOCK.findall(text)}
        self.about = self.json("grid")
        self.ids = self.json("ids")
        self.ranks = _columns(
            [{"name": "r", "type": "u32", "length": len(self.ids)}], self.block("ranks")
        )["r"]
        self.parts = [_Part(self, number) for number in range(len(self.about["parts"]))]

    def block(self, name: str) -> bytes:
        """The content of a block."""
        return self.blocks[name]

    def json(self, name: str) -> Any:
        """A block's JSON; Python's own reader knows the escapes of lone surrogates."""
        return json.loads(self.blocks[name])

    def cases(self) -> list[dict[str, Any]]:
        """Every case with everything the page knows of it."""
        found = [case for part in self.parts for case in part.cases()]
        return [{"id": id_} | case for id_, case in zip(self.ids, found, strict=True)]


class _Part:
    """One part of the cases, by its own tables."""

    def __init__(self, page: Decoded, number: int) -> None:
        self.page = page
        self.number = number
        self.tables = page.about["parts"][number]
        self.columns = _columns(self.tables["columns"], page.block(f"columns-{number}"))

    def cases(self) -> list[dict[str, Any]]:
        """Its cases, but for their ids."""
        found: list[dict[str, Any]] = []
        offsets = [0] * len(self.page.about["arms"])
        for chunk in range(len(self.tables["starts"])):
            assert self.tables["starts"][chunk] == len(found)
            place = f"{self.number}-{chunk}"
            texts, more = self.page.json(f"texts-{place}"), self.page.json(f"more-{place}")
            for row in zip(texts, more, strict=True):
                found.append(self._case(len(found), row, offsets))
        assert len(found) == self.tables["cases"]
        return found

    def _case(self, at: int, row: Any, offsets: list[int]) -> dict[str, Any]:
        (keys, values, expected, said), (group, more) = row
        arms = []
        for place, (texts, others) in enumerate(zip(said, more, strict=True)):
            assert len(texts) == self.columns[f"arm{place}.replies"][at]
            replies = []
            for text, other in zip(texts, others, strict=True):
                replies.append(self._reply(place, offsets[place], text, other, values))
                offsets[place] += 1
            arms.append(replies)
        tags = {
            key: known[code - 1]
            for number, (key, known) in enumerate(self.tables["tags"])
            if (code := self.columns[f"tag{number}"][at])
        }
        return {
            "input": dict(zip(self.tables["keys"][keys], map(_value, values), strict=True)),
            "expected": _value(expected),
            "group": group,
            "tags": tags,
            "arms": arms,
        }

    def _reply(self, place: int, number: int, text: Any, other: Any, values: Any) -> dict[str, Any]:
        reason, scorers, scores, model, finish, flags, shots, prompt, usage = other
        column = {
            name.split(".")[1]: values[number]
            for name, values in self.columns.items()
            if name.startswith(f"arm{place}.") and not name.endswith(".replies")
        }
        known = column["input"] != UNKNOWN_COUNT
        return {
            "text": text[0],
            "extracted": text[1],
            "outcome": OUTCOMES[column["outcome"]],
            "value": _number(column["value"]),
            "cost": _number(column["cost"]),
            "latency": _number(column["latency"]),
            "usage": [int(column["input"]), int(column["output"]), *usage] if known else None,
            "attempts": int(column["attempts"]),
            "replicate": tuple(self.tables["replicates"][column["replicate"]]),
            "reason": reason,
            "scores": dict(zip(self.tables["scorers"][scorers], scores, strict=True)),
            "model": self.tables["models"][model],
            "finish": self.tables["finishes"][finish],
            "flags": flags,
            "shots": [self.tables["shots"][shot] for shot in shots],
            "prompt": None if prompt is None else [self._message(one, values) for one in prompt],
        }

    def _message(self, message: Any, values: Any) -> tuple[str, str]:
        role, *segments = self.tables["messages"][message] if isinstance(message, int) else message
        return role, "".join(self._segment(segment, values) for segment in segments)

    def _segment(self, segment: str | int, values: Any) -> str:
        if isinstance(segment, str):
            return segment
        if segment < 0:
            return values[-1 - segment]
        shared = self.tables["shared"]
        page = max(at for at, start in enumerate(shared) if start <= segment)
        return self.page.json(f"shared-{self.number}-{page}")[segment - shared[page]]


def _columns(heads: list[dict[str, Any]], content: bytes) -> dict[str, np.ndarray]:
    at, found = 0, {}
    for head in heads:
        kind = np.dtype(_TYPES[head["type"]])
        size = kind.itemsize * head["length"]
        planes = np.frombuffer(content[at : at + size], np.uint8).reshape(kind.itemsize, -1)
        found[head["name"]] = planes.T.copy().view(kind).reshape(-1)
        at += size
    return found


def _value(value: Any) -> Any:
    return value if isinstance(value, str) else json.loads(value[0])


def _number(value: np.float32) -> float | None:
    return None if np.isnan(value) else float(value)
