"""Fixtures: a sorted projection of records into git, found again by their place and key."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError, Problem
from harness.store.cases import CaseFile, read_cases
from harness.store.fixtures import (
    RECORDED_FAILURES,
    FixtureIndex,
    Origin,
    fixture_path,
    fixtures_locked,
    project,
    read_fixtures,
)
from harness.store.journal import Journal
from harness.values.case import Split
from harness.values.record import Exchange, Record
from harness.values.reply import FAILURE_KINDS, Answer, Failure, Reply, assistant
from harness.values.request import (
    ModelIdentity,
    Recall,
    Replicate,
    Request,
    recall_request,
    request_key,
)
from harness.values.score import Outcome

ORDER = ["z", "a", "m"]


@pytest.fixture
def cases(tmp_path: Path) -> dict[Split, CaseFile]:
    """Two splits; the cases of `test` stand in an order of their own."""
    return {"validation": _cases(tmp_path, "validation", ["v"]), "test": _test_cases(tmp_path)}


def _cases(folder: Path, split: Split, ids: list[str]) -> CaseFile:
    path = folder / f"{split}.jsonl"
    rows = [{"id": id_, "input": {"text": id_}, "expected": 1} for id_ in ids]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    problems: list[Problem] = []
    cases = read_cases(split, str(path), None, problems)
    assert cases is not None
    assert not problems
    return cases


def _test_cases(folder: Path) -> CaseFile:
    return _cases(folder, "test", ORDER)


def _record(case: str, seed: int = 0, *, key: str = "k", reply: Reply | None = None) -> Record:
    return Record(
        arm="a",
        case=case,
        input_digest=f"digest of {case}",
        outcome=Outcome.CORRECT,
        exchanges=(Exchange(f"{key} {case} {seed}", reply or Answer(assistant("5"), model="m-1")),),
        replicate=Replicate(seed),
        shots=("t1",),
    )


def _origin(date: str):
    return lambda model: Origin(model, "server", date)


def _project(path: Path, records: list[Record], cases: dict, date: str = "2026-01-01") -> int:
    return project(path, records, split="test", cases=cases, origin=_origin(date))


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_says_what_was_answered_and_by_whom(tmp_path: Path, cases: dict):
    """Everything a replay needs and where it came from; no request, hence no key or header."""
    path = fixture_path(tmp_path / "fixtures", "few_shot")
    assert path.name == "few_shot.jsonl"
    _project(path, [_record("a", 2)], cases)
    assert _lines(path) == [
        {
            "split": "test",
            "case": "a",
            "replicate": {"shot_seed": 2},
            "input_digest": "digest of a",
            "key": "k a 2",
            "shots": ["t1"],
            "origin": {"model": "m-1", "server": "server", "date": "2026-01-01"},
            "reply": {
                "type": "answer",
                "message": {"role": "assistant", "content": "5"},
                "model": "m-1",
            },
        }
    ]


@given(st.permutations([(case, seed) for case in ORDER for seed in (0, 1, 2)]))
def test_lines_are_sorted_whatever_the_order_of_records(
    tmp_path_factory: pytest.TempPathFactory, addresses: list[tuple[str, int]]
):
    """By case order of the split, then replicate: a journal's chance order is not in git."""
    folder = tmp_path_factory.mktemp("fixtures")
    path = folder / "a.jsonl"
    _project(path, [_record(c, s) for c, s in addresses], {"test": _test_cases(folder)})
    found = [(line["case"], line["replicate"].get("shot_seed", 0)) for line in _lines(path)]
    assert found == [(case, seed) for case in ORDER for seed in (0, 1, 2)]


def test_splits_have_their_order_and_lost_cases_come_last(tmp_path: Path, cases: dict):
    """Validation before test; a reply whose case is gone is kept, at the end."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("gone"), _record("m"), _record("z")], cases)
    project(path, [_record("v")], split="validation", cases=cases, origin=_origin("d"))
    assert [line["case"] for line in _lines(path)] == ["v", "z", "m", "gone"]


def test_projecting_twice_changes_nothing(tmp_path: Path, cases: dict):
    """Byte for byte; the second time nothing is new, and origins keep their day."""
    path, records = tmp_path / "a.jsonl", [_record(case) for case in ORDER]
    assert _project(path, records, cases, "2026-01-01") == 3
    before = path.read_bytes()
    assert _project(path, records, cases, "2026-02-02") == 0
    assert path.read_bytes() == before


def test_a_projection_in_parts_is_the_projection_of_all(tmp_path: Path, cases: dict):
    """Recording what is missing, later, gives the file of one go."""
    records = [_record(case) for case in ORDER]
    _project(tmp_path / "whole.jsonl", records, cases)
    assert _project(tmp_path / "parts.jsonl", records[1:2], cases) == 1
    assert _project(tmp_path / "parts.jsonl", records, cases) == 2
    assert (tmp_path / "parts.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_the_same_key_keeps_its_reply_and_origin(tmp_path: Path, cases: dict):
    """The same question answered differently later on does not churn the file."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a")], cases, "2026-01-01")
    other = Answer(assistant("4"), model="m-2")
    assert _project(path, [_record("a", reply=other)], cases, "2026-02-02") == 0
    (line,) = _lines(path)
    assert line["origin"] == {"model": "m-1", "server": "server", "date": "2026-01-01"}
    assert line["reply"]["message"]["content"] == "5"


def test_a_changed_key_replaces_the_line(tmp_path: Path, cases: dict):
    """Another question about the same case: one line, the new reply, the new origin."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a"), _record("m")], cases, "2026-01-01")
    changed = _record("a", key="k2", reply=Answer(assistant("4"), model="m-2"))
    assert _project(path, [changed], cases, "2026-02-02") == 1
    first, second = _lines(path)
    assert (first["key"], first["origin"]["date"]) == ("k2 a 0", "2026-02-02")
    assert (second["key"], second["origin"]["date"]) == ("k m 0", "2026-01-01")


@pytest.mark.parametrize("kind", FAILURE_KINDS)
def test_only_deterministic_failures_are_replies(tmp_path: Path, cases: dict, kind: str):
    """A filter or a refused request says the same tomorrow; an overload must not be replayed."""
    path = tmp_path / "a.jsonl"
    count = _project(path, [_record("a", reply=Failure(kind, "why"))], cases)
    assert count == (kind in {"filtered", "bad_request"})
    assert len(_lines(path)) == count


def test_a_failure_never_replaces_a_recorded_answer(tmp_path: Path, cases: dict):
    """A bad night of the provider leaves the file as it was."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a")], cases)
    before = path.read_bytes()
    _project(path, [_record("a", key="k2", reply=Failure("overloaded"))], cases)
    assert path.read_bytes() == before


def test_a_record_without_exchange_is_no_reply(tmp_path: Path, cases: dict):
    """A harness error before the first request."""
    record = Record(
        arm="a", case="a", input_digest="d", outcome=Outcome.HARNESS_ERROR, exchanges=()
    )
    assert _project(tmp_path / "a.jsonl", [record], cases) == 0


def _place(case: str, seed: int, key: str) -> Recall:
    return Recall(case, f"digest of {case}", Replicate(seed), key)


def test_replies_are_found_by_place_and_key(tmp_path: Path, cases: dict):
    """Both must agree; a failure that was recorded is found as well."""
    path = tmp_path / "a.jsonl"
    failure = Failure("filtered", "policy")
    _project(path, [_record("a"), _record("m", reply=failure)], cases)
    index = FixtureIndex(path, split="test", frozen=False)
    assert len(index) == 2
    assert index.find(_place("a", 0, "k a 0")) == Answer(assistant("5"), model="m-1")
    assert index.find(_place("m", 0, "k m 0")) == failure
    assert index.find(_place("a", 0, "k a 1")) is None
    assert index.find(_place("m", 0, "k a 0")) is None
    assert index.find(_place("a", 1, "k a 0")) is None


def test_an_index_is_of_one_split(tmp_path: Path, cases: dict):
    """Another split's replies, days and servers are not in it; its broken lines are errors."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a"), _record("m")], cases, "2026-01-01")
    origin = Origin("m-1", "another server", "2026-02-02")
    project(path, [_record("v")], split="validation", cases=cases, origin=lambda _: origin)
    test, validation, extra = (
        FixtureIndex(path, split=split, frozen=False) for split in ("test", "validation", "extra")
    )
    assert [len(index) for index in (test, validation, extra)] == [2, 1, 0]
    assert (test.days, test.servers) == ({"2026-01-01"}, {"server"})
    assert (validation.days, validation.servers) == ({"2026-02-02"}, {"another server"})
    assert (extra.days, extra.servers) == (set(), set())
    assert test.find(_place("v", 0, "k v 0")) is None
    assert validation.find(_place("v", 0, "k v 0")) is not None
    path.write_text(path.read_text().replace('"split":"validation"', '"split":"valid"'))
    with pytest.raises(DataError, match=r"a\.jsonl:1: no fixture line"):
        FixtureIndex(path, split="test", frozen=False)


def _question(case: str, input_digest: str) -> Request:
    asked = Request(form="completion", model=ModelIdentity("m"), prompt="How?")
    place = Recall(case, input_digest, Replicate(), request_key(asked))
    return msgspec.structs.replace(asked, recall=place)


def test_cases_with_equal_inputs_keep_their_own_answers(tmp_path: Path, cases: dict):
    """One question about two cases has one key; a server may have answered it in two ways."""
    path = tmp_path / "a.jsonl"
    questions = {case: _question(case, "same") for case in ("a", "m")}
    (key,) = {question.recall.key for question in questions.values() if question.recall}
    answers = {case: Answer(assistant(f"about {case}")) for case in questions}
    exchanges = {case: Exchange(key, answer) for case, answer in answers.items()}
    records = [
        Record(
            arm="a",
            case=case,
            input_digest="same",
            outcome=Outcome.CORRECT,
            exchanges=(exchanges[case],),
        )
        for case in questions
    ]
    assert _project(path, records, cases) == 2
    index = FixtureIndex(path, split="test", frozen=False)
    assert {case: index.lookup(question) for case, question in questions.items()} == answers


def test_a_request_without_a_place_has_no_recording(tmp_path: Path, cases: dict):
    """As of somebody who asks outside of a run."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a")], cases)
    request = Request(form="completion", model=ModelIdentity("m"), prompt="How?")
    assert FixtureIndex(path, split="test", frozen=False).lookup(request) is None


def test_a_frozen_arm_survives_a_changed_key(tmp_path: Path, cases: dict):
    """Its replies are found by case, input and replicate: editing a template loses nothing."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a", 1, key="key of an old template")], cases)
    index = FixtureIndex(path, split="test", frozen=True)
    recall = recall_request("a", "digest of a", Replicate(1))
    assert index.lookup(recall) == Answer(assistant("5"), model="m-1")
    assert FixtureIndex(path, split="test", frozen=False).lookup(recall) is None


@pytest.mark.parametrize(
    ("case", "digest", "replicate"),
    [
        ("m", "digest of a", Replicate(1)),
        ("a", "another digest", Replicate(1)),
        ("a", "digest of a", Replicate(2)),
        ("a", "digest of a", Replicate(1, 1)),
    ],
)
def test_a_frozen_reply_belongs_to_its_question(
    tmp_path: Path, cases: dict, case: str, digest: str, replicate: Replicate
):
    """Another case, a changed input or another replicate is a miss."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a", 1)], cases)
    index = FixtureIndex(path, split="test", frozen=True)
    assert index.lookup(recall_request(case, digest, replicate)) is None


RECORDER = """
import sys
from pathlib import Path
from harness.store.fixtures import Origin, project
from harness.store.journal import read_journal
journal, path = map(Path, sys.argv[1:])
print("ready", flush=True)
for record in read_journal(journal):
    project(path, [record], split="test", cases={}, origin=lambda model: Origin(model, "s", "d"))
"""


def _recorder(journal: Path, path: Path, records: list[Record]) -> subprocess.Popen[str]:
    with Journal(journal) as writer:
        for record in records:
            writer.append(record)
    command = [sys.executable, "-c", RECORDER, str(journal), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_lose_no_line_of_each_other(tmp_path: Path):
    """Both read, merge and write the same file again and again; every line is there at the end."""
    path = tmp_path / "fixtures" / "a.jsonl"
    halves = [[_record(f"{half}{i:02}") for i in range(40)] for half in "xy"]
    recorders = [
        _recorder(tmp_path / f"{number}.jsonl", path, half) for number, half in enumerate(halves)
    ]
    for recorder in recorders:
        recorder.communicate(timeout=60)
    assert [recorder.returncode for recorder in recorders] == [0, 0]
    found = [line["case"] for line in _lines(path)]
    assert found == [record.case for half in halves for record in half]
    assert [file.name for file in path.parent.iterdir()] == ["a.jsonl"]


def test_a_projection_waits_for_whoever_holds_the_fixtures(tmp_path: Path, cases: dict):
    """What was written meanwhile is merged, not overwritten."""
    path = tmp_path / "fixtures" / "a.jsonl"
    _project(tmp_path / "mine.jsonl", [_record("a")], cases)
    with fixtures_locked(path.parent):
        recorder = _recorder(tmp_path / "journal.jsonl", path, [_record("m")])
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == "ready\n"
        time.sleep(0.2)
        assert recorder.poll() is None
        (tmp_path / "mine.jsonl").rename(path)
    recorder.communicate(timeout=60)
    assert [line["case"] for line in _lines(path)] == ["a", "m"]


def test_fixtures_that_cannot_be_locked_are_a_data_error(tmp_path: Path):
    """A file where their folder belongs."""
    (tmp_path / "fixtures").write_text("in the way")
    with pytest.raises(DataError, match="cannot be locked"), fixtures_locked(tmp_path / "fixtures"):
        pass


def test_a_broken_line_names_itself(tmp_path: Path, cases: dict):
    """For the index and for a projection: nothing is overwritten that could not be read."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a")], cases)
    path.write_text(path.read_text() + "\n<<<<<<< HEAD\n")
    before = path.read_bytes()
    for frozen in (False, True):
        with pytest.raises(DataError, match=r"a\.jsonl:3: no fixture line"):
            FixtureIndex(path, split="test", frozen=frozen)
    with pytest.raises(DataError, match=r"a\.jsonl:3: no fixture line"):
        _project(path, [_record("m")], cases)
    assert path.read_bytes() == before


@pytest.mark.parametrize("reply", ['{"type":"answer"}', '{"type":"answer","message":5}', "7"])
def test_a_broken_reply_is_a_problem_of_its_file(tmp_path: Path, cases: dict, reply: str):
    """The index reads only addresses; what it passes over fails where it is looked up."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("a")], cases)
    path.write_text(path.read_text().partition('"reply":')[0] + f'"reply":{reply}}}\n')
    index = FixtureIndex(path, split="test", frozen=False)
    with pytest.raises(DataError, match=r"a\.jsonl: a reply cannot be read: "):
        index.find(_place("a", 0, "k a 0"))


def test_an_absent_file_is_a_problem(tmp_path: Path):
    """Of an arm that was never recorded."""
    with pytest.raises(DataError, match="cannot be read"):
        FixtureIndex(tmp_path / "none.jsonl", split="test", frozen=False)


def test_lines_come_with_their_numbers(tmp_path: Path, cases: dict):
    """As `fixtures prune` and `rekey` need them."""
    path = tmp_path / "a.jsonl"
    _project(path, [_record("z"), _record("a")], cases)
    assert [(n, line.case, line.key_version) for n, line in read_fixtures(path)] == [
        (1, "z", 1),
        (2, "a", 1),
    ]


def test_recorded_failures_are_kinds():
    """A renamed kind must not fall out of the set unseen."""
    assert set(FAILURE_KINDS) > RECORDED_FAILURES
