"""Compared arms and what is assumed in, the same arms with the costs of their replies out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from harness.analysis.columns import ArmColumns, UsageKnown
from harness.analysis.cost.arm import Ending, PricedArm
from harness.analysis.cost.prices import without_caching
from harness.analysis.side import Side, case_costs
from harness.analysis.spend import unknown_answers
from harness.reports.notes import WARNING
from harness.store.prices.named import named_tuning
from harness.store.suite import Suite
from harness.text.wording import counted, listing
from harness.values.price import Price
from harness.values.run import ArmInfo, RunInfo
from harness.workflows.compare.compare import Sides
from harness.workflows.cost.question import Question
from harness.workflows.cost.quotes import Quote, in_batches, quote
from harness.workflows.cost.spending import spending_of
from harness.workflows.cost.what_if import WhatIf
from harness.workflows.entrants import Entrant
from harness.workflows.shutdown import shutdown_of_arm
from harness.workflows.untold import how_to_tell, is_untold

if TYPE_CHECKING:
    from harness.analysis.side import Integers, Numbers


@dataclass(frozen=True)
class Asked:
    """An arm with all its replies. `side` is its side on the cases that all arms have.

    `places` are those cases among its own.
    """

    name: str
    info: RunInfo
    about: ArmInfo
    side: Side
    places: Integers
    columns: ArmColumns

    def costs(self, price: Price | None) -> Numbers | None:
        """Money per request by case at a price; None where it is unknown."""
        costs = None if price is None else case_costs(self.columns, price)
        return None if costs is None else costs[self.places]


def asked_arms(suite: Suite, sides: Sides, named: Sequence[str]) -> list[Asked]:
    """The arms whose replies are there: as they were named, else in the order of the suite."""
    order = list(named) or list(suite.arms)
    found = [_asked(one, sides.shared.common) for one in sides.entrants]
    known = [one for one in found if one is not None]
    return sorted(known, key=lambda one: _place(order, one.name))


def _asked(entrant: Entrant, ids: Sequence[str]) -> Asked | None:
    import numpy as np

    if entrant.run is None or entrant.columns is None:
        return None
    own = {id_: place for place, id_ in enumerate(entrant.side.ids)}
    info = entrant.run.info
    return Asked(
        name=entrant.arm,
        info=info,
        about=info.arms[entrant.arm],
        side=entrant.side.on(ids),
        places=np.array([own[id_] for id_ in ids], dtype=np.int64),
        columns=entrant.columns,
    )


def _place(order: Sequence[str], arm: str) -> int:
    return order.index(arm) if arm in order else len(order)


def priced_arm(asked: Question, one: Asked) -> PricedArm:
    """An arm at the price that holds for it.

    What was read from the cache of a machine of one's own is paid in full where another price is
    assumed: a provider's cache has rules of its own.
    """
    found = quote(asked, one.name, one.about, one.side.price)
    found = in_batches(found) if asked.terms.batch else found
    price = found.price
    plain = None if price is None else without_caching(price)
    caching = asked.terms.caching and (_was_billed(one) or not found.assumed)
    uncached = one.costs(plain)
    costs = one.costs(price) if caching else uncached
    tuned = one.about.kind == "fine_tuned"
    return PricedArm(
        side=replace(one.side, price=price, costs=costs),
        kind=one.about.kind,
        model=found.model,
        price=price,
        uncached=uncached,
        unknown=found.unknown or _lacking(one, price),
        spending=spending_of(one.info.trainings.get(one.about.training), found) if tuned else None,
        ending=_ending(asked.suite, one, found) if tuned else None,
    )


def assumed_notes(
    asked: Sequence[Asked], arms: Sequence[PricedArm], what_if: WhatIf
) -> Iterator[str]:
    """What a reader must know of prices that are not those of the models that answered."""
    pairs = [
        (one, arm)
        for one, arm in zip(asked, arms, strict=True)
        if one.about.kind != "classical" and (what_if.scenario or one.name in what_if.models)
    ]
    if not pairs:
        return
    models = listing(dict.fromkeys(one.about.model for one, _ in pairs))
    yield (
        f"What if: tokens and correctness are those of {models}, as recorded. Another model counts "
        "other tokens and answers otherwise: no call was made."
    )
    if any(_is_foreign(one, arm) and any(one.columns.cached) for one, arm in pairs):
        yield (
            f"What {models} read from a cache of its own is paid in full here: a provider's cache "
            "has rules of its own."
        )


def untold_notes(asked: Sequence[Asked]) -> Iterator[str]:
    """Which arms were tuned, as the names of their models say, and stand as prompted ones."""
    for one in asked:
        if is_untold(one.about.model, one.about.training):
            yield (
                f"{WARNING}{one.name} asks {one.about.model}, which was tuned as its name says, "
                "and names no training: what tuning took, and when it pays back, is not told; "
                f"{how_to_tell(one.name, one.about.model)}."
            )


def estimate_notes(asked: Sequence[Asked], arms: Sequence[PricedArm]) -> Iterator[str]:
    """Whose tokens, which are paid for, a server did not count."""
    guessed = [
        one.name
        for one, arm in zip(asked, arms, strict=True)
        if arm.price and arm.price.by_token and UsageKnown.ESTIMATED in bytes(one.columns.usage)
    ]
    if guessed:
        yield (
            f"{WARNING}tokens of {listing(guessed)} are estimated, because no server counted them: "
            "what they cost, and when tuning pays back, is as rough as that."
        )


def hour_notes(arms: Sequence[PricedArm]) -> Iterator[str]:
    """What is counted of a machine of one's own."""
    if any(arm.price and arm.price.per_hour is not None for arm in arms):
        yield "By the hour: the seconds of each reply, one at a time; an idle machine costs more."


def _is_foreign(one: Asked, arm: PricedArm) -> bool:
    """Whether tokens have a price, and were cached by a machine of one's own."""
    return arm.price is not None and arm.price.by_token and not _was_billed(one)


def _was_billed(one: Asked) -> bool:
    """Whether tokens from the cache of the recorded model have a price: it is a provider's then."""
    own = one.side.price
    return own is not None and own.cached is not None


def _lacking(one: Asked, price: Price | None) -> str:
    """Which answers lack what is paid for; empty where none does."""
    lacking = {} if price is None else unknown_answers(one.columns, price)
    parts = [f"{counted(count, 'reply')} came without {what}" for what, count in lacking.items()]
    if not parts:
        return ""
    return f"{listing(parts)}, which is paid for; record them anew from a server that reports it"


def _ending(suite: Suite, one: Asked, found: Quote) -> Ending | None:
    """The last day of a tuned model, or of that whose price is assumed."""
    if found.assumed:
        row = named_tuning(found.model)
        if row is None or row.shutdown is None:
            return None
        source = f"{row.shutdown_source}, as of {row.as_of}"
        return Ending(date.fromisoformat(row.shutdown), source)
    arm = suite.arms.get(one.name)
    known = None if arm is None else shutdown_of_arm(suite, arm, {})
    return None if known is None else Ending(known.day, known.source)
