"""A Rasa NLU project made from examples: written to a folder named by its content, trained once, asked in a subprocess.

`bot.rasa_job` is the other side. Nothing here imports Rasa.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from bot.build import QUIET
from bot.errors import FaqbotError
from bot.settings import ROOT

Progress = Callable[[str], None]
Ranking = list[tuple[str, float]]

# Rasa's own default pipeline up to the classifier (rasa/engine/recipes/config_files/default_config.yml, 3.6.21).
FEATURES: tuple[Mapping[str, Any], ...] = (
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
)
_BRACKETS = str.maketrans("[]{}", "()()")  # Rasa would read an entity in them


@dataclass(frozen=True)
class Parsed:
    """What a Rasa model ranks for one message, the likeliest first."""

    intents: Ranking
    responses: Ranking


@dataclass(frozen=True)
class RasaProject:
    """The three files of an NLU project."""

    config: str
    nlu: str
    domain: str

    @classmethod
    def make(
        cls,
        classifier: Mapping[str, Any],
        examples: Mapping[str, Sequence[str]],
        *,
        responses: Mapping[str, str] | None = None,
    ) -> RasaProject:
        """A project of Rasa's default features and one classifier.

        `examples`: intent (or retrieval intent `faq/key`) -> messages; `responses`: retrieval intent -> text.
        """
        config = {
            "recipe": "default.v1",
            "assistant_id": "baseline",
            "language": "en",
            "pipeline": [dict(f) for f in (*FEATURES, classifier)],
            "policies": [],
        }
        intents = list(dict.fromkeys(name.partition("/")[0] for name in examples))
        domain: dict[str, Any] = {"version": "3.1", "intents": intents}
        if responses:
            domain["responses"] = {f"utter_{name}": [{"text": text}] for name, text in responses.items()}
        return cls(_dump(config), nlu_file(examples), _dump(domain))

    @property
    def id(self) -> str:
        """A hash of the files and of Rasa's version: the same id, the same model."""
        parts = [version("rasa"), self.config, self.nlu, self.domain]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def write(self, folder: Path) -> None:
        """Write the files into `folder`, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config", "nlu", "domain"):
            (folder / f"{name}.yml").write_text(getattr(self, name), encoding="utf-8")


def parse_all(project: RasaProject, texts: Sequence[str], *, cache: Path, progress: Progress) -> list[Parsed]:
    """Train `project` under `cache` unless it was trained there before, and parse the texts, in their order.

    Raises FaqbotError with the end of Rasa's output where that fails.
    """
    folder = cache / project.id
    project.write(folder)
    progress(f"Rasa {version('rasa')}, model {project.id}: {'kept' if _trained(folder) else 'training'}")
    with tempfile.TemporaryDirectory() as scratch:
        asked, out = Path(scratch) / "texts.json", Path(scratch) / "out.json"
        asked.write_text(json.dumps(list(texts)), encoding="utf-8")
        command = [sys.executable, "-m", "bot.rasa_job", str(folder.resolve()), str(asked), str(out)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True)
        if done.returncode or not out.is_file():
            raise FaqbotError(f"the Rasa baseline in {folder} failed:\n{done.stderr[-2000:]}\nMend what it names")
        return [Parsed(_pairs(p["intents"]), _pairs(p["responses"])) for p in json.loads(out.read_text("utf-8"))]


def _trained(folder: Path) -> bool:
    return (folder / "model.tar.gz").is_file()


def _pairs(ranking: list[list[Any]]) -> Ranking:
    return [(str(name), float(confidence)) for name, confidence in ranking]


def nlu_file(examples: Mapping[str, Sequence[str]]) -> str:
    """Rasa's training file of examples by intent (or by retrieval intent, `faq/key`)."""
    blocks = [
        {"intent": name, "examples": "".join(f"- {_plain(text)}\n" for text in texts)}
        for name, texts in examples.items()
    ]
    return _dump({"version": "3.1", "nlu": blocks})


def _plain(text: str) -> str:
    return " ".join(text.translate(_BRACKETS).split())


def _dump(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=10_000)
