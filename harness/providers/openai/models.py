"""The model list of a platform: a specification in, the last days of its models out."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.providers.openai.tuning_job import shutdown_of
from harness.providers.openai.tuning_service import Service
from harness.values.endpoint import OpenAISpec


def listed_shutdowns(
    spec: OpenAISpec, pause: Callable[[float], None] = time.sleep
) -> dict[str, str]:
    """By model, the day (ISO 8601) on which it stops answering, where the list says one.

    `GET /v1/models`: `shutdown_date` of OpenAI, `deprecation.inference` of Azure.

    Raises:
        UsageError: the key's variable is unset, or the platform refuses it.
        DataError: the platform does not answer.
    """
    with Service(spec, "", pause) as service:
        models = service.surely(
            lambda client: list(client.models.list()), "asking for the model list"
        )
    days = ((model.id, shutdown_of(model)) for model in models)
    return {name: day for name, day in days if day is not None}
