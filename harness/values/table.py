"""What every table of our TOML files has in common. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

NAME_PATTERN = r"\A[a-z0-9_]+\Z"

Name = Annotated[str, Meta(pattern=NAME_PATTERN)]
Text = Annotated[str, Meta(min_length=1)]
Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]


class Table(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A TOML table: unknown keys are errors."""
