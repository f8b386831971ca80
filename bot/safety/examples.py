"""The example messages that the safety model learns from: bot/safety/examples/<kind>[.none].<language>.txt.

One message a line; lines that begin with "# " are headings. A file with ".none" in its name holds messages
that only sound so. Written for this project, non-graphic, without methods; no clinician has reviewed them yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("examples")
DANGERS = ("crisis", "crisis_other", "emergency", "abuse", "harm_others")
TRAITS = ("medical_advice", "personal_data", "insult", "off_topic")
NONE = "none"


@dataclass(frozen=True)
class Example:
    """A message, its kind (one of DANGERS, TRAITS or NONE), the language, and the file it stands in."""

    kind: str
    language: str
    text: str
    source: str

    @property
    def danger(self) -> str:
        """The danger in it, or NONE."""
        return self.kind if self.kind in DANGERS else NONE


def load_examples(folder: Path = FOLDER) -> list[Example]:
    """All examples, in the order of files and lines.

    Raises ValueError naming the file where a name follows no known form, and where a line stands under two kinds.
    """
    out: list[Example] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        kind, language = _kind(path)
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if not text or text.startswith("# "):
                continue
            known = seen.setdefault(text.lower(), kind)
            if known != kind:
                raise ValueError(f"{path}: '{text}' stands under '{known}' and '{kind}'; keep it under one of them")
            out.append(Example(kind, language, text, path.stem))
    return out


def _kind(path: Path) -> tuple[str, str]:
    parts = path.name.split(".")[:-1]
    kind = NONE if NONE in parts else parts[0]
    if kind not in (*DANGERS, *TRAITS, NONE) or parts[-1] not in {"en", "es"}:
        raise ValueError(
            f"{path}: name it <kind>.<language>.txt or <anything>.none.<language>.txt; kinds: "
            f"{', '.join((*DANGERS, *TRAITS))}; languages: en, es"
        )
    return kind, parts[-1]
