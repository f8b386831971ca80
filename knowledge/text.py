"""A patient's text made ready for the search: cleaned, shorthand spelt out, words and stems.

The clinic's words are never changed, only the patient's.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Mapping

MAX_LENGTH = 2000  # characters of one message that are read; the rest is cut before any work is done

# Shorthand of SMS and chat that spelling correction cannot know. Single letters only where unambiguous.
SHORTHAND: Mapping[str, str] = MappingProxyType(
    {
        "abt": "about", "acct": "account", "addr": "address", "afaik": "as far as i know",
        "aft": "after", "amt": "amount", "anes": "anesthesia", "appt": "appointment",
        "appts": "appointments", "asap": "as soon as possible", "b4": "before", "bc": "because",
        "bcuz": "because", "bday": "birthday", "bf": "boyfriend", "bfore": "before", "bp": "blood pressure",
        "btw": "by the way", "btwn": "between", "cant": "can't", "clnc": "clinic", "consult": "consultation",
        "coz": "because", "cos": "because", "cud": "could", "cuz": "because", "cya": "see you", "dat": "that",
        "dbl": "double", "dem": "them", "dept": "department", "dis": "this", "disct": "discount",
        "doc": "doctor", "docs": "doctors", "dr": "doctor", "drs": "doctors", "dunno": "do not know",
        "evry": "every", "fri": "friday", "frm": "from", "gf": "girlfriend", "gonna": "going to",
        "govt": "government", "gotta": "have to", "hosp": "hospital", "hr": "hour", "hrs": "hours",
        "hubby": "husband", "hv": "have", "idk": "i do not know", "imo": "in my opinion",
        "info": "information", "infu": "infusion", "infus": "infusion", "ins": "insurance",
        "insur": "insurance", "ive": "i have", "k": "ketamine", "kinda": "kind of", "ket": "ketamine",
        "ketamin": "ketamine", "l8": "late", "lemme": "let me", "lmk": "let me know", "luv": "love",
        "maint": "maintenance", "mayb": "maybe", "med": "medicine", "meds": "medications",
        "mgmt": "management", "mh": "mental health", "min": "minute", "mins": "minutes", "mo": "month",
        "mos": "months", "msg": "message", "mth": "month", "mths": "months",
        "mtg": "meeting", "n": "and", "neuro": "neuropathic", "nite": "night", "nvm": "never mind",
        "ok": "okay", "ofc": "of course", "pls": "please", "plz": "please", "ppl": "people",
        "prob": "probably", "probs": "problems", "psych": "psychiatrist", "pt": "patient", "pts": "patients",
        "r": "are", "rly": "really", "rlly": "really", "rx": "prescription", "sched": "schedule", "sesh": "session", "shld": "should", "shud": "should",
        "sumthin": "something", "thru": "through", "tho": "though", "thur": "thursday",
        "thurs": "thursday", "til": "until", "till": "until", "tmrw": "tomorrow", "tmr": "tomorrow",
        "tx": "treatment", "ty": "thank you", "thx": "thanks", "tues": "tuesday",
        "u": "you", "ur": "your", "urs": "yours", "w": "with", "w/": "with", "w/o": "without",
        "wanna": "want to", "wat": "what", "wats": "what is", "whats": "what is",
        "wen": "when", "wk": "week", "wks": "weeks", "wknd": "weekend", "wknds": "weekends", "wld": "would",
        "wo": "without", "wot": "what", "wud": "would", "wut": "what", "y": "why", "ya": "you", "yr": "year",
        "yrs": "years", "2day": "today", "2moro": "tomorrow", "2nite": "tonight", "4": "for", "2": "to",
    }
)  # fmt: skip

_TOKEN = re.compile(r"\$?\d+(?:[.,]\d+)*%?|[a-z]+/o?(?![a-z])|[^\W\d_]+(?:'[^\W\d_]+)*\d*|\d+[a-z]+", re.I)
_SPACE = re.compile(r"\s+")
_STOP = frozenset(
    "a an the of to in on for and or is are was were be been am do does did i me my you your it its this that "
    "with at by as if so can could will would should may might have has had there what how when which who "
    "just about any some get got from u ur we our they them their he she his her im i'm please".split()
)


def clean(text: str) -> str:
    """`text` in one line of NFKC characters, without control characters, at most MAX_LENGTH long."""
    text = unicodedata.normalize("NFKC", text[:MAX_LENGTH])
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return _SPACE.sub(" ", text).strip()


def tokens(text: str) -> list[str]:
    """Lower-case words and numbers of `text`, in order."""
    return [t.lower() for t in _TOKEN.findall(clean(text))]


def key(text: str) -> str:
    """What two phrasings have in common when they are the same but for case, spacing and punctuation."""
    return " ".join(tokens(text))


def spell_out(text: str) -> str:
    """`text` with SMS shorthand written as words, lower case."""
    words = tokens(text)
    out: list[str] = []
    for i, word in enumerate(words):
        digit_counts = word in {"2", "4"} and _counts(words, i)
        out.append(word if digit_counts else SHORTHAND.get(word, word))
    return " ".join(out)


_UNIT_WORDS = frozenset(
    "hour hours hr hrs h min mins minute minutes day days week weeks wk wks month months year years yr yrs am pm "
    "infusion infusions session sessions treatment treatments time times x percent pills kids people".split()
)


def _counts(words: list[str], i: int) -> bool:
    """Whether the digit at `i` counts something ("4 hours", "at 2", "2-4"), so that it is no shorthand."""
    following = words[i + 1] if i + 1 < len(words) else ""
    before = words[i - 1] if i else ""
    return following in _UNIT_WORDS or following[:1].isdigit() or before[:1].isdigit() or (
        before in {"at", "by", "after", "before", "until", "every", "than", "least", "about"} or not following
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
    return [stem(t) for t in tokens(spell_out(text)) if t not in _STOP]
