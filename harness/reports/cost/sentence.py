"""A tuned arm against another in, when it pays back in one sentence out. Pure."""

from __future__ import annotations

from harness.analysis.cost.pay_back import PayBack
from harness.analysis.cost.quotient import Quotient
from harness.reports.cost.words import CANNOT_TELL, reached, reached_span, requests
from harness.reports.wording import one_line
from harness.text.wording import NOTHING


def pay_back_sentence(pair: PayBack) -> str | None:
    """'fine_tuned pays back against few_shot after 1,908 requests (1,902 to 1,913)'.

    None where it is not known.
    """
    names = f"{one_line(pair.tuned)} {{}} against {one_line(pair.prompted)}"
    if pair.months is None and pair.from_volume is not None:
        return _by_volume(names, pair.from_volume)
    return None if pair.requests is None else _by_requests(names, pair.requests)


def _by_volume(names: str, volume: Quotient) -> str:
    if volume.never:
        return names.format("never pays back its hosting")
    text = reached(volume, requests)
    doubt = ", if at all" if volume.unbounded else ""
    return names.format("pays back its hosting") + f" from {text} requests a month{doubt}"


def _by_requests(names: str, found: Quotient) -> str | None:
    text, ends = reached(found, requests), reached_span(found, requests)
    if found.never:
        return names.format("never pays back")
    if text == CANNOT_TELL:
        return None
    if found.unbounded:
        return names.format("pays back") + f" after {text} requests, if at all"
    span = "" if ends == NOTHING else f" ({ends.replace(NOTHING, ' to ')})"
    return names.format("pays back") + f" after {text} requests{span}"
