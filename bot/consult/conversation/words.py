"""Short replies with a meaning of their own in the form: yes, no, leave, back, and numbers of choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LEAVE = frozenset(
    "never mind|nevermind|nvm|forget it|forget about it|cancel|cancel that|stop|quit|exit|end|no thanks|no thank you|"
    "i changed my mind|leave it|dont call me|do not call me|dont contact me|start over|stop this".split("|")
)
BACK = frozenset("back|go back|previous|one back|last question|zuruck|atras".split("|"))
YES = frozenset(
    "yes|y|yeah|yep|yup|sure|ok|okay|of course|i agree|agree|correct|right|please do|yes please|si|yes i agree".split(
        "|"
    )
)
NO = frozenset("no|n|nope|nah|dont|do not|disagree|i do not agree|i dont agree|no way|no do not send it".split("|"))
NOTHING_MORE = NO | frozenset(
    "no thanks|no thank you|no that is all|that is all|no thats all|thats all|thats it|nothing|nothing else|"
    "nothing more|none|skip|no more|done".split("|")
)
# what is written where a name was asked for, and is none
NO_NAMES = (
    YES
    | NO
    | frozenset(
        "hi|hello|hey|thanks|thank you|help|call me|contact me|ask staff to contact me|go on|continue|test".split("|")
    )
)


def plain(text: str) -> str:
    """Words as they are compared: small letters, no accents, no signs, single spaces.

    >>> plain("Don\\u2019t call me!")
    'dont call me'
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'\u2019\u2018`")
    return " ".join(re.sub(r"[^\w\s@+#/:-]", " ", kept).split())


def pick(text: str, options: Sequence[str]) -> int | None:
    """Which option a reply takes: its number from 1 ("2", "#2", "option 2") or its words. None for none."""
    said = plain(text)
    number = re.fullmatch(r"(?:#|no |number |option |choice )?(\d)\)?", said)
    if number:
        chosen = int(number[1]) - 1
        return chosen if 0 <= chosen < len(options) else None
    return next((n for n, option in enumerate(options) if plain(option) == said), None)
