"""What serves imports nothing that the serving image does not have."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from bot.build import QUIET
from bot.settings import ROOT

pytestmark = pytest.mark.integration

# Every package of requirements.lock that is not in deploy/serving.lock cannot be imported; then all that serves is.
CODE = """
import importlib, pkgutil, re, sys
from importlib.metadata import distribution
from pathlib import Path

def names(lock):
    return set(re.findall(r"^([a-z0-9._-]+)==", Path(lock).read_text(), re.MULTILINE))

def tops(found):
    for name in found:
        try:
            files = distribution(name).files or []
        except Exception:
            continue
        yield from {f.parts[0].removesuffix(".py") for f in files if f.suffix == ".py" and ".." not in f.parts}

kept = names("deploy/serving.lock")
barred = set(tops(names("requirements.lock") - kept)) | {"tensorflow"}
barred -= set(tops(kept - {"tensorflow"}))

class Bar:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in barred:
            raise ModuleNotFoundError(f"not in the serving image: {name}", name=name)

sys.meta_path.insert(0, Bar())
from bot.rasa_server import PUT_OFF, put_off
import rasa.core, rasa.nlu
put_off(PUT_OFF)
import rasa.__main__, rasa.core.run, rasa.core.agent, rasa.core.brokers.pika, rasa.core.lock_store
for package in ("actions", "bot.channels", "bot.nlu", "bot.consult", "bot.watch"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        if ".migrations." not in found.name:
            importlib.import_module(found.name)
import bot.action_server, bot.container, bot.cli, bot.commands.consult, bot.commands.inbox
from actions.services import knowledge_service
knowledge_service()
import lingua, onnxruntime, psycopg2, redis, aio_pika
assert "torch" in barred and "numpy" not in barred
print("barred", len(barred))
"""


def test_all_that_serves_can_be_imported_without_the_rest() -> None:
    env = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert re.fullmatch(r"barred \d+", done.stdout.strip()), done.stderr[-3000:]
