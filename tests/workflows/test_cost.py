"""What arms cost: which price holds, what a training cost, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.analysis.cost.costed import Costed
from harness.analysis.cost.terms import Terms
from harness.errors import DataError, UsageError
from harness.reports.cost.scenarios import scenario_table
from harness.store.fixtures import FixtureLine
from harness.store.trainings import write_training
from harness.values.price import cost as cost_of
from harness.values.reply import Answer, Usage
from harness.values.training import DataFile, Spent, Training
from harness.workflows.cost.cost import cost, cost_with_scenarios
from tests.conftest import PROJECT

from .repository import CASES, SCRIPTED, Repository

DAY = date(2026, 11, 28)
MINI = "gpt-4.1-mini-2025-04-14"
ARMS = """
[arms.guess]
extends = "plain"
prompt = "guess"
[arms.tuned]
extends = "plain"
prompt = "short"
training = "lora"
[arms.bag]
model = "tfidf_logreg"
"""
PRICE = """
[prices.m]
input = 2.0
cached = 0.5
output = 8.0
batch = 0.5
as_of = "2026-11-01"
source = "a list"
"""
SCENARIOS = f"""
[prices.box]
per_hour = 3.6
as_of = "2026-11-01"
source = "a bill"
[scenarios.mine]
title = "My box"
prompted = "box"
[scenarios.mini]
title = "Mini"
prompted = "openai/{MINI}"
tuned = "openai/ft:{MINI}"
[scenarios.azure]
title = "Azure"
prompted = "azure/{MINI}"
tuned = "azure/ft:{MINI}"
training = {{ amount = 12.5, as_of = "2026-11-01", source = "an offer" }}
"""
TRAINING = Training(
    provider="elsewhere",
    base="m",
    method="lora",
    model="m",
    trained_tokens=200_000,
    seconds=7_200.0,
    train=DataFile(file="elsewhere.jsonl"),
)
ASKED = ("plain", "guess", "tuned")
USAGE = {"plain": Usage(input=1_000, cached=400, output=10), "tuned": Usage(input=100, output=10)}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """`plain` and `guess` take 1,000 tokens, 400 of them cached, `tuned` 100; each a second."""
    made = Repository(tmp_path, arms=ARMS)
    made.prompt("guess", "This is how: says yes. {{ text }}")
    made.prompt("short", "The text says {{ text }}!")
    record(made, TRAINING)
    made.run(mode="record", arms=ASKED)
    for arm in ASKED:
        made.write_lines([counted(line, USAGE.get(arm)) for line in made.lines(arm)], arm)
    return made


def record(made: Repository, training: Training) -> None:
    write_training(made.folder, "lora", training)


def counted(line: FixtureLine, usage: Usage | None) -> FixtureLine:
    """The same reply with another usage, after a second."""
    assert isinstance(line.reply, Answer)
    usage = usage or Usage(input=1_000, cached=400, output=10)
    return msgspec.structs.replace(
        line, reply=msgspec.structs.replace(line.reply, usage=usage, latency=1.0)
    )


def settings(made: Repository, text: str) -> None:
    made.write("harness.toml", SCRIPTED + text)


def found(made: Repository, **choices: Any) -> Costed:
    return cost(made.open(), **({"today": DAY} | choices))


def per_request(result: Costed, arm: str) -> float:
    return result.arm(arm).per_request.estimate


# ------------------------------------------------------------------------------------ which price


def test_recorded_tokens_at_the_declared_price(repository: Repository):
    """600 * 2 + 400 * 0.5 + 10 * 8 = 1,480 millionths; tuned 280; no run is left behind."""
    settings(repository, PRICE)
    before = repository.runs
    result = found(repository)
    assert [arm.name for arm in result.arms] == ["plain", "guess", "tuned"]
    assert per_request(result, "plain") == pytest.approx(1_480e-6)
    assert per_request(result, "tuned") == pytest.approx(280e-6)
    assert result.arm("plain").uncached.estimate == pytest.approx(2_080e-6)
    assert result.arm("plain").source == "a list, as of 2026-11-01"
    assert (result.cases, result.basis) == (CASES, "")
    assert repository.runs == before


def test_without_caching_and_in_batches(repository: Repository):
    """At the full price of a token read from a cache; at half the price."""
    settings(repository, PRICE)
    plain = found(repository, terms=Terms(caching=False))
    assert per_request(plain, "plain") == pytest.approx(2_080e-6)
    batched = found(repository, terms=Terms(batch=True))
    assert per_request(batched, "plain") == pytest.approx(740e-6)
    settings(repository, PRICE.replace("batch = 0.5\n", ""))
    unknown = found(repository, terms=Terms(batch=True)).arm("plain")
    assert unknown.per_request is None
    assert "no batch price of m" in unknown.unknown


def test_an_unknown_price_is_said_with_the_next_step(repository: Repository):
    """Never 0."""
    result = found(repository)
    assert result.arm("plain").per_request is None
    assert '[prices."m"]' in result.arm("plain").unknown
    assert "--what-if" in result.arm("plain").unknown
    assert {pair.requests for pair in result.pay_backs} == {None}


def test_unknown_usage_is_said(repository: Repository):
    """Of the arm that has it; the others are costed."""
    settings(repository, PRICE)
    lines = repository.lines("guess")
    lost = msgspec.structs.replace(lines[0].reply, usage=None)
    repository.write_lines([msgspec.structs.replace(lines[0], reply=lost), *lines[1:]], "guess")
    result = found(repository)
    assert result.arm("guess").per_request is None
    assert "without usage" in result.arm("guess").unknown
    assert per_request(result, "plain") > 0


def test_arms_are_those_that_are_named(repository: Repository):
    """In their order; one alone is enough."""
    settings(repository, PRICE)
    assert [a.name for a in found(repository, arms=["tuned", "plain"]).arms] == ["tuned", "plain"]
    assert found(repository, arms=["plain"]).pay_backs == ()


def test_past_runs_keep_their_prices(repository: Repository):
    """A run costs what it cost when it was made."""
    settings(repository, PRICE)
    run = repository.run(arms=ASKED)
    settings(repository, PRICE.replace("2.0", "20.0"))
    assert per_request(found(repository, runs=[str(run.path)]), "tuned") == pytest.approx(280e-6)


def test_groups_are_heeded(repository: Repository):
    """Twelve cases in three groups: three clusters."""
    settings(repository, PRICE)
    rows = [
        {
            "id": f"test{n}",
            "input": {"text": f"yes, test {n}"},
            "expected": "yes",
            "group": str(n % 3),
        }
        for n in range(CASES)
    ]
    repository.cases("test", rows)
    repository.run(mode="record", arms=ASKED)
    assert found(repository).clusters == 3


# ---------------------------------------------------------------------------------------- what if


def test_a_scenario_has_its_own_prices(repository: Repository):
    """And what a machine of one's own had cached is paid in full."""
    settings(repository, SCENARIOS)
    result = found(repository, what_if=["mini"])
    assert per_request(result, "plain") == pytest.approx((1_000 * 0.4 + 10 * 1.6) / 1e6)
    assert per_request(result, "tuned") == pytest.approx((100 * 0.8 + 10 * 3.2) / 1e6)
    assert result.basis == "Mini"
    assert any("no call was made" in note for note in result.notes)
    assert any("cache" in note for note in result.notes)
    assert str(result.lifetime("tuned").ending.day) == "2027-01-14"


def test_a_cache_that_was_billed_is_carried_over(repository: Repository):
    """The model that answered has a price by the token: its provider's cache is one."""
    settings(repository, PRICE + SCENARIOS)
    result = found(repository, what_if=["mini"])
    usage = USAGE["plain"]
    price = result.arm("plain")
    assert per_request(result, "plain") == pytest.approx((600 * 0.4 + 400 * 0.1 + 16) / 1e6)
    assert price.uncached.estimate == pytest.approx((usage.input * 0.4 + 16) / 1e6)


def test_a_machine_by_the_hour(repository: Repository):
    """One second at 3.60 an hour, and two hours of training."""
    settings(repository, SCENARIOS)
    result = found(repository, what_if=["mine"])
    assert per_request(result, "plain") == pytest.approx(0.001, rel=1e-6)
    assert result.investments[0].total == pytest.approx(7.2)
    assert any("By the hour" in note for note in result.notes)


def test_another_model_for_one_arm(repository: Repository):
    """The others keep their price; both may be said together, the arm's own goes first."""
    settings(repository, PRICE + SCENARIOS)
    result = found(repository, what_if=["plain=gpt-6-luna"])
    assert result.arm("plain").model == "gpt-6-luna"
    assert per_request(result, "tuned") == pytest.approx(280e-6)
    assert result.basis == "plain priced as gpt-6-luna"
    both = found(repository, what_if=["mini", "plain=gpt-6-luna"])
    assert both.arm("plain").model == "gpt-6-luna"
    assert both.arm("guess").model == f"openai/{MINI}"


def test_all_scenarios_at_once(repository: Repository):
    """The recorded prices first, then each in the order of the file."""
    settings(repository, PRICE + SCENARIOS)
    own, others = cost_with_scenarios(repository.open(), today=DAY)
    assert own == found(repository)
    assert [one.scenario for one in others] == ["mine", "mini", "azure"]
    assert others[1] == found(repository, what_if=["mini"])


def test_a_scenario_may_be_all_batches(repository: Repository):
    """Where Azure's batch price is not known, nothing is."""
    for name, known in (("mini", True), ("azure", False)):
        text = SCENARIOS.replace(f"[scenarios.{name}]\n", f"[scenarios.{name}]\nbatch = true\n")
        settings(repository, text)
        result = found(repository, what_if=[name])
        assert result.terms.batch
        assert (result.arm("plain").per_request is not None) == known


@pytest.mark.parametrize(
    ("what_if", "message"),
    [
        (["bag=box"], "asks no model"),
        (["none"], "no scenario 'none'"),
        (["mine", "mini"], "two scenarios"),
        (["nobody=box"], "no arm 'nobody'"),
        (["plain=nothing"], "no price of 'nothing' is known"),
        (["mine", "guess=m", "nobody=box"], "these are: plain, guess, tuned"),
        (["plain="], "neither NAME nor ARM=MODEL"),
        (["plain=box", "plain=m"], "names an arm twice"),
    ],
)
def test_what_cannot_be_assumed_is_refused(repository: Repository, what_if, message: str):
    """With what there is."""
    settings(repository, SCENARIOS)
    with pytest.raises(UsageError, match=message):
        found(repository, what_if=what_if)


def test_an_arm_that_is_left_out_has_no_other_price(repository: Repository):
    """It would be heard by nobody."""
    settings(repository, SCENARIOS)
    with pytest.raises(UsageError, match=r"'plain' is costed here; these are: guess, tuned"):
        found(repository, arms=("guess", "tuned"), what_if=["plain=box"])


def test_a_scenario_gives_a_tuned_arm_no_base_price_unasked(repository: Repository):
    """By the hour a machine is a machine; by the token it has to be said."""
    text = SCENARIOS.replace(f'tuned = "openai/ft:{MINI}"\n', "")
    settings(repository, text)
    assert found(repository, what_if=["mine"])
    assert found(repository, arms=("plain", "guess"), what_if=["mini"])
    with pytest.raises(
        DataError, match=r"harness.toml:\d+: scenarios.mini has no price of a tuned"
    ):
        found(repository, what_if=["mini"])
    settings(repository, text.replace('"Mini"\n', f'"Mini"\ntuned = "openai/{MINI}"\n'))
    assert per_request(found(repository, what_if=["mini"]), "tuned") == pytest.approx(56e-6)


def test_estimated_tokens_are_said_to_be(repository: Repository):
    """A bill of guesses is one."""
    settings(repository, PRICE)
    assert not any("estimated" in note for note in found(repository).notes)
    guessed = Usage(input=1_000, output=10, estimated=True)
    repository.write_lines([counted(line, guessed) for line in repository.lines("plain")], "plain")
    (note,) = (note for note in found(repository).notes if "estimated" in note)
    assert note.startswith("Warning: tokens of plain are")


def test_time_that_nobody_measured_is_not_free(repository: Repository):
    """Of a reply without latency the cost by the hour is unknown, and not 0."""
    settings(repository, SCENARIOS)
    untimed = [
        msgspec.structs.replace(line, reply=msgspec.structs.replace(line.reply, latency=0.0))
        for line in repository.lines("tuned")
    ]
    repository.write_lines(untimed, "tuned")
    result = found(repository, what_if=["mine"])
    assert result.arm("tuned").per_request is None
    assert "without latency" in result.arm("tuned").unknown
    assert per_request(result, "plain") == pytest.approx(0.001)


def test_a_price_without_a_cache_has_no_cached_tokens_to_carry_over(repository: Repository):
    """Tokens from the cache of one's own machine are paid in full at a provider, as ever."""
    settings(repository, PRICE.replace("cached = 0.5\n", "") + SCENARIOS)
    result = found(repository, what_if=["mini"])
    assert per_request(result, "plain") == pytest.approx((1_000 * 0.4 + 10 * 1.6) / 1e6)


def test_a_scenario_of_an_unknown_price_is_refused_at_its_line(repository: Repository):
    """When it is used, and not before: other commands do not need it."""
    settings(repository, SCENARIOS.replace('"box"', '"bax"'))
    assert found(repository, what_if=["mini"])
    with pytest.raises(DataError, match=r"harness.toml:\d+: scenarios.mine.prompted = 'bax'"):
        found(repository, what_if=["mine"])


def test_all_faults_of_all_scenarios_are_said_at_once(repository: Repository):
    """Repairing one does not show the next."""
    text = SCENARIOS.replace('prompted = "box"', 'prompted = "bax"')
    settings(repository, text.replace(f'tuned = "openai/ft:{MINI}"\n', ""))
    with pytest.raises(DataError) as error:
        cost_with_scenarios(repository.open(), today=DAY)
    assert [problem.message.split()[0] for problem in error.value.problems] == [
        "scenarios.mine.prompted",
        "scenarios.mini",
    ]


def test_a_scenario_without_a_title_is_called_by_its_name(repository: Repository):
    """In the heading, and once in the notes."""
    settings(repository, SCENARIOS.replace('title = "My box"\n', ""))
    assert found(repository, what_if=["mine"]).basis == "mine"
    _, others = cost_with_scenarios(repository.open(), today=DAY)
    notes = scenario_table(others).notes
    assert any(note.startswith("mine: box (a bill") for note in notes)


# ------------------------------------------------------------------------------------ the training


def test_what_the_record_says_goes_first(repository: Repository):
    """12 paid; a request saves 1,200 millionths: after 10,000 requests."""
    settings(repository, PRICE + SCENARIOS)
    spent = Spent(amount=12.0, as_of="2026-11-01", source="a bill")
    record(repository, msgspec.structs.replace(TRAINING, spent=spent))
    result = found(repository)
    assert result.investments[0].total == 12.0
    assert "a bill" in result.investments[0].basis
    assert result.pay_backs[0].requests.estimate == pytest.approx(10_000)
    assumed = found(repository, what_if=["mini"])
    assert assumed.investments[0].total == pytest.approx(200_000 * 5 / 1e6)
    absurd = msgspec.structs.replace(spent, amount=float("inf"))
    record(repository, msgspec.structs.replace(TRAINING, spent=absurd))
    assert found(repository).investments[0].total is None


def test_what_was_paid_is_no_price_elsewhere(repository: Repository):
    """And nobody is sent to write down what stands there already."""
    settings(repository, PRICE + SCENARIOS.split("training = ", maxsplit=1)[0])
    spent = Spent(amount=1.5, as_of="2026-11-01", source="a bill")
    record(repository, msgspec.structs.replace(TRAINING, spent=spent))
    basis = found(repository, what_if=["azure"]).investments[0].basis
    assert "[scenarios.azure.training]" in basis
    assert "[spent]" not in basis
    assert "[spent]" not in found(repository, what_if=["tuned=azure/gpt-4.1"]).investments[0].basis


def test_trained_tokens_at_the_table_of_the_platform(repository: Repository):
    """Of a model that was tuned on OpenAI; nobody knows what elsewhere takes."""
    settings(repository, PRICE)
    assert "no price of training" in found(repository).investments[0].basis
    hosted = msgspec.structs.replace(TRAINING, provider="openai", base=MINI)
    record(repository, hosted)
    assert found(repository).investments[0].total == pytest.approx(1.0)
    record(repository, msgspec.structs.replace(hosted, trained_tokens=None))
    assert "trained_tokens" in found(repository).investments[0].basis


def test_what_a_scenario_says_of_training(repository: Repository):
    """An amount in all; Azure's hosting beside it."""
    settings(repository, SCENARIOS)
    result = found(repository, what_if=["azure"])
    assert result.investments[0].total == 12.5
    assert result.arm("tuned").hosting == 1.7
    assert result.pay_backs[0].from_volume.estimate == pytest.approx(
        720 * 1.7 / (900 * 0.4 / 1e6), rel=1e-6
    )


def test_a_machine_needs_the_seconds_of_a_training(repository: Repository):
    """Which a record written by hand may lack."""
    settings(repository, SCENARIOS)
    record(repository, msgspec.structs.replace(TRAINING, seconds=None))
    assert "no seconds" in found(repository, what_if=["mine"]).investments[0].basis


# ----------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (Terms(volume=-1.0), "volume"),
        (Terms(volume=float("inf")), "volume"),
        (Terms(volume=0.0), "requests a month"),
        (Terms(volume=1e-320), "requests a month"),
        (Terms(error_cost=1e308), "error cost"),
        (Terms(horizon=float("nan")), "horizon"),
        (Terms(error_cost=-0.5), "error cost"),
        (Terms(labelling=float("nan")), "labelling"),
        (Terms(evaluation=-1.0), "evaluation"),
    ],
)
def test_numbers_that_cannot_mean_anything_are_refused(repository: Repository, terms, message):
    """Each by its name."""
    with pytest.raises(UsageError, match=message):
        found(repository, terms=terms)


def test_costs_equal_those_of_each_record(repository: Repository):
    """The mean over the arm's own replies, one by one."""
    settings(repository, PRICE)
    run = repository.run(arms=ASKED)
    price = run.info.price_of("plain")
    each = [
        cost_of(line.reply.usage, price, line.reply.latency)
        for line in repository.lines("plain")
        if line.split == "test"
    ]
    assert per_request(found(repository), "plain") == pytest.approx(sum(each) / len(each))


@pytest.mark.parametrize("suite", ["review_stars", "order_fields"])
def test_the_page_shows_the_scenarios_as_they_are(suite: str):
    """Every row of the last table, as it stands in docs/cost.md."""
    page = (PROJECT / "docs" / "cost.md").read_text()
    lines = {" ".join(line.split()) for line in page.splitlines()}
    _, scenarios = cost_with_scenarios(PROJECT / "suites" / suite, today=DAY)
    rows = scenario_table(scenarios).rows
    assert len(rows) == 3 * sum(not arm.free for arm in scenarios[0].arms)
    assert [row for row in rows if " ".join(" ".join(row).split()) not in lines] == []
