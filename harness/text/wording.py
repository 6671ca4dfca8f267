"""Numbers and words in, the text that a reader sees out: one wording everywhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTHING = "\N{EN DASH}"

_ALMOST_NONE = 0.0005
_ALMOST_ALL = 0.9995
_SHORT_S = 10.0
_SHORTEST_S = 0.005
_SMALLEST_P = 0.001


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


def seconds(value: float) -> str:
    """A latency: '0.21 s', '12.3 s', '<0.01 s'."""
    if 0 < value < _SHORTEST_S:
        return "<0.01 s"
    return f"{value:.2f} s" if value < _SHORT_S else f"{value:.1f} s"


def counted(number: int, noun: str) -> str:
    """'1 case', '1,200 cases', '2 replies', '3 days'."""
    if number == 1:
        return f"1 {noun}"
    consonant = noun[-1] == "y" and noun[-2] not in "aeiou"
    return f"{number:,} {noun[:-1]}ies" if consonant else f"{number:,} {noun}s"


def listing(texts: Iterable[str], last: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    *before, final = texts
    return f"{', '.join(before)} {last} {final}" if before else final


def named(ids: Sequence[str], most: int = 5) -> str:
    """'a, b, c', the first few of them: 'a, b, …'."""
    return ", ".join(ids[:most]) + (", …" if len(ids) > most else "")


def change(value: float, *, graded: bool) -> str:
    """A difference with its sign: '+11.3 points' of an accuracy, '-0.021' of a score."""
    if graded:
        return f"{value + 0.0:+.3f}"
    return f"{_points(value)} points"


def change_span(low: float, high: float, *, graded: bool) -> str:
    """The ends of an interval of a difference: '[+6.9, +15.8]'."""
    ends = (f"{low + 0.0:+.3f}", f"{high + 0.0:+.3f}") if graded else map(_points, (low, high))
    return f"[{', '.join(ends)}]"


def _points(share: float) -> str:
    """Percentage points with one decimal; nothing but zero is shown as zero with a sign."""
    return f"{round(share * 100, 1) + 0.0:+.1f}"


def p_value(p: float) -> str:
    """'p = 0.033', 'p < 0.001': never 'p = 0'."""
    return "p < 0.001" if p < _SMALLEST_P else f"p = {p:.3f}"
