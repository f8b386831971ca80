"""The index on disk: written beside what is served, switched to in one step, checked when read.

build/knowledge/<id>/…        one built index, whole or absent
build/knowledge/current       the id that is served
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from knowledge import snapshot
from knowledge.classifier import QuestionClassifier
from knowledge.coarse import CoarseNearest
from knowledge.encoder import DIMENSIONS, Encoder, Vectors
from knowledge.errors import IndexUnusableError
from knowledge.index import AnswerIndex, Index, build, make_speller, question_texts
from knowledge.lexical import LexicalIndex
from knowledge.model import Knowledge
from knowledge.text import shorthand
from knowledge.words import WordClassifier

FORMAT = 11  # of the folder: raise it when anything about it or about the text preparation changes
KEPT = 3  # built indexes that stay on disk, so that a server still reading one is not cut off
CURRENT = "current"
COARSE = "coarse.onnx"
SPELLING = "spelling.json"
COUNTED = "words.json"
MANIFEST = "manifest.json"


class CachedEncoder:
    """An encoder that keeps the vectors of texts it has seen, in one file: a rebuild encodes what is new."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self._path = path
        self._known: dict[str, Vectors] = {}
        self._used: set[str] = set()
        if path.is_file():
            with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):  # made anew
                with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                    if str(data["fingerprint"]) == encoder.fingerprint:
                        self._known = dict(zip(data["keys"].tolist(), data["vectors"], strict=True))

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of the texts."""
        self._used.update(texts)
        new = sorted({t for t in texts if t not in self._known})
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._known[t] for t in texts])

    def save(self, *, forget: bool = True) -> None:
        """Write the vectors of the texts that were asked for since the start; `forget` the others, or keep them too."""
        kept = sorted(self._used if forget else self._known)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False, suffix=".npz") as file:
            vectors = np.stack([self._known[k] for k in kept])
            np.savez(file, fingerprint=self.fingerprint, keys=np.array(kept), vectors=vectors)
        Path(file.name).replace(self._path)


def content_id(knowledge: Knowledge, encoder_fingerprint: str) -> str:
    """The id under which this content with this encoder is built."""
    text = f"{FORMAT} {encoder_fingerprint} {json.dumps(dict(shorthand()))} {snapshot.to_json(knowledge)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_to(root: Path, knowledge: Knowledge, encoder: Encoder, *, force: bool = False) -> tuple[str, bool]:
    """Build the index of `knowledge` under `root` and make it current.

    Returns its id and whether anything had to be built. What is served meanwhile stays untouched.
    """
    identifier = content_id(knowledge, encoder.fingerprint)
    built = force or not _whole(root / identifier)
    if built:
        root.mkdir(parents=True, exist_ok=True)
        cached = CachedEncoder(encoder, root / "vectors.npz")
        earlier = None if force else _same_phrasings(root, knowledge, encoder.fingerprint)
        index = build(knowledge, cached, earlier=earlier)
        with tempfile.TemporaryDirectory(dir=root, prefix=".building-") as scratch:
            folder = Path(scratch) / identifier
            folder.mkdir()
            write(index, folder)
            if (root / identifier).exists():  # of the same content, damaged or built again by force: aside, not away
                (root / identifier).rename(Path(scratch) / "old")
            folder.rename(root / identifier)
        cached.save(forget=earlier is None)  # the phrasings' vectors were not asked for, but will be
    _point_to(root, identifier)
    _remove_old(root, identifier)
    return identifier, built


def write(index: Index, folder: Path) -> None:
    """Write every part of the index to the (empty) folder, the manifest with their hashes last."""
    (folder / "content.json").write_text(snapshot.to_json(index.knowledge), encoding="utf-8")
    np.save(folder / "owners.npy", index.owners)
    faiss.write_index(index.phrasings, str(folder / "phrasings.faiss"))
    if index.coarse:
        index.coarse.save(folder / COARSE)
    index.lexical.save(folder / "lexical")
    index.classifier.save(folder / "classifier.npz")
    index.words.save(folder / "words.npz")
    (folder / SPELLING).write_text(json.dumps(index.speller.counts), encoding="utf-8")
    (folder / COUNTED).write_text(json.dumps(index.counted), encoding="utf-8")
    (folder / "answers").mkdir()
    for clinic, sentences in index.answers.items():
        faiss.write_index(sentences.faiss, str(folder / "answers" / f"{clinic}.faiss"))
        np.save(folder / "answers" / f"{clinic}.npy", sentences.owners)
    manifest = {
        "format": FORMAT,
        "encoder": index.encoder_fingerprint,
        "phrasings": _phrasings_hash(index.knowledge, index.encoder_fingerprint),
        "questions": len(index.questions),
        "clinics": sorted(index.answers),
        "files": {p.relative_to(folder).as_posix(): _sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def current_id(root: Path) -> str:
    """The id of the index to serve. Raises IndexUnusableError where none was built."""
    pointer = root / CURRENT
    if not pointer.is_file():
        raise IndexUnusableError(f"no index in {root}; run `faqbot build`")
    return pointer.read_text(encoding="utf-8").strip()


def load(root: Path, *, encoder_fingerprint: str) -> Index:
    """The current index under `root`.

    Raises IndexUnusableError where it is missing, half built, damaged, or made with another encoder.
    """
    return _read(root / current_id(root), encoder_fingerprint)


def _read(folder: Path, encoder_fingerprint: str) -> Index:
    manifest = _manifest(folder)
    if manifest["encoder"] != encoder_fingerprint:
        raise IndexUnusableError(f"the index in {folder} was made with another encoder; run `faqbot build`")
    for name, digest in manifest["files"].items():
        if not (folder / name).is_file() or _sha256(folder / name) != digest:
            raise IndexUnusableError(f"{folder / name} is missing or damaged; run `faqbot build --force`")
    knowledge = snapshot.from_json((folder / "content.json").read_text(encoding="utf-8"))
    owners = np.load(folder / "owners.npy")
    return Index(
        knowledge=knowledge,
        questions=knowledge.all_questions(),
        owners=owners,
        phrasings=faiss.read_index(str(folder / "phrasings.faiss")),
        lexical=LexicalIndex.load(folder / "lexical"),
        classifier=QuestionClassifier.load(folder / "classifier.npz"),
        words=WordClassifier.load(folder / "words.npz"),
        answers={
            clinic: AnswerIndex(
                faiss.read_index(str(folder / "answers" / f"{clinic}.faiss")),
                np.load(folder / "answers" / f"{clinic}.npy"),
            )
            for clinic in manifest["clinics"]
        },
        encoder_fingerprint=encoder_fingerprint,
        counted=json.loads((folder / COUNTED).read_text(encoding="utf-8")),
        speller=make_speller(knowledge, json.loads((folder / SPELLING).read_text(encoding="utf-8"))),
        coarse=CoarseNearest(str(folder / COARSE), owners) if COARSE in manifest["files"] else None,
    )


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexUnusableError(f"{path} is missing or damaged; run `faqbot build`") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise IndexUnusableError(f"the index in {folder} is of another version; run `faqbot build`")
    return manifest


def _whole(folder: Path) -> bool:
    try:
        manifest = _manifest(folder)
    except IndexUnusableError:
        return False
    return all(
        (folder / name).is_file() and _sha256(folder / name) == digest for name, digest in manifest["files"].items()
    )


def _phrasings_hash(knowledge: Knowledge, encoder_fingerprint: str) -> str:
    texts = [[q.id, *question_texts(q)] for q in knowledge.all_questions()]
    return hashlib.sha256(json.dumps([FORMAT, encoder_fingerprint, dict(shorthand()), texts]).encode()).hexdigest()


def _same_phrasings(root: Path, knowledge: Knowledge, encoder_fingerprint: str) -> Index | None:
    """An earlier index with the same phrasings, if there is one: then only answers changed since."""
    wanted = _phrasings_hash(knowledge, encoder_fingerprint)
    for folder in sorted(root.glob("*/")):
        with contextlib.suppress(IndexUnusableError):
            if _manifest(folder)["phrasings"] == wanted:
                return _read(folder, encoder_fingerprint)
    return None


def _point_to(root: Path, identifier: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=root, delete=False, encoding="utf-8") as file:
        file.write(identifier)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(root / CURRENT)


def _remove_old(root: Path, identifier: str) -> None:
    folders = [p for p in root.glob("*/") if (p / MANIFEST).is_file() and p.name != identifier]
    folders.sort(key=lambda p: (p / MANIFEST).stat().st_mtime, reverse=True)
    for folder in folders[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
