"""What makes the page less than it seems, besides what its runs say of themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reports.side_by_side.finding import leading_pair
from harness.reports.side_by_side.shown import Shown
from harness.reports.wording import one_line
from harness.text.wording import change, counted, listing, percent
from harness.values.score import Outcome

MANY_TRUNCATED = 0.02
"""Cut replies are read as wrong or unreadable; from this share on they move an accuracy."""


def cautions(shown: Shown) -> tuple[str, ...]:
    """One sentence each, without the word 'warning'."""
    return (*_underpowered(shown), *_truncated(shown), *_unpriced(shown))


def _underpowered(shown: Shown) -> Iterator[str]:
    """Of the pair that the finding is about, where it found nothing."""
    pair = leading_pair(shown)
    for found in shown.compared.comparisons:
        interval = found.difference.interval
        if (found.candidate, found.reference) != pair or found.same_replies:
            continue
        if interval is None or interval.low > 0 or interval.high < 0 or found.detectable is None:
            continue
        least = change(found.detectable, graded=found.graded).removeprefix("+")
        cases = counted(found.difference.cases, "case")
        yield (
            f"{one_line(found.candidate)} against {one_line(found.reference)} is under-powered: "
            f"{cases} find a true difference of {least} with 80% power, and smaller ones less often"
        )


def _truncated(shown: Shown) -> Iterator[str]:
    for side in shown.compared.sides:
        share = side.rate(Outcome.TRUNCATED)
        if share >= MANY_TRUNCATED:
            yield (
                f"{percent(share)} of the replies of {one_line(side.name)} were cut off before an "
                "answer could be read: that says more of max_tokens than of the model"
            )


def _unpriced(shown: Shown) -> Iterator[str]:
    """At the prices of the runs; scenarios are no prices that anybody pays."""
    arms: dict[str, list[str]] = {}
    for arm in (arm for found in shown.costs[:1] for arm in found.arms):
        if arm.unknown and not arm.free:
            arms.setdefault(arm.unknown, []).append(one_line(arm.name))
    for reason, names in arms.items():
        yield f"The cost of {listing(names)} is unknown: {one_line(reason, 300)}"
