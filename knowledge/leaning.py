"""What a message means only by what stands before it: by its own story, or by the question asked before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.sentences import one_line, sentences
from knowledge.text import terms

MAX_LEANING = 7  # words: a longer message says itself what it is about
NAMES_ITSELF = 2  # content words of a question that asks for a thing of its own ("Would you treat me?" has one)
SECOND_OBJECT = 4  # words; a longer half has a verb of its own
SHORT_CASE = 9  # words of such a question
SHORT_SECOND = 12  # words of a question that is read together with the one before it
_LEANS = re.compile(
    r"^(?:and|or|but|so|what about|how about|why|how come|really|for|also)\b|\b(?:that|it|this|those|they|them)\b",
    re.I,
)
# for the thing that the question before asks about; of "that" only what is no conjunction ("relief that lasts")
_PRONOUN = re.compile(
    r"\b(?:it|they|them|those|this|these|its|their|he|she|him|her)\b"
    r"|\bthat\b(?=\W*$| (?:on|too|for|in|happen|cost|one)\b)",
    re.I,
)
_BUT = r"(?:(?:but|and|so|ok|oh)\s+)*"
_HOW = "(?:many|much|few|long|often|early|late|high|expensive|pricey)"
_WHY = re.compile(
    rf"{_BUT}(?:why(?:\s+(?:not|is (?:that|this)|(?:so|that|this)(?:\s+{_HOW})?))?|how (?:come|so)|"
    r"what(?:'?s| is) the reason(?: (?:for|behind) (?:that|this|it))?|for what reason|what for)\W*",
    re.I,
)
_BARE = re.compile(rf"{_BUT}(?:really|and|so)\W*", re.I)
# what a last sentence says of the two things told before it
_POINTS_BACK = re.compile(
    r"\b(?:both|either|each|(?:these|those|the) two|any of (?:these|those|them)|(?:these|those)(?=\W*$)|them|"
    r"the one and the other|(?:her|him|them),? and (?:also )?(?:for )?(?:me|us))\b"
    r"|^(?:are|do|would|will|is|does) (?:any of )?(?:these|those)\b",
    re.I,
)
# a last question that asks of what is told before it: "Would anyone still treat me?", "Am I a candidate?"
_OF_THE_CASE = re.compile(
    r"^(?:(?:and|but|so)\s+)*(?:would|will|can|could|do|does|am|is|are)\b[^?]*\b(?:treat|take|see|accept|"
    r"consider(?:ed)?|candidate|qualify|eligible|turn(?:ed)? (?:me )?away|out|problem|rule|allowed|refuse|"
    r"still (?:get|have|do|come))\b",
    re.I,
)
# "Does the drinking rule him out?" says itself of which thing told it asks
_NAMES_CAUSE = re.compile(
    r"(?:(?:and|but|so)\s+)*(?:would|will|can|could|do|does) (?:the|my|his|her|their|having|being) [\w' ]+? "
    r"(?:rule|keep|exclude|disqualify|count|stop|bar)\b",
    re.I,
)
_OF_THAT_SORT = re.compile(
    r"\b(?:that|this|such a?) (?:sort|kind|type)\b|\blike (?:mine|that|hers|his)\b"
    r"|\b(?:people|patients|folks|some(?:one|body)|any(?:one|body)) (?:with|who ha(?:ve|s)) (?:that|this|it)\b"
    r"|\b(?:for|with|against) (?:that|this)\W*$",  # "Mum has pain from her cancer. Is ketamine given for that?"
    re.I,
)
_LIKE_ME = re.compile(r"\b(?:some(?:one|body)|any(?:one|body)|people|folks|a person) like (?:me|us|her|him)\b", re.I)
# from the strongest: "the dose and the drip, as well as the price" is cut at "as well as"
_CONJUNCTIONS = (
    re.compile(r"\s*;\s*"),
    *(
        re.compile(rf"\s*,?\s+(?:{words})\s+(?:also\s+)?", re.I)
        for words in ("as well as|but also|plus", r"and|n|&|\+", "or", r"as well as|but also|plus|and|n|&|\+|or")
    ),
)
_NOT_ONLY = re.compile(r"\bnot only\b(.+?),?\s+but\b(?: also\b)?", re.I)
# "... for the first visit, and then for each treatment"
_SECOND_OF = re.compile(
    r"(?:(?:and|then|also|next|later|what|how about)\s+)*(for|about|with|on|at|during|after|before|of|in)\b", re.I
)
# asks of the wish told before it: "I hope you'd work with him. Would you?"
_ONLY_VERB = re.compile(r"(?:(?:and|but|so)\s+)*\w+(?:n't)? (?:i|you|u|it|they|we|he|she|that)(?: too)?\W*", re.I)
_AFTERWARDS = re.compile(r",?\s+(?:(?:after|before) (?:that|it|this)|afterwards?|later|then)(?=\W*$)", re.I)
# behind a question: the same is taken to hold of another thing ("I assume the psychosis would too.")
_SAME_TAKEN = re.compile(
    r"(?:(?:and|but|so)[\s,]+)*(?:i|i'?d|i'?m) (?:would |will |also |just )?"
    r"(?:assum|guess|suppos|imagin|tak(?:e|ing) it|bet|figur|expect|presum|suspect|hop|think|believ|reckon|gather)\w*\b"
    r"(?=.*\b(?:(?:is|are|do|does|did|can|will|would|should|might|may|has|have|was|were|be)(?:n't)?(?: \w+)?,? "
    r"(?:too|as well|also|either|likewise)\W*$|the same\b))",
    re.I,
)
# one more thing that is feared or wished is asked about too ("I'm also scared of ...", "I'd feel safer if ...")
_MINDED_TOO = re.compile(
    r"(?:(?:and|but|so)[\s,]+)*i(?:'?m| am| do)? also (?:so |really |very |a bit )?"
    r"(?:scared|afraid|worr(?:y|ied)|nervous|anxious|concerned|dread|fear|hate)\b"
    r"|(?:(?:and|but|so)[\s,]+)*i'?d (?:also )?(?:be|feel|rest) (?:an? )?(?:lot |much |bit )?\w+er if\b",
    re.I,
)
# "can I bring" of "can I bring my eye mask and my wife?": the second is asked with the same verb
_ASKED_OF_BOTH = re.compile(
    r"^(?:(?:so|and|also|ok|hi|hello|hey)[\s,]+)*(?:can|could|may|do|does|is|are|will|would|should|shall)\s+\w+\s+\w+",
    re.I,
)


def leans(text: str) -> bool:
    """Whether a short message needs the question before it to be understood.

    >>> leans("and for migraines?"), leans("why?"), leans("how much is that?"), leans("how much is it?")
    (True, True, True, True)
    >>> leans("what should I wear to my infusion?")
    False
    """
    return len(text.split()) <= MAX_LEANING and (bool(_LEANS.search(text)) or asks_why(text))


def bare(text: str) -> bool:
    """Whether a message says nothing without the question before it: "why?", "how come", "really?"."""
    return asks_why(text) or bool(_BARE.fullmatch(text.strip()))


def asks_why(text: str) -> bool:
    """Whether a message asks for the reason of what was said before it, and for no more: "why?", "but how come"."""
    return bool(_WHY.fullmatch(text.strip()))


def of_the_one_before(part: str) -> bool:
    """Whether a second question has a word for the thing that the first asks about: "and how do you treat them?"."""
    return len(part.split()) <= SHORT_SECOND and bool(_PRONOUN.search(part))


def asks_of_what_is_told(question: str) -> bool:
    """Whether a question says nothing of its own and asks of what is told before it: "Would I be turned away?"."""
    if _OF_THAT_SORT.search(question) or _POINTS_BACK.search(question) or len(terms(question)) < NAMES_ITSELF:
        return True
    return _of_the_case(question)


def _of_the_case(question: str) -> bool:
    """Whether a question asks what would be done with such a case as was told."""
    of_such = _LIKE_ME.search(question) or _OF_THE_CASE.match(question)
    return len(question.split()) <= SHORT_CASE and bool(of_such) and not _NAMES_CAUSE.match(question)


def asks_too(sentence: str) -> bool:
    """Whether a statement behind a question asks: that the same holds of another thing, or of one more fear.

    >>> asks_too("I'd imagine my bladder condition is too."), asks_too("I'd imagine so too.")
    (True, False)
    """
    taken = _SAME_TAKEN.match(sentence)
    return bool(_MINDED_TOO.match(sentence) or (taken and len(terms(sentence[taken.end() :])) > 1))


def with_what_is_told(text: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    """Each part, and how it is read: with what is told before it, where it says nothing of its own.

    That is what stands between it and the question before it, or else before all of them.
    """
    line, start, before = one_line(text), 0, ""
    story = line[: max(0, line.find(parts[0]))] if parts else ""
    for part in parts:
        at = line.find(part, start)
        told = line[start:at].strip() if at >= 0 else ""
        told = told if terms(told) else story.strip() if _of_the_case(part) else ""
        start = at + len(part) if at >= 0 else start
        read = part if told and _ONLY_VERB.fullmatch(part) else _completed(part, before)
        yield part, f"{told} {part}" if read == part and told and asks_of_what_is_told(part) else read
        before = part


def _completed(part: str, before: str) -> str:
    """A part that is but a second "for ...", "with ..." of the question before it, with the words of that question.

    So is one without a word of its own: "will you charge me and how much".
    """
    if before and not terms(part):
        return f"{before} {part}"
    named = _AFTERWARDS.sub("", part)
    second = _SECOND_OF.match(named)
    first = re.search(rf"\b{second[1]}\b", before, re.I) if second and len(named.split()) <= SECOND_OBJECT + 1 else None
    return f"{before[: first.start()]}{named[second.start(1) :]}" if second and first else part


def conjuncts(text: str) -> list[str]:
    """The two halves of a message around its only "and", "or" or "plus", or nothing.

    For two things asked by one verb ("do you treat fibromyalgia and migraines?"): the search decides whether
    the halves are two questions. Nothing where the last of several sentences asks for itself: then the word joins
    what is told ("I'm off the pills and proud of it. Can one get hooked on ketamine?").
    """
    found = sentences(_NOT_ONLY.sub(r"\1 as well as", text))
    if len(found) == 1:
        told, _, asked = found[0].rpartition(";")
        found = [told, asked.strip()] if told and _POINTS_BACK.search(asked) else found
    last = found[-1] if found else ""
    if len(found) > 1:
        if not asks_of_what_is_told(last):
            return []
        halves = next((h for told in (" ".join(found[:-1]), found[-2]) if len(h := _two(told)) == 2), [])
        return [f"{half}. {last}" for half in halves]
    halves = _two(last)
    verb = _ASKED_OF_BOTH.match(halves[0]) if halves else None
    if verb and len(halves[1].split()) <= SECOND_OBJECT:
        halves[1] = f"{verb[0]} {halves[1]}"
    return halves


def _two(text: str) -> list[str]:
    for conjunction in _CONJUNCTIONS:
        halves = [h.strip(" ,;.") for h in conjunction.split(text)]
        if len(halves) == 2 and all(halves):
            return halves
    return []
