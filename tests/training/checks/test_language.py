"""A light guess at languages."""

from __future__ import annotations

import pytest

from harness.training.checks.language import guess_language

from .files import chat, findings


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the order is not in the box and I want my money back", "en"),
        ("el pedido no está en la caja y quiero que me lo devuelvan", "es"),
        ("o pedido não está na caixa mas eu quero muito o dinheiro", "pt"),
        ("der Karton ist leer und ich möchte mein Geld zurück", "de"),
        ("je ne suis pas content du colis dans cette boîte", "fr"),
        ("荷物が届きませんでした", "ja"),
        ("посылка не пришла", "ru/uk/bg"),
        ("42 + 17", None),
    ],
)
def test_sentences_are_guessed(text, language):
    """By script or by frequent words."""
    assert guess_language(text) == language


def test_the_shares_of_a_mix_are_said():
    """Nothing is said of one language."""
    english = [chat(f"the box is not here and the order {i} is late", "ok") for i in range(6)]
    assert "language-mix" not in findings(english)
    spanish = [chat(f"la caja no está y el pedido {i} que no llega", "ok") for i in range(4)]
    message = findings(english + spanish)["language-mix"].message
    assert "en 60.0%, es 40.0%" in message
