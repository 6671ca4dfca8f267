"""Rows made for one test: short ways to write them and to check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.training.check import Checked, Wanted, check_rows
from harness.training.checks.overlap import Compared
from harness.training.checks.platforms import FileFacts
from harness.values.finding import Finding

REVIEWS = (
    {
        "prompt": "Review: I bought this laptop for my online classes and it works great.",
        "completion": "Rating: 5 stars",
    },
    {
        "prompt": "Review: The battery life is terrible and the screen is too small.",
        "completion": "Rating: 2 stars",
    },
    {
        "prompt": "Review: This is a scam. The product never arrived and the seller did not"
        " respond.",
        "completion": "Rating: 1 star",
    },
)


def pair(prompt: str, completion: str, **more: Any) -> dict[str, Any]:
    """A row of the shape completion."""
    return {"prompt": prompt, "completion": completion, **more}


def chat(user: str, answer: str, *, system: str = "", **answer_keys: Any) -> dict[str, Any]:
    """A row of the shape chat."""
    head = [{"role": "system", "content": system}] if system else []
    turns = [{"role": "user", "content": user}]
    turns += [{"role": "assistant", "content": answer, **answer_keys}]
    return {"messages": head + turns}


def checked(
    rows: Iterable[Mapping[str, Any]],
    wanted: Wanted | None = None,
    compared: Iterable[Compared] = (),
    *,
    bom: bool | None = None,
) -> Checked:
    """The check of rows in lines from 1."""
    lines = ((number, row, None) for number, row in enumerate(rows, 1))
    return check_rows(lines, FileFacts("train.jsonl", bom), wanted, list(compared))


def findings(rows: Iterable[Mapping[str, Any]], **options: Any) -> dict[str, Finding]:
    """The findings by rule."""
    return {found.rule: found for found in checked(rows, **options).report.findings}
