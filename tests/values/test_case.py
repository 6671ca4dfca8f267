"""A case: the digest of its input, and the shape its JSON has."""

from __future__ import annotations

import msgspec
import pytest

from harness.values.case import Case


def test_the_input_digest_holds_the_input_alone():
    """Correcting `expected`, a tag or a group must not invalidate recorded replies."""
    case = Case("a", {"text": "x", "lang": "en"}, 1)
    other = Case("b", {"lang": "en", "text": "x"}, 2, group="g", tags={"t": "u"})
    assert case.input_digest == other.input_digest
    assert case.input_digest != Case("a", {"text": "y", "lang": "en"}, 1).input_digest


def test_an_unknown_field_is_refused():
    """A misspelt `expcted` must not become a case without an expected value."""
    with pytest.raises(msgspec.ValidationError, match="expcted"):
        msgspec.json.decode(b'{"id":"a","input":{"t":1},"expcted":1}', type=Case)


def test_expected_is_required_but_may_be_null():
    """A field that no answer could match must at least be written."""
    assert msgspec.json.decode(b'{"id":"a","input":{},"expected":null}', type=Case).expected is None
    with pytest.raises(msgspec.ValidationError, match="expected"):
        msgspec.json.decode(b'{"id":"a","input":{}}', type=Case)
