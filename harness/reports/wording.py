"""Numbers and foreign texts in, what a reader sees out: one wording for all reports. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from harness.analysis.interval import Interval

NOTHING = "\N{EN DASH}"
UNKNOWN = "unknown"
LONGEST_TEXT = 60

_PATH = re.compile(r"(?:/|~|[A-Za-z]:[\\/]).*[\\/]([^\\/]+)[\\/]?", re.DOTALL)
_ALMOST_NONE = 0.0005
_ALMOST_ALL = 0.9995
_SHORT_S = 10.0
_SHORTEST_S = 0.005


def percent(share: float) -> str:
    """A share in [0, 1] as '71.7%'; only exactly none is 0.0%, only exactly all is 100.0%."""
    share = round(share, 12)  # sums of thirds and sixths are a hair off
    if 0 < share < _ALMOST_NONE:
        return "<0.1%"
    if _ALMOST_ALL <= share < 1:
        return ">99.9%"
    return f"{share:.1%}"


def mean(value: float, *, graded: bool) -> str:
    """An accuracy as a percentage; a mean score as a number with three decimals."""
    return f"{value:.3f}" if graded else percent(value)


def span(low: float, high: float, *, graded: bool) -> str:
    """From low to high: a dash between percentages with one decimal, or scores with three."""
    ends = (f"{low:.3f}", f"{high:.3f}") if graded else (f"{low * 100:.1f}", f"{high:.1%}")
    return NOTHING.join(ends)


def interval(value: Interval | None, *, graded: bool) -> str:
    """An interval, or a dash where there is none."""
    return NOTHING if value is None else span(value.low, value.high, graded=graded)


def seconds(value: float) -> str:
    """A latency: '0.21 s', '12.3 s', '<0.01 s'."""
    if 0 < value < _SHORTEST_S:
        return "<0.01 s"
    return f"{value:.2f} s" if value < _SHORT_S else f"{value:.1f} s"


def clock_time(value: float) -> str:
    """A length of time as on a stop watch: '0:05', '1:02:03'."""
    minutes, second = divmod(round(value), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def counted(number: int, noun: str) -> str:
    """'1 case', '1,200 cases', '2 replies'."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def listing(texts: Iterable[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    *before, final = texts
    return f"{', '.join(before)} {last} {final}" if before else final


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
