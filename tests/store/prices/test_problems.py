"""Prices that cannot be meant: each an error of harness.toml with its line, value and next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.settings import read_settings

GOOD = {"input": "2.0", "output": "8", "as_of": '"2026-11-01"', "source": '"a list"'}
TIER = "\n[[prices.m.tiers]]\nabove = {}\ninput = 4\noutput = 16"


def problems(folder: Path, more: str = "", **keys: str | None) -> list[str]:
    """What is said of a price with keys changed (None: left out), as 'LINE: MESSAGE HINT'."""
    lines = [f"{key} = {text}" for key, text in (GOOD | keys).items() if text is not None]
    text = "\n".join(["[prices.m]", *lines, more])
    (folder / "harness.toml").write_text(text)
    try:
        read_settings(folder)
    except DataError as error:
        return [f"{p.line}: {p.message} {p.hint}" for p in error.problems]
    return []


def test_a_price_as_it_should_be(tmp_path: Path) -> None:
    """Tokens with tiers and a batch; a machine by the hour; a free model."""
    assert problems(tmp_path, TIER.format(1000) + TIER.format(2000), batch="0.5") == []
    assert problems(tmp_path, input=None, output=None, per_hour="0.35") == []
    assert problems(tmp_path, input="0", output="0") == []


@pytest.mark.parametrize(
    ("keys", "line", "said"),
    [
        ({"input": "-1.0"}, 2, r"prices.m.input = -1.0: expected float >= 0.0"),
        ({"input": "nan"}, 2, r"prices.m.input = nan: expected float >= 0.0"),
        ({"output": "inf"}, 3, "output = inf is more than 10,000 per million tokens"),
        ({"output": "400000"}, 3, "400000 is more than 10,000 per million tokens was it meant per"),
        ({"input": "4e-7"}, 2, "4e-07 is less than 0.0001 per million tokens was it meant per tok"),
        ({"per_hour": "20000"}, 6, "per_hour = 20000 is more than 10,000 per hour"),
        ({"hosting": "-1"}, 6, "hosting = -1: expected float >= 0.0"),
        ({"as_of": None}, 1, "prices.m.as_of is missing"),
        ({"as_of": '"2026-02-30"'}, 4, "as_of = '2026-02-30': there is no such day"),
        ({"as_of": '"last week"'}, 4, 'expected day in quotes, as "2026-11-28"'),
        ({"as_of": "2026-11-01"}, 4, "expected a day in quotes"),
        ({"source": None}, 1, "prices.m.source is missing"),
        ({"source": '""'}, 5, "expected str that is not empty"),
        ({"currency": '"dollars"'}, 6, "expected currency of three capital letters, as USD"),
        ({"currency": '"usd"'}, 6, "expected currency of three capital letters, as USD"),
        ({"batch": "0"}, 6, "batch = 0: expected float > 0.0"),
        ({"output": None}, 2, "prices.m.input stands there without output"),
        ({"input": None}, 2, "prices.m.output stands there without input"),
        ({"input": None, "output": None}, 1, "prices.m prices neither tokens nor hours"),
        (
            {"input": None, "output": None, "per_hour": "1", "cached": "1"},
            5,
            "prices.m.cached stands there without a price of tokens",
        ),
    ],
)
def test_one_fault(tmp_path: Path, keys: dict[str, str | None], line: int, said: str) -> None:
    """One problem, at its line."""
    (found,) = problems(tmp_path, **keys)
    assert found.startswith(f"{line}: ")
    assert said in found


@pytest.mark.parametrize("steps", [(200, 100), (100, 100)])
def test_tiers_that_do_not_rise(tmp_path: Path, steps: tuple[int, int]) -> None:
    """Which of them would hold is anybody's guess."""
    (found,) = problems(tmp_path, "".join(map(TIER.format, steps)))
    assert f"`above` does not rise: {steps[0]}, {steps[1]}" in found


def test_a_tier_can_be_absurd_too(tmp_path: Path) -> None:
    """The message says which one."""
    (found,) = problems(tmp_path, TIER.format(100) + TIER.format(200).replace("16", "16000"))
    assert "prices.m.tiers[2].output = 16000 is more than 10,000" in found


def test_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    """Of several prices, of types and of sense."""
    more = '[prices.other]\ninput = -1\noutput = 99999\nas_of = "2026-13-01"'
    assert len(problems(tmp_path, more, currency='"$"', as_of='"2026-02-30"')) == 6


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"source": '""'}, "that is not empty write where the price is from"),
        ({"source": None}, "is missing write where the price is from"),
        ({"input": '"2.0"'}, "= '2.0': expected float, got str write a number: money per million"),
        ({"as_of": None}, "is missing write the day on which you looked the price up"),
        ({"currency": '"usd"'}, "as USD write its three capital letters"),
        ({"per_hour": '"1"'}, "got str write a number: money per hour"),
    ],
)
def test_each_key_has_a_next_step(tmp_path: Path, keys: dict[str, str | None], said: str) -> None:
    """What to write, not only what was expected; TOML knows no null."""
    (found,) = problems(tmp_path, **keys)
    assert said in found


def test_problems_are_in_the_order_of_the_lines(tmp_path: Path) -> None:
    """Whatever found them."""
    more = '[prices.other]\ninput = -1\noutput = 99999\nas_of = "2026-13-01"'
    found = problems(tmp_path, more, input="400000", source='""', as_of='"2026-02-30"')
    lines = [int(text.partition(":")[0]) for text in found]
    assert lines == sorted(lines)
    assert len(lines) == 7
