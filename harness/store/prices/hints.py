"""Problems of [prices] and [scenarios] in, the same with the next step of each key out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from harness.errors import Problem

_KEY = re.compile(r"(?:prices|scenarios)\.(.+?)(?: = | is missing)")
_PER_MILLION = "write a number: money per million tokens, as 0.40"
_PER_HOUR = "write a number: money per hour, as 1.70"
_NAME = 'write the name of a price: of [prices], or PROVIDER/MODEL as in "openai/gpt-4.1-mini"'

_STEPS: Mapping[str, str] = {
    "as_of": 'write the day on which you looked the price up, in quotes: "2026-11-28"',
    "source": "write where the price is from: a page, a contract, a bill",
    "currency": 'write its three capital letters, in quotes: "EUR"',
    "input": _PER_MILLION,
    "output": _PER_MILLION,
    "cached": _PER_MILLION,
    "cache_write": _PER_MILLION,
    "per_million": _PER_MILLION,
    "per_hour": _PER_HOUR,
    "hosting": _PER_HOUR,
    "amount": "write a number: money in all, as 12.50",
    "batch": "write the factor on the prices of tokens that are sent as a batch, as 0.5",
    "tiers": "write above, input and output of each tier as numbers",
    "prompted": _NAME,
    "tuned": _NAME,
    "title": "write what the scenario is, in quotes, or leave it out",
}


def with_steps(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of harness.toml, those of a price with what to write, in the order of the lines."""
    return sorted(map(_with_step, problems), key=lambda problem: problem.line)


def _with_step(problem: Problem) -> Problem:
    found = _KEY.match(problem.message)
    step = _STEPS.get(found[1].rpartition(".")[2], "") if found else ""
    return problem if problem.hint else msgspec.structs.replace(problem, hint=step)
