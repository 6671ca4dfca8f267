"""Secrets and personal data: found, counted, and never shown."""

from __future__ import annotations

from .files import chat, findings

KEY = "sk-abcdefghij0123456789ABCDEFGHIJ"


def test_a_secret_is_an_error_and_its_sample_is_masked():
    """In any turn of a row; one finding for all rows."""
    rows = [chat("hello", "x"), chat(f"my key is {KEY}", "no"), chat("q", f"use {KEY} then")]
    found = findings(rows)["secret"]
    assert (found.severity, found.count, found.lines) == ("error", 2, (2, 3))
    assert KEY[6:] not in found.sample
    assert "[secret removed]" in found.sample


def test_personal_data_are_counted_by_kind_and_masked():
    """A card number and an e-mail address in one row, a phone number in another."""
    rows = [
        chat("card 4539 1488 0343 6467, mail jo@firm.org", "ok"),
        chat("call +44 20 7946 0958", "ok"),
    ]
    found = findings(rows)["personal-data"]
    assert found.message == "2 rows with personal data: 1 e-mail, 1 phone, 1 card"
    assert "4539" not in found.sample
    assert "[card removed]" in found.sample


def test_samples_of_every_rule_are_masked():
    """A copy of a row with a key shows the row without the key."""
    found = findings([chat(f"my key is {KEY}", "x")] * 2)
    assert all(KEY not in f.sample and KEY not in f.message for f in found.values())
