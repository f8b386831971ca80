"""Asking back: the choices between which a message leaves a doubt, and which of them the patient picks."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from knowledge import sms
from knowledge.model import OFF_TOPIC, Clinic, Question
from knowledge.reply import Message, Reply, fixed, form_of
from knowledge.text import key, stem, terms, tokens
from knowledge.understood import Understood

MAX_CHOICES = 3
NEAR_TIE = 1.5  # standard deviations behind the best one at most, to be asked back (SURE was chosen when it was 1.0)
SURE = 0.95  # ... unless the best one is this sure
BOTH = 0.3  # ... and of two alone, with the best one as sure, the first is told under its heading, the other behind it
VAGUE = 2  # words with a meaning up to which a message leaves open what of two near questions it means
SAME_HEADING = 0.85  # likeness of letters from which a message is the heading misspelt
SAME_WORD = 0.8
MIN_LENGTH = 5  # letters from which a word may be misspelt: "none" is not "one"
MISSPELT = 0.7  # likeness that each word of a misspelt heading has at least: another word in it is another question
MAX_WORDS = 8  # a longer message says more than which choice is meant

_PLACES = {
    **dict.fromkeys(("1", "1st", "first", "one", "uno", "top", "former"), 0),
    **dict.fromkeys(("2", "2nd", "second", "two", "middle"), 1),
    **dict.fromkeys(("3", "3rd", "third", "three"), 2),
}
_LAST = frozenset({"last", "latter", "bottom"})
_ALL = frozenset({"all", "both"})
_FILLERS = frozenset(
    "the a an i id i'd would like want mean meant pick choose take is it its it's was that this no nr number option "
    "choice question answer please pls plz ok okay yes yeah yep sure and or n of them these those about for with to "
    "my me hi um uh well just think st nd rd".split()
)
_REFUSALS = frozenset(
    "none|no|nope|nah|n|neither|neither one|none of them|none of these|none of those|none of the above|no none|"
    "no neither|neither of them|neither of these|neither of those|not these|not those|nothing|something else|"
    "no something else|another question|not that|not really|no not that|other".split("|")
)


def near_ties(understood: Understood) -> tuple[Question, ...]:
    """The questions that a message of hardly a word means about equally ("how long is it"); none where it is clear.

    Only such messages: of longer ones with as near a tie most were understood rightly (tests/gold, development
    and calibration: 24 of 29). SURE was chosen there too: with it none that was answered rightly is asked back.
    """
    if understood.confidence >= SURE or len(terms(understood.text)) > VAGUE:
        return ()
    best = understood.candidates[0].score
    tied = tuple(c.question for c in understood.candidates if best - c.score < NEAR_TIE)
    return tied if len(tied) > 1 else ()


def in_doubt(understood: Understood, clinic: Clinic, channel: str) -> tuple[Question, ...]:
    """The near ties to ask back at a clinic: three, or two of which none is as sure as BOTH; else none.

    An SMS has no room for two answers: there two are always asked back.
    Of the read messages of tests/gold with a tie of two all three that were as sure were understood rightly; those
    less sure have no answer.
    """
    tied = choices(near_ties(understood), clinic)
    both = form_of(channel) != "sms" and understood.confidence >= BOTH
    return tied if len(tied) > 2 or (len(tied) == 2 and not both) else ()


def choices(rivals: Sequence[Question], clinic: Clinic) -> tuple[Question, ...]:
    """The questions to choose from: none of another clinic, none off the topic, no two with the same answer."""
    out: list[Question] = []
    said: set[str] = set()
    for question in rivals:
        answer = clinic.answer_to(question.id)
        if question.topic == OFF_TOPIC or question.clinic not in (None, clinic.id) or (answer and answer.id in said):
            continue
        said.update({answer.id} if answer else ())
        out.append(question)
    return tuple(out[:MAX_CHOICES])


def ask_back(offered: Sequence[Question], clinic: Clinic, channel: str) -> tuple[Reply, tuple[Question, ...]]:
    """The reply that asks which of the questions is meant, and those that it offers.

    They are buttons on the web and in the shell; an SMS numbers them and offers as many as it has room for.
    """
    shown = tuple(offered)
    if form_of(channel) != "sms":
        name = "clarify" if len(shown) > 1 else "clarify_one"
        return Reply("clarify", (Message(fixed(name, "web", clinic), tuple(q.heading for q in shown)),)), shown
    while True:
        text = _numbered(shown, clinic)
        if sms.fits(text) or len(shown) == 1:
            return Reply("clarify", (Message(text),)), shown
        shown = shown[:-1]


def pick(text: str, headings: Sequence[str]) -> tuple[int, ...]:
    """Which of the headings a message picks, by number, place or words; nothing where it does not say.

    >>> pick("the second one please", ["How long is it?", "What does it cost?"])
    (1,)
    >>> pick("waht dose it cost", ["How long is it?", "What does it cost?"])
    (1,)
    >>> pick("can I drive home?", ["How long is it?", "What does it cost?"])
    ()
    """
    return _by_heading(text, headings) or _by_place(text, len(headings)) or _by_words(text, headings)


def names_a_place(text: str) -> bool:
    """Whether a message does nothing but pick by number or place, so that it says nothing without choices."""
    return bool(_by_place(text, MAX_CHOICES))


def refuses(text: str) -> bool:
    """Whether a message says that none of the choices is meant."""
    return key(text) in _REFUSALS


def _numbered(shown: Sequence[Question], clinic: Clinic) -> str:
    if len(shown) == 1:
        return fixed("clarify_one", "sms", clinic, choices=shown[0].heading)
    lines = "\n".join(f"{number} {question.heading}" for number, question in enumerate(shown, 1))
    numbers = ", ".join(str(n + 1) for n in range(len(shown)))
    return fixed("clarify", "sms", clinic, choices=lines, numbers=numbers)


def _by_heading(text: str, headings: Sequence[str]) -> tuple[int, ...]:
    likeness = [SequenceMatcher(None, key(text), key(h), autojunk=False).ratio() for h in headings]
    best = max(range(len(headings)), key=likeness.__getitem__, default=-1)
    if best < 0 or likeness[best] < SAME_HEADING:
        return ()
    among = tokens(headings[best])
    return (best,) if all(get_close_matches(w, among, n=1, cutoff=MISSPELT) for w in tokens(text)) else ()


def _by_place(text: str, count: int) -> tuple[int, ...]:
    """By number or ordinal: "2", "the first one", "1 and 3", "both". Nothing where another word stands by."""
    words = [w for w in tokens(text) if w not in _FILLERS]
    if len(words) > 1 and words[-1] in {"one", "ones"}:  # "the second one"
        words = words[:-1]
    if words and words[0] in _ALL and len(words) <= 2:  # "both", "all three"
        return tuple(range(count))
    places = [count - 1 if w in _LAST else _PLACES.get(w, count) for w in words]
    return tuple(dict.fromkeys(places)) if all(p < count for p in places) else ()


def _by_words(text: str, headings: Sequence[str]) -> tuple[int, ...]:
    """By words that stand in just one of the headings: "the one about depression"."""
    if len(text.split()) > MAX_WORDS:
        return ()
    words = [t for t in terms(text) if t not in _FILLERS and t not in {"one", stem("question")}]
    fitting = [i for i, heading in enumerate(headings) if words and _all_in(words, terms(heading))]
    return tuple(fitting) if len(fitting) == 1 else ()


def _all_in(words: Sequence[str], among: Sequence[str]) -> bool:
    return all(
        w in among or (len(w) >= MIN_LENGTH and get_close_matches(w, among, n=1, cutoff=SAME_WORD)) for w in words
    )
