"""HostedTuner from the first check to the tuned model, through the official client."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec
import pytest

from harness.errors import DataError, UsageError
from harness.providers.openai.tuning import HostedTuner
from harness.values.endpoint import OpenAISpec
from harness.values.example import Example, Turn
from harness.values.training import Hyperparameters, Recipe
from harness.values.tuning_price import TuningPrice

MINI = "gpt-4.1-mini-2025-04-14"
GRADER = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.stars}}",
    "operation": "eq",
}


def test_a_supervised_job_runs_from_rows_to_a_model(bench, task):
    """Status, steps and losses move on; the result names the model and everything about the job."""
    tuner = bench.tuner(task())
    tuner.start()
    seen = bench.follow(tuner)
    assert [one.status for one in seen] == ["waiting"] * 2 + ["running"] * 2 + ["succeeded"]
    assert [(one.step, one.steps) for one in seen[2:]] == [(18, 36), (36, 36), (36, 36)]
    assert seen[2].train_loss > seen[3].train_loss
    assert seen[3].epoch == 3.0
    tuned = tuner.result()
    job = next(iter(bench.fake.jobs.values()))
    assert tuned.model == job["fine_tuned_model"]
    assert tuned.job == job["id"]
    assert tuned.trained_tokens == job["trained_tokens"] > 0
    assert tuned.hyperparameters["epochs"] == 3
    assert tuned.shutdown == "2027-01-14"
    assert tuned.files["training_file"] in bench.fake.files
    assert tuned.recipe_digest == bench.fake.bodies[0]["metadata"]["harness_recipe"]
    assert tuned.seconds == job["finished_at"] - job["created_at"]
    assert datetime.fromisoformat(tuned.started) == datetime.fromtimestamp(job["created_at"], UTC)
    assert tuned.versions.keys() == {"openai"}


def test_the_body_holds_the_recipe(bench, task):
    """Everything chosen in the recipe stands in the job's body; what is unset is not sent."""
    chosen = Hyperparameters(epochs=2, batch_size=4, learning_rate_multiplier=0.5)
    options = {"metadata": {"team": "reviews"}, "trainingType": "GlobalStandard"}
    recipe = Recipe(
        method="supervised", hyperparameters=chosen, seed=7, suffix="stars", options=options
    )
    bench.tuner(task(recipe)).start()
    body = bench.fake.bodies[0]
    assert body["model"] == MINI
    assert body["method"] == {
        "type": "supervised",
        "supervised": {
            "hyperparameters": {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.5}
        },
    }
    assert (body["seed"], body["suffix"], body["trainingType"]) == (7, "stars", "GlobalStandard")
    assert body["metadata"]["team"] == "reviews"
    assert body["metadata"].keys() == {"team", "harness_recipe", "harness_attempt"}


def test_the_checkpoint_with_the_lowest_full_validation_loss_is_chosen(bench, task):
    """Where the loss rises again, an earlier checkpoint's name is the model's."""
    bench.fake.overfits = True
    tuner = bench.tuner(task())
    tuner.start()
    bench.follow(tuner)
    tuned = tuner.result()
    assert tuned.model.endswith(":ckpt-step-24")
    assert tuned.chosen_step == 24
    assert [(one.step, one.epoch) for one in tuned.losses] == [(12, 1.0), (24, 2.0), (36, 3.0)]
    assert min(tuned.losses, key=lambda one: one.validation).step == 24
    assert tuned.shutdown == "2027-01-14"


def test_events_come_once_in_order_over_several_pages(bench, task):
    """120 steps are more than a page: nothing is lost, told twice or out of order."""
    bench.fake.stages = ["validating_files", "queued", "running", "succeeded"]
    recipe = Recipe(method="supervised", hyperparameters=Hyperparameters(epochs=10))
    tuner = bench.tuner(task(recipe))
    tuner.start()
    job = next(iter(bench.fake.jobs))
    bench.fake._look_at_job(bench.fake.jobs[job])
    bench.fake._look_at_job(bench.fake.jobs[job])
    seen = bench.follow(tuner)
    told = [event for one in seen for event in one.events][3:]
    messages = [one["message"] for one in bench.fake.events[job] if one["type"] == "message"]
    assert told == messages
    assert seen[-1].step == 120
    assert bench.fake.count("GET .*/events") == len(seen) + 1


def test_azure_gets_a_bom_waits_for_its_files_and_says_when_the_model_ends(bench, task):
    """The v1 URL: files with a byte-order mark, processed before the job, Azure's own end date."""
    bench.fake.file_looks = 3
    tuner = bench.tuner(task(Recipe(method="supervised", suffix="stars")), azure=True)
    assert tuner.prepare().rows == 12
    tuner.start()
    bench.follow(tuner)
    assert tuner.result().shutdown == "2027-01-14"
    assert all(data.startswith(b"\xef\xbb\xbf{") for data in bench.fake.contents.values())
    assert bench.fake.count("GET /files/.*") == 6
    assert bench.clock.waits[:6] == [2.0] * 6
    assert (bench.folder / "train.jsonl").read_bytes().startswith(b"\xef\xbb\xbf")


def test_openai_gets_no_bom(bench, task):
    """The same rows without a mark; the completion form became user and assistant messages."""
    bench.tuner(task()).prepare()
    first = (bench.folder / "train.jsonl").read_bytes().splitlines()[0]
    roles = [one["role"] for one in json.loads(first)["messages"]]
    assert roles == ["user", "assistant"]
    assert bench.fake.calls == []


def test_preparing_needs_no_key(bench, task, monkeypatch):
    """Rows can be checked and counted before there is an account."""
    monkeypatch.delenv("OPENAI_API_KEY")
    estimate = bench.tuner(task()).prepare()
    assert (estimate.rows, estimate.epochs, estimate.vocabulary) == (12, 8, "o200k_base")
    assert estimate.tokens > 12 * 9
    assert estimate.spent is None
    with pytest.raises(UsageError, match="OPENAI_API_KEY holds no key"):
        bench.tuner(task()).start()


def test_a_known_price_makes_the_cost_known(bench, task):
    """Trained tokens times the price of training; estimated before, measured after."""
    price = TuningPrice(as_of="2026-11-21", source="a page", training=5.0)
    tuner = bench.tuner(task(), price=price)
    estimate = tuner.prepare()
    assert estimate.spent.amount == pytest.approx(estimate.tokens * estimate.epochs * 5e-6)
    tuner.start()
    bench.follow(tuner)
    tuned = tuner.result()
    assert tuned.spent.amount == pytest.approx(tuned.trained_tokens * 5e-6)


def test_preferences_are_sent_as_dpo(bench, task):
    """input, preferred_output, non_preferred_output; beta among the hyperparameters."""
    pairs = tuple(
        Example(
            messages=(Turn("user", f"Name a colour, {n}"),),
            preferred=(Turn("assistant", "red"),),
            rejected=(Turn("assistant", "no"),),
        )
        for n in range(10)
    )
    recipe = Recipe(method="dpo", hyperparameters=Hyperparameters(beta=0.1))
    tuner = bench.tuner(task(recipe, form="chat", examples=pairs, validation=()))
    tuner.start()
    row = json.loads(next(iter(bench.fake.contents.values())).splitlines()[0])
    assert row.keys() == {"input", "preferred_output", "non_preferred_output"}
    assert bench.fake.bodies[0]["method"] == {
        "type": "dpo",
        "dpo": {"hyperparameters": {"beta": 0.1}},
    }
    assert "validation_file" not in bench.fake.bodies[0]
    bench.follow(tuner)
    assert tuner.result().hyperparameters["beta"] == 0.1


def test_reinforcement_sends_its_grader(bench, task):
    """Grader, the platform's own hyperparameters and extra columns go in as they stand."""
    asked = tuple(
        Example(messages=(Turn("user", f"Review {n}"),), extra={"stars": n}) for n in range(10)
    )
    options = {"grader": GRADER, "hyperparameters": {"reasoning_effort": "low"}}
    recipe = Recipe(method="reinforcement", options=options)
    bench.tuner(task(recipe, form="chat", examples=asked, validation=(), base="o4-mini")).start()
    method = bench.fake.bodies[0]["method"]
    assert method["reinforcement"]["grader"] == GRADER
    assert method["reinforcement"]["hyperparameters"] == {"reasoning_effort": "low"}
    assert json.loads(next(iter(bench.fake.contents.values())).splitlines()[3])["stars"] == 3


def test_a_job_made_elsewhere_is_only_followed(bench, task, tmp_path):
    """By its id: nothing is uploaded, created or written, and its own settings are told."""
    bench.tuner(task()).start()
    job = next(iter(bench.fake.jobs))
    bench.fake.jobs[job]["metadata"] = {}
    made = list(bench.fake.calls)
    elsewhere = msgspec.structs.replace(task(), examples=())
    spec = OpenAISpec(base_url=bench.fake.openai_url)
    tuner = HostedTuner(spec, elsewhere, tmp_path / "other", job=job, clock=bench.clock)
    tuner.prepare()
    tuner.start()
    bench.follow(tuner)
    assert tuner.result().job == job
    assert len(tuner.result().recipe_digest) == 24
    assert not [call for call in bench.fake.calls[len(made) :] if call.startswith("POST")]
    assert not (tmp_path / "other").exists()


def test_cancelling_stops_the_job_once(bench, task):
    """The job is cancelled by its noted id in a new process; again it is harmless."""
    tuner = bench.tuner(task())
    tuner.cancel()
    tuner.start()
    bench.tuner(task()).cancel()
    bench.tuner(task()).cancel()
    assert next(iter(bench.fake.jobs.values()))["status"] == "cancelled"
    assert bench.fake.count("POST .*/cancel") == 1
    assert bench.follow(tuner)[-1].status == "cancelled"
    with pytest.raises(DataError, match=r"was cancelled\n"):
        tuner.result()


def test_a_result_before_the_end_is_refused(bench, task):
    """Nothing half-made is returned, and polling without a job says what is missing."""
    with pytest.raises(UsageError, match="call start"):
        bench.tuner(task()).poll()
    tuner = bench.tuner(task())
    tuner.start()
    with pytest.raises(UsageError, match="has not ended"):
        tuner.result()


def test_a_server_that_wants_no_key_gets_none(bench, task):
    """key_env = "" sends no Authorization header, though the client insists on a key."""
    bench.fake.open = True
    spec = OpenAISpec(base_url=bench.fake.openai_url, key_env="")
    HostedTuner(spec, task(), bench.folder).start()
    assert bench.fake.keys == {""}
    assert len(bench.fake.jobs) == 1


def test_a_base_url_that_is_none_is_said(task, tmp_path):
    """Before anything is sent."""
    spec = OpenAISpec(base_url="nonsense", key_env="")
    with pytest.raises(UsageError, match="'nonsense' is not an http"):
        HostedTuner(spec, task(), tmp_path).start()
