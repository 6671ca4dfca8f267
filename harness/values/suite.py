"""The contents of suite.toml and harness.toml, field by field. Pure.

Each struct is also the source of the JSON Schema that editors use.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import force_setattr

from harness.values.endpoint import EndpointSpec
from harness.values.gate import Gate
from harness.values.price import Price
from harness.values.request import Form, Sampling, Seed
from harness.values.scenario import Scenario
from harness.values.table import Fraction, Name, Table, Text
from harness.values.training import Recipe

OF_ONE_FOLDER = "of the suite's own folder (no / and no ..)"
_FILE_NAME = re.compile(r"[^/\\.\x00-\x1f]+(\.[^/\\.\x00-\x1f]+)*")


def is_file_name(name: str) -> bool:
    """Whether a name is that of a file in one folder: no separators, no `..`, nothing hidden."""
    return _FILE_NAME.fullmatch(name) is not None


class Columns(Table, frozen=True):
    """Which column of a file holds what, for files that are not in the harness's own shape."""

    id: str | None = None
    input: dict[str, str] = {}
    expected: str | None = None
    group: str | None = None
    tags: dict[str, str] = {}


class Data(Table, frozen=True):
    """Where the splits are: JSONL, CSV, TSV or Parquet; a path, an fsspec URL or hf://name/split.

    `extra` are inputs without an expected value, whose replies are kept and never scored.
    """

    test: str
    train: str | None = None
    validation: str | None = None
    extra: str | None = None
    columns: Columns | None = None


class ExactOptions(Table, frozen=True):
    """Exact comparison: `strip` outer white space first (default), `casefold` letters too."""

    strip: bool = True
    casefold: bool = False


class LabelOptions(Table, frozen=True):
    """One of a closed set of labels; `aliases` maps other spellings to a label."""

    labels: tuple[str, ...] = ()
    aliases: dict[str, str] = {}


class IncludesOptions(Table, frozen=True):
    """Whether the expected text occurs in the answer."""

    casefold: bool = True


class RegexOptions(Table, frozen=True):
    """Read group 1 (or the whole match) of `pattern` from the answer and compare it exactly."""

    pattern: str = ""
    casefold: bool = False


class ChoiceOptions(Table, frozen=True):
    """A letter of a multiple-choice question."""

    letters: str = "ABCD"


class NumberOptions(Table, frozen=True):
    """A number, equal within `tolerance` (absolute) or `relative`. `after` cuts the text first."""

    tolerance: Annotated[float, Meta(ge=0.0)] = 0.0
    relative: Annotated[float, Meta(ge=0.0)] = 0.0
    after: str | None = None


class JsonOptions(Table, frozen=True):
    """Fields of a JSON object; `fields` restricts, `schema` (a file of the suite) validates."""

    fields: tuple[str, ...] = ()
    casefold: tuple[str, ...] = ()
    schema: str | None = None


class ImportedOptions(Table, frozen=True):
    """The score of another tool: `score` is its name there, `graded` whether it knows halves."""

    score: str = ""
    graded: bool = False


class ScorerTable(Table, frozen=True):
    """How answers are judged.

    `primary` and `also` name built-in scorers or `module:function` of the suite's folder.
    A case is correct when the primary value reaches `correct_at`. `refusals` are regular
    expressions that mark an answer that is not correct as a refusal.
    """

    primary: Text
    also: tuple[str, ...] = ()
    correct_at: Fraction = 1.0
    refusals: tuple[str, ...] = ()
    exact: ExactOptions = ExactOptions()
    label: LabelOptions = LabelOptions()
    includes: IncludesOptions = IncludesOptions()
    regex: RegexOptions = RegexOptions()
    choice: ChoiceOptions = ChoiceOptions()
    number: NumberOptions = NumberOptions()
    json: JsonOptions = JsonOptions()
    imported: ImportedOptions = ImportedOptions()


class Model(Table, frozen=True):
    """A model behind a named endpoint; `adapter` is the digest of a LoRA file it wears."""

    endpoint: str
    model: str
    adapter: str | None = None


ShotPolicy = Literal["fixed", "random", "stratified", "similar"]


_ONE_SEED = (0,)


class Shots(Table, frozen=True):
    """Which training cases an arm shows. `ids` for fixed; `seeds` gives one replicate each."""

    policy: ShotPolicy
    k: Annotated[int, Meta(ge=1, le=1000)] = 0
    seeds: Annotated[tuple[Seed, ...], Meta(min_length=1)] = _ONE_SEED
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Equal shots have equal digests: a default is omitted only where it is the same object."""
        if self.seeds == _ONE_SEED:
            force_setattr(self, "seeds", _ONE_SEED)


class Arm(Table, frozen=True):
    """Prompt, model and decoding as one thing. Every field may come from the arm it `extends`."""

    extends: str | None = None
    model: str | None = None
    form: Form | None = None
    prompt: str | None = None
    system: str | None = None
    sampling: Sampling | None = None
    shots: Shots | None = None
    training: str | None = None
    frozen: bool | None = None
    reasoning_effort: str | None = None
    extra: dict[str, Any] | None = None
    description: str | None = None


class FixturePolicy(Table, frozen=True):
    """What recorded replies must satisfy: no older than `max_age_days`.

    `shutdown_warning_days` before a model stops answering, `harness check` begins to warn.
    """

    max_age_days: Annotated[int, Meta(ge=1)] | None = None
    shutdown_warning_days: Annotated[int, Meta(ge=1)] = 90


class LeakPolicy(Table, frozen=True):
    """When a case and a learned text are near-duplicates.

    `threshold` is the ratio in percent from which on they are, `min_length` how many characters
    both must have, without case, punctuation and repeated blanks.
    """

    threshold: Annotated[float, Meta(ge=50.0, le=100.0)] = 90.0
    min_length: Annotated[int, Meta(ge=1)] = 20


class SuiteFile(Table, frozen=True):
    """suite.toml as a whole."""

    title: str
    data: Data
    scorer: ScorerTable
    arms: Annotated[dict[Name, Arm], Meta(min_length=1)]
    models: dict[Name, Model] = {}
    trainings: dict[Name, Recipe] = {}
    description: str = ""
    gate: Gate | None = None
    fixtures: FixturePolicy = FixturePolicy()
    leaks: LeakPolicy = LeakPolicy()


class HarnessFile(Table, frozen=True):
    """harness.toml: the endpoints and prices of a repository, and scenarios of other prices."""

    endpoints: dict[Name, EndpointSpec] = {}
    prices: dict[str, Price] = {}
    scenarios: dict[Name, Scenario] = {}
