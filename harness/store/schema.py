"""The JSON Schemas of suite.toml and harness.toml, made from the types that read them.

`python -m harness.store.schema` rewrites the committed files under harness/schemas/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from harness.store.atomic import write_text
from harness.values.suite import HarnessFile, SuiteFile

SCHEMAS: dict[str, tuple[type[msgspec.Struct], str]] = {
    "suite.schema.json": (SuiteFile, "A suite of prompted-vs-tuned (suite.toml)"),
    "harness.schema.json": (HarnessFile, "A repository of prompted-vs-tuned (harness.toml)"),
}
FOLDER = Path(__file__).parent.parent / "schemas"


def schema_text(name: str) -> str:
    """One schema as JSON Schema 2020-12, indented."""
    type_, title = SCHEMAS[name]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **msgspec.json.schema(type_),
    }
    text = json.dumps(schema, indent=1, sort_keys=False) + "\n"
    # What Python calls \A and \Z is ^ and $ in the regular expressions of JSON Schema.
    return text.replace('"\\\\A', '"^').replace('\\\\Z"', '$"')


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder; return their paths."""
    for name in SCHEMAS:
        write_text(folder / name, schema_text(name))
    return [folder / name for name in SCHEMAS]


if __name__ == "__main__":
    write_schemas(FOLDER)
