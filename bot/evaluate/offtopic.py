"""Everyday requests that have nothing to do with a clinic: none may be answered from an entry."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import FaqbotError
from bot.evaluate.outcomes import from_batch
from bot.evaluate.scores import rounded


def read(path: Path) -> list[str]:
    """The `text` of each JSON line. Raises FaqbotError naming file, line and the mend."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FaqbotError(f"{path} cannot be read: {error}; give a UTF-8 file of JSON lines") from error
    texts = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            texts.append(str(json.loads(line)["text"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FaqbotError(f"{path}:{number}: no JSON object with a 'text'; write one a line") from error
    if not texts:
        raise FaqbotError(f"{path} holds no request; write one JSON object with a 'text' a line")
    return texts


def spread(texts: Sequence[str], clinics: Sequence[str]) -> list[str]:
    """Batch rows for `faqbot ask`, the clinics in turn."""
    return [
        json.dumps({"id": f"off-{i}", "clinic": clinics[i % len(clinics)], "text": text})
        for i, text in enumerate(texts)
    ]


def score(replies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many of the batch's rows got an entry, and the kinds of replies. Raises FaqbotError for a server's fault."""
    judged = [from_batch(reply) for reply in replies]
    answered = sum(bool(reply.entries) for reply in judged)
    kinds = dict(sorted(Counter(reply.kind for reply in judged).items()))
    return {"rows": len(judged), "answered": answered, "share": rounded(answered / len(judged)), "kinds": kinds}
