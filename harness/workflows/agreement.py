"""How far live answers repeat the recorded ones: a run and its suite in, counts per arm out."""

from __future__ import annotations

import msgspec

from harness.store.fixtures import FixtureIndex, fixture_path
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.reply import Answer
from harness.values.request import Recall


class Agreement(msgspec.Struct, frozen=True):
    """Of `compared` live answers to recorded questions, how many have the same text."""

    equal: int
    compared: int


def agreement(run: Run, suite: Suite) -> dict[str, Agreement]:
    """By arm that was asked live and is recorded; questions without a recording do not count."""
    indexes: dict[str, FixtureIndex] = {}
    for name, arm in run.info.arms.items():
        path = fixture_path(suite.fixtures_folder, name)
        if not arm.replayed and path.exists():
            indexes[name] = FixtureIndex(path, split=run.info.split, frozen=False)
    counts = {name: [0, 0] for name in indexes}
    for record in run.records() if indexes else ():
        index = indexes.get(record.arm)
        exchange = record.exchanges[-1]
        place = Recall(record.case, record.input_digest, record.replicate, exchange.key)
        recorded = index.find(place) if index else None
        reply = exchange.reply
        if isinstance(recorded, Answer) and isinstance(reply, Answer):
            counts[record.arm][0] += recorded.text == reply.text
            counts[record.arm][1] += 1
    return {name: Agreement(*pair) for name, pair in counts.items() if pair[1]}
