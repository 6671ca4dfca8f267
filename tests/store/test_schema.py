"""The schemas for editors, against the types they are made from and the files that use them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.store.scaffold import new_suite
from harness.store.schema import FOLDER, SCHEMAS, schema_text, write_schemas

PROJECT = Path(__file__).resolve().parent.parent.parent
SHIPPED = [*sorted(PROJECT.glob("suites/*/suite.toml")), PROJECT / "harness.toml"]


def validator(file: Path) -> Any:
    schema = json.loads(schema_text(f"{file.stem}.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_schemas_are_the_generated_ones(name: str) -> None:
    """`python -m harness.store.schema` would change nothing."""
    assert (FOLDER / name).read_text() == schema_text(name)


def test_write_schemas(tmp_path: Path) -> None:
    """All of them, into the folder."""
    write_schemas(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(SCHEMAS)


def test_something_is_shipped() -> None:
    """The next test looks at real files."""
    assert len(SHIPPED) >= 3


@pytest.mark.parametrize("file", SHIPPED, ids=lambda path: str(path.relative_to(PROJECT)))
def test_shipped_files_validate(file: Path) -> None:
    """Every committed suite.toml and harness.toml is what its schema allows."""
    validator(file).validate(tomllib.loads(file.read_text()))


@pytest.mark.parametrize("file", ["suites/x/suite.toml", "harness.toml"])
def test_what_init_writes_validates(tmp_path: Path, file: str) -> None:
    """The example too, and it points its editor to a schema that is there."""
    new_suite(tmp_path, "x")
    path = tmp_path / file
    validator(path).validate(tomllib.loads(path.read_text()))
    marks = [line for line in path.read_text().splitlines() if line.startswith("#:schema ")]
    assert len(marks) == 1
    assert (path.parent / marks[0].removeprefix("#:schema ")).resolve().is_file()


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("suite.toml", {"titel": "typo"}),
        ("suite.toml", {"gate": {"candidate": "a", "margin": 2.0}}),
        ("suite.toml", {"arms": {"Bad Name": {}}}),
        ("suite.toml", {"arms": {}}),
        ("suite.toml", {"arms": {"a": {"sampling": {"max_tokens": 0}}}}),
        ("harness.toml", {"endpoints": {"x": {"kind": "telepathy"}}}),
        ("harness.toml", {"endpoints": {"x": {"kind": "openai", "concurrency": 0}}}),
        ("harness.toml", {"prices": {"m": {"input": 1.0, "output": 1.0}}}),
    ],
)
def test_mistakes_do_not_validate(tmp_path: Path, file: str, wrong: dict[str, Any]) -> None:
    """The schema is worth having: typos, ranges, names, kinds and prices without a date fail."""
    new_suite(tmp_path, "x")
    path = next(tmp_path.rglob(file))
    good = tomllib.loads(path.read_text())
    assert list(validator(path).iter_errors(good | wrong))
