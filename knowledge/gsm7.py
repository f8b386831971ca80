"""The SMS alphabet: which characters fit GSM 03.38 (7 bit), and how long a text is in it."""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes two places

MAX_CHARACTERS = 306  # two concatenated segments of 153


def outside(text: str) -> set[str]:
    """The characters of `text` that GSM-7 does not have (they would halve the length of a segment)."""
    return {c for c in text if c not in BASIC and c not in EXTENDED}


def length(text: str) -> int:
    """Length in GSM-7 septets; characters of the extension table count twice."""
    return sum(2 if c in EXTENDED else 1 for c in text)


def fit(text: str, places: int) -> str:
    """`text` in GSM-7 and in at most `places` septets: accents dropped, other foreign signs as "?".

    For what a patient typed and an SMS reads back; reviewed texts are never altered.
    """
    plain = "".join(c if not outside(c) else _nearest(c) for c in text)
    while length(plain) > places:
        plain = plain[:-1]
    return plain


def _nearest(character: str) -> str:
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return base if base and not outside(base) else "?"
