"""A patient's text made ready for the search: cleaned, shorthand spelt out, words and stems.

The clinic's words are never changed, only the patient's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from knowledge.courtesy import stripped

MAX_LENGTH = 2000  # characters of one message that are read; the rest is cut before any work is done
KEPT = 256  # texts whose words are kept: every reader of a turn asks for the same few

_TOKEN = re.compile(
    r"2(?:day|moro|nite)\b|\$?\d+(?:[.,]\d+)*%?|[a-z]+/o?(?![a-z])|[^\W\d_]+(?:'[^\W\d_]+)*\d*|\d+[a-z]+", re.I
)
_MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|</?[a-z!][^<>]*>", re.I | re.S)
_SPACE = re.compile(r"\s+")
_STOP = frozenset(
    "a an the of to in on for and or is are was were be been am do does did i me my you your it its this that "
    "with at by as if so can could will would should may might have has had there what how when which who "
    "just about any some get got from u ur we our they them their he she his her im i'm please".split()
)


@cache
def shorthand() -> Mapping[str, str]:
    """The shorthand of `shorthand.yml`: as typed -> as meant."""
    data: dict[str, str] = yaml.safe_load(Path(__file__).with_name("shorthand.yml").read_text(encoding="utf-8"))
    return MappingProxyType(data)


@lru_cache(maxsize=KEPT)
def clean(text: str) -> str:
    """`text` in one line of NFKC characters, without control characters and HTML tags, at most MAX_LENGTH long."""
    text = text[:MAX_LENGTH]
    if text.isascii() and text.isprintable() and "<" not in text:  # nearly every message
        return _SPACE.sub(" ", text).strip()
    text = unicodedata.normalize("NFKC", text)
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    text = _MARKUP.sub(" ", text)
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return _SPACE.sub(" ", text)[:MAX_LENGTH].strip()


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers of `text`, in order."""
    return list(_tokens(text))


@lru_cache(maxsize=KEPT)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(t.lower() for t in _TOKEN.findall(clean(text)))


def key(text: str) -> str:
    """What two phrasings have in common when they are the same but for case, spacing and punctuation."""
    return " ".join(tokens(text))


@lru_cache(maxsize=KEPT)
def spell_out(text: str) -> str:
    """`text` with SMS shorthand written as words, lower case."""
    words, known = tokens(text), shorthand()
    if words == ["y"]:
        return "yes"  # by itself an answer; in a message "why"
    out: list[str] = []
    for i, word in enumerate(words):
        digit_counts = word in {"2", "4"} and _counts(words, i)
        out.append(word if digit_counts else known.get(word, word))
    return " ".join(out)


@lru_cache(maxsize=KEPT)
def without_courtesy(text: str) -> str:
    """`text` without the greeting before its question and the thanks behind it; as it is where no word is left then.

    >>> without_courtesy("Hi there, how long does it take? thank you!"), without_courtesy("hello, thanks")
    ('how long does it take?', 'hello, thanks')
    """
    rest = stripped(text)
    return rest if terms(rest) else text


@lru_cache(maxsize=KEPT)
def prepare(text: str) -> str:
    """A message as it is encoded where no spelling is corrected: cleaned, courtesy left out, shorthand spelt out."""
    return spell_out(clean(without_courtesy(text)))


_UNIT_WORDS = frozenset(
    "hour hours hr hrs h min mins minute minutes day days week weeks wk wks month months year years yr yrs am pm "
    "infusion infusions session sessions treatment treatments time times x percent pills kids people".split()
)


def _counts(words: list[str], i: int) -> bool:
    """Whether the digit at `i` counts something ("4 hours", "at 2", "2-4"), so that it is no shorthand."""
    following = words[i + 1] if i + 1 < len(words) else ""
    before = words[i - 1] if i else ""
    return (
        following in _UNIT_WORDS
        or following[:1].isdigit()
        or before[:1].isdigit()
        or (before in {"at", "by", "after", "before", "until", "every", "than", "least", "about"} or not following)
    )


def stem(word: str) -> str:
    """A light stem: plural, -ing and -ed endings dropped (Harman's S-stemmer with two more rules)."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            root = word[: -len(ending)]
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz" else root
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def terms(text: str) -> list[str]:
    """Stems of the words of `text` that carry meaning, for the lexical ranking."""
    return list(_terms(text))


@lru_cache(maxsize=KEPT)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(stem(t) for t in tokens(spell_out(text)) if t not in _STOP)
