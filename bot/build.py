"""`faqbot build`: encoder, index and Rasa model, each only where something that it is made from changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ServingError
from bot.settings import ROOT, Settings
from knowledge.errors import KnowledgeError

Progress = Callable[[str], None]

# What a Rasa model is trained from, besides the encoder.
SOURCES = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "bot/nlu/*.py",
    "knowledge/encoder.py",
    "knowledge/encoder_export.py",
    "knowledge/encoder_ranges.json",
    "knowledge/fusing.py",
    "knowledge/quantise.py",
    "knowledge/model.py",
    "knowledge/text.py",
    "knowledge/shorthand.yml",
)
CONFIG = ROOT / "config.yml"
COMPONENT = "bot.nlu.intent_classifier.IntentClassifier"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "USE_TF": "0",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",  # that the screen leaves upper layers out is meant
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def build(settings: Settings, progress: Progress, *, force: bool = False) -> None:
    """Build what is missing or changed. Raises KnowledgeError where the content has faults."""
    build_index(settings, progress, force=force)
    build_safety(settings, progress, force=force)
    path = model_path(settings)
    if path.is_file() and not force:
        progress(f"Rasa model: unchanged ({path.name})")
        return
    progress("Rasa model: training")
    train(settings, path)
    progress(f"Rasa model: {path.name}")


def build_index(settings: Settings, progress: Progress, *, force: bool = False) -> str:
    """Check the content and build encoder and index; returns the index' id. Needs no Rasa."""
    from knowledge.checks import check
    from knowledge.encoder import OnnxEncoder
    from knowledge.encoder_export import export
    from knowledge.load import load
    from knowledge.reviews import stale
    from knowledge.store import build_to

    os.environ.update(QUIET)
    today = date.today()
    problems = check(settings.knowledge_dir, today=today)
    if problems:
        lines = "\n".join(str(p) for p in problems)
        raise KnowledgeError(f"{lines}\n{len(problems)} problems; nothing was built")
    knowledge = load(settings.knowledge_dir)
    if due := stale(knowledge, today=today):
        progress(f"reviews: {len(due)} are more than a year old; `faqbot knowledge check` names them")
    progress("encoder: checking")
    if export(settings.encoder_dir, precision=settings.precision, force=force):
        progress("encoder: exported to ONNX")
    encoder = OnnxEncoder(settings.encoder_dir)  # one thread a text: many texts go side by side already
    progress("index: building")
    identifier, built = build_to(settings.index_dir, knowledge, encoder, force=force)
    progress(f"index: {identifier} {'built' if built else 'unchanged'}")
    return identifier


def build_safety(settings: Settings, progress: Progress, *, force: bool = False) -> None:
    """Train the safety screen's model where its examples changed. Raises ServingError where they have faults."""
    from bot.safety.building import build as build_model
    from knowledge.encoder_export import packaged_weights, verify
    from knowledge.quantise import compress

    os.environ.update(QUIET)
    weights = packaged_weights()
    try:
        trained = build_model(settings.safety_dir, weights, verify(weights), compress, progress, force=force)
    except ValueError as error:
        raise ServingError(str(error)) from error
    progress(f"safety model: {'trained' if trained else 'unchanged'}")


def model_path(settings: Settings) -> Path:
    """Where the Rasa model of the present sources is kept (its name is a hash of them)."""
    digest = hashlib.sha256(settings.precision.encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(file.read_bytes())
    for file in sorted((settings.knowledge_dir / "questions").glob("*.md")):
        digest.update(f"knowledge/questions/{file.name}".encode())
        digest.update(file.read_bytes())
    return settings.models_dir / f"{digest.hexdigest()[:16]}.tar.gz"


def newest_model(settings: Settings) -> Path:
    """The model to serve: that of the present sources, else the newest. Raises ServingError without any."""
    exact = model_path(settings)
    if exact.is_file():
        return exact
    models = sorted(settings.models_dir.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    if not models:
        raise ServingError(f"no model in {settings.models_dir}; run `faqbot build`")
    return models[-1]


def train(settings: Settings, path: Path) -> None:
    """Train the Rasa model to `path`. Raises ServingError with Rasa's output where that fails."""
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / CONFIG.name
        config.write_text(pipeline_config(settings), encoding="utf-8")
        command = [
            sys.executable, "-m", "rasa", "train", "--quiet", "--config", str(config), "--fixed-model-name",
            path.name.removesuffix(".tar.gz"), "--out", str(settings.models_dir),
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True)
    if done.returncode or not path.is_file():
        raise ServingError(f"training failed:\n{done.stdout}\n{done.stderr}\nMend what it names and run `faqbot build`")
    for old in sorted(settings.models_dir.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)[:-3]:
        old.unlink()


def pipeline_config(settings: Settings) -> str:
    """config.yml, with the folders of the settings where they are not the checkout's own."""
    data: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    component = next(c for c in data["pipeline"] if c["name"] == COMPONENT)
    folders = {
        "encoder": settings.encoder_dir,
        "catalogue": settings.knowledge_dir,
        "vectors": settings.index_dir / "vectors.npz",
    }
    for name, folder in folders.items():
        inside = folder.resolve().is_relative_to(ROOT)
        component[name] = folder.resolve().relative_to(ROOT).as_posix() if inside else str(folder.resolve())
    return yaml.safe_dump(data, sort_keys=False)
