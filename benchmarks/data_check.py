"""Seconds and peak memory of `harness data check` on 100,000 rows against 5,000 test cases."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import HARNESS, Claim, Section, command_line, spend

ROWS, ROWS_QUICK = 100_000, 500
CASES, CASES_QUICK = 5_000, 50
EDITED = 0.05  # of the rows: an earlier row with one word changed
LEAKED = 0.02  # of the cases: a row of the training file, half of them with one word changed
WORDS = 32
SEED = 7

_CONSONANTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "st", "tr", "pl", "ch")
_VOWELS = ("a", "e", "i", "o", "u", "ea", "ou", "ai")
_SYLLABLES = tuple(start + vowel for start in _CONSONANTS for vowel in _VOWELS)
_TEXT = (
    "A chat file of {rows:,} rows of {words} words, 5 % of them an earlier row with one word "
    "changed, against a test file of {cases:,} cases, 2 % of which stand in the training file. "
    "A whole process, every rule, one run."
)


def measure(quick: bool) -> Section:
    """One run of the command; the counts prove that it found what was put in."""
    rows, cases = (ROWS_QUICK, CASES_QUICK) if quick else (ROWS, CASES)
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as folder:
        train, test, out = (Path(folder) / name for name in ("train.jsonl", "test.jsonl", "out"))
        write_files(train, test, rows, cases)
        size = train.stat().st_size / 1e6
        # Leaks end the command with 65: the report is read instead of the exit code.
        inner = f"{' '.join(HARNESS)} data check {train} --test {test} --json --out {out}"
        cost = spend(["sh", "-c", f"{inner}; test $? -eq 65"])
        found = {f["rule"]: f.get("count", 1) for f in json.loads(out.read_text())["findings"]}
    row = (
        f"{rows:,}",
        f"{size:.0f}",
        f"{cost.wall:.1f}",
        f"{cost.peak_mb:.0f}",
        f"{found.get('near-duplicates', 0):,}",
        f"{found.get('leak', 0):,}",
    )
    claims = (
        Claim("checking takes", cost.wall, 60, " s", digits=1),
        Claim("peak memory", cost.peak_mb, 1_000, " MB", digits=0),
        Claim(
            "edited rows found",
            found.get("near-duplicates", 0) / (rows * EDITED),
            0.99,
            sense="at least",
        ),
    )
    head = ("rows", "MB", "wall s", "peak MB", "near-duplicates", "rows that leak")
    text = _TEXT.format(rows=rows, words=WORDS, cases=cases)
    return Section("Checking training data", "data_check", text, head, (row,), claims, quick)


def write_files(train: Path, test: Path, rows: int, cases: int) -> None:
    """Both files, the same on every machine."""
    chance = random.Random(SEED)
    inputs: list[str] = []
    with train.open("w", encoding="utf-8") as file:
        for text in _inputs(chance, rows):
            inputs.append(text)
            file.write(json.dumps(_row(text, f"Label {chance.randrange(200)} it is.")) + "\n")
    with test.open("w", encoding="utf-8") as file:
        for number in range(cases):
            case = {"id": f"t{number}", "input": {"note": _case(chance, inputs, number)}}
            file.write(json.dumps({**case, "expected": "x"}) + "\n")


def _inputs(chance: random.Random, rows: int) -> Iterator[str]:
    fresh: list[str] = []
    for number in range(rows):
        if number % round(1 / EDITED) == round(1 / EDITED) - 1:
            yield _edited(chance, chance.choice(fresh))
        else:
            fresh.append(_sentence(chance))
            yield fresh[-1]


def _case(chance: random.Random, inputs: list[str], number: int) -> str:
    if number % round(1 / LEAKED):
        return _sentence(chance)
    text = chance.choice(inputs)
    return text if number % round(2 / LEAKED) else _edited(chance, text)


def _sentence(chance: random.Random) -> str:
    return " ".join(_word(chance) for _ in range(WORDS))


def _edited(chance: random.Random, text: str) -> str:
    words = text.split()
    place = chance.randrange(len(words))
    other = _word(chance)
    while other == words[place]:
        other = _word(chance)
    return " ".join([*words[:place], other, *words[place + 1 :]])


def _word(chance: random.Random) -> str:
    """Of 16,384 words of two syllables, the first ones far more often, as in any language."""
    place = int(len(_SYLLABLES) ** 2 * chance.random() ** 4)
    return _SYLLABLES[place % len(_SYLLABLES)] + _SYLLABLES[place // len(_SYLLABLES)]


def _row(text: str, answer: str) -> dict[str, Any]:
    messages = [
        {"role": "system", "content": "Give the label of the note."},
        {"role": "user", "content": text},
        {"role": "assistant", "content": answer},
    ]
    return {"messages": messages}


if __name__ == "__main__":
    command_line(measure)
