"""`python -m benchmarks.calibration`: compute everything and write the page."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.calibration.cells import QUICK, Plan
from benchmarks.calibration.page import compute, page
from benchmarks.serving import ROOT

PAGE = ROOT / "docs" / "calibration.md"


def main() -> None:
    """Write the page; print it after a quick run that names no file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke test; numbers mean nothing")
    parser.add_argument("--page", type=Path, help="where to write the page; default: docs/")
    given = parser.parse_args()
    plan = QUICK if given.quick else Plan()
    text = page(plan, compute(plan))
    path = given.page or (None if given.quick else PAGE)
    if path is None:
        print(text)
    else:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
