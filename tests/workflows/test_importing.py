"""Logs of other tools become suites and runs: all of them, or nothing."""

from __future__ import annotations

import csv
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec import structs

from harness.errors import DataError, UsageError
from harness.store.fixtures import fixture_path, read_fixtures
from harness.store.runs import find_unfinished, load_run, write_info
from harness.values.imported import SuiteImport
from harness.values.reply import Failure
from harness.values.score import Outcome
from harness.values.verdict import Ruling
from harness.workflows.check import check
from harness.workflows.compare.compare import compare
from harness.workflows.export.export import export
from harness.workflows.gate.gate import gate
from harness.workflows.importing import importing
from harness.workflows.importing.importing import import_logs
from harness.workflows.run import arms_without_replies, open_suite, run
from tests.store.peers.logs import (
    inspect_eval,
    inspect_json,
    inspect_sample,
    promptfoo_file,
    promptfoo_result,
)

WORDS = ("yes", "no", "yes", "yes", "no", "yes")


def samples(words=WORDS, **more) -> list[dict]:
    return [inspect_sample(number, word, **more) for number, word in enumerate(words, 1)]


def added(root: Path, name: str, given: list[dict] | None = None, **choices) -> SuiteImport:
    header = {key: choices.pop(key) for key in ("status", "model", "config") if key in choices}
    log = inspect_json(root / f"{name}.json", given or samples(), **header)
    return import_logs([log], "demo", start=root, **choices)


def texts(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_log_becomes_a_suite_that_runs(tmp_path: Path) -> None:
    """Cases, a frozen arm with its recordings, a scorer that says the same, a page of origins."""
    done = added(tmp_path, "log")
    assert (done.created, done.cases, done.score) == (True, 6, "match")
    assert done.rescored is not None
    assert (done.scorer, done.rescored.equal, done.rescored.compared) == ("label", 6, 6)
    (arm,) = done.arms
    assert (arm.arm, arm.recorded, arm.given) == ("small", True, pytest.approx(4 / 6))
    assert arm.accuracy == pytest.approx(4 / 6)
    suite = open_suite("demo", tmp_path)
    assert suite.arms["small"].frozen
    assert [
        line.origin.date for _, line in read_fixtures(fixture_path(suite.fixtures_folder, "small"))
    ] == ["2026-10-01"] * 6
    replayed = run(suite)
    assert replayed.arms["small"].outcomes()[Outcome.CORRECT] == 4
    assert sum(replayed.arms["small"].input) == 60
    assert check([], tmp_path)[0].problems == ()
    readme = (suite.folder / "README.md").read_text()
    assert "Imported from Inspect: log.json; model acme/small, recorded in fixtures/" in readme
    everything = b"".join(texts(tmp_path / "suites").values()) + b"".join(
        texts(tmp_path / "results").values()
    )
    assert b"sk-n" not in everything


def test_the_run_has_the_same_scores_and_those_of_the_other_tool(tmp_path: Path) -> None:
    """A replay of the recordings and the run give the same; `match` stands beside."""
    done = added(tmp_path, "log")
    found = load_run(done.arms[0].run)
    replayed = run(open_suite("demo", tmp_path))
    assert found.info.scoring_digest == replayed.info.scoring_digest
    assert found.info.status == "complete"
    assert [(r.case, r.outcome) for r in found.records()] == sorted(
        (r.case, r.outcome) for r in replayed.records()
    )
    assert {record.scores["match"].value for record in found.records()} == {0.0, 1.0}


def test_more_arms_join_a_suite(tmp_path: Path) -> None:
    """And compare with the first, from recordings and from runs."""
    first = added(tmp_path, "one")
    second = added(tmp_path, "two", samples(("yes",) * 6), model="acme/large")
    assert (second.created, [arm.arm for arm in second.arms]) == (False, ["large"])
    suite = open_suite("demo", tmp_path)
    assert {side.name: side.mean for side in compare(suite).sides} == {
        "small": pytest.approx(4 / 6),
        "large": 1.0,
    }
    runs = (first.arms[0].run, second.arms[0].run)
    assert len(compare(suite, runs=runs).comparisons[0].gained) == 2
    choices = {"candidate": "large", "incumbent": "small", "margin": 0.4, "preview": True}
    assert gate(suite, **choices).decision.ruling != Ruling.INVALID


@pytest.mark.parametrize("status", ["cancelled", "error", "started"])
def test_what_was_not_finished_is_never_promoted(tmp_path: Path, status: str) -> None:
    """Even with every case: it is a run alone, and a gate on it is invalid."""
    added(tmp_path, "whole")
    done = added(tmp_path, "cut", model="acme/cut", status=status)
    assert (done.arms[0].recorded, done.arms[0].reason) == (False, f"its status is {status}")
    suite = open_suite("demo", tmp_path)
    assert not fixture_path(suite.fixtures_folder, "cut").exists()
    choices = {"candidate": "cut", "incumbent": "small", "margin": 0.4, "preview": True}
    gated = gate(suite, run=done.arms[0].run, **choices)
    assert gated.decision.ruling == Ruling.INVALID
    assert [check.name for check in gated.verdict.checks if check.status == "invalid"] == [
        "complete"
    ]


def test_a_log_that_lacks_cases_is_a_run_alone(tmp_path: Path) -> None:
    """It cannot be replayed beside the others, and its run is incomplete."""
    added(tmp_path, "whole")
    done = added(tmp_path, "part", samples(("yes", "no")), model="acme/part")
    assert (done.arms[0].recorded, done.arms[0].reason) == (False, "it lacks 4 cases")
    found = load_run(done.arms[0].run)
    assert found.info.status == "incomplete"
    assert run(open_suite("demo", tmp_path), arms=("small",)).info.status == "complete"


def test_a_limit_makes_a_limited_run(tmp_path: Path) -> None:
    """The other tool took six of more: the suite says so, and no run of it promotes."""
    done = added(tmp_path, "log", config={"limit": 6})
    found = load_run(done.arms[0].run)
    assert (found.info.status, found.info.limit) == ("limited", 6)
    assert done.arms[0].notes == ("Inspect took 6 cases of more",)


def test_errors_are_outcomes_and_stay(tmp_path: Path) -> None:
    """Neither wrong nor dropped: in the recordings as in the run."""
    given = samples()
    given[0] = inspect_sample(1, "", error={"message": "503 Service Unavailable"})
    given[1] = inspect_sample(2, "", error={"message": "KeyError: 'x'"})
    done = added(tmp_path, "log", given)
    assert (done.arms[0].failures, done.arms[0].recorded) == (2, True)
    assert (done.arms[0].given, done.arms[0].accuracy) == (3 / 4, pytest.approx(3 / 6))
    for found in (load_run(done.arms[0].run), run(open_suite("demo", tmp_path))):
        outcomes = found.arms["small"].outcomes()
        assert (outcomes[Outcome.PROVIDER_ERROR], outcomes[Outcome.HARNESS_ERROR]) == (1, 1)
        assert len(found.arms["small"]) == 6
    first = next(load_run(done.arms[0].run).records())
    assert isinstance(first.exchanges[0].reply, Failure)


def test_epochs_are_trials(tmp_path: Path) -> None:
    """The run has both; a replay has the first, and all of them with --trials."""
    given = samples() + samples(("yes",) * 6, epoch=2)
    done = added(tmp_path, "log", given)
    assert (done.arms[0].trials, done.arms[0].given) == (2, pytest.approx(10 / 12))
    assert done.arms[0].accuracy == pytest.approx(10 / 12)
    suite = open_suite("demo", tmp_path)
    assert len(run(suite).arms["small"]) == 6
    assert len(run(suite, trials=2).arms["small"]) == 12


def test_a_score_that_nobody_can_say_again_is_used_itself(tmp_path: Path) -> None:
    """What a model graded: the texts say nothing of it."""
    given = [sample | {"scores": {"model_graded_qa": {"value": "P"}}} for sample in samples()]
    done = added(tmp_path, "log", given)
    assert (done.scorer, done.score, done.rescored) == ("imported", "model_graded_qa", None)
    suite = open_suite("demo", tmp_path)
    assert suite.scorers[0].graded
    assert set(run(suite).arms["small"].score) == {0.5}
    assert check([], tmp_path)[0].problems == ()


def test_disagreements_are_listed(tmp_path: Path) -> None:
    """With the reply, both scores and the reason; ours decides where it was named."""
    given = samples()
    given[1]["scores"]["match"]["value"] = "C"
    done = added(tmp_path, "log", given, scorer="exact")
    found = done.rescored
    assert found is not None
    assert (done.scorer, found.equal, found.compared) == ("exact", 5, 6)
    (one,) = found.disagreements
    assert (one.case, one.ours, one.given, one.reply) == ("2", 0.0, 1.0, "no")
    assert one.reason == "ours reads 'no' where 'yes' is expected"
    other = import_logs([str(tmp_path / "log.json")], "other", start=tmp_path)
    assert (other.scorer, other.rescored and other.rescored.equal) == ("imported", 5)


def test_other_cases_are_refused_all_at_once(tmp_path: Path) -> None:
    """Another input, another expected value and a case that is not there; nothing is written."""
    added(tmp_path, "one")
    before = texts(tmp_path / "suites")
    given = [*samples(), inspect_sample(7, "yes")]
    given[0]["input"] = "something else"
    given[1]["target"] = "no"
    with pytest.raises(DataError) as caught:
        added(tmp_path, "two", given, model="acme/large")
    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "case '1' has another input here",
        "case '2' has another expected here",
        "demo has no test case '7': import it as a suite of its own",
    ]
    assert texts(tmp_path / "suites") == before
    assert len(list((tmp_path / "results/runs/demo").iterdir())) == 1


def test_inputs_of_another_name_are_one_problem(tmp_path: Path) -> None:
    """Not one for each case; and a table is told what to call its column."""
    head = "id,{},expected,arm,reply,score.exact\n"
    rows = "".join(f"c{number},q{number},yes,{{}},yes,1\n" for number in range(180))
    (tmp_path / "one.csv").write_text(head.format("input.message") + rows.replace("{}", "one"))
    import_logs([str(tmp_path / "one.csv")], "demo", start=tmp_path)
    two = tmp_path / "two.csv"
    two.write_text(head.format("input") + rows.replace("{}", "two"))
    with pytest.raises(DataError) as caught:
        import_logs([str(two)], "demo", start=tmp_path)
    (problem,) = caught.value.problems
    said = "180 replies to the input 'input', which is 'message' in the cases here"
    assert (problem.message, problem.hint) == (said, "name the column input.message")
    two.write_text(two.read_text().replace("id,input,", "id,input.message,"))
    assert import_logs([str(two)], "demo", start=tmp_path).arms[0].recorded


@pytest.mark.parametrize("first", [True, False])
def test_a_fault_half_way_leaves_nothing(tmp_path: Path, monkeypatch, first: bool) -> None:
    """Neither of a new suite nor of an arm that was to join one."""
    if not first:
        added(tmp_path, "one")
    before = texts(tmp_path)

    def full(*args: object) -> Path:
        raise OSError("the disk is full")

    monkeypatch.setattr(importing, "write_run", full)
    log = inspect_eval(tmp_path / "log.eval", samples(), model="acme/large")
    with pytest.raises(OSError, match="full"):
        import_logs([log], "demo", start=tmp_path)
    Path(log).unlink()
    after = texts(tmp_path)
    assert {name for name in after if not name.startswith("results")} == {
        name for name in before if not name.startswith("results")
    }
    assert all(after[name] == before[name] for name in before)
    if first:
        assert not (tmp_path / "suites" / "demo").exists()


def test_arms_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Two logs of one model on the same cases, a name that is taken, one name for two arms."""
    one = inspect_json(tmp_path / "one.json", samples())
    two = inspect_json(tmp_path / "two.json", samples())
    with pytest.raises(UsageError, match=r"would both be the arm small .*--arm NAME"):
        import_logs([one, two], "demo", start=tmp_path)
    import_logs([one], "demo", start=tmp_path)
    with pytest.raises(UsageError, match="has an arm small already"):
        import_logs([two], "demo", start=tmp_path)
    assert import_logs([two], "demo", start=tmp_path, arm="again").arms[0].arm == "again"
    big = inspect_json(tmp_path / "big.json", samples(), model="acme/big")
    with pytest.raises(UsageError, match="--arm names one arm, and the files have 2"):
        import_logs([one, big], "demo", start=tmp_path, arm="x")
    with pytest.raises(UsageError, match="no name for an arm"):
        import_logs([big], "demo", start=tmp_path, arm="Not a name")


def test_one_sample_twice(tmp_path: Path) -> None:
    """The same case in the same epoch has one reply."""
    given = [*samples(), inspect_sample(3, "no")]
    with pytest.raises(DataError, match="a second reply of small to case '3', trial 0"):
        added(tmp_path, "log", given)
    assert not (tmp_path / "suites").exists()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"score": "bleu"}, "not every log has a score 'bleu'; scores: match"),
        ({"scorer": "magic"}, "no scorer is called 'magic'"),
        ({"scorer": "choice"}, "the cases expect no single letters"),
    ],
)
def test_scorers_that_do_not_fit(tmp_path: Path, choices: dict, message: str) -> None:
    """Said before anything is written."""
    with pytest.raises(UsageError, match=message):
        added(tmp_path, "log", **choices)
    assert not (tmp_path / "suites").exists()


def test_an_existing_suite_keeps_its_scorer(tmp_path: Path) -> None:
    """Naming another one is no wish that an import can grant."""
    added(tmp_path, "one")
    with pytest.raises(UsageError, match=r"demo has its scorers: edit .*suite\.toml"):
        added(tmp_path, "two", model="acme/large", scorer="exact")


def test_names_of_templates_are_no_inputs(tmp_path: Path) -> None:
    """A variable called `shots` stands within one input."""
    result = promptfoo_result(0, "yes", good=True, vars={"shots": "a", "q": "b"})
    path = promptfoo_file(tmp_path / "out.json", [result])
    import_logs([path], "demo", start=tmp_path)
    row = json.loads((tmp_path / "suites/demo/data/test.jsonl").read_text())
    assert row["input"] == {"input": {"shots": "a", "q": "b"}}


def test_a_suite_by_its_path(tmp_path: Path) -> None:
    """Anywhere; a folder that cannot be written leaves nothing behind."""
    log = inspect_json(tmp_path / "log.json", samples())
    done = import_logs([log], "elsewhere/demo", start=tmp_path)
    assert Path(done.folder) == tmp_path / "elsewhere" / "demo"
    if os.geteuid() != 0:
        (tmp_path / "shut").mkdir(mode=0o500)
        with pytest.raises(DataError, match="cannot be written"):
            import_logs([log], "shut/demo", start=tmp_path)


def test_what_is_all_wrong_chooses_no_scorer(tmp_path: Path) -> None:
    """Every scorer agrees that nothing is right: that tells none from another."""
    given = samples(("no", "ANSWER: no"))
    done = added(tmp_path, "log", given)
    assert (done.scorer, done.score, done.rescored) == ("imported", "match", None)


def test_several_imports_at_once(tmp_path: Path) -> None:
    """Each arm is there in the end: none overwrites the suite.toml of another."""
    added(tmp_path, "first")
    names = [f"m{number}" for number in range(6)]
    logs = [
        inspect_json(tmp_path / f"{name}.json", samples(), model=f"acme/{name}") for name in names
    ]
    with ThreadPoolExecutor(len(logs)) as pool:
        list(pool.map(lambda log: import_logs([log], "demo", start=tmp_path), logs))
    suite = open_suite("demo", tmp_path)
    assert set(suite.arms) == {"small", *names}
    assert not list(suite.folder.glob(".*"))


def test_recordings_that_no_arm_declares_are_kept(tmp_path: Path) -> None:
    """They may be the last of a model that is gone."""
    added(tmp_path, "one")
    suite = open_suite("demo", tmp_path)
    left = fixture_path(suite.fixtures_folder, "large")
    left.write_text("what was recorded once\n")
    with pytest.raises(UsageError, match=r"large\.jsonl holds recordings of an arm"):
        added(tmp_path, "two", model="acme/large")
    assert left.read_text() == "what was recorded once\n"


def test_a_fault_leaves_no_page_that_was_not_there(tmp_path: Path, monkeypatch) -> None:
    """A suite without README.md has none after it."""
    added(tmp_path, "one")
    (tmp_path / "suites/demo/README.md").unlink()
    before = texts(tmp_path / "suites")

    def full(*args: object) -> Path:
        raise OSError("the disk is full")

    monkeypatch.setattr(importing, "write_run", full)
    with pytest.raises(OSError, match="full"):
        added(tmp_path, "two", model="acme/large")
    assert texts(tmp_path / "suites") == before


def test_a_run_of_all_arms_passes_over_what_has_no_recordings(tmp_path: Path) -> None:
    """A run that names it is refused, and so is one where nothing else is left."""
    added(tmp_path, "cut", model="acme/cut", status="cancelled")
    with pytest.raises(UsageError, match="arm cut is frozen, and nothing is recorded for it"):
        run(open_suite("demo", tmp_path))
    added(tmp_path, "whole")
    suite = open_suite("demo", tmp_path)
    assert arms_without_replies(suite) == ["cut"]
    assert list(run(suite).arms) == ["small"]
    with pytest.raises(UsageError, match="arm cut is frozen"):
        run(suite, arms=("cut",))


def test_what_was_exported_comes_back(tmp_path: Path) -> None:
    """With the columns renamed as docs/import.md says: scores, tokens and failures are the same."""
    given = [*samples(), inspect_sample(7, "", error={"message": "503 Service Unavailable"})]
    added(tmp_path, "log", given)
    suite = open_suite("demo", tmp_path)
    export(suite, [tmp_path / "out.csv"])
    inputs = {case.id: case.input["input"] for case in suite.splits["test"]}
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = [
            {
                "id": row["case"],
                "input": inputs[row["case"]],
                "expected": row["expected"],
                "arm": row["arm"],
                "reply": row["text"],
                "error": row["detail"],
                "input_tokens": row["tokens.input"],
                "output_tokens": row["tokens.output"],
                "latency": row["latency"],
                "score.label": row["score.label"],
            }
            for row in csv.DictReader(file)
        ]
    with (tmp_path / "back.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = import_logs([str(tmp_path / "back.csv")], "back", start=tmp_path, scorer="label")
    assert done.rescored is not None
    assert (done.rescored.equal, done.rescored.compared) == (6, 6)
    there, back = (run(open_suite(name, tmp_path)).arms["small"] for name in ("demo", "back"))
    for column in ("outcome", "score", "input", "output", "latency"):
        assert list(getattr(back, column)) == list(getattr(there, column)), column


@pytest.mark.parametrize(
    ("created", "started"),
    [
        ("2026-09-30T23:30:00-04:00", "2026-10-01T03:30:00+00:00"),
        ("2023-04-17 22:08:21.904498", "2023-04-17T22:08:21+00:00"),
        ("9999-12-31T23:59:59-04:00", None),
        ("yesterday", None),
    ],
)
def test_a_run_began_when_the_log_says(tmp_path: Path, created: str, started: str | None) -> None:
    """In UTC, as trends and exports sort by it; a time that is none is that of the import."""
    log = inspect_json(tmp_path / "log.json", samples(), created=created)
    done = import_logs([log], "demo", start=tmp_path)
    info = load_run(done.arms[0].run).info
    assert info.started == (started or info.finished)


def test_cases_that_no_suite_may_have(tmp_path: Path) -> None:
    """The file that they would have been in is named, not a hidden one."""
    with pytest.raises(DataError, match=r"suites/demo/data/test\.jsonl:1: a case needs an id"):
        added(tmp_path, "log", [inspect_sample("", "yes")])


def test_nobody_goes_on_with_an_imported_run(tmp_path: Path) -> None:
    """--resume takes the run of one's own that was cut short, though the imported one is newer."""
    added(tmp_path, "whole")
    suite = open_suite("demo", tmp_path)
    results = suite.settings.results
    mine = run(suite)
    write_info(mine.path, structs.replace(mine.info, status="interrupted"))
    added(tmp_path, "cut", model="acme/cut", status="cancelled")
    assert find_unfinished(results, "demo") == mine.path
    write_info(mine.path, mine.info)
    with pytest.raises(UsageError, match="has no unfinished run to resume"):
        find_unfinished(results, "demo")
