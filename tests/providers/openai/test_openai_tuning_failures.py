"""Each failure of a platform, in words with the next step, and with the right exit code."""

from __future__ import annotations

import pytest
from openai_tuning import CLOSED_MESSAGE, KEY, Fault

from harness.errors import DataError, UsageError
from harness.providers.openai.tuning import PATIENCE
from harness.values.example import Example
from harness.values.training import Recipe

CREATE = "POST /fine_tuning/jobs"
LOOK = "GET /fine_tuning/jobs/.*"
QUOTA = {
    "error": {
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }
}


def test_an_empty_account_is_not_asked_again(bench, task):
    """insufficient_quota is a 429 that waiting does not cure."""
    bench.fake.faults = [Fault(CREATE, status=429, body=QUOTA, times=9)]
    with pytest.raises(UsageError, match="billing page") as caught:
        bench.tuner(task()).start()
    assert caught.value.exit_code == 64
    assert bench.fake.count(CREATE) == 1
    assert bench.clock.waits == []


def test_a_bad_key_is_named_by_its_variable_and_never_shown(bench, task, monkeypatch):
    """The server repeats the key; the error does not."""
    wrong = "sk-wrong-0123456789abcdefghij"
    monkeypatch.setenv("OPENAI_API_KEY", wrong)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY") as caught:
        bench.tuner(task()).start()
    assert wrong not in str(caught.value)
    assert "status 401" in str(caught.value)


def test_a_key_that_expires_while_polling_is_an_error_and_not_a_wait(bench, task, monkeypatch):
    """401 is not cured by patience; with a new key the same folder goes on."""
    tuner = bench.tuner(task())
    tuner.start()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-expired-0123456789abcdef")
    with pytest.raises(UsageError, match="expired"):
        tuner.poll()
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert bench.follow(bench.tuner(task()))[-1].status == "succeeded"
    assert len(bench.fake.jobs) == 1


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault(CREATE, status=400, body={"error": {"message": CLOSED_MESSAGE}}),
        Fault(CREATE, status=403, body={"error": {"code": "training_not_available"}}),
    ],
)
def test_a_platform_closed_to_new_jobs_is_told_with_what_remains(bench, task, fault):
    """OpenAI's end of self-serve fine-tuning: Azure and local tuning are named, with dates."""
    bench.fake.closed = True
    bench.fake.faults = [fault] if fault else []
    with pytest.raises(UsageError) as caught:
        bench.tuner(task()).start()
    for word in ("2027-01-06", "Azure", 'method = "lora"', "status 40"):
        assert word in str(caught.value)


def test_a_model_that_cannot_be_tuned_is_said(bench, task):
    """The platform's words, and what to name instead."""
    with pytest.raises(UsageError, match="name a base model that this platform tunes"):
        bench.tuner(task(base="gpt-6-luna")).start()


def test_a_file_that_the_platform_refuses_is_a_problem_of_the_data(bench, task):
    """Refused at upload: exit code 65 and the platform's reason."""
    refusal = {"error": {"message": "Line 3 is not a dictionary", "code": "invalid_jsonl_file"}}
    bench.fake.faults = [Fault("POST /files", status=400, body=refusal)]
    with pytest.raises(DataError, match="Line 3 is not a dictionary") as caught:
        bench.tuner(task()).start()
    assert caught.value.exit_code == 65


def test_a_file_that_fails_processing_is_said(bench, task):
    """Azure reports a bad file by its status, after the upload."""
    bench.fake.file_looks = 2
    tuner = bench.tuner(task(), azure=True)
    bench.fake.faults = [
        Fault(
            "GET /files/.*",
            status=200,
            body={"id": "f", "object": "file", "status": "error", "status_details": "no BOM"},
        )
    ]
    with pytest.raises(DataError, match="cannot use the file: no BOM"):
        tuner.start()


def test_a_job_that_fails_validation_names_file_and_line(bench, task):
    """The platform says 'Example 4': that is line 4 of train.jsonl."""
    tuner = bench.tuner(task())
    tuner.start()
    job = next(iter(bench.fake.jobs.values()))
    lines = bench.fake.contents[job["training_file"]].splitlines()
    lines[3] = b'{"messages": [{"role": "user", "content": "a"}]}'
    bench.fake.contents[job["training_file"]] = b"\n".join(lines)
    last = bench.follow(tuner)[-1]
    assert last.status == "failed"
    assert "has no message from the assistant" in last.events[-1]
    with pytest.raises(DataError, match="invalid training file") as caught:
        tuner.result()
    problem = caught.value.problems[0]
    assert (problem.file, problem.line) == (str(bench.folder / "train.jsonl"), 4)
    assert problem.hint


def test_a_job_that_fails_half_way_passes_its_message_on(bench, task):
    """At step 20: the steps so far are told, the files and the state are kept."""
    bench.fake.fail_at_step = 20
    tuner = bench.tuner(task())
    tuner.start()
    last = bench.follow(tuner)[-1]
    assert (last.status, last.step) == ("failed", 19)
    with pytest.raises(DataError, match="internal error at step 20") as caught:
        tuner.result()
    assert "the uploaded files are used again" in caught.value.problems[0].hint
    assert len(bench.fake.files) == 2


def test_a_job_cancelled_by_somebody_else_is_said(bench, task):
    """On the platform's page, not by us."""
    tuner = bench.tuner(task())
    tuner.start()
    bench.fake.cancel(next(iter(bench.fake.jobs)))
    assert bench.follow(tuner)[-1].status == "cancelled"
    with pytest.raises(DataError, match="cancelled by somebody else, or by the platform"):
        tuner.result()


def test_a_paused_job_waits_and_is_told_once(bench, task):
    """Paused is no end: the user hears how it goes on."""
    tuner = bench.tuner(task())
    tuner.start()
    bench.fake.stages = ["validating_files", "running", "running", "succeeded"]
    tuner.poll()
    job = next(iter(bench.fake.jobs.values()))
    job["status"] = "paused"
    told = [event for _ in range(3) for event in tuner.poll().events if "paused" in event]
    assert len(told) == 1
    assert tuner.poll().status == "waiting"
    job["status"] = "running"
    assert bench.follow(tuner)[-1].status == "succeeded"


def test_an_unknown_job_is_said(bench, task):
    """--job with an id of another account: which id, which variable, which URL."""
    with pytest.raises(UsageError, match=r"ftjob-nowhere.*status 404") as caught:
        bench.tuner(task(), job="ftjob-nowhere").start()
    assert "OPENAI_API_KEY" in str(caught.value)
    assert bench.fake.openai_url in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(LOOK, "cut"), "the network was cut"),
        (Fault(LOOK, status=500, body="<html>oops</html>"), "the platform gave no answer (oops)"),
        (Fault(LOOK, status=200, body="<html>log in</html>"), "no JSON object"),
        (Fault(LOOK + "/events", "cut"), "the network was cut"),
        (Fault(LOOK, status=429, headers={"Retry-After": "9"}), "slow down (status 429)"),
    ],
)
def test_trouble_while_polling_is_an_event(bench, task, fault, words):
    """The job goes on without us, so do we: the progress so far stands, with what happened."""
    tuner = bench.tuner(task())
    tuner.start()
    tuner.poll()
    bench.fake.faults = [fault]
    seen = tuner.poll()
    assert seen.status == "waiting"
    assert words in seen.events[0]
    assert "trying again in" in seen.events[0]
    calls = len(bench.fake.calls)
    assert tuner.poll().events == ()
    assert len(bench.fake.calls) == calls
    assert bench.follow(tuner)[-1].status == "succeeded"


def test_patience_has_an_end_and_the_job_is_found_again(bench, task):
    """After PATIENCE looks in a row an error; the waits grow to a minute; repeating goes on."""
    tuner = bench.tuner(task())
    tuner.start()
    tuner.poll()
    bench.fake.faults = [Fault(LOOK, "cut", times=PATIENCE + 1)]
    waits = []
    for _ in range(PATIENCE):
        waits.append(tuner.poll().events[0].rsplit("in ", 1)[1])
        bench.clock.pause(60.0)
    assert waits[:7] == ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "60 s"]
    with pytest.raises(DataError, match="goes on without us: repeat"):
        tuner.poll()
    assert bench.follow(bench.tuner(task()))[-1].status == "succeeded"


@pytest.mark.parametrize(("azure", "longest"), [(False, 64), (True, 18)])
def test_a_suffix_that_is_too_long_is_found_before_anything_is_sent(bench, task, azure, longest):
    """64 characters at OpenAI, 18 on Azure."""
    bench.tuner(task(Recipe(method="supervised", suffix="x" * longest)), azure=azure).prepare()
    with pytest.raises(UsageError, match=f"{longest + 1} characters"):
        bench.tuner(
            task(Recipe(method="supervised", suffix="x" * (longest + 1))), azure=azure
        ).prepare()
    assert bench.fake.calls == []


def test_every_bad_row_is_found_before_anything_is_sent(bench, task):
    """Too few rows, an empty answer, no answer: all in one error, with lines and sources."""
    examples = (
        Example(line=5, id="a", prompt="x", completion=" "),
        Example(line=6, prompt="x"),
        Example(line=7, prompt="x", completion="y"),
    )
    with pytest.raises(DataError) as caught:
        bench.tuner(task(examples=examples)).prepare()
    problems = caught.value.problems
    assert [one.line for one in problems] == [1, 2, 0]
    assert "case 'a', line 5" in problems[0].hint
    assert "no fewer than 10" in problems[2].message
    assert bench.fake.calls == []


def test_a_validation_file_of_learned_rows_is_refused(bench, task):
    """Rows that were learned say nothing about other rows."""
    with pytest.raises(DataError, match="is a row of the training file"):
        bench.tuner(task(validation=task().examples[:3])).prepare()


def test_the_platforms_own_words_carry_no_key(bench, task):
    """A job's message that repeats a key is told without it."""
    tuner = bench.tuner(task())
    tuner.start()
    job = next(iter(bench.fake.jobs.values()))
    job |= {"status": "failed", "error": {"code": "x", "message": f"bad {KEY}", "param": None}}
    told = bench.follow(tuner)[-1].events[-1]
    assert "bad" in told
    assert KEY not in told
