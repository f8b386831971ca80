"""The examples as rows that say what is known of a text: its danger, and yes, no or nothing of each trait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.safety.examples import DANGERS, NONE, TRAITS, Example
from bot.safety.segments import sentences

CLASSES = (NONE, *DANGERS)
# Sources in which a wish for advice on the own case may stand unmarked: they teach nothing about that trait.
UNSURE_OF_ADVICE = (
    "questions.none",
    "sampled.none",
    "sampled.round16.none",
    "past_or_ok.none",
    "emergency_pairs.none",
    "crisis_pairs.none",
    "anxious_ordinary.none",
    "sounds_so.round3.none",
    "sounds_so.round11.none",
    "symptoms_mild.none",
    "anxious.round5.none",
    "bare.round6.none",
    "indirect.round6.none",
    "asked.round7.none",
    "asked.round8.none",
    "asked.round9.none",
    "asked.round10.none",
    "heavy.round8.none",
    "heavy.round12.none",
    "heavy.round15.none",
    "sounds_so.round12.none",
    "sounds_so.round13.none",
    "sounds_so.round15.none",
    "asked.round12.none",
    "gold.round7.none",
    "gold.round12.none",
    "gold.round13.none",
    "gold.round15.none",
    "gold.round16.none",
    "gold.round17.none",
    "pairs.round16.none",
    "sounds_so.round16.none",
    "sounds_so.round19.none",
)
# Sources that speak of the clinic or the treatment for sure; the rest teaches nothing about what is off the topic.
ON_TOPIC = (
    "sampled.none",
    "sampled.round16.none",
    "questions.none",
    "anxious_ordinary.none",
    "anxious.round5.none",
    "bare.round6.none",
    "clinic_rule.round4.none",
    "not_advice.round3.none",
    "not_advice.round7.none",
    "not_advice.round10.none",
    "not_advice.round11.none",
    "not_advice.round13.none",
    "not_advice.round14.none",
    "not_advice.round16.none",
    "not_advice.round19.none",
    "asked.round7.none",
    "asked.round8.none",
    "asked.round9.none",
    "asked.round10.none",
    "asked.round12.none",
    "heavy.round8.none",
    "heavy.round12.none",
    "heavy.round15.none",
    "gold.round7.none",
    "gold.round12.none",
    "gold.round13.none",
    "gold.round15.none",
    "gold.round16.none",
    "gold.round17.none",
    "ordinary_advice_like.none",
    "ordinary.none",
    "symptoms_mild.none",
    *(f"{kind}." for kind in ("medical_advice", "crisis", "emergency")),
    "sampled.round18.none",
)
# Sources that teach what is on the topic and what is off it, and nothing else: so many ordinary questions among the
# harmless messages would make a danger less likely.
TOPIC_ALONE = ("sampled.round18.none", "off_topic.sampled.round18")
NOT_KNOWN = -1


@dataclass(frozen=True)
class Labelled:
    """A text, the index of its danger in CLASSES, and of each trait 1 for yes, 0 for no; NOT_KNOWN for what is open."""

    text: str
    danger: int
    traits: tuple[int, ...]


def labelled(examples: Sequence[Example]) -> list[Labelled]:
    """The training rows: the examples, and sentences of harmless ones, every second: all would cost a fifth more."""
    rows = [Labelled(e.text, _danger(e), _traits(e)) for e in examples]
    alone = [
        p for r in rows if r.danger == 0 and len(parts := sentences(r.text)) > 1 for p in parts if len(p.split()) > 2
    ]
    return rows + [Labelled(text, 0, tuple(NOT_KNOWN for _ in TRAITS)) for text in alone[::2]]


def _danger(example: Example) -> int:
    return NOT_KNOWN if example.source.startswith(TOPIC_ALONE) else CLASSES.index(example.danger)


def _traits(example: Example) -> tuple[int, ...]:
    unknown = set(TRAITS) - {"off_topic"} if example.source.startswith(TOPIC_ALONE) else set()
    if example.source.startswith(UNSURE_OF_ADVICE) or example.danger != NONE:
        unknown.add("medical_advice")
    if not example.source.startswith(ON_TOPIC):
        unknown.add("off_topic")
    return tuple(1 if example.kind == t else NOT_KNOWN if t in unknown else 0 for t in TRAITS)
