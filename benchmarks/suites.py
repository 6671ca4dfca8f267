"""A number of cases in, a repository with one benchmark suite out.

The cases are made up: a delivery note of about 540 characters that ends with `[[label]]`, which
the stub server answers with. A tenth expects another label, so that a right run scores 0.9.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

SHOTS = 6
TRAIN = 60
WRONG_EVERY = 10
SUITE = "notes"

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_GOODS = ("bicycle parts", "ceramic tiles", "garden tools", "office chairs", "paper rolls")
_NOTE = (
    "Delivery note {number}. On {weekday} morning the driver left {count} parcels of {goods} at "
    "gate {gate} and waited until the foreman had signed for all of them. Two of the parcels had "
    "wet corners, but what was inside them was dry, and nothing was missing. The next delivery is "
    "planned for the same gate in a week, unless the customer asks for "
    "another day. Earlier notes of this customer may carry other labels, which are no longer "
    "valid and must not be repeated. Read the note and answer with its label alone, without the "
    "brackets around it: [[{label}]]"
)
_PROMPTS = {"plain": "{{ note }}\n", "brief": "Be brief.\n{{ note }}\n"}


@dataclass(frozen=True)
class Endpoint:
    """The server that a suite asks, as harness.toml declares it."""

    base_url: str
    concurrency: int = 64
    transport: str = "fast"

    def toml(self) -> str:
        """The whole harness.toml."""
        return (
            "[endpoints.stub]\n"
            'kind = "openai"\n'
            f'base_url = "{self.base_url}"\n'
            'key_env = ""\n'
            f"concurrency = {self.concurrency}\n"
            f'transport = "{self.transport}"\n'
        )


def case(number: int, split: str = "test") -> dict[str, Any]:
    """One case; it has a tag and a group so that tables have something to do."""
    weekday = _WEEKDAYS[number % len(_WEEKDAYS)]
    label = f"{split[0]}{number:06d}{sha256(f'{split} {number}'.encode()).hexdigest()[:6]}"
    note = _NOTE.format(
        number=number,
        weekday=weekday,
        count=2 + number % 90,
        goods=_GOODS[number % len(_GOODS)],
        gate=1 + number % 24,
        label=label,
    )
    wrong = split == "test" and number % WRONG_EVERY == 0
    return {
        "id": f"{split}-{number:06d}",
        "input": {"note": note},
        "expected": f"not {label}" if wrong else label,
        "tags": {"weekday": weekday},
    }


def short_case(number: int, split: str) -> dict[str, Any]:
    """One case for a model on this machine: about 60 characters, six labels."""
    weekday, goods = _WEEKDAYS[number % len(_WEEKDAYS)], _GOODS[number % len(_GOODS)]
    note = f"{split} note {number}: {2 + number % 90} parcels of {goods}, due on {weekday}."
    return {"id": f"{split}-{number:06d}", "input": {"note": note}, "expected": weekday}


def write_suite(
    root: Path, cases: int, endpoint: Endpoint, *, shots: bool = False, arms: Sequence[str] = ()
) -> Path:
    """Write `root` as a repository with one suite, and return the suite's folder.

    One arm `plain` without shots, or `six` with six of them; `arms` asks for others by name:
    plain, brief, six, brief_six.
    """
    names = list(arms) or (["six"] if shots else ["plain"])
    folder = root / "suites" / SUITE
    for part in ("data", "prompts"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (root / "harness.toml").write_text(endpoint.toml(), encoding="utf-8")
    _write_cases(folder / "data" / "test.jsonl", cases, "test")
    _write_cases(folder / "data" / "train.jsonl", TRAIN, "train")
    for name, text in _PROMPTS.items():
        (folder / "prompts" / f"{name}.j2").write_text(text, encoding="utf-8")
    text = _SUITE_HEAD + "".join(map(_arm, names))
    (folder / "suite.toml").write_text(text, encoding="utf-8")
    return folder


_SUITE_HEAD = """title = "Labels of delivery notes (benchmark)"
[data]
test = "data/test.jsonl"
train = "data/train.jsonl"
[scorer]
primary = "exact"
[models.stub]
endpoint = "stub"
model = "stub"
"""


def _arm(name: str) -> str:
    prompt = "brief" if name.startswith("brief") else "plain"
    text = (
        f'[arms.{name}]\nmodel = "stub"\nform = "chat"\nprompt = "{prompt}"\n'
        "sampling = { temperature = 0, max_tokens = 16 }\n"
    )
    if name.endswith("six"):
        text += f'shots = {{ policy = "random", k = {SHOTS} }}\n'
    return text


def _write_cases(path: Path, count: int, split: str, *, short: bool = False) -> None:
    make = short_case if short else case
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(make(number, split)) + "\n" for number in range(count))


@contextmanager
def temporary_suite(
    cases: int, endpoint: Endpoint, *, shots: bool = False, arms: Sequence[str] = ()
) -> Iterator[Path]:
    """The folder of a suite in a repository that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as root:
        yield write_suite(Path(root), cases, endpoint, shots=shots, arms=arms)


@contextmanager
def temporary_local_suite(cases: int) -> Iterator[Path]:
    """A suite for the embedded model: short notes, and two arms with six shots each."""
    with tempfile.TemporaryDirectory(prefix="harness-bench-") as root:
        folder = Path(root) / "suites" / SUITE
        for part in ("data", "prompts"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        _write_cases(folder / "data" / "test.jsonl", cases, "test", short=True)
        _write_cases(folder / "data" / "train.jsonl", TRAIN, "train", short=True)
        for name, instruction in _LOCAL_INSTRUCTIONS.items():
            text = instruction + _LOCAL_PROMPT
            (folder / "prompts" / f"{name}.j2").write_text(text, encoding="utf-8")
        text = _SUITE_HEAD.replace('endpoint = "stub"', 'endpoint = "local"')
        text += "".join(map(_local_arm, _LOCAL_INSTRUCTIONS))
        (folder / "suite.toml").write_text(text, encoding="utf-8")
        yield folder


_LOCAL_INSTRUCTIONS = {
    "asks": "What is the label of each note?\n",
    "tells": "Each note below is followed by its label.\n",
}
_LOCAL_PROMPT = """\
{% for shot in shots %}
Note: {{ shot.note }}
Label: {{ shot.expected }}
{% endfor %}
Note: {{ note }}
Label:"""


def _local_arm(prompt: str) -> str:
    return (
        f'[arms.{prompt}]\nmodel = "stub"\nform = "completion"\nprompt = "{prompt}"\n'
        'sampling = { temperature = 0, max_tokens = 8, stop = ["\\n"] }\n'
        f'shots = {{ policy = "random", k = {SHOTS} }}\n'
    )


def run_folders(suite: Path) -> list[Path]:
    """The folders of the runs of a suite, oldest first."""
    return sorted((suite.parent.parent / "results" / "runs" / suite.name).glob("*"), key=_made)


def _made(folder: Path) -> int:
    """Runs of one second have random names: the clock of the file system tells them apart."""
    return folder.stat().st_ctime_ns


def journal_of(suite: Path) -> Path:
    """The journal of a suite's newest run."""
    return run_folders(suite)[-1] / "journal.jsonl"
