"""Bytes and cells of foreign logs in, typed values out: JSON with NaN, scores, counts, days, names.

Every reader of a log stands on these, so that all of them read the same thing in the same way.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import msgspec

from harness.errors import DataError, Problem
from harness.text.encodable import encodable
from harness.text.secrets import scrub
from harness.values.reply import Failure, FailureKind, Usage

T = TypeVar("T")

MOST_TOKENS = 1 << 31
LONGEST_DETAIL = 500
LONGEST_NAME = 80
BROKEN = (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError)

_WORDS = {"c": 1.0, "i": 0.0, "p": 0.5, "n": 0.0, "true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
_KINDS: tuple[tuple[str, FailureKind], ...] = (
    (r"rate.?limit|\b429\b|too many requests", "rate_limited"),
    (r"overloaded|\b529\b|\b503\b|service.?unavailable", "overloaded"),
    (r"content.?filter|content.?policy|moderation", "filtered"),
    (r"time.?out|timed out", "timeout"),
    (r"connection|\bconnect", "connection"),
    (r"internal.?server.?error|api.?(status)?error|\b50[0-9]\b|bad gateway", "server_error"),
)


def decoded(data: bytes, type_: type[T]) -> T:
    """JSON as a type; NaN, Infinity and lone surrogates, which other writers leave, are read too.

    Raises one of BROKEN: the bytes are no JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(encodable(json.loads(data)), type_)


def broken(file: str, line: int, error: Exception, what: str) -> DataError:
    """The error for a file, or a line or sample of it, that cannot be read as what it should be."""
    reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
    problem = Problem(file=file, line=line, message=f"is no {what}: {reason}")
    return DataError([problem])


def unit_score(value: Any) -> float | None:
    """A score of another tool as a number from 0 to 1; None for what is none.

    C, I, P and N are Inspect's correct, incorrect, partial and no answer. NaN is its "not scored".
    """
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        try:
            value = float(word)
        except ValueError:
            return None
    if isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1:
        return float(value)
    return None


def unit_scores(named: dict[str, Any]) -> tuple[dict[str, float], list[str]]:
    """Scores by name, and the names of those that are no number from 0 to 1.

    A score of several values, a table of names, is as many scores: NAME.VALUE.
    """
    scores: dict[str, float] = {}
    unusable: list[str] = []
    for name, value in named.items():
        parts = {f"{name}.{key}": v for key, v in value.items()} if isinstance(value, dict) else {}
        for key, part in (parts or {name: value}).items():
            score = unit_score(part)
            if score is None:
                unusable.append(key)
            else:
                scores[key] = score
    return scores, unusable


def tokens(
    read: Any, written: Any, *, cached: Any = None, cache_write: Any = None, reasoning: Any = None
) -> Usage | None:
    """Token counts; None (unknown) unless both sums are whole numbers that can be true.

    `read` includes `cached` and `cache_write`, `written` includes `reasoning`.
    """
    if not _is_count(read) or not _is_count(written) or not (read or written):
        return None
    parts = [part if _is_count(part) else 0 for part in (cached, cache_write, reasoning)]
    if parts[0] + parts[1] > read or parts[2] > written:
        return None
    return Usage(
        input=int(read),
        cached=int(parts[0]),
        cache_write=int(parts[1]),
        output=int(written),
        reasoning=int(parts[2]),
    )


def failure(message: str) -> Failure:
    """A sample that ended in an error: the provider's where its words say so, else a harness's.

    Keys that stand in the words are removed.
    """
    text = scrub(message.strip())[:LONGEST_DETAIL]
    kind: FailureKind = next((k for p, k in _KINDS if re.search(p, text, re.IGNORECASE)), "harness")
    return Failure(kind, text)


def moment_of(text: str) -> str:
    """A time in UTC as run.json has them, of an ISO 8601 one; empty where it is none.

    Without a zone it is taken for UTC.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return found.isoformat(timespec="seconds")


def day_of(moment: str) -> str:
    """The UTC day of an ISO 8601 time; empty where it is none."""
    return moment_of(moment).partition("T")[0]


def arm_name(*parts: str) -> str:
    """A name in a-z, 0-9 and _: the last part of a model's path, and what tells it apart."""
    words = [re.sub(r"[^a-z0-9]+", "_", part.rpartition("/")[2].lower()) for part in parts]
    name = re.sub(r"_+", "_", "_".join(words)).strip("_")
    return name[:LONGEST_NAME].strip("_") or "imported"


def distinct(names: Iterable[str]) -> list[str]:
    """The names, of which one that came before gets a number: gpt_4o, gpt_4o_2."""
    found: dict[str, None] = {}
    for name in names:
        numbered = (f"{name}_{number}" for number in count(2))
        found[name if name not in found else next(n for n in numbered if n not in found)] = None
    return list(found)


def natural(id_: str) -> tuple[tuple[int, int | str], ...]:
    """A key that sorts sample2 before sample10."""
    parts = re.split(r"(\d+)", id_)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def seconds(value: Any) -> float:
    """A latency in seconds; 0, which is unknown, for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if math.isfinite(value) and value > 0 else 0.0


def _is_count(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and 0 <= value < MOST_TOKENS and value == int(value)
