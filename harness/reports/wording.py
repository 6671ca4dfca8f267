"""Foreign texts and intervals in, what a reader sees out: one wording for all reports. Pure."""

from __future__ import annotations

import re
import unicodedata

from harness.analysis.interval import Interval
from harness.text.wording import NOTHING, span
from harness.values.record import Record
from harness.values.reply import Answer

UNKNOWN = "unknown"
LONGEST_TEXT = 60

_PATH = re.compile(r"(?:/|~|[A-Za-z]:[\\/]).*[\\/]([^\\/]+)[\\/]?", re.DOTALL)


def interval(value: Interval | None, *, graded: bool) -> str:
    """An interval, or a dash where there is none."""
    return NOTHING if value is None else span(value.low, value.high, graded=graded)


def clock_time(value: float) -> str:
    """A length of time as on a stop watch: '0:05', '1:02:03'."""
    minutes, second = divmod(round(value), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def one_line(text: str, limit: int = LONGEST_TEXT) -> str:
    """A foreign text that can do nothing to a terminal or a table.

    Line ends become spaces; control characters, direction marks and lone surrogates are written
    as escapes; what is longer than `limit` characters is cut and says so.
    """
    flat = " ".join(text.split())
    shown = "".join(_visible(character) for character in flat[: limit + 1])
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _visible(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\u{ord(character):04x}"
    return character


def model_name(name: str) -> str:
    """A model as a server named it; of a path on some machine only the file's name."""
    path = _PATH.fullmatch(name)
    return one_line(path.group(1) if path else name)


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Sorts '2 stars' before '10 stars'."""
    parts = [_part_key(part) for part in re.split(r"([0-9]+)", text) if part]
    return [*parts, (2, 0, text)]


def _part_key(part: str) -> tuple[int, int, str]:
    if part[0] in "0123456789":
        digits = part.lstrip("0")
        return 0, len(digits), digits
    return 1, 0, part.casefold()


def reply_text(record: Record | None) -> str | None:
    """What was said, or how the asking failed; None where it is not kept."""
    reply = record.exchanges[-1].reply if record is not None and record.exchanges else None
    if reply is None:
        return None
    if isinstance(reply, Answer):
        return reply.text
    return f"no answer: {reply.kind}" + (f" ({reply.detail})" if reply.detail else "")
