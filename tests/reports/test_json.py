from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from harness.reports.json import run_json
from harness.values.baseline import Selection, Tried
from harness.values.leaks import LeakReport
from tests.approved import measured

from .runs import arm_info, columns, graded_run, record, run_info, troubled_run, usual_run


def test_json_is_json_and_its_keys_are_stable(snapshot):
    """What programs read of a run; a key that changes is a change of the interface."""
    report = run_json(*usual_run())
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["arms"]["zero_shot"] == snapshot


@pytest.mark.parametrize("run", [usual_run(), troubled_run(), graded_run()])
def test_all_arms_have_the_same_keys(run):
    """Also arms that ended, and those without labels."""
    assert len({tuple(arm) for arm in run_json(*run)["arms"].values()}) == 1


def test_numbers_have_full_precision():
    """Rounding is for people."""
    assert run_json(*usual_run())["arms"]["few_shot"]["mean"] == pytest.approx(122 / 180, abs=1e-15)


def test_unknown_is_null():
    """Never zero."""
    tokens = run_json(*troubled_run())["arms"]["silent"]["tokens"]
    assert (tokens["input"], tokens["per_reply"], tokens["unknown_replies"]) == (None, None, 60)


def test_an_arm_that_ended_has_counts_but_no_share():
    """A program cannot take 0 of 1 for an accuracy either."""
    arm = run_json(*troubled_run())["arms"]["no_key"]
    assert (arm["state"], arm["mean"], arm["rates"]) == ("ended early", None, None)
    assert arm["outcomes"]["provider_error"] == 1


def test_replicates_keep_their_seeds():
    """Each mean stands beside the seed it belongs to."""
    replicates = run_json(*usual_run())["arms"]["few_shot"]["replicates"]
    assert [one["shot_seed"] for one in replicates] == [1, 2, 3]
    assert [one["mean"] * 60 for one in replicates] == pytest.approx([40, 45, 37])


def test_an_arm_that_was_never_asked_is_there():
    """Its cost is nothing, its quality null."""
    arm = run_json(run_info({"a": arm_info()}), {"a": columns([])})["arms"]["a"]
    assert (arm["state"], arm["tokens"], arm["attempts"]) == ("not run", None, 0)


def test_one_case_has_no_interval():
    """Null, as everything that is not known."""
    info = run_info({"a": arm_info(planned=1)}, 1)
    assert run_json(info, {"a": columns([record(0)])})["arms"]["a"]["interval"] is None


def test_leaks_are_listed_whole():
    """A program reads every leaked and excluded case; an arm that learned nothing has null."""
    report = LeakReport(status="leaky", compared=9, counts={"exact": 2}, cases=("c0", "c7"))
    arms = {"a": arm_info(planned=1, leaks=report), "b": arm_info(planned=1)}
    found = run_json(
        run_info(arms, 1, excluded=("c7",)), {name: columns([record(0)]) for name in arms}
    )
    assert found["excluded"] == ["c7"]
    assert found["arms"]["a"]["leaks"]["cases"] == ["c0", "c7"]
    assert found["arms"]["a"]["leaks"]["counts"] == {"exact": 2}
    assert found["arms"]["b"]["leaks"] is None


@pytest.mark.parametrize(("digest", "stale"), [("a" * 24, False), ("b" * 24, True)])
def test_the_selection_says_among_how_many_and_whether_it_holds(digest, stale):
    """A program sees which arm carries the claim; null where none was chosen."""
    info, arms = usual_run()
    tried = Tried(
        mean=0.9, standard_error=0.1, within=True, measured=replace(measured(), arm=digest)
    )
    selection = Selection(
        arm="few_shot",
        split="validation",
        date="2026-11-28",
        rule="a rule",
        cheapest_by="tokens",
        arms={"few_shot": tried, "zero_shot": tried},
    )
    assert run_json(info, arms)["selection"] is None
    assert run_json(replace(info, selection=selection), arms)["selection"] == {
        "arm": "few_shot",
        "date": "2026-11-28",
        "of": 2,
        "stale": stale,
    }
