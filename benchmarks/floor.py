"""The floor: a suite's cases posted in a bare aiohttp loop, with nothing around it.

Reads a case, posts it, parses the answer, compares it: what somebody would write by hand in ten
minutes. It keeps no journal, retries nothing, prints no table. `--fast` swaps in uvloop and
msgspec, which is the least that any harness on aiohttp can cost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp


async def ask_all(
    cases: Iterator[bytes],
    url: str,
    concurrency: int,
    loads: Callable[[bytes], Any],
    dumps: Callable[[Any], bytes],
) -> tuple[int, int]:
    """Ask every case; how many answers were right, of how many."""
    right = total = 0
    headers = {"content-type": "application/json"}

    async def work(session: aiohttp.ClientSession) -> None:
        nonlocal right, total
        for line in cases:
            case = loads(line)
            body = {
                "model": "stub",
                "messages": [{"role": "user", "content": case["input"]["note"]}],
                "max_completion_tokens": 16,
                "temperature": 0,
            }
            async with session.post(url, data=dumps(body), headers=headers) as response:
                answer = loads(await response.read())
            right += answer["choices"][0]["message"]["content"].strip() == case["expected"]
            total += 1

    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(work(session) for _ in range(concurrency)))
    return right, total


def main() -> None:
    """Parse the command line, ask, print one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("cases", help="test.jsonl of a suite that suites.py wrote")
    parser.add_argument("base_url")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--fast", action="store_true", help="uvloop and msgspec")
    given = parser.parse_args()
    url = f"{given.base_url}/chat/completions"
    with open(given.cases, "rb") as file:  # noqa: PTH123 - a floor has no layers
        if given.fast:
            import msgspec
            import uvloop

            loads, dumps = msgspec.json.decode, msgspec.json.encode
            right, total = uvloop.run(ask_all(file, url, given.concurrency, loads, dumps))
        else:
            right, total = asyncio.run(
                ask_all(file, url, given.concurrency, json.loads, lambda v: json.dumps(v).encode())
            )
    print(json.dumps({"cases": total, "accuracy": right / total}))


if __name__ == "__main__":
    main()
