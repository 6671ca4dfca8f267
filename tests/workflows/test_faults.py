"""Faults of a hosted server, end to end: each is retried away or counted, and never hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from providers.fake_server import ANSWER, FAILURES, Fail, FakeServer, chat, error

from harness.store.runs import Run
from harness.values.reply import Answer, Failure
from harness.values.score import INFRASTRUCTURE, Outcome

from .repository import CASES, Repository

RETRIED = {
    "429 with Retry-After": ("rate_limited", error(429, "Slow down", retry_after="0.2")),
    "429 with milliseconds": ("rate_limited", error(429, "Slow down", retry_after_ms="150")),
    "429 without": ("rate_limited", FAILURES["429-bare"]),
    "200 with an error body": ("rate_limited", FAILURES["200-429"]),
    "500": ("server_error", FAILURES["500"]),
    "503 page": ("overloaded", FAILURES["503"]),
    "garbage": ("garbage", FAILURES["garbage"]),
    "empty body": ("garbage", FAILURES["empty"]),
    "half a body": ("connection", FAILURES["half"]),
    "closed": ("connection", FAILURES["closed"]),
    "no HTTP at all": ("connection", FAILURES["not-http"]),
    "silence": ("timeout", FAILURES["silence"]),
}
FINAL = {
    "400": ("bad_request", Outcome.PROVIDER_ERROR),
    "400-filter": ("filtered", Outcome.FILTERED),
    "redirect": ("bad_request", Outcome.PROVIDER_ERROR),
    "429-final": ("bad_request", Outcome.PROVIDER_ERROR),
}
ENDING = {"401": "auth", "404": "not_found", "429-quota": "quota"}


def hosted(tmp_path: Path, server: FakeServer, **more: Any) -> Repository:
    """A suite whose arm asks the fake by chat, and expects its one answer in 9 of 12 cases."""
    fields = {"base_url": f"{server.url}/v1", "key_env": "", "timeout": 0.4, **more}
    lines = [f"{name} = {value!r}" for name, value in fields.items()]
    repository = Repository(tmp_path, "\n".join(["[endpoints.fake]", 'kind = "openai"', *lines]))
    labels = f'label.labels = ["{ANSWER}", "no"]'
    repository.replace("suite.toml", 'label.labels = ["yes", "no"]', labels)
    repository.replace("suite.toml", '"completion"', '"chat"')
    repository.replace("suite.toml", 'model = "m"\n[arms', 'model = "flaky"\n[arms')
    for split in ("train", "validation", "test"):
        expected = [ANSWER if i % 4 else "no" for i in range(CASES)]
        rows = [
            {"id": f"{split}{i}", "input": {"text": f"{split} {i}"}, "expected": expected[i]}
            for i in range(CASES)
        ]
        repository.cases(split, rows)
    return repository


def flaky(fault: Fail, times: int, fails: Callable[[str], bool] = bool) -> Fail:
    """The fault for the first `times` attempts of each question that `fails`, then an answer."""
    attempts: Counter[str] = Counter()

    async def respond(fake: FakeServer, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        question = body["messages"][-1]["content"]
        attempts[question] += 1
        if attempts[question] <= times and fails(question):
            return await fault(fake, request)
        return web.json_response(chat(body))

    return respond


def run_with(
    monkeypatch: pytest.MonkeyPatch, repository: Repository, behaviour: Fail, **choices: Any
) -> Run:
    monkeypatch.setitem(FAILURES, "flaky", behaviour)
    return repository.run(mode="live", **choices)


@pytest.mark.parametrize(("kind", "fault"), RETRIED.values(), ids=RETRIED)
def test_what_passes_changes_nothing(
    tmp_path: Path,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    fault: Fail,
) -> None:
    """Every first attempt fails: each case is answered in the end, as accurately as without."""
    repository = hosted(tmp_path, server)
    clean = run_with(monkeypatch, repository, flaky(fault, 0))
    rough = run_with(monkeypatch, repository, flaky(fault, 1))
    assert rough.info.status == "complete"
    assert rough.arms["plain"].outcomes() == clean.arms["plain"].outcomes()
    assert clean.arms["plain"].outcomes()[Outcome.CORRECT] == 9
    for record in rough.records():
        assert isinstance(record.exchanges[0].reply, Answer)
        assert set(record.exchanges[0].faults) == {kind}
        assert record.exchanges[0].reply.latency < 0.4  # of the last attempt, without the waiting
    assert all(attempts >= 2 for attempts in rough.arms["plain"].attempts)


@pytest.mark.parametrize("name", ["500", "garbage", "silence"])
def test_what_does_not_pass_is_counted(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Attempts run out: a provider error of that case in the denominator, the others are right."""
    repository = hosted(tmp_path, server, attempts=2)
    behaviour = flaky(FAILURES[name], 99, fails=lambda question: "test 1." in question)
    finished = run_with(monkeypatch, repository, behaviour)
    outcomes = finished.arms["plain"].outcomes()
    assert outcomes[Outcome.PROVIDER_ERROR] == 1
    assert outcomes[Outcome.CORRECT] == 8
    assert sum(outcomes.values()) == CASES
    assert finished.info.status == "complete"
    (failed,) = [r for r in finished.records() if r.outcome in INFRASTRUCTURE]
    assert len(failed.exchanges[0].faults) == 1


@pytest.mark.parametrize("name", FINAL)
def test_what_asking_again_cannot_change(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Asked once, counted as what it is."""
    kind, outcome = FINAL[name]
    repository = hosted(tmp_path, server)
    behaviour = flaky(FAILURES[name], 99, fails=lambda question: "test 1." in question)
    finished = run_with(monkeypatch, repository, behaviour)
    assert finished.arms["plain"].outcomes()[outcome] == 1
    (failed,) = [r for r in finished.records() if r.outcome == outcome]
    assert isinstance(failed.exchanges[0].reply, Failure)
    assert failed.exchanges[0].reply.kind == kind
    assert failed.exchanges[0].faults == ()
    assert len(server.received) == CASES


@pytest.mark.parametrize("name", ENDING)
def test_what_ends_an_arm(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A wrong key, model or an empty account: one question or a few, not all of them."""
    repository = hosted(tmp_path, server, concurrency=1)
    finished = run_with(monkeypatch, repository, FAILURES[name])
    assert finished.info.status == "incomplete"
    assert finished.info.arms["plain"].ended.startswith(f"{ENDING[name]}: ")
    assert len(server.received) == 1


def test_an_arm_that_ends_leaves_the_other(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two arms of one endpoint: the model that does not exist costs the other nothing."""
    repository = hosted(tmp_path, server)
    gone = '[models.gone]\nendpoint = "fake"\nmodel = "404"\n'
    arms = gone + '[arms.gone]\nextends = "plain"\nmodel = "gone"\n'
    text = (repository.folder / "suite.toml").read_text()
    repository.write("suites/demo/suite.toml", text + arms)
    finished = run_with(monkeypatch, repository, flaky(FAILURES["500"], 0))
    assert finished.arms["plain"].outcomes()[Outcome.CORRECT] == 9
    assert {name for name, arm in finished.info.arms.items() if arm.ended} == {"gone"}


def test_a_budget_holds_whatever_the_concurrency(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fake's answers cost 15 tokens: 100 tokens are six cases, with sixteen slots too."""
    repository = hosted(tmp_path, server)
    finished = run_with(monkeypatch, repository, flaky(FAILURES["500"], 0), budget_tokens=100)
    assert len(finished.arms["plain"]) == 6
    assert finished.info.status == "budget"


def test_rate_limits_shrink_the_window(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run says how many requests it allowed itself, when, and why."""
    repository = hosted(tmp_path, server)
    finished = run_with(monkeypatch, repository, flaky(RETRIED["429 with Retry-After"][1], 1))
    history = finished.info.windows["fake"]
    assert [change.reason for change in history[:2]] == ["start", "429"]
    assert history[1].size < history[0].size


def test_recorded_through_the_wire(
    tmp_path: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a flaky server said in the end is recorded with its name and replayed without it."""
    repository = hosted(tmp_path, server)
    monkeypatch.setitem(FAILURES, "flaky", flaky(FAILURES["500"], 1))
    recorded = repository.run(mode="record")
    asked = len(server.received)
    line = repository.lines()[0]
    assert (line.origin.model, line.origin.server) == (
        "flaky-2026",
        recorded.info.arms["plain"].server,
    )
    replayed = repository.run()
    assert replayed.arms["plain"].outcomes() == recorded.arms["plain"].outcomes()
    assert len(server.received) == asked
