"""Rasa's command line without what only training needs: `python -m bot.rasa_server run ...`.

`rasa run` imports TensorFlow, scikit-learn and its test tools at start: 300 MB and 8 seconds that a serving process
never uses, as the models of config.yml need none of them. They are put off here until something uses them.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

# Module -> the functions and classes that Rasa's serving modules import from it by name (Rasa 3.6.21).
PUT_OFF: Mapping[str, Sequence[str]] = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.core.test": ("test",),
    "rasa.nlu.test": ("CVEvaluationResult",),
    "sklearn.model_selection": ("train_test_split",),
    "boto3.dynamodb.conditions": ("Key",),
}

SWITCH_SECONDS = 0.001  # a thread that waits for Python's lock is let in after that: by default 5 ms, half a turn
GC_THRESHOLD = (50_000, 20, 100)  # new objects until Python looks for cycles: by default 700, many times a turn


def put_off(modules: Mapping[str, Sequence[str]]) -> None:
    """Put a stand-in for each of the modules that is not imported yet.

    It has the names that are imported from it, as functions that import the real module when they are called. Any
    other use of it imports the real module at once.
    """
    for name, names in modules.items():
        if name in sys.modules:
            continue
        sys.modules[name] = _stand_in(name, names)
        package, _, last = name.rpartition(".")
        if package in sys.modules:  # for who says `import a.b` and then `a.b.name`
            setattr(sys.modules[package], last, sys.modules[name])


def _stand_in(name: str, names: Sequence[str]) -> ModuleType:
    module = ModuleType(name)

    def real(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)  # the import system looks for what a package has
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    def later(attribute: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            return real(attribute)(*args, **kwargs)

        return call

    for attribute in names:
        setattr(module, attribute, later(attribute))
    module.__getattr__ = real  # type: ignore[method-assign]
    return module


def main() -> None:
    """Run Rasa's command line with the arguments of this process."""
    from bot.watch.start import start_logs

    json_logs = start_logs("rasa")  # from the first line on
    import rasa.core
    import rasa.nlu

    gc.set_threshold(*GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_SECONDS)
    put_off(PUT_OFF)
    import rasa.__main__

    if json_logs:
        keep_logs()
    rasa.__main__.main()


def keep_logs() -> None:
    """Rasa sets up no logs of its own over ours, and drops no line because the one before it was the same."""
    import rasa.__main__
    import rasa.utils.common
    import rasa.utils.io

    from bot.watch.logs import stand_in

    stand_in(rasa.utils.io, "configure_colored_logging", _as_it_is)
    stand_in(rasa.__main__, "configure_structlog", _as_it_is)
    stand_in(rasa.utils.common, "RepeatedLogFilter", _Everything)  # two turns may be alike


class _Everything(logging.Filter):
    """Lets every record through."""


def _as_it_is(*_: Any) -> None:
    """The logs are set up."""


if __name__ == "__main__":
    main()
