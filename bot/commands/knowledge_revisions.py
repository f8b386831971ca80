"""The FAQ as it was: a folder, or a Git revision of the folder that is served."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from bot.errors import FaqbotError
from knowledge.errors import KnowledgeError
from knowledge.load import load
from knowledge.model import Knowledge

CONTENT = frozenset({".md", ".yml"})


def content(named: str, folder: Path) -> Knowledge:
    """The FAQ in the folder `named`, else that of `folder` at the Git revision of this name.

    Raises FaqbotError where it is neither, and KnowledgeError with every fault where its form is wrong.
    """
    if (Path(named) / "questions").is_dir():
        return _loaded(Path(named), named)
    if Path(named).exists() and not _commit(named, folder):
        raise FaqbotError(f"{named} holds no folder 'questions'; name a knowledge folder or a Git revision")
    commit = _commit(named, folder)
    if not commit:
        raise FaqbotError(f"{named} is neither a knowledge folder nor a Git revision of {folder}; see `git log`")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        _unpack(_git(folder, "archive", "--format=tar", commit, "--", ".").stdout, copy, named, folder)
        return _loaded(copy, named)


def _loaded(root: Path, named: str) -> Knowledge:
    try:
        return load(root)
    except KnowledgeError as error:
        raise KnowledgeError(f"the FAQ at '{named}' cannot be read:\n{error}") from error


def _commit(named: str, folder: Path) -> str:
    """The hash of a revision, or nothing where there is none of this name."""
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True)
    except FileNotFoundError as error:
        raise FaqbotError("git is not installed; compare two folders instead of revisions") from error


def _unpack(archive: bytes, target: Path, named: str, folder: Path) -> None:
    """Write the Markdown and YAML of an archive below `target`."""
    if not archive:
        raise FaqbotError(f"{folder} is not in the Git revision '{named}'; name one that has it, see `git log`")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() and Path(member.name).suffix in CONTENT else None
            if file:
                path = target / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.read())
