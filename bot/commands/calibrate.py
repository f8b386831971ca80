"""`faqbot calibrate`: the built index and the gold questions brought together for `bot.evaluate.calibrate`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.errors import FaqbotError
from bot.evaluate.calibrate import calibrate
from bot.evaluate.gold import load as load_gold
from bot.evaluate.gold import of_split
from bot.evaluate.offtopic import read as read_off_topic
from bot.settings import ROOT, Settings
from knowledge.encoder import OnnxEncoder
from knowledge.store import CachedEncoder
from knowledge.store import load as load_index

GOLD = ROOT / "tests" / "gold"
UNREAD = GOLD / "blind"  # its calibration rows were never read, those of GOLD were (tests/gold/README.md)
OFF_TOPIC = GOLD / "off_topic" / "requests.jsonl"


def run(settings: Settings, *, risk: float, confidence: float) -> Iterator[str]:
    """Calibrate, write knowledge/thresholds.yml, and tell what was tested.

    Raises FaqbotError where no threshold keeps the promise: the file stays as it is.
    """
    encoder = OnnxEncoder(settings.encoder_dir)
    index = load_index(settings.index_dir, encoder_fingerprint=encoder.fingerprint)
    rows = load_gold(GOLD)
    remembering = CachedEncoder(encoder, settings.index_dir / "vectors.npz")
    result = calibrate(
        index,
        remembering,
        of_split(rows, "development", "calibration"),
        of_split(load_gold(UNREAD), "calibration"),
        read_off_topic(OFF_TOPIC),
        risk=risk,
        confidence=confidence,
    )
    for test in result.tested:
        yield f"from {test.threshold:.3f}: {test.wrong} of {test.answered} answers wrong, p = {test.p_value:.3g}"
    if not result.kept:
        raise FaqbotError(
            f"no threshold promises at most {risk:.0%} wrong answers with {confidence:.0%} confidence; "
            "mend the catalogue (`faqbot evaluate` shows where), give more calibration questions, or promise less"
        )
    result.thresholds.save()
    chosen = result.thresholds
    yield f"knowledge/thresholds.yml: sure from {chosen.sure}, understood from {chosen.understood}"
