"""A suite's own Python: `module:function` in, the function out."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.errors import UsageError
from harness.values.suite import OF_ONE_FOLDER, is_file_name


def load_function(folder: Path, name: str) -> Callable[..., Any]:
    """The function that `module:function` names; the module is a file of the suite's folder.

    Raises:
        UsageError: the name leads out of the folder, there is no such file or function, or the file
            cannot be executed.
    """
    module_name, _, function_name = name.partition(":")
    function = getattr(_load_module(folder, module_name), function_name, None)
    if not callable(function):
        raise UsageError(f"{folder / module_name}.py has no function {function_name!r}")
    found: Callable[..., Any] = function
    return found


def _load_module(folder: Path, name: str) -> ModuleType:
    if not is_file_name(name):
        raise UsageError(f"{name!r} is no name of a file {OF_ONE_FOLDER}")
    path = folder / f"{name}.py"
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(f"suite_{folder.name}_{name}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the suite's author may raise anything
        raise UsageError(f"{path}: {type(error).__name__}: {error}") from error
    return module
