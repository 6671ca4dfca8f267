"""The pages of learning curves: curves in, Markdown with its picture beside it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from harness.analysis.curve import CurveFit, fit_curve
from harness.reports.curve import curve_page
from harness.reports.curve_svg import curve_svg
from harness.store.atomic import write_text
from harness.store.curves import curve_paths, read_curve
from harness.store.suite import Suite
from harness.values.curve import Curve


def curve_pages(suite: Suite) -> dict[Path, str]:
    """Page and picture of every curve that a suite has, by where they are kept.

    Raises:
        DataError: the file of a curve is broken.
    """
    pages: dict[Path, str] = {}
    for path in curve_paths(suite.folder):
        curve = read_curve(path)
        if curve is not None:
            pages |= _pages(suite, curve)
    return pages


def write_curve_pages(suite: Suite, curve: Curve) -> list[Path]:
    """Write page and picture of one curve; return their paths."""
    pages = _pages(suite, curve)
    for path, text in pages.items():
        write_text(path, text)
    return list(pages)


def curve_json(curve: Curve, fit: CurveFit) -> dict[str, Any]:
    """The points and the fit as plain values."""
    return {"curve": msgspec.to_builtins(curve), "fit": msgspec.to_builtins(fit)}


def _pages(suite: Suite, curve: Curve) -> dict[Path, str]:
    fit = fit_curve(curve)
    stem = f"{suite.name}.{curve.training}.curve"
    picture = suite.settings.results / f"{stem}.svg"
    page = suite.settings.results / f"{stem}.md"
    return {page: curve_page(curve, fit, picture=picture.name), picture: curve_svg(curve, fit)}
