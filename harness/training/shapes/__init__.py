"""Shapes of training data: which there are, how a row is read and written, what is lost. Pure."""

from __future__ import annotations

from harness.training.shapes.detect import detect_shape
from harness.training.shapes.losses import conversion_gaps, conversion_losses
from harness.training.shapes.names import (
    FLAT_SHAPES,
    PREFERENCE_SHAPES,
    SHAPES,
    ParsedRow,
    Shape,
)
from harness.training.shapes.rows import parse_row, parse_rows, render_row

__all__ = [
    "FLAT_SHAPES",
    "PREFERENCE_SHAPES",
    "SHAPES",
    "ParsedRow",
    "Shape",
    "conversion_gaps",
    "conversion_losses",
    "detect_shape",
    "parse_row",
    "parse_rows",
    "render_row",
]
