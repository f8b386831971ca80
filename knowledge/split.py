"""A message cut into the questions that it asks, each with the rest of the message as its context."""

from __future__ import annotations

import re

from knowledge.leaning import NAMES_ITSELF, asks_too
from knowledge.sentences import ASKS, ATTRIBUTE, CASE, OF_WHAT, WHEN, asks, one_line, opens_question, sentences
from knowledge.text import clean, terms

MAX_QUESTIONS = 3
MIN_WORDS = 2
FRAGMENT = 6  # words of a thing that is named without a verb: "price, ride home, food rules"
LIKE_ITEM = 12  # of several that begin with the same word
NAMED = 8  # words of one beside a question: "price and how long does it take"
LATER = r"(?:later(?: on)?|afterwards?|after that|then|next|in the long run|long[- ]term|in general|roughly|if so)"
# where one sentence turns to its next question: "... and how much ...", ", can i ...", "... also do ..."
_TURN = re.compile(
    rf"\s*(?:[,;/]\s*|\s)(?:and|also|plus|n|&|\+)\s+(?:also\s+)?(?=(?:{LATER}\s*,?\s+)?(?:{ASKS}|{OF_WHAT})\b)"
    rf"|\s*[,;]\s*(?=(?:how|what|when|where|who|which|why|whats|what's|whether|(?:can|could|do|does|is|are|r|am|will|"
    rf"would|should|may|might) (?:i|u|you|it|they|there|the|this|ketamine|my|we|people|ppl|he|she))\b)"
    rf"|\s*,?\s+and\s+(?=i(?:'m|'d| am| would| keep)? (?:also )?(?:wonder|wondering|curious|like to|love to|rather)\b)"
    rf"|\s*,?\s+(?:and|plus|n|&)\s+(?:also\s+)?(?={CASE})"
    rf"|\s+(?:as well as|but also|/)\s+(?=(?:{ASKS}|{OF_WHAT})\b)"
    rf"|\s*,?\s+(?:as well as|and(?: also)?|plus)\s+(?=(?:(?:the|any) )?{ATTRIBUTE}\b)"
    rf"|\s*\(\s*(?=(?:and\s+)?(?:{ASKS})\b)"
    rf"|(?<!\bnow)\s+(?:and|also|plus)\s+(?:also|then|another thing|second)\s*,?\s+"
    rf"|(?<=\bkilling me)\s+(?=(?:{ASKS})\b)",
    re.I,
)
_ONLY_CASE = re.compile(
    rf"(?:{WHEN}|(?:in|on|at|for|with|since)\b)(?!.*\b(?:{ASKS})\b)", re.I
)  # "if mine won't": belongs to what comes next
_IDIOM = re.compile(r"\bkilling me\W*$", re.I)  # "my back is killing me, what does it cost": no question of its own
# behind a question: what is told with it is asked too ("Would you see me with X? Also I smoke Y now and then.")
_MORE = re.compile(r"(?:and )?(?:also|plus)\b", re.I)
# "My questions: 1) private room or shared 2) chair or bed", or with dashes, or (a) and (b)
_ITEM = re.compile(r"(?:(?<=[ \t])|(?<=:)|^\s*)(?:\(?[1-4][.)]|\([a-d]\)|[-\u2013\u2022*])\s+", re.M)
# "Two things. One, what does it cost. Two, can I drive."
_ORDINAL = re.compile(
    r"(?:^|(?<=[.!?:;,]\s))(?:and\s+)?(?:one|two|three|first(?:ly| of all)?|second(?:ly)?|third(?:ly)?)\s*[,:]\s+", re.I
)
_ONLY_WHICH = re.compile(r"(?:and )?(?:which|what|who)(?: ones?)?\W*", re.I)  # more of what was asked before it
# "..., which is a long story": told, not asked
_RELATIVE = re.compile(
    r"which (?:(?:is|was) (?:an?|the|my|why|what|how|not|so|very|really|too)|has|had|makes?|made|means?)\b[^?]*", re.I
)
_ANAPHORA = re.compile(
    r"(?:what|how) about (?:that|it|those|these|them|this)\W*|(?:is|are) (?:that|those|it) ok(?:ay)?\W*", re.I
)
# of what stands before it in the sentence: "My mom had a stroke, might she be turned down?"
_ASKS_OF_IT = re.compile(
    r"\b(?:she|he|her|him|they|them|it|that|this|these|those|me|out)\b(?! (?:cost|take|hurt)s?\b)", re.I
)
# of two things named together: asked of each (`conjuncts`), not a question by itself
_PAIR = re.compile(r"\b(?:both|either|each|the two) of (?:them|these|those)\b", re.I)
# says that a question comes
_ANNOUNCES = re.compile(
    r"(?:(?:and|also|ok|so)[\s,]+)*(?:(?:my|one|the|a|two|three|another) )?"
    r"(?:(?:other|more|second|last|next|quick|different) )*(?:(?:question|thing|point)s?|worry|worries)\W*"
    r"|(?:also|plus|then|next|lastly|finally)\W*"
    r"|.*\b(?:want(?:ed)?|need|like|love) to (?:know|ask)\W*",
    re.I,
)
# not a question but something told: its subject is a person, or what was just spoken of
_TELLS = re.compile(
    r"(?:(?:and|but|so|well|ok|okay|yes|no|also|because|since)[\s,]+)*"
    r"(?:i|i'?(?:m|ve|d|ll)|my|we|we'?re|he|she|they|it|it'?s|this|that|that'?s|there|our|her|his|their|not|"
    r"hi|hello|hey|thanks|thank you|thx|please|pls|sorry)\b",
    re.I,
)
# "I have high blood pressure, can I still come?"
_OWN_CASE = re.compile(
    r"(?:(?:and|but|so|well|ok|okay|also|hi|hello|hey)[\s,]+)*"
    r"(?:(?:i|he|she)(?:'ve|'s)?|my \w+|im|i'm|ive|he's|she's) "
    r"(?:(?:also|already|just|still|currently|now|usually) )?"
    r"(?:have|has|had|having|got|am|is|was|been|take|takes|took|taking|use|uses|used|smoke|drink|suffer|weigh|wear|live|"
    r"hurts?|aches?|"
    r"on|an?|in|pregnant|diabetic|bipolar|allergic|\d+)\b",
    re.I,
)
_FRAME = re.compile(r"(?:in|on|at|during|after|before|for|with|when|while|if|once|since|as|by|from|no|because)\b", re.I)
# told before a question: "Best case, if I am one of the lucky ones, what ...?"
_ENDS_IN_CASE = re.compile(rf",\s*{WHEN}[^,]*$", re.I)
# in the middle of what has no stops: "forgot and ate will u charge me and how much"
_INVERTED = re.compile(
    r"\b(?:(?:can|could|will|would|should|may) (?:i|u|you|they|we|it|she|he)|(?:do|does|did) (?:i|u|you|they|we))\b",
    re.I,
)
# where a message without a stop goes over to its next question: "what will i feel during it how long till that passes"
_OPENS_NEXT = re.compile(
    r"\s+(?=(?:how (?:long|much|many|soon|early|often|far|fast|late|big)|what time|what (?:can|do|should|will|if)|"
    r"when (?:can|do|does|will|should)|where (?:do|is|can|are)|why (?:do|does|is|are)|who (?:is|does|gives?|can)|"
    r"(?:can|could|do|should|will|would|may|must|am) i|(?:can|could|do|does|did|will|would|is|are) (?:u|you|it|they|"
    r"there|my|ketamine|insurance))\b(?!\s*(?:and|n|&|plus|$)))",
    re.I,
)
# words behind which such an opening belongs to what stands before it
_LEADS_ON = frozenset(
    "and or but n & also plus so if that whether know see understand ask asking wonder wondering tell me us say said "
    "sure about of on in over under every at for from to with by than as after before when while once until till "
    "unless because since like how what which who where why just exactly not no yes ok okay hi hello hey please pls "
    "sorry thing things".split()
)
_ASKED_OF = re.compile(r"\b(?:how|what|which|whose|who|when|where|why)\b", re.I)
_STOP_INSIDE = re.compile(r"[.?!,;:\n()\u2026\u2013\u2014](?=\s*\S)|\s-\s")
_COMMAS = re.compile(r"\s*[,;]\s*(?:(?:and|n|&|plus|\+)\s+)?|\s+/\s+|(?<=[a-z]{3})/(?=[a-z]{3})", re.I)


def split(text: str) -> list[str]:
    """The questions of a message in order, one to MAX_QUESTIONS; the whole message where none stands out.

    >>> split("I'm scared. How long does it take and can I drive home after?")
    ['How long does it take', 'can I drive home after?']
    """
    if len(items := _items(text)) > 1:
        return items[:MAX_QUESTIONS]
    message, text = text, one_line(text)
    if _PAIR.search(text):
        return [message]
    found = sentences(text)
    named = [f for f in map(_fragments, found) if len(f) > 1]
    if named and not any(asks(s) and len(_fragments(s)) < 2 for s in found):
        return named[0][:MAX_QUESTIONS]
    questions: list[str] = []
    for sentence in found:
        parts = _parts(sentence)
        parts = [p for p in parts if not _IDIOM.search(p)] or parts
        if questions and _MORE.match(sentence) and len(terms(sentence)) > NAMES_ITSELF:
            questions += parts if any(map(asks, parts)) else [sentence]
        elif questions and asks_too(sentence):
            questions.append(sentence)
        else:
            questions += _asked(sentence, parts)
    return questions[:MAX_QUESTIONS] or [message]


def _asked(sentence: str, parts: list[str]) -> list[str]:
    """The parts of a sentence that ask something; beside one that does, a thing that is only named does too."""
    several = len(parts) > 1
    marked = several and sentence.endswith("?")
    beside = several and any(map(asks, parts))
    return [
        p
        for p in parts
        if not _ANNOUNCES.fullmatch(p)
        and not (several and _ONLY_WHICH.fullmatch(p))
        and ((marked and not _told(p)) or _asks_by_itself(p, several=several) or (beside and _named(p)))
    ]


def _told(part: str) -> bool:
    """Whether a part of a sentence with a question mark tells something, for the question behind it."""
    tells = _TELLS.match(part) and len(part.split()) > FRAGMENT
    return bool(tells or _ENDS_IN_CASE.search(part) or (_OWN_CASE.match(part) and not part.endswith("?")))


def _asks_by_itself(part: str, *, several: bool) -> bool:
    inside = several and bool(_INVERTED.search(part))
    return (_asks_somewhere(part) or inside) and (len(part.split()) >= MIN_WORDS or part.endswith("?"))


def _named(part: str) -> bool:
    """Whether a part names a thing without a verb."""
    return len(part.split()) <= NAMED and bool(terms(part)) and not _TELLS.match(part) and not _FRAME.match(part)


def _asks_somewhere(part: str) -> bool:
    last = part.replace(";", ",").rsplit(",", 1)[-1].strip()
    return asks(part) or (asks(last) and not _RELATIVE.fullmatch(last))


def _fragments(sentence: str) -> list[str]:
    """The things that a sentence without a verb names: "price, ride home, food rules"; nothing for a sentence."""
    if opens_question(sentence):
        return []
    pieces = [p.strip(" .!?") for p in _COMMAS.split(sentence)]
    pieces = [p for p in pieces if terms(p) and not _ANNOUNCES.fullmatch(p)]
    alike = len(pieces) > 1 and len({p.split()[0].lower() for p in pieces}) == 1  # "year it opened, year it moved"
    most = LIKE_ITEM if alike else FRAGMENT
    bare_things = (len(p.split()) <= most and not _TELLS.match(p) and not _FRAME.match(p) for p in pieces)
    return pieces if all(bare_things) else []


def _items(text: str) -> list[str]:
    """The items of a list that is all the message asks: its first mark begins the message, or follows a colon.

    Or of one told off in words: "One, ...", "Second, ...".
    """
    before, *items = _ORDINAL.split(one_line(text))
    if len(items) > 1 and not asks(before):
        return [item.strip(" ,;") for item in items if terms(item)]
    before, *items = _ITEM.split(text)
    if before.strip() and not before.rstrip(" \t").endswith((":", "\n")):
        return []
    return [clean(item).strip(" ,;") for item in items if terms(item)]


def _parts(sentence: str) -> list[str]:
    """A sentence cut where it turns to its next question; a bare "what about that?" stays with what it means."""
    parts: list[str] = []
    for piece in (p for run in _run_on(sentence) for p in _TURN.split(run)):
        piece = (piece or "").strip(" ,;")
        if not piece.strip(" .!?"):
            continue
        told = bool(parts) and _TELLS.match(parts[-1]) and not asks(parts[-1])
        if parts and (
            _ANAPHORA.fullmatch(piece)
            or _RELATIVE.fullmatch(piece)
            or _ONLY_CASE.match(parts[-1])
            or (told and _ASKS_OF_IT.search(piece))
        ):
            parts[-1] = f"{parts[-1]}, {piece}"
        else:
            parts.append(piece)
    return parts


def _run_on(sentence: str) -> list[str]:
    """The questions that follow each other without a stop or a word between them; the sentence where there is one."""
    pieces: list[str] = []
    start = 0
    for place in () if _STOP_INSIDE.search(sentence) else _OPENS_NEXT.finditer(sentence):
        piece = sentence[start : place.start()].strip()
        if _whole_question(piece) and piece.split()[-1].lower() not in _LEADS_ON and terms(sentence[place.end() :]):
            pieces.append(piece)
            start = place.end()
    return [*pieces, sentence[start:]]


def _whole_question(piece: str) -> bool:
    """Whether a piece of a message without stops asks something in full, with verb and subject, and nothing more."""
    inverted = _INVERTED.search(piece)
    return bool(inverted and terms(piece) and opens_question(piece) and not _ASKED_OF.search(piece[inverted.end() :]))
