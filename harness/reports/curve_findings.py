"""A learning curve and its fit in, what they say in plain sentences out. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.curve import CurveFit, ReferenceSummary, SizeSummary
from harness.analysis.interval import MIN_CLUSTERS
from harness.analysis.line import NEVER, Line, Rows
from harness.analysis.resample import LEAST_SEEDS, Range
from harness.reports.notes import WARNING
from harness.reports.wording import interval
from harness.text.wording import counted, listing, mean
from harness.values.curve import Curve

_THREE_DIGITS = 100


def curve_notes(curve: Curve, fit: CurveFit) -> tuple[str, ...]:
    """Everything under the table by size: warnings, findings, method."""
    return (*_warnings(curve, fit), *findings(curve, fit), *_method(curve, fit))


def findings(curve: Curve, fit: CurveFit) -> tuple[str, ...]:
    """What the curve says, a sentence each: the gain per doubling, and where it meets prompting."""
    if fit.line is None:
        return (f"No line is drawn: {fit.why_no_line}.",)
    sentences = [gain_sentence(curve, fit.line)]
    if fit.reference is not None and fit.line.meets is not None:
        sentences.append(_meeting(curve, fit, fit.line, fit.reference))
    return tuple(sentences)


def gain_sentence(curve: Curve, line: Line) -> str:
    """Such as: Doubling the rows gains 4.1 points (95% interval 1.2 to 7.0)."""
    unit = "" if curve.graded else " points"
    ends = line.b_interval
    if ends is None:
        return (
            f"Doubling the rows changes the {noun(curve)} by {points(curve, line.b)}{unit}; the "
            "points differ in no case, so that no interval can be given."
        )
    if ends.high < 0:
        lost = points_range(curve, Range(-ends.high, -ends.low))
        return f"Doubling the rows loses {points(curve, -line.b)}{unit} (95% interval {lost})."
    shown = f"{points(curve, line.b)}{unit} (95% interval {points_range(curve, ends)})"
    if ends.low > 0:
        return f"Doubling the rows gains {shown}."
    return (
        f"Doubling the rows changes the {noun(curve)} by {shown}; that more rows help is not shown."
    )


def gain_summary(curve: Curve, fit: CurveFit) -> str:
    """The gain in a line short enough for a picture, or why the line is not to be trusted."""
    if fit.line is None:
        return findings(curve, fit)[0]
    unit = "" if curve.graded else " points"
    said = f"Gain per doubling of the rows: {points(curve, fit.line.b)}{unit}"
    if any(size.misfit for size in fit.sizes):
        return f"{said}, but the points do not follow the line."
    ends = fit.line.b_interval
    return f"{said}." if ends is None else f"{said} (95% interval {points_range(curve, ends)})."


def _meeting(curve: Curve, fit: CurveFit, line: Line, reference: ReferenceSummary) -> str:
    name = f"{reference.arm} ({mean(reference.mean, graded=curve.graded)})"
    smallest, largest = fit.sizes[0].rows, fit.sizes[-1].rows
    ends = line.meets_interval
    if line.meets is None or line.meets == NEVER:
        early = ends and ends[0] != NEVER
        best = f" (95% interval from {_rows(fit, ends[0])} rows on)" if early and ends else ""
        return (
            f"The line never meets {name} within two doublings of the largest size, that is up "
            f"to {line.limit:,} rows{best}."
        )
    if line.meets == smallest:
        late = ends and ends[1] != smallest
        worst = f" (95% interval up to {_rows(fit, ends[1])})" if late and ends else ""
        return (
            f"The line starts at or above {name}: {smallest:,} rows, the smallest size, are "
            f"enough{worst}."
        )
    shown = f"The line meets {name} at about {about(line.meets)} rows"
    if ends is not None:
        shown += f" (95% interval {_rows(fit, ends[0])} to {_rows(fit, ends[1])})"
    if line.meets > largest:
        shown += f"; that is extrapolated, the largest size tried is {largest:,}"
    return f"{shown}."


def _rows(fit: CurveFit, rows: Rows) -> str:
    if rows == NEVER:
        return NEVER
    return f"{rows:,} or fewer" if rows == fit.sizes[0].rows else about(rows)


def about(rows: int) -> str:
    """A number of rows as exactly as a fit can know it: two digits, '1,200'."""
    digits = len(str(rows)) - 2
    return f"{round(rows, -digits) if rows >= _THREE_DIGITS else rows:,}"


def doubts(curve: Curve, fit: CurveFit) -> tuple[str, ...]:
    """Why the findings are not to be believed as they stand; nothing where they are."""
    return tuple(text.removeprefix(WARNING) for text in _warnings(curve, fit))


def _warnings(curve: Curve, fit: CurveFit) -> Iterator[str]:
    off = [f"{size.rows:,} rows ({_off(curve, size)})" for size in fit.sizes if size.misfit]
    if off:
        cause = (
            "a straight line over doublings does not describe these points"
            if fit.seeds_drawn
            else "either a straight line over doublings does not describe these points, or "
            "trainings differ from seed to seed, which fewer than three seeds a size cannot tell"
        )
        verb = "lies" if len(off) == 1 else "lie"
        yield (
            f"{WARNING}{listing(off)} {verb} off the line by more than chance explains; {cause}. "
            "Gain, meeting point and extrapolation are to be doubted."
        )
    if curve.groups is not None and fit.clusters < MIN_CLUSTERS:
        few = counted(fit.clusters, "group")
        yield f"{WARNING}{few} are few; below {MIN_CLUSTERS} an interval is rough."


def _off(curve: Curve, size: SizeSummary) -> str:
    residual = size.residual or 0.0
    unit = "" if curve.graded else " points"
    side = "above" if residual > 0 else "below"
    return f"{points(curve, abs(residual))}{unit} {side}"


def _method(curve: Curve, fit: CurveFit) -> Iterator[str]:
    if several_seeds(fit):
        yield "Spread: the lowest and the highest mean among the seeds of a size."
    averaged = ", its seeds averaged first" if several_seeds(fit) else ""
    yield f"95% interval of a size: {_over(curve, fit)}{averaged}."
    yield from _band_note(curve, fit)
    if fit.line is not None:
        yield (
            f"Nothing is said of more than {fit.line.limit:,} rows, two doublings of the largest "
            "size."
        )
        if fit.line.clipped:
            ends = "0 and 1" if curve.graded else "0% and 100%"
            yield f"The line leaves what is possible and is cut at {ends}."
    yield from _reference_note(curve, fit)


def _over(curve: Curve, fit: CurveFit) -> str:
    over = f"over {counted(curve.cases, 'case')}"
    if curve.groups is None:
        return over
    return f"{over} in {counted(fit.clusters, 'group')}, widened by what cases of a group share"


def _band_note(curve: Curve, fit: CurveFit) -> Iterator[str]:
    drawn = "cases" if curve.groups is None else "groups of cases"
    source = f"a bootstrap of the {drawn}, the same for every size"
    if fit.seeds_drawn:
        yield f"Gains and the line: {source}, and of the seeds within a size."
    elif fit.sizes and fit.clusters > 1:
        some = any(size.seeds >= LEAST_SEEDS for size in fit.sizes)
        where = "some sizes have" if some else "sizes have"
        yield (
            f"Gains and the line: {source}. How much one training differs from the next is "
            f"not wholly in their intervals, because {where} fewer than three seeds."
        )


def _reference_note(curve: Curve, fit: CurveFit) -> Iterator[str]:
    if curve.reference is None or fit.reference is None:
        return
    shown = mean(fit.reference.mean, graded=curve.graded)
    ends = interval(fit.reference.interval, graded=curve.graded)
    best = ""
    if curve.reference.among > 1:
        arms = counted(curve.reference.among, "prompted arm")
        best = f"; it is the best of {arms} on these very cases, which flatters it a little"
    yield f"{fit.reference.arm} reaches {shown} (95% interval {ends}) on the same cases{best}."


def noun(curve: Curve) -> str:
    """What the mean is called: a graded one is never an accuracy."""
    return "score" if curve.graded else "accuracy"


def points(curve: Curve, difference: float) -> str:
    """A difference in points of a percentage, or of a score; nothing is never '-0.0'."""
    digits, factor = (3, 1) if curve.graded else (1, 100)
    return f"{round(round(difference * factor, 9), digits) + 0.0:.{digits}f}"


def points_range(curve: Curve, ends: Range) -> str:
    """Both ends of a difference; 'to', because a dash looks like a minus."""
    return f"{points(curve, ends.low)} to {points(curve, ends.high)}"


def several_seeds(fit: CurveFit) -> bool:
    """Whether seeds of a size can be told apart."""
    return any(size.seeds > 1 for size in fit.sizes)
