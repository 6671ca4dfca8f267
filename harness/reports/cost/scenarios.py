"""The same replies at the prices of several scenarios in, one table out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.cost.arm import ArmCost
from harness.analysis.cost.costed import Costed
from harness.analysis.cost.pay_back import Investment, PayBack
from harness.analysis.cost.terms import THOUSAND
from harness.reports.cost.notes import term_notes
from harness.reports.cost.words import amount, amount_span, reached, requests
from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, one_line
from harness.text.wording import NOTHING

_LONGEST_NOTE = 600


def scenario_table(scenarios: Sequence[Costed]) -> Table:
    """Money per 1,000 requests of each arm, and when tuning pays back against it.

    `scenarios` hold the same arms at other prices, at least one. An arm that asks no model has no
    row: it costs the same in all of them.
    """
    tuned = [spent.arm for spent in scenarios[0].investments]
    columns = [Column("scenario", "left"), Column("arm", "left"), Column("per 1,000 requests")]
    columns += [Column("95% interval"), *(Column(f"{one_line(arm)} pays back") for arm in tuned)]
    rows = tuple(row for found in scenarios for row in _rows(found, tuned))
    return Table("What if: other prices", tuple(columns), rows, tuple(_notes(scenarios)))


def _rows(found: Costed, tuned: Sequence[str]) -> Iterator[Row]:
    pairs = {(pair.tuned, pair.prompted): pair for pair in found.pay_backs}
    lead = one_line(found.scenario)
    for arm in found.arms:
        if arm.free:
            continue
        cells = (_pays(pairs.get((each, arm.name))) for each in tuned)
        yield (lead, one_line(arm.name), _money(arm), _span(arm), *cells)
        lead = ""


def _money(arm: ArmCost) -> str:
    if arm.per_request is None:
        return UNKNOWN
    return f"{amount(arm.per_request.estimate * THOUSAND)} {arm.currency}"


def _span(arm: ArmCost) -> str:
    return NOTHING if arm.per_request is None else amount_span(arm.per_request.interval, THOUSAND)


def _pays(pair: PayBack | None) -> str:
    """After how many requests, or from how many a month; a dash in the row of a tuned arm."""
    if pair is None:
        return NOTHING
    if pair.months is None and pair.from_volume is not None:
        text = reached(pair.from_volume, requests)
        return text if pair.from_volume.never else f"from {text} a month"
    return UNKNOWN if pair.requests is None else reached(pair.requests, requests)


def _notes(scenarios: Sequence[Costed]) -> Iterator[str]:
    for found in scenarios:
        for text in dict.fromkeys(arm.unknown for arm in found.arms if arm.unknown):
            yield f"{WARNING}{one_line(found.scenario)}: {one_line(text, _LONGEST_NOTE)}."
    yield (
        "Tokens are those that the recorded models counted, and the answers theirs: another model "
        "counts other tokens and answers otherwise."
    )
    yield (
        "Pays back: after how many requests instead of that arm the training is paid. From … a "
        "month: what a deployment takes to be worth its price by the hour. Never: it saves "
        "nothing. ≥: at least so many, and perhaps never."
    )
    yield from term_notes(scenarios[0])
    for found in scenarios:
        yield _prices(found)


def _prices(found: Costed) -> str:
    """What a scenario is, whose prices it has, and what its training would have cost."""
    sources = dict.fromkeys(f"{arm.model} ({arm.source})" for arm in found.arms if arm.source)
    took = [f"{_took(one)} for training {one.arm}" for one in found.investments]
    about = "" if found.basis == found.scenario else f" {found.basis}."
    text = f"{found.scenario}:{about} {'; '.join([*sources, *took])}."
    return one_line(text, _LONGEST_NOTE)


def _took(spent: Investment) -> str:
    return UNKNOWN if spent.total is None else f"{amount(spent.total)} {spent.currency}"
