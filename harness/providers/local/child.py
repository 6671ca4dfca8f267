"""The process that holds llama.cpp: settings on stdin in, its URL on stdout out.

Started by server.py and by nobody else; imports nothing of the harness, to be up at once. It ends
when stdin closes or the parent is gone, so that not even `kill -9` of the parent leaves it behind.
"""

from __future__ import annotations

import json
import os
import select
import sys
from typing import Any

import xllamacpp

_ERRORS_ONLY = 1
_WATCH_SECONDS = 1.0
_BATCH = 2048  # tokens of a prompt computed together; a few left over would be computed otherwise


def main() -> None:
    """Load, report the URL, wait for the end."""
    settings = json.loads(sys.stdin.readline())
    report = os.dup(1)
    os.dup2(2, 1)  # what llama.cpp prints must not mix with the report
    server = xllamacpp.Server(parameters(settings))
    answer = {"url": server.listening_address, "version": xllamacpp.__version__}
    os.write(report, json.dumps(answer).encode() + b"\n")
    os.close(report)
    watch(settings["parent"])
    os._exit(0)  # an answer still being written has no reader any more


def parameters(settings: dict[str, Any]) -> Any:
    """llama.cpp's parameters. One slot gives the same reply whatever was asked before."""
    params = xllamacpp.CommonParams()
    params.model.path = settings["gguf"]
    params.model_alias = {settings["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["key"]]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["context"] * settings["slots"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.n_batch = _BATCH
    params.n_ubatch = _BATCH
    params.n_gpu_layers = 0
    params.swa_full = settings["swa_full"]
    # Repacked weights and flash attention sum in an order that depends on how many tokens are
    # computed together, hence on how much of the prompt came from the cache.
    params.no_extra_bufts = True
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.cache_prompt = settings["cache"]
    params.cache_ram_mib = 0  # old prompts kept aside would come back unseen (and fill 8 GiB)
    params.lora_adapters = [
        xllamacpp.CommonAdapterLoraInfo(path, 0.0) for path in settings["adapters"]
    ]
    params.verbosity = _ERRORS_ONLY
    params.ui = False
    return params


def watch(parent: int) -> None:
    """Return when stdin is closed, or when another process has become the parent."""
    while os.getppid() == parent:
        if select.select([0], [], [], _WATCH_SECONDS)[0]:
            return


if __name__ == "__main__":
    main()
