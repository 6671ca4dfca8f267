"""What every picture must be, and how to look into one: for the tests of each."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from harness.reports.figures.figure import Figure

NAME = "{http://www.w3.org/2000/svg}"


def root(figure: Figure) -> ET.Element:
    """The parsed picture, after the checks that hold for all of them."""
    found = ET.fromstring(figure.svg.encode())
    ids = [e.attrib["id"] for e in found.iter() if "id" in e.attrib]
    assert found.attrib["role"] == "img"
    assert found.attrib["aria-labelledby"].split() == ids
    assert len(set(ids)) == len(ids) == 2
    assert all(one.startswith(f"{figure.id}-") for one in ids)
    assert found.find(f"{NAME}title").text == figure.title
    assert len(found.find(f"{NAME}desc").text) > 20
    assert found.find(f".//{NAME}style") is None
    assert not any("style" in e.attrib for e in found.iter())
    assert not any(name.startswith("on") for e in found.iter() for name in e.attrib)
    kinds = {e.tag.removeprefix(NAME) for e in found.iter()}
    assert kinds <= {
        *("svg", "title", "desc", "g", "rect", "circle", "line"),
        *("path", "polygon", "polyline", "text"),
    }
    width, height = map(float, found.attrib["viewBox"].split()[2:])
    assert width == 540
    assert all(0 <= x <= width and 0 <= y <= height for x, y in _places(found))
    assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)
    return found


def texts(figure: Figure) -> list[str]:
    """All texts of a picture that has passed the checks."""
    return [element.text or "" for element in root(figure).iter(f"{NAME}text")]


def classes(figure: Figure, style: str) -> list[ET.Element]:
    """The elements of a class."""
    return [e for e in root(figure).iter() if style in e.attrib.get("class", "").split()]


def said(figure: Figure) -> str:
    """What those hear who do not see the picture."""
    return root(figure).find(f"{NAME}desc").text


def _places(found: ET.Element):
    for element in found.iter():
        for x, y in (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy")):
            if x in element.attrib:
                yield float(element.attrib[x]), float(element.attrib[y])
        points = element.attrib.get("points", "") or element.attrib.get("d", "")
        numbers = [float(one) for one in re.findall(r"-?[0-9.]+", points)]
        yield from zip(numbers[::2], numbers[1::2], strict=True)
