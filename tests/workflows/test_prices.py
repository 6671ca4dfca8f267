"""Which price a run records for an arm, which budgets it refuses, what `check` says of prices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.workflows.check import check
from harness.workflows.price_checks import price_warnings
from harness.workflows.prices import arm_price, budget_prices, prices_of

from .repository import SCRIPTED, Repository

TODAY = date(2026, 11, 28)
HOSTED = '[endpoints.fake]\nkind = "openai"\n'
AZURE = HOSTED + 'base_url = "https://me.openai.azure.com/openai/v1/"\n'
OWN_SERVER = '[endpoints.fake]\nkind = "openai"\nbase_url = "http://127.0.0.1:9"\nkey_env = ""\n'
SECOND = '[models.other]\nendpoint = "scripted"\nmodel = "m"\n[arms.other]\nextends = "plain"\n'
PRICE = '[prices.{}]\ninput = 1.0\noutput = 2.0\nas_of = "2026-11-01"\nsource = "a list"\n'
TUNED = (
    'provider = "azure"\nbase = "gpt-4.1-mini-2025-04-14"\nmethod = "supervised"\nmodel = "{}"\n'
)


def repository(folder: Path, endpoints: str, model: str = "m", arms: str = "") -> Repository:
    made = Repository(folder, endpoints=endpoints, arms=arms)
    made.replace("suite.toml", 'model = "m"\n[arms', f'model = "{model}"\n[arms')
    return made


def test_a_run_records_the_price_of_each_endpoints_model(tmp_path: Path) -> None:
    """One name at two endpoints: each has the price that is declared for it."""
    found = repository(tmp_path, SCRIPTED + PRICE.format('"fake/m"'), arms=SECOND)
    found.replace(
        "suite.toml",
        '[arms.other]\nextends = "plain"',
        '[arms.other]\nextends = "plain"\nmodel = "other"',
    )
    info = found.run(mode="live").info
    assert set(info.prices) == {"fake/m"}
    assert info.price_of("plain") == info.prices["fake/m"]
    assert info.price_of("other") is None


def test_recordings_cost_the_same_on_every_day(tmp_path: Path) -> None:
    """A price of the catalogue is that of the last day of the replies, not of today."""
    suite = repository(tmp_path, HOSTED, "gpt-4.1-mini").open()
    arms = [suite.arms["plain"]]
    (price,) = prices_of(suite, arms, {"plain": ("2026-10-18", "2026-10-20")}).values()
    assert price.as_of == "2026-10-20"
    assert price.input == 0.4


@pytest.mark.parametrize("name", ["gpt-4.1-mini", "my-deployment"])
def test_a_deployment_of_a_tuned_model(tmp_path: Path, name: str) -> None:
    """Whatever it is called, provenance says that it is no base: tokens and a fee per hour."""
    arms = '[arms.tuned]\nextends = "plain"\ntraining = "lora"\n'
    found = repository(tmp_path, AZURE, name, arms)
    found.write("suites/demo/training/lora.toml", TUNED.format(name))
    suite = found.open()
    for arm in suite.arms.values():
        price = arm_price(suite, arm, TODAY)
        assert price is not None
        assert (price.input, price.hosting) == (0.4, 1.7)


def test_a_tuned_arm_without_a_name_of_its_own_costs_no_base_price(tmp_path: Path) -> None:
    """Its record names no model: a base of the same name has another price, so neither has one."""
    arms = '[arms.tuned]\nextends = "plain"\ntraining = "lora"\n'
    found = repository(tmp_path, HOSTED, "gpt-4.1-mini", arms)
    found.write(
        "suites/demo/training/lora.toml",
        TUNED.format("x").replace('model = "x"\n', "").replace('"azure"', '"openai"'),
    )
    suite = found.open()
    price = arm_price(suite, suite.arms["tuned"], TODAY)
    assert price is not None
    assert price.input == 0.8
    assert prices_of(suite, [suite.arms["plain"]], {}) != {}
    assert prices_of(suite, suite.arms.values(), {}) == {}


def test_a_training_that_has_not_taken_place_changes_no_price(tmp_path: Path) -> None:
    """Until then the model is the base, and costs what it does."""
    arms = '[arms.tuned]\nextends = "plain"\ntraining = "lora"\n[trainings.lora]\n'
    suite = repository(tmp_path, HOSTED, "gpt-4.1-mini", arms).open()
    price = arm_price(suite, suite.arms["plain"], TODAY)
    assert price is not None
    assert price.input == 0.4


def test_a_budget_needs_every_price(tmp_path: Path) -> None:
    """The message says what to write, and where."""
    suite = repository(tmp_path, OWN_SERVER).open()
    said = r'needs a price for m: add \[prices."m"\] with input and output .* or per_hour'
    with pytest.raises(UsageError, match=said):
        budget_prices(suite, suite.arms.values())


def test_a_budget_is_in_one_currency(tmp_path: Path) -> None:
    """Money of two kinds has no sum."""
    prices = PRICE.format('"fake/m"') + PRICE.format('"scripted/m"') + 'currency = "EUR"\n'
    found = repository(tmp_path, SCRIPTED + prices, arms=SECOND + 'model = "other"\n')
    suite = found.open()
    with pytest.raises(UsageError, match="priced in EUR and USD: set a budget in the currency"):
        budget_prices(suite, suite.arms.values())
    plain = [suite.arms["plain"]]
    assert set(budget_prices(suite, plain)) == set(budget_prices(suite, plain, "USD")) == {"plain"}
    with pytest.raises(UsageError, match=r"one currency \(EUR\), and these arms are priced in USD"):
        budget_prices(suite, plain, "EUR")
    assert budget_prices(suite, [], "EUR") == {}


def test_a_budget_of_a_machine_by_the_hour(tmp_path: Path) -> None:
    """The time of the replies is what it pays; a scripted model takes next to none."""
    machine = '[prices.m]\nper_hour = 1.0\nas_of = "2026-11-01"\nsource = "my power bill"\n'
    found = repository(tmp_path, SCRIPTED + machine)
    assert found.run(mode="live", budget_money=1.0).info.status == "complete"


def test_a_bad_price_stops_everything(tmp_path: Path) -> None:
    """No suite of the repository opens; the message has file and line."""
    found = repository(tmp_path, SCRIPTED + PRICE.format("m").replace("1.0", "-1.0"))
    with pytest.raises(DataError, match=r"harness\.toml:\d+: prices\.m\.input = -1\.0: expected"):
        found.open()


@pytest.mark.parametrize(
    ("endpoints", "model", "said"),
    [
        (SCRIPTED, "m", None),
        (OWN_SERVER, "m", None),
        (HOSTED, "gpt-4.1-mini", None),
        (HOSTED, "gpt-99", "arms.plain: the price of gpt-99 is unknown"),
        (HOSTED, "ft:gpt-3.5-turbo:o::x", "the price of ft:gpt-3.5-turbo:o::x is unknown"),
        (AZURE, "gpt-4.1-mini.ft-1", "is of 2026-03-01, 272 days ago (Azure's price page"),
        (SCRIPTED + PRICE.format("m"), "m", None),
        (
            SCRIPTED + PRICE.format("m").replace("2026-11", "2026-05"),
            "m",
            "the price of m is of 2026-05-01, 211 days ago (a list)",
        ),
    ],
)
def test_what_check_says(tmp_path: Path, endpoints: str, model: str, said: str | None) -> None:
    """Hosted models without a price, and prices older than 180 days."""
    found = price_warnings(repository(tmp_path, endpoints, model).open(), TODAY)
    assert len(found) == (said is not None)
    assert said is None or said in str(found[0])


def test_check_shows_an_old_price_at_its_line(tmp_path: Path) -> None:
    """As a warning beside those of models that end, with what to do."""
    found = repository(tmp_path, SCRIPTED + PRICE.format("m").replace("2026", "2025"))
    (report,) = check(["demo"], found.root, today=TODAY)
    assert report.problems == ()
    (warning,) = report.warnings
    line = found.root.joinpath("harness.toml").read_text().splitlines()[warning.line - 1]
    assert line == 'as_of = "2025-11-01"'
    assert warning.hint == "look it up again and write today's day into as_of"


def test_a_price_of_a_day_to_come_is_warned_of(tmp_path: Path) -> None:
    """Nobody can have looked it up then; in a scenario neither. Tomorrow is today further east."""
    text = SCRIPTED + PRICE.format("idle").replace("2026-11-01", "2026-11-30")
    text += '[scenarios.s]\nprompted = "idle"\ntuned = "idle"\n'
    text += 'training = { amount = 1, as_of = "2027-01-01", source = "an offer" }\n'
    found = price_warnings(repository(tmp_path, text).open(), TODAY)
    assert [one.message for one in found] == [
        "prices.idle.as_of = '2026-11-30' is a day to come",
        "scenarios.s.training.as_of = '2027-01-01' is a day to come",
    ]
    lines = tmp_path.joinpath("harness.toml").read_text().splitlines()
    assert all("as_of" in lines[one.line - 1] for one in found)
    assert len(price_warnings(repository(tmp_path, text).open(), date(2026, 11, 29))) == 1
