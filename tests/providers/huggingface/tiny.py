"""A random Llama of two layers with its tokenizer, adapters for it, and the two as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.providers.huggingface.files import identity
from harness.values.endpoint import HuggingFaceSpec
from harness.values.request import Message, Request, Sampling

SENTENCES = (
    "Review: I love it, it works every morning. Rating: 5 stars",
    "Review: It broke at once and smells. Rating: 1 stars",
    "The zip is bad, the colour is lovely, and I had to send it back twice.",
)
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    "<{{ m.role }}>{{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
CONTEXT = 96


def save_model(folder: Path, *, layers: int = 2, hidden: int = 32, template: str = "") -> Path:
    """A model whose weights depend on its shape alone; return its folder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = build_tokenizer()
    tokenizer.chat_template = template or None
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        initializer_range=0.4,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def build_tokenizer() -> Any:
    """Bytes and a few merges, a beginning of text before every prompt."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )


def save_adapter(base: Path, folder: Path, merged: Path | None = None) -> Path:
    """A random LoRA adapter of a model, and the two made one where `merged` is given."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(11)
    model = AutoModelForCausalLM.from_pretrained(base)
    lora = LoraConfig(
        r=4,
        lora_alpha=8,
        target_modules=["q_proj", "v_proj", "down_proj"],
        init_lora_weights=False,
        task_type="CAUSAL_LM",
    )
    worn = get_peft_model(model, lora)
    worn.save_pretrained(str(folder))
    if merged is not None:
        worn.merge_and_unload().save_pretrained(merged)
        AutoTokenizer.from_pretrained(base).save_pretrained(merged)
    return folder


def completion(spec: HuggingFaceSpec, prompt: str, trial: int = 0, **sampling: Any) -> Request:
    """A completion of twelve tokens at most, unless told otherwise."""
    return Request(
        form="completion",
        model=identity(spec, "tiny"),
        prompt=prompt,
        sampling=Sampling(**{"max_tokens": 12, **sampling}),
        trial=trial,
    )


def chat(spec: HuggingFaceSpec, *messages: Message, **more: Any) -> Request:
    """A chat of these messages."""
    sampling = Sampling(max_tokens=6)
    return Request(
        form="chat", model=identity(spec, "tiny"), messages=messages, sampling=sampling, **more
    )
