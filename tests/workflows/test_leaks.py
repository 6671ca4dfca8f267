"""What arms learned from against what they are asked: sources, cache, and the guard of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from harness.errors import UsageError
from harness.store.runs import read_info, write_info
from harness.values.digest import digest_bytes
from harness.values.leaks import LEAKS_KEPT, Leak, LeakReport
from harness.workflows import leaks
from harness.workflows.leaks import arm_leaks, leak_report, run_leaks

from .repository import CASES, SCRIPTED, SHOTS, Repository, case, usual_cases

CLASSICAL = '[arms.classical]\nmodel = "tfidf_logreg"\n'
TUNED = '[arms.tuned]\nextends = "plain"\ntraining = "t"\n'
RECIPE = "[trainings.t]\n"
PREPARED = RECIPE + 'train = "rows.jsonl"\n'
PROVENANCE = 'provider = "elsewhere"\nbase = "m"\nmethod = "lora"\n'
QUESTION = "Why has the parcel from Lisbon not arrived yet?"


def leaky_cases() -> list[dict[str, Any]]:
    """The usual test cases, the third of which says what the first training case says."""
    cases = usual_cases("test", CASES)
    cases[2]["input"] = {"text": "YES,  train 0"}
    return cases


@pytest.fixture
def leaky(tmp_path: Path) -> Repository:
    """An arm that shows shots, one that learns, and one test case that was learned from."""
    made = Repository(tmp_path, SCRIPTED, SHOTS + CLASSICAL)
    made.cases("test", leaky_cases())
    return made


def report_of(repository: Repository, arm: str) -> LeakReport | None:
    suite = repository.open()
    return arm_leaks(suite, suite.arms[arm], "test")


def prepared(repository: Repository, *texts: str) -> bytes:
    """rows.jsonl as chat rows with a template around each text."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Yes or no?\nText: {text}\nAnswer:"},
                {"role": "assistant", "content": "yes"},
            ]
        }
        for text in texts
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows)
    repository.write("suites/demo/rows.jsonl", data)
    return data.encode()


def test_an_arm_that_learned_nothing_has_no_report(leaky: Repository) -> None:
    """Zero-shot prompts cannot leak by training or shots."""
    assert report_of(leaky, "plain") is None


@pytest.mark.parametrize("arm", ["shots", "classical"])
def test_shots_and_classifiers_learn_from_the_training_split(leaky: Repository, arm: str) -> None:
    """All of it: which shots a case is shown depends on the seed."""
    report = report_of(leaky, arm)
    assert report == LeakReport(
        status="leaky",
        compared=6,
        counts={"normalised": 1},
        leaks=(Leak("normalised", "train0", "test2", 100.0),),
        cases=("test2",),
    )


@pytest.mark.parametrize(("ids", "status"), [("train1", "clean"), ("train0", "leaky")])
def test_fixed_shots_are_those_rows_only(tmp_path: Path, ids: str, status: str) -> None:
    """A training case that is never shown leaks nothing."""
    shots = SHOTS.replace('"random", k = 2, seeds = [1, 2]', f'"fixed", ids = ["{ids}"]')
    repository = Repository(tmp_path, SCRIPTED, shots)
    repository.cases("test", leaky_cases())
    report = report_of(repository, "shots")
    assert report is not None
    assert (report.status, report.compared) == (status, 1)


def test_groups_leak(repository: Repository) -> None:
    """A customer of whom the model learned is met again in the test split."""
    repository.write(
        "suites/demo/suite.toml", (repository.folder / "suite.toml").read_text() + CLASSICAL
    )
    repository.cases("train", [case("train", 0, "one", "yes", group="g"), *usual_cases("t", 3)])
    repository.cases("test", [case("test", 0, "two", "yes", group="g")])
    report = report_of(repository, "classical")
    assert report is not None
    assert report.leaks == (Leak("group", "train0", "test0", 0.0),)


def test_a_training_without_a_file_learned_from_the_split(tmp_path: Path) -> None:
    """Whatever part of the rows a recipe takes, all of them count."""
    repository = Repository(tmp_path, SCRIPTED, TUNED + RECIPE + "rows = 2\n")
    repository.cases("test", leaky_cases())
    report = report_of(repository, "tuned")
    assert report is not None
    assert (report.status, report.compared) == ("leaky", 6)


def test_a_prepared_file_is_searched_within_its_template(tmp_path: Path) -> None:
    """The learned row is named by its file and line."""
    repository = Repository(tmp_path, SCRIPTED, TUNED + PREPARED)
    prepared(repository, "something else", QUESTION, "and a third")
    repository.cases("test", [case("test", 0, QUESTION, "yes"), case("test", 1, "no", "no")])
    report = report_of(repository, "tuned")
    assert report is not None
    assert report.leaks == (Leak("exact", "rows.jsonl:2", "test0", 100.0),)
    assert report.compared == 3


def test_training_and_shots_are_one_report(tmp_path: Path) -> None:
    """Leaks of a prepared file and of the shots are added up, in the order of the cases."""
    arms = TUNED + 'prompt = "shots"\nshots = { policy = "random", k = 2 }\n' + PREPARED
    repository = Repository(tmp_path, SCRIPTED, arms)
    prepared(repository, QUESTION, "other")
    cases = leaky_cases()
    cases[5]["input"] = {"text": QUESTION}
    repository.cases("test", cases)
    report = report_of(repository, "tuned")
    assert report is not None
    assert (report.cases, report.compared) == (("test2", "test5"), 8)
    assert report.counts == {"normalised": 1, "exact": 1}


@pytest.mark.parametrize(
    ("provenance", "reason"),
    [
        ("", "training t does not say what it learned from"),
        ('[train]\nfile = "gone.jsonl"\n', "gone.jsonl, which was learned from, is not here"),
        ('[train]\nfile = "s3://b/rows.jsonl"\n', "rows.jsonl, which was learned from, is not"),
        (
            f'[train]\nfile = "data/train.jsonl"\ndigest = "{"0" * 24}"\n',
            "train.jsonl has changed since it was learned from",
        ),
        ('[train]\nfile = "broken.jsonl"\n', "broken.jsonl, which was learned from, cannot be"),
    ],
)
def test_what_is_lost_is_unknown(tmp_path: Path, provenance: str, reason: str) -> None:
    """No file, no digest, no rows: nobody can say what a model has met."""
    repository = Repository(tmp_path, SCRIPTED, TUNED)
    repository.write("suites/demo/training/t.toml", PROVENANCE + provenance)
    repository.write("suites/demo/broken.jsonl", '{"neither": 1}\n')
    report = report_of(repository, "tuned")
    assert report is not None
    assert report.status == "unknown"
    assert report.reason.startswith(reason)


def test_a_record_without_a_file_is_not_helped_by_a_recipe(tmp_path: Path) -> None:
    """A job of elsewhere did not learn from what the recipe here would take."""
    repository = Repository(tmp_path, SCRIPTED, TUNED + RECIPE)
    repository.write("suites/demo/training/t.toml", PROVENANCE)
    report = report_of(repository, "tuned")
    assert report is not None
    assert report.status == "unknown"


def test_provenance_comes_before_the_recipe(tmp_path: Path) -> None:
    """A recipe may have been edited since; the record says what was learned from."""
    repository = Repository(tmp_path, SCRIPTED, TUNED + RECIPE)
    learned = digest_bytes(prepared(repository, QUESTION, "other"))
    record = PROVENANCE + f'[train]\nfile = "rows.jsonl"\ndigest = "{learned}"\n'
    repository.write("suites/demo/training/t.toml", record)
    repository.cases("test", [case("test", 0, QUESTION, "yes")])
    report = report_of(repository, "tuned")
    assert report is not None
    assert report.leaks[0].learned == "rows.jsonl:1"


def test_arms_of_one_source_compare_once(
    leaky: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shots and classifier share the work; the next run reads what was kept."""
    calls = []
    found = leaks.find_leaks
    monkeypatch.setattr(leaks, "find_leaks", lambda *a: calls.append(a) or found(*a))
    suite = leaky.open()
    first = run_leaks(suite, list(suite.arms.values()), "test")
    assert len(calls) == 1
    assert run_leaks(leaky.open(), list(suite.arms.values()), "test") == first
    assert len(calls) == 1
    leaky.cases("test", usual_cases("test", CASES))
    assert report_of(leaky, "shots") != first["shots"]


def test_the_policy_decides(tmp_path: Path) -> None:
    """[leaks] of suite.toml: threshold and min_length of near-duplicates."""
    train = "The parcel from Lisbon has not arrived."
    for policy, status in (("", "leaky"), ("[leaks]\nthreshold = 99\n", "clean")):
        repository = Repository(tmp_path, SCRIPTED, CLASSICAL + policy)
        repository.cases("train", [case("train", 0, train, "yes"), case("train", 1, "no", "no")])
        repository.cases("test", [case("test", 0, train.replace("has not", "hasn't"), "yes")])
        report = report_of(repository, "classical")
        assert report is not None
        assert report.status == status


def test_a_report_keeps_the_first_leaks_and_all_cases() -> None:
    """run.json stays readable however many cases leaked."""
    found = [Leak("exact", "t", f"c{i}", 100.0) for i in range(LEAKS_KEPT + 5)]
    report = leak_report(found, 1)
    assert (len(report.leaks), len(report.cases)) == (LEAKS_KEPT, LEAKS_KEPT + 5)
    assert report.counts == {"exact": LEAKS_KEPT + 5}


def test_a_run_marks_its_leaky_arms(leaky: Repository) -> None:
    """run.json says what was met before; every case is asked all the same."""
    info = read_info(leaky.run().path)
    assert info.status == "complete"
    assert {name: arm.leaks and arm.leaks.cases for name, arm in info.arms.items()} == {
        "plain": None,
        "shots": ("test2",),
        "classical": ("test2",),
    }


def test_a_clean_subset_is_the_same_for_all_arms(leaky: Repository) -> None:
    """What leaked into any arm is asked of none, and the run is whole without it."""
    finished = leaky.run(clean_subset=True)
    info = finished.info
    assert (info.status, info.cases, info.excluded) == ("complete", CASES - 1, ("test2",))
    asked = {(record.arm, record.case) for record in finished.records()}
    assert {arm for arm, _ in asked} == {"plain", "shots", "classical"}
    assert "test2" not in {case for _, case in asked}
    assert {len({c for a, c in asked if a == arm}) for arm in info.arms} == {CASES - 1}


def test_a_limit_is_of_the_clean_cases(leaky: Repository) -> None:
    """`--limit 11 --clean-subset` asks eleven clean cases."""
    info = leaky.run(clean_subset=True, limit=CASES - 1, arms=["shots"]).info
    assert (info.cases, info.status) == (CASES - 1, "complete")


def test_a_clean_subset_without_leaks_is_the_split(leaky: Repository) -> None:
    """An arm that learned nothing excludes nothing."""
    info = leaky.run(clean_subset=True, arms=["plain"]).info
    assert (info.cases, info.excluded, info.status) == (CASES, (), "complete")


def test_a_resumed_run_leaves_out_what_it_left_out(leaky: Repository) -> None:
    """The choice is the run's own: it need not be given again, and the cases stay the same."""
    first = leaky.run(clean_subset=True, arms=["plain", "shots"])
    write_info(first.path, structs.replace(first.info, status="interrupted"))
    again = leaky.run(resume="").info
    assert (again.excluded, again.cases, again.status) == (("test2",), CASES - 1, "complete")


def test_no_clean_subset_of_the_unknown(tmp_path: Path) -> None:
    """Its leaks cannot be known; the message names the arm and the reason."""
    repository = Repository(tmp_path, SCRIPTED, TUNED)
    repository.write("suites/demo/training/t.toml", PROVENANCE)
    with pytest.raises(UsageError, match="no clean subset for arm tuned: training t does not say"):
        repository.run(clean_subset=True)
    assert repository.run().info.arms["tuned"].leaks is not None


def test_a_subset_of_nothing_is_refused(leaky: Repository) -> None:
    """A test split that was learned from as a whole measures nothing."""
    leaky.cases(
        "test",
        [case("test", i, c["input"]["text"], "yes") for i, c in enumerate(usual_cases("train", 2))],
    )
    with pytest.raises(UsageError, match="every case of the test split leaked into shots"):
        leaky.run(clean_subset=True, arms=["shots"])
