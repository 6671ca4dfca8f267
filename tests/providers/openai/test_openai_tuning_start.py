"""One job, whatever happens: kills, lost answers, files that are there or gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from openai_tuning import Fault

from harness.errors import DataError, UsageError
from harness.providers.openai.tuning_service import Service
from harness.providers.openai.tuning_state import State, alone_in, read_state
from harness.values.training import Hyperparameters, Recipe

CREATE = "POST /fine_tuning/jobs"


class KilledError(BaseException):
    """The process ended here."""


def test_a_second_process_takes_up_the_noted_job(bench, task):
    """The same folder and task: the job goes on, with no call that sends or buys anything."""
    bench.tuner(task()).start()
    before = len(bench.fake.calls)
    again = bench.tuner(task())
    again.start()
    bench.follow(again)
    assert again.result().job == next(iter(bench.fake.jobs))
    assert not [call for call in bench.fake.calls[before:] if call.startswith("POST")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("azure", [False, True])
def test_killed_at_any_call_it_begins_one_job(bench, task, monkeypatch, when, azure):
    """Killed before or after each of its calls in turn, the next process begins no second job."""
    real = Service.once

    def once(service, call):
        calls.append(1)
        if len(calls) == last and when == "before":
            raise KilledError
        got = real(service, call)
        if len(calls) == last and when == "after":
            raise KilledError
        return got

    for last in range(1, 5):
        calls: list[int] = []
        bench.folder = bench.folder.with_name(f"work{last}")
        recipe = Recipe(method="supervised", seed=last)
        monkeypatch.setattr(Service, "once", once)
        with pytest.raises(KilledError):
            bench.tuner(task(recipe), azure=azure).start()
        monkeypatch.setattr(Service, "once", real)
        bench.tuner(task(recipe), azure=azure).start()
        assert [body["seed"] for body in bench.fake.bodies] == list(range(1, last + 1))
        assert read_state(bench.folder).job == list(bench.fake.jobs)[-1]


def test_a_process_killed_while_its_job_is_created_is_followed_by_no_second_job(bench, task):
    """SIGKILL between the creation and its answer: the job is found by its mark."""
    script = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}
import openai, os, signal
from conftest import make_task
from harness.providers.openai.tuning import HostedTuner
from harness.values.endpoint import OpenAISpec
from pathlib import Path
create = openai.resources.fine_tuning.Jobs.create
def killed(*args, **kwargs):
    create(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
openai.resources.fine_tuning.Jobs.create = killed
spec = OpenAISpec(base_url={bench.fake.openai_url!r})
HostedTuner(spec, make_task(), Path({str(bench.folder)!r})).start()
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, env=os.environ.copy())
    assert done.returncode == -signal.SIGKILL
    assert read_state(bench.folder).job == ""
    again = bench.tuner(task())
    again.start()
    assert len(bench.fake.bodies) == 1
    assert again.poll().events[0].startswith("took up job")


def test_a_lost_answer_is_looked_for_and_not_asked_again(bench, task):
    """The platform created the job and its answer never came: it is found in the list."""
    bench.fake.faults = [Fault(CREATE, "lost")]
    tuner = bench.tuner(task())
    tuner.start()
    assert len(bench.fake.jobs) == len(bench.fake.bodies) == 1
    told = tuner.poll().events
    assert any("the answer to its creation was lost" in one for one in told)


def test_a_lost_answer_of_a_platform_without_metadata_is_found_by_its_file(bench, task):
    """Where marks are not kept, the file that was uploaded for the job tells it."""
    bench.fake.keeps_metadata = False
    bench.fake.faults = [Fault(CREATE, "lost")]
    bench.tuner(task()).start()
    assert len(bench.fake.jobs) == 1
    assert read_state(bench.folder).job == next(iter(bench.fake.jobs))


def test_silence_without_a_job_is_said_and_the_next_start_looks_first(bench, task):
    """Cut before anything was done: no second request is risked; repeated, one job is begun."""
    bench.fake.faults = [Fault(CREATE, "cut")]
    with pytest.raises(DataError, match="repeat the command: it looks for the job again"):
        bench.tuner(task()).start()
    assert bench.fake.count(CREATE) == 1
    bench.tuner(task()).start()
    assert len(bench.fake.bodies) == len(bench.fake.jobs) == 1


def test_a_refusal_for_now_is_asked_again(bench, task):
    """A 429 of the rate created nothing: the creation is repeated when the server says."""
    bench.fake.faults = [Fault(CREATE, status=429, headers={"Retry-After": "7"}, times=2)]
    bench.tuner(task()).start()
    assert bench.clock.waits == [7.0, 7.0]
    assert len(bench.fake.jobs) == 1


def test_a_job_of_the_same_recipe_is_taken_up_from_another_folder(bench, task):
    """The recipe's mark saves a second payment; another seed is another recipe."""
    bench.tuner(task()).start()
    bench.folder = bench.folder.with_name("elsewhere")
    bench.tuner(task()).start()
    assert len(bench.fake.jobs) == 1
    assert bench.fake.count("POST /files") == 2
    bench.folder = bench.folder.with_name("third")
    bench.tuner(task(Recipe(method="supervised", seed=2))).start()
    assert len(bench.fake.jobs) == 2


def test_a_failure_that_was_told_is_followed_by_a_new_job_with_the_same_files(bench, task):
    """Before it is told the failed job is the job; after it, repeating begins another."""
    bench.fake.fail_at_step = 5
    tuner = bench.tuner(task())
    tuner.start()
    bench.tuner(task()).start()
    assert len(bench.fake.jobs) == 1
    bench.follow(tuner)
    bench.fake.fail_at_step = 0
    again = bench.tuner(task())
    again.start()
    assert bench.follow(again)[-1].status == "succeeded"
    assert len(bench.fake.jobs) == 2
    assert bench.fake.count("POST /files") == 2


def test_an_expired_file_is_uploaded_again(bench, task):
    """Noted and no longer there: only that file is sent once more."""
    bench.fake.faults = [Fault(CREATE, status=500)]
    with pytest.raises(DataError):
        bench.tuner(task()).start()
    bench.fake.expire(read_state(bench.folder).train.id)
    bench.tuner(task()).start()
    assert bench.fake.count("POST /files") == 3
    assert bench.fake.bodies[-1]["training_file"] == read_state(bench.folder).train.id


def test_a_file_that_expires_before_the_job_is_said_and_repeated(bench, task):
    """Refused for its file, the state forgets both files, and repeating uploads them."""
    refusal = {"error": {"message": "File 'file-1' does not exist", "param": "training_file"}}
    bench.fake.faults = [Fault(CREATE, status=400, body=refusal)]
    with pytest.raises(DataError, match="repeat, and it is uploaded again"):
        bench.tuner(task()).start()
    assert read_state(bench.folder).train is None
    bench.tuner(task()).start()
    assert len(bench.fake.jobs) == 1


def test_a_job_of_another_recipe_in_the_folder_is_not_left_behind(bench, task):
    """A paid job that still runs is never forgotten; one that has failed is."""
    bench.tuner(task()).start()
    other = task(Recipe(method="supervised", hyperparameters=Hyperparameters(epochs=1)))
    with pytest.raises(UsageError, match="of another recipe"):
        bench.tuner(other).start()
    bench.fake.cancel(next(iter(bench.fake.jobs)))
    bench.tuner(other).start()
    assert len(bench.fake.jobs) == 2


def test_two_processes_do_not_start_at_once(bench, task):
    """The folder is locked while a job is begun."""
    with (
        alone_in(bench.folder),
        pytest.raises(DataError, match="another process is starting"),
    ):
        bench.tuner(task()).start()
    assert bench.fake.calls == []


def test_uploads_and_looks_are_repeated_over_a_bad_network(bench, task):
    """Cuts, 500s and 429s before the job cost waiting and nothing else."""
    bench.fake.faults = [
        Fault("GET /fine_tuning/jobs", "cut"),
        Fault("POST /files", "cut"),
        Fault("POST /files", status=503),
    ]
    bench.tuner(task()).start()
    assert bench.clock.waits == [1.0, 1.0, 2.0]
    assert len(bench.fake.jobs) == 1


def test_a_job_whose_creation_nobody_heard_of_can_be_cancelled(bench, task):
    """Killed before the answer: cancelling looks for the job by its mark."""
    bench.tuner(task()).start()
    state = read_state(bench.folder)
    (bench.folder / "state.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(state, job=""))
    )
    bench.tuner(task()).cancel()
    assert next(iter(bench.fake.jobs.values()))["status"] == "cancelled"


def test_a_broken_state_is_said(bench, task):
    """A state that cannot be read never counts as an empty one."""
    assert read_state(bench.folder) == State()
    bench.folder.mkdir()
    (bench.folder / "state.json").write_text("{")
    with pytest.raises(DataError, match="follow the job by its id"):
        bench.tuner(task()).start()


def test_a_folder_that_cannot_be_written_is_said(bench, task):
    """A file stands where the work folder should be."""
    bench.folder.write_text("")
    for step in (bench.tuner(task()).prepare, bench.tuner(task()).start):
        with pytest.raises(DataError, match="cannot be written"):
            step()


def test_a_job_that_failed_before_anybody_knew_of_it_is_told_and_not_replaced(
    bench, task, monkeypatch
):
    """Killed at its creation, with files sent long before: even failed, it is the attempt's job."""
    bench.fake.fail_at_step = 1
    first = bench.tuner(task())
    first.start()
    bench.follow(first)
    real = Service.once

    def once(service, call):
        got = real(service, call)
        if len(bench.fake.jobs) == 2:
            raise KilledError
        return got

    monkeypatch.setattr(Service, "once", once)
    with pytest.raises(KilledError):
        bench.tuner(task()).start()
    monkeypatch.setattr(Service, "once", real)
    job = list(bench.fake.jobs.values())[1]
    job |= {"status": "failed", "error": {"code": "server_error", "message": "gone wrong"}}
    again = bench.tuner(task())
    again.start()
    assert "gone wrong" in bench.follow(again)[-1].events[-1]
    assert len(bench.fake.bodies) == 2
