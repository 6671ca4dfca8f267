"""Running a suite: modes, choices, limits, budgets, and what stands on disk afterwards."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, ReplayMissError, UsageError
from harness.store.journal import Journal
from harness.store.runs import JOURNAL_FILE, load_run, read_info
from harness.values.record import Record
from harness.values.request import Replicate
from harness.values.score import Outcome
from harness.workflows.run import open_suite, run

from .repository import CASES, RIGHT, SCRIPTED, SHOTS, Repository, addresses, case, usual_cases

HOSTED = '[endpoints.fake]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\nkey_env = ""\n'
PRICED = (
    SCRIPTED
    + '[prices.m]\ninput = 1.0\noutput = 1.0\nas_of = "2026-01-01"\nsource = "a price list"\n'
)


class Watch:
    """Keeps what an observer is told."""

    def __init__(self) -> None:
        self.planned: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.records: list[Record] = []

    def began(self, planned: Any, done: Any) -> None:
        self.planned, self.done = dict(planned), dict(done)

    def settled(self, record: Record) -> None:
        self.records.append(record)


def asked(finished: Any, arm: str = "plain") -> set[str]:
    return {record.case for record in finished.records() if record.arm == arm}


def test_a_run_from_end_to_end(repository: Repository) -> None:
    """Every case is one record; the columns, the journal and run.json agree."""
    watch = Watch()
    finished = run(repository.open(), [watch])
    info = finished.info
    assert (info.status, info.cases, info.mode) == ("complete", CASES, "replay")
    assert finished.arms["plain"].outcomes()[Outcome.CORRECT] == RIGHT
    assert list(finished.records()) == watch.records
    assert watch.planned == {"plain": CASES}
    assert read_info(finished.path) == info
    loaded = load_run(finished.path)
    assert loaded.arms["plain"].outcomes() == finished.arms["plain"].outcomes()
    assert info.arms["plain"].planned == CASES
    assert info.arms["plain"].server == "scripted"
    assert info.arms["plain"].served_models == ("m",)
    assert info.definitions["plain"]["model"] == "m"
    assert info.started <= info.finished


def test_by_name_and_by_path(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite is named, given as a path, or opened before."""
    monkeypatch.chdir(repository.root)
    for suite in ("demo", repository.folder, str(repository.folder), open_suite("demo")):
        assert run(suite).info.suite == "demo"
    assert len(repository.runs) == 4


def test_results_elsewhere(repository: Repository, tmp_path: Path) -> None:
    """Runs can be kept outside the repository."""
    finished = repository.run(results=tmp_path / "else")
    assert finished.path.is_relative_to(tmp_path / "else")
    assert repository.runs == []


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"arms": ["plein"]}, "has no arm 'plein'; arms: plain"),
        ({"arm": ["plain"]}, "run: "),
        ({"split": "tset"}, "run: "),
        ({"mode": "reply"}, "run: "),
        ({"trials": 0}, "run: "),
        ({"limit": 0}, "run: "),
        ({"limit": "ten"}, "run: "),
        ({"budget_tokens": 0}, "run: "),
        ({"resume": "20261121"}, "has no run 20261121"),
        ({"resume": ""}, "no unfinished run"),
    ],
)
def test_wrong_choices(repository: Repository, choices: dict[str, Any], message: str) -> None:
    """A typo never means something else: UsageError, and no folder is left behind."""
    with pytest.raises(UsageError, match=re.escape(message)):
        repository.run(**choices)
    assert repository.runs == []


def test_a_split_that_is_not_there(repository: Repository) -> None:
    """The splits that exist are named."""
    repository.replace("suite.toml", 'validation = "data/validation.jsonl"\n', "")
    with pytest.raises(UsageError, match="no validation split; splits: train, test"):
        repository.run(split="validation")


def test_live_asks_and_records_nothing(repository: Repository) -> None:
    """A live run leaves no fixture."""
    finished = repository.run(mode="live")
    assert not finished.info.arms["plain"].replayed
    assert not repository.fixtures.exists()


def test_record_then_replay(repository: Repository) -> None:
    """What was recorded is replayed with equal outcomes, and the endpoint is not asked."""
    recorded = repository.run(mode="record")
    assert len(repository.lines()) == CASES
    repository.write("harness.toml", HOSTED)  # nobody listens there
    replayed = repository.run()
    assert replayed.info.arms["plain"].replayed
    assert replayed.info.status == "complete"
    assert replayed.arms["plain"].outcomes() == recorded.arms["plain"].outcomes()
    answers = [{r.case: r.exchanges[0] for r in both.records()} for both in (recorded, replayed)]
    assert answers[0] == answers[1]


def test_recording_again_asks_only_for_what_is_missing(repository: Repository) -> None:
    """Old lines keep their bytes; a new case adds one; a server that is gone is not missed."""
    repository.run(mode="record")
    before = (repository.fixtures / "plain.jsonl").read_bytes()
    repository.run(mode="record")
    assert (repository.fixtures / "plain.jsonl").read_bytes() == before
    repository.cases("test", [*usual_cases("test", CASES), case("test", 100, "yes", "yes")])
    repository.run(mode="record")
    after = (repository.fixtures / "plain.jsonl").read_bytes()
    assert after.startswith(before)
    assert len(repository.lines()) == CASES + 1


def test_infrastructure_failures_are_not_recorded(repository: Repository) -> None:
    """A time-out is not what the model says; a refused request is."""
    failing = 'fail = { "test 0" = "timeout", "test 1" = "bad_request" }\n'
    repository.write("harness.toml", SCRIPTED + failing)
    finished = repository.run(mode="record")
    assert finished.arms["plain"].outcomes()[Outcome.PROVIDER_ERROR] >= 2
    recorded = {line.case for line in repository.lines()}
    assert "test0" not in recorded
    assert "test1" in recorded


def test_nothing_recorded(repository: Repository) -> None:
    """An arm that somebody would have to pay for is not asked unless that is said."""
    repository.write("harness.toml", HOSTED)
    with pytest.raises(UsageError, match=r"harness run demo --arm plain --split train --record"):
        repository.run(split="train")
    assert repository.runs == []


@pytest.mark.parametrize(
    ("choices", "command"),
    [
        ({}, "harness run demo --arm plain --record"),
        ({"split": "validation"}, "harness run demo --arm plain --split validation --record"),
        ({"trials": 2}, "harness run demo --arm plain --trials 2 --record"),
    ],
)
def test_a_miss_prints_the_command_that_heals_it(
    repository: Repository, choices: dict[str, Any], command: str
) -> None:
    """After an edit of the prompt every reply is missing; the printed command brings them back."""
    repository.run(mode="record")
    repository.prompt("plain", "Edited: it says {{ text }}.")
    with pytest.raises(ReplayMissError) as caught:
        repository.run(**choices)
    assert str(caught.value).endswith(f"\n    {command}")
    assert "of arm plain" in str(caught.value)
    assert caught.value.exit_code == 65
    repository.run(mode="record", **choices)
    assert repository.run(**choices).info.status == "complete"


def test_a_run_with_misses_is_unrecorded(repository: Repository) -> None:
    """Its run.json does not claim to be complete."""
    recorded = repository.run(mode="record").path
    repository.prompt("plain", "Edited: it says {{ text }}.")
    with pytest.raises(ReplayMissError):
        repository.run()
    (missed,) = set(repository.runs) - {recorded}
    assert read_info(missed).status == "unrecorded"


def test_only_the_arms_that_miss_are_named(tmp_path: Path) -> None:
    """The command records no more than what is missing."""
    repository = Repository(tmp_path, arms=SHOTS)
    repository.run(mode="record")
    repository.prompt("shots", "{% for s in shots %}{{ s.text }}{% endfor %} says {{ text }}")
    with pytest.raises(ReplayMissError, match=r"demo --arm shots --record") as caught:
        repository.run()
    assert f"{2 * CASES} of arm shots" in str(caught.value)
    assert "--arm plain" not in str(caught.value)


def test_a_frozen_arm_survives_an_edit(repository: Repository) -> None:
    """Its recordings are found by case and input: the template may change, even break."""
    recorded = repository.run(mode="record")
    repository.replace("suite.toml", 'prompt = "plain"\n', 'prompt = "plain"\nfrozen = true\n')
    repository.prompt("plain", "Something else: {{ text }}")
    for mode in ("replay", "record", "live"):
        replayed = repository.run(mode=mode)
        assert replayed.info.arms["plain"].replayed
        assert replayed.arms["plain"].outcomes() == recorded.arms["plain"].outcomes()


def test_a_frozen_arm_does_not_answer_for_another_input(repository: Repository) -> None:
    """A changed input is a miss, and no command is offered that could not help."""
    repository.run(mode="record")
    repository.replace("suite.toml", 'prompt = "plain"\n', 'prompt = "plain"\nfrozen = true\n')
    repository.replace("data/test.jsonl", "yes, test 0", "yes, test zero")
    with pytest.raises(ReplayMissError, match=r"1 of arm plain\. A frozen arm knows only"):
        repository.run()


def test_a_frozen_arm_without_recordings(repository: Repository) -> None:
    """There is nothing to ask and nothing to replay."""
    repository.replace("suite.toml", 'prompt = "plain"\n', 'prompt = "plain"\nfrozen = true\n')
    with pytest.raises(UsageError, match="plain is frozen, and nothing is recorded"):
        repository.run(mode="live")


def test_limits_are_nested(repository: Repository) -> None:
    """Every smaller limit asks a part of what a larger one asks; another seed asks others."""
    chosen = [asked(repository.run(limit=n)) for n in (2, 4, 8, 12)]
    assert [len(ids) for ids in chosen] == [2, 4, 8, 12]
    assert all(small < large for small, large in pairwise(chosen))
    seeds = {frozenset(asked(repository.run(limit=4, seed=seed))) for seed in range(4)}
    assert len(seeds) > 1


def test_limits_are_stratified(repository: Repository) -> None:
    """With even labels every limit is even, and the run says that it is limited."""
    for limit in (2, 4, 6):
        finished = repository.run(limit=limit)
        labels = Counter(int(id_.removeprefix("test")) % 2 for id_ in asked(finished))
        assert labels == {0: limit // 2, 1: limit // 2}
        assert finished.info.status == "limited"


def test_a_limit_above_all_is_complete(repository: Repository) -> None:
    """Nothing was left out."""
    assert repository.run(limit=1000).info.status == "complete"


def test_trials_and_seeds(tmp_path: Path) -> None:
    """Every case is asked once per shot seed and trial, and each is recorded."""
    repository = Repository(tmp_path, arms=SHOTS)
    finished = repository.run(trials=3, mode="record")
    wanted = {Replicate(seed, trial) for seed in (1, 2) for trial in range(3)}
    of_case: dict[str, list[Replicate]] = {}
    for record in finished.records():
        if record.arm == "shots":
            of_case.setdefault(record.case, []).append(record.replicate)
            assert len(record.shots) == 2
    assert len(of_case) == CASES
    assert all(set(found) == wanted and len(found) == 6 for found in of_case.values())
    assert len(repository.lines("shots")) == 6 * CASES
    assert repository.run(trials=3).info.status == "complete"


def test_a_budget_stops_at_whole_cases(tmp_path: Path) -> None:
    """Tokens: both arms have the same cases, the spend is within the budget, and it is said."""
    repository = Repository(tmp_path, arms=SHOTS)
    whole = repository.run(mode="live")
    spent = sum(sum(c.input) + sum(c.output) for c in whole.arms.values())
    finished = repository.run(mode="live", budget_tokens=spent // 2)
    assert finished.info.status == "budget"
    assert asked(finished, "plain") == asked(finished, "shots")
    assert 1 <= len(asked(finished)) < CASES
    used = sum(sum(c.input) + sum(c.output) for c in finished.arms.values())
    assert used <= spent // 2
    assert finished.info.budget == {"tokens": spent // 2}


def test_a_budget_that_suffices_changes_nothing(repository: Repository) -> None:
    """The run is complete."""
    assert repository.run(mode="live", budget_tokens=10**6).info.status == "complete"


def test_a_budget_of_money_needs_prices(repository: Repository) -> None:
    """An unknown price is an error that says where to write it, never 0."""
    with pytest.raises(UsageError, match=r'needs a price for m: add \[prices."m"\]'):
        repository.run(mode="live", budget_money=1.0)
    assert repository.runs == []
    repository.write("harness.toml", PRICED)
    finished = repository.run(mode="live", budget_money=1e-5)
    assert finished.info.status == "budget"
    assert 1 <= len(asked(finished)) < CASES
    assert finished.info.prices["fake/m"].source == "a price list"


def test_a_budget_counts_from_the_beginning_of_the_run(repository: Repository) -> None:
    """Resumed with the same budget nothing more is asked; with a larger one the run goes on."""
    first = repository.run(mode="live", budget_tokens=40)
    id_ = first.info.id
    done = asked(first)
    again = repository.run(resume=id_, budget_tokens=40)
    assert asked(again) == done
    assert again.info.status == "budget"
    assert repository.run(resume=id_, budget_tokens=10**6).info.status == "complete"


def test_what_is_recorded_costs_no_budget(repository: Repository) -> None:
    """Recording again with the same budget goes on from where the last one stopped."""
    counts = []
    for _ in range(4):
        finished = repository.run(mode="record", budget_tokens=40)
        counts.append(len(repository.lines()))
    assert counts == [5, 10, CASES, CASES]
    assert finished.info.status == "complete"


def test_a_prompt_that_cannot_be_made(repository: Repository) -> None:
    """One case fails by our fault and says why; the others are answered."""
    rows = [case("test", i, "yes", "yes") for i in range(3)]
    rows[1]["input"]["text"] = ["not", "a", "text"]
    repository.cases("test", rows)
    repository.prompt("plain", "The text says {{ text + '.' }}")
    finished = repository.run(mode="live")
    outcomes = finished.arms["plain"].outcomes()
    assert outcomes[Outcome.HARNESS_ERROR] == 1
    assert outcomes[Outcome.CORRECT] == 2
    assert finished.info.status == "complete"


def test_a_scorer_of_the_suite_that_raises(repository: Repository) -> None:
    """Its cases are harness errors with the exception as the reason."""
    text = "def near(case, answer):\n    return 1.0 if case.id != 'test0' else 1 / 0\n"
    repository.write("suites/demo/scoring.py", text)
    repository.replace("suite.toml", 'primary = "label"', 'primary = "scoring:near"')
    finished = repository.run()
    failed = [r for r in finished.records() if r.outcome == Outcome.HARNESS_ERROR]
    assert addresses(failed) == [("plain", "test0", 0, 0)]
    assert "ZeroDivisionError" in failed[0].scores["scoring:near"].reason


async def test_inside_a_running_loop(repository: Repository) -> None:
    """A notebook has a loop of its own; a run works there too."""
    assert repository.run().info.status == "complete"


def test_an_arm_that_ends(repository: Repository) -> None:
    """The run is incomplete and says why; what was settled stays."""
    repository.write("harness.toml", SCRIPTED + 'fail = { "test 5" = "auth" }\n')
    finished = repository.run(mode="live")
    assert finished.info.status == "incomplete"
    assert finished.info.arms["plain"].ended.startswith("auth: ")
    assert len(asked(finished)) < CASES


def test_a_journal_that_cannot_be_written(repository: Repository) -> None:
    """A results folder that is a file: DataError, which is exit code 65."""
    repository.write("results", "not a folder")
    with pytest.raises(DataError):
        repository.run()


def test_broken_fixtures(repository: Repository) -> None:
    """A fixture line that is none names its file."""
    repository.run(mode="record")
    path = repository.fixtures / "plain.jsonl"
    path.write_text(path.read_text().replace('"reply":{"type":"answer"', '"reply":{"type":"x"', 1))
    with pytest.raises(DataError, match=r"plain\.jsonl: a reply cannot be read"):
        repository.run()


def test_two_runs_do_not_share_a_folder(repository: Repository) -> None:
    """Even within one second."""
    assert len({repository.run().path for _ in range(5)}) == 5


def test_the_journal_is_given_back(repository: Repository) -> None:
    """After a run its journal can be opened by somebody else."""
    finished = repository.run()
    with Journal(finished.path / JOURNAL_FILE):
        pass
